"""Each plan of an account loads what it includes, and a bigger one completes what it brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from loaders.api.plans import PlanError
from loaders.cli import main
from loaders.loading.progress import LineProgress, told_by
from loaders.loading.report import Report
from loaders.loading.request import Request
from loaders.loading.run import run, today_in_london
from loaders.raw.tables import HORSES, RACECARDS, RESULTS, Table
from loaders.settings import Settings
from simulator.feed.tiers import Plan
from simulator.serving.observing import Answered
from simulator.serving.server import SimulatorServer, listen
from simulator.world import World
from tests.api import Answer, Api
from tests.integration.loading import (
    HASTY,
    TODAY,
    column,
    command,
    load,
    race,
    read_on,
    start,
    stop,
    wait_for,
)
from tests.integration.readme import matches, only

END = today_in_london()
TOMORROW = END + timedelta(days=1)
FREE, BASIC, STANDARD, PRO = Plan
NONE = Answer(body='{"racecards": [], "total": 0}')
LESS = '{"racecards": [{"race_id": "rac_1", "date": "DAY", "region": "GB"}], "total": 1}'
PLANS = "select plan from raw.loads order by load_id"


# The plan that each needs; free is enough for the rest.
NEEDED = {
    "/v1/racecards/pro": "Pro",
    "/v1/racecards/standard": "Standard",
    "/v1/racecards/basic": "Basic",
}


@pytest.fixture(scope="module")
def world() -> World:
    """Five days, the last of which and one before it have racing, and a week of cards."""
    for seed in count():
        world = World(seed=seed, seasons=5 / 365, races_per_day=5, end=END)
        before = (END - timedelta(days=days) for days in range(1, 5))
        if _raced(world, END) and any(_raced(world, day) for day in before):
            break
    return world


@dataclass
class Account:
    """An account whose plan changes while its address stays."""

    world: World
    raw: psycopg.Connection[Any]
    port: int = 0
    answered: list[Answered] = field(default_factory=list)

    def load(self, plan: Plan, request: Request | None = None, **settings: str) -> Report:
        """A load at the end of the world, by default of all since its beginning."""
        listener = listen(self.port)
        self.port = listener.getsockname()[1]
        self.answered.clear()
        tell = self.answered.append
        with SimulatorServer(self.world, listener, plan=plan, on_answer=tell) as server:
            progress = LineProgress()
            with told_by(progress):
                return run(
                    request or Request(date_from=self.world.start),
                    Settings.from_environment({**server.environment(), **settings}),
                    lambda: psycopg.connect(self.raw.info.dsn),
                    progress,
                    today=lambda: END,
                    patience=HASTY,
                )

    def asked(self, endpoint: str) -> int:
        """How often the last load asked for something."""
        return sum(answer.endpoint == endpoint for answer in self.answered)

    def probes(self) -> list[int]:
        """The statuses of what was asked before anything was loaded."""
        statuses: list[int] = []
        for answer in self.answered:
            if answer.endpoint == "regions":
                break
            assert answer.endpoint == "racecards"
            statuses.append(answer.status)
        return statuses

    def payloads(self, table: Table) -> dict[str, Any]:
        """What is live of a table, by its key."""
        query = f"select {table.key_column}, payload from raw.{table.resource}"
        return dict(self.raw.execute(f"{query} where withdrawn_at is null").fetchall())

    def cards(self, plan: Plan, *days: date) -> dict[str, Any]:
        """What the world has of British and Irish racecards."""
        return _by_id(it for day in days for it in self.world.racecards(day, plan))

    def results(self, plan: Plan, *days: date) -> dict[str, Any]:
        """What the world has of British and Irish results."""
        return _by_id(it for day in days for it in self.world.results(day, plan))


def _raced(world: World, day: date) -> bool:
    return len(_by_id(world.results(day, PRO))) > 1


def _by_id(races: Any) -> dict[str, Any]:
    return {it["race_id"]: it for it in races if it["region"] in ("GB", "IRE")}


@pytest.fixture
def account(world: World, raw: psycopg.Connection[Any]) -> Account:
    return Account(world, raw)


@pytest.mark.parametrize("plan", [FREE, BASIC])
def test_a_small_plan_loads_the_cards_of_two_days_and_the_results_of_today(
    account: Account, plan: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    report = account.load(plan, Request())

    assert report.clean
    assert [it.resource for it in report.summaries] == [
        "regions",
        "courses",
        "results",
        "racecards",
    ]
    assert account.payloads(RACECARDS) == account.cards(plan, END, TOMORROW)
    assert account.payloads(RESULTS) == account.results(plan, END) != {}
    assert column(account.raw, "select distinct outcome from raw.loads") == ["success"]
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"horses: The account's plan, {plan}, includes no horses; standard is the first that does."
    )


def test_standard_loads_results_of_any_day_profiles_and_the_cards_of_two_days(
    account: Account, world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    days = [world.start + timedelta(days=n) for n in range(5)]

    report = account.load(STANDARD)

    assert report.clean
    assert account.payloads(RACECARDS) == account.cards(STANDARD, END, TOMORROW)
    assert account.payloads(RESULTS) == account.results(STANDARD, *days)
    profiles = account.payloads(HORSES)
    assert profiles == {key: world.horse(key, STANDARD) for key in profiles} != {}
    assert (
        "racecards: The account's plan, standard, includes racecards of today and tomorrow only; "
        "pro is the first that includes other days." in capsys.readouterr().err
    )


def test_pro_loads_all(account: Account, world: World, capsys: pytest.CaptureFixture[str]) -> None:
    days = [world.start + timedelta(days=n) for n in range(5)]
    ahead = [END + timedelta(days=n) for n in range(1, 8)]

    report = account.load(PRO)

    assert report.clean
    assert account.payloads(RACECARDS) == account.cards(PRO, *days, *ahead)
    assert account.payloads(RESULTS) == account.results(PRO, *days)
    assert "plan" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("plan", "first", "second"),
    [
        (FREE, [401, 401, 401, 200], [401, 401, 401, 200]),
        (BASIC, [401, 401, 200], [401, 401, 200]),
        (STANDARD, [401, 200], [401, 200]),
        (PRO, [200], []),
    ],
)
def test_the_plan_is_found_out_from_the_top_and_pro_is_not_asked_for_again(
    account: Account, plan: Plan, first: list[int], second: list[int]
) -> None:
    reference = Request("reference")

    account.load(plan, reference)
    assert account.probes() == first
    account.load(plan, reference)
    assert account.probes() == second

    assert column(account.raw, PLANS) == [plan, plan]


def test_a_plan_that_is_set_is_not_found_out_and_a_smaller_one_may_be_set(
    account: Account,
) -> None:
    assert account.load(PRO, Request(), RACING_API_PLAN="Basic").clean

    assert account.probes() == []
    assert account.payloads(RACECARDS) == account.cards(BASIC, END, TOMORROW)
    assert column(account.raw, PLANS) == ["basic"]


def test_a_plan_that_is_set_too_big_is_named(account: Account) -> None:
    with pytest.raises(PlanError) as caught:
        account.load(BASIC, RACING_API_PLAN="pro")

    assert str(caught.value) == (
        "The account's plan is basic, not pro (401: Standard Plan required): correct "
        "RACING_API_PLAN, or leave it out and the plan is found out."
    )
    assert matches(only("The account's plan is …, not"), str(caught.value))


def test_a_plan_that_has_become_smaller_is_noticed_and_the_load_goes_on(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.load(PRO)
    cards = account.payloads(RACECARDS)
    capsys.readouterr()

    report = account.load(STANDARD)

    assert report.clean
    assert (
        "The account's plan is standard, not pro: today's and tomorrow's racecards with odds, "
        "results of the last 12 months, the parents of horses; no earlier or later racecards, no "
        "history of odds." in capsys.readouterr().err
    )
    assert [it.resource for it in report.summaries] == [
        *("regions", "courses", "results", "racecards", "horses")
    ]
    # The second load found out on its way: a line for each plan.
    assert column(account.raw, PLANS) == ["pro", "pro", "standard"]
    assert column(account.raw, "select outcome from raw.loads order by load_id") == [
        *("success", "partial", "success")
    ]
    # What pro has told stays.
    assert account.payloads(RACECARDS) == cards
    account.load(STANDARD, Request("reference"))
    assert account.probes() == [401, 200]


def test_a_plan_that_becomes_smaller_in_the_middle_keeps_what_has_landed(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    today, tomorrow = f"{TODAY}", f"{TODAY + timedelta(days=1)}"
    api.racecards = {today: [race("rac_1", today, region="GB", verdict="all of it")]}

    def smaller(path: str, query: Mapping[str, str]) -> Answer | None:
        # The account is pro until it asks for tomorrow.
        was_asked = any(("date", tomorrow) in asked.query for asked in api.asked)
        if path == "/v1/racecards/pro" and (was_asked or "date" not in query):
            return Answer(401, '{"detail": "Pro Plan required"}') if was_asked else NONE
        if path == "/v1/racecards/standard":
            return Answer(body=LESS.replace("DAY", today)) if query.get("day") == "today" else NONE
        return None

    api.instead = smaller

    report = load(api, raw, Request("racecards", date_from=TODAY), RACING_API_PLAN="")

    assert report.clean
    assert column(raw, PLANS) == ["pro", "standard"]
    assert column(raw, "select payload ->> 'verdict' from raw.racecards") == ["all of it"]


def test_what_a_small_plan_saw_first_is_completed_by_a_bigger_one(
    account: Account, world: World
) -> None:
    account.load(FREE, Request())
    # So late that the day would count as read for good.
    read_on(account.raw, f"{END + timedelta(days=30)} 12:00+00")

    report = account.load(PRO)

    today, ahead = account.results(PRO, END), account.cards(PRO, END, TOMORROW)
    assert {key: account.payloads(RESULTS)[key] for key in today} == today
    assert {key: account.payloads(RACECARDS)[key] for key in ahead} == ahead
    changed = {it.resource: it.objects.changed for it in report.summaries}
    assert (changed["results"], changed["racecards"]) == (len(today), len(ahead))


def test_days_read_for_good_by_a_bigger_plan_stay_so_for_a_smaller_one(
    account: Account,
) -> None:
    account.load(PRO, Request("results", END, END))
    read_on(account.raw, f"{END + timedelta(days=30)} 12:00+00")

    account.load(STANDARD, Request("results", END, END))

    assert account.asked("results") == 0


def test_profiles_that_a_smaller_plan_landed_are_asked_for_again_by_a_bigger_one_once(
    account: Account, world: World
) -> None:
    account.load(STANDARD)
    landed = account.payloads(HORSES)

    account.load(PRO)
    assert account.asked("horses") >= len(landed)
    now = account.payloads(HORSES)
    assert {key: now[key] for key in landed} == {key: world.horse(key) for key in landed}
    account.load(PRO, Request("horses"))
    assert account.asked("horses") == 0


def test_a_smaller_plan_never_replaces_what_a_bigger_one_landed_but_sees_that_it_is_listed(
    account: Account,
) -> None:
    account.load(PRO)
    before = (account.payloads(RACECARDS), account.payloads(RESULTS))
    account.raw.execute("update raw.results set withdrawn_at = now()")
    today = account.results(PRO, END)

    report = account.load(BASIC, Request())

    assert account.payloads(RACECARDS) == before[0]
    assert account.payloads(RESULTS) == today
    changed = {it.resource: it.objects.changed for it in report.summaries}
    assert (changed["results"], changed["racecards"]) == (len(today), 0)


def test_a_smaller_plan_withdraws_what_is_no_more_listed(
    account: Account,
) -> None:
    account.load(BASIC, Request())
    for table in (RACECARDS, RESULTS):
        account.raw.execute(
            f"insert into raw.{table.resource} select 'rac_0', race_date, payload, first_landed_at,"
            f" changed_at, null, load_id from raw.{table.resource} where race_date = %s limit 1",
            [END],
        )

    report = account.load(BASIC, Request())

    withdrawn = {it.resource: it.objects.withdrawn for it in report.summaries}
    assert (withdrawn["racecards"], withdrawn["results"]) == (1, 1)


def test_status_shows_the_plan_since_when_and_what_it_lacks(
    account: Account, database: dict[str, str]
) -> None:
    for plan in (PRO, BASIC, BASIC):
        account.load(plan, Request("racecards"))
    account.raw.execute(
        "update raw.loads set started_at = started_at - (10 - load_id) * interval '1 day'"
    )
    # What loads from another address know is of no account.
    account.raw.execute(
        "insert into raw.loads (resources, regions, base_url, plan, started_at, outcome)"
        " values ('{}', '{}', 'https://api.example.com', 'free', now(), 'success')"
    )
    # The second load of three found out on its way, so the third line of the log is its second.
    (since,) = column(account.raw, "select started_at from raw.loads where load_id = 3")
    (at,) = column(account.raw, "select base_url from raw.loads where load_id = 3")

    def status(plan: str) -> str:
        env = {**database, "RACING_API_PLAN": plan, "RACING_API_BASE_URL": at}
        return CliRunner().invoke(main, ["status"], env=env).stdout

    assert (
        f"\nPlan basic, since {since.astimezone():%Y-%m-%d}: today's and tomorrow's racecards, "
        "today's results; no odds, no horses.\n"
    ) in status("")
    assert "\nPlan pro, as RACING_API_PLAN says: all that Studbook loads.\n" in status("pro")


def test_a_load_that_finds_its_plan_out_can_be_interrupted(
    api: Api, database: dict[str, str]
) -> None:
    api.held = True
    process = start(database, api.environment(RACING_API_PLAN=""))
    wait_for(lambda: len(api.asked) == 1)

    told = stop(process)[1]

    assert process.returncode == 130
    assert "Interrupted: what has landed stays, and `studbook load` goes on from there." in told


@pytest.mark.parametrize(
    ("plan", "request_", "told"),
    [
        (
            BASIC,
            Request("horses"),
            "The account's plan, basic, includes no horses; standard is the first that does: load "
            "something else, or change the plan.",
        ),
        (
            BASIC,
            Request("results", END - timedelta(days=2), END - timedelta(days=1)),
            "The account's plan, basic, includes results of today only; standard is the first that "
            "includes other days: leave out --from and --to, or change the plan.",
        ),
        (
            STANDARD,
            Request("racecards", END + timedelta(days=2), END + timedelta(days=3)),
            "The account's plan, standard, includes racecards of today and tomorrow only; pro is "
            "the first that includes other days: leave out --from and --to, or change the plan.",
        ),
    ],
)
def test_what_is_asked_for_by_name_and_not_included_is_an_error(
    account: Account, plan: Plan, request_: Request, told: str
) -> None:
    with pytest.raises(PlanError) as caught:
        account.load(plan, request_)

    assert str(caught.value) == told
    assert matches(only("The account's plan, "), told)
    assert column(account.raw, "select outcome from raw.loads") == ["failed"]


def test_what_is_included_of_a_range_is_loaded(account: Account) -> None:
    report = account.load(FREE, Request("racecards", END))

    assert report.clean
    assert account.payloads(RACECARDS) == account.cards(FREE, END, TOMORROW)


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [(-1, 1, [END, TOMORROW]), (-3, 0, [END]), (1, 5, [TOMORROW])],
)
def test_of_a_range_beyond_the_plan_the_days_that_it_includes_are_loaded_with_a_word(
    account: Account,
    first: int,
    last: int,
    days: list[date],
    capsys: pytest.CaptureFixture[str],
) -> None:
    asked = [END + timedelta(days=ahead) for ahead in (first, last)]

    report = account.load(BASIC, Request("racecards", *asked), RACING_API_PLAN="basic")

    assert report.clean
    assert account.payloads(RACECARDS) == account.cards(BASIC, *days)
    assert (
        "racecards: The account's plan, basic, includes racecards of today and tomorrow only; pro "
        "is the first that includes other days." in capsys.readouterr().err.splitlines()
    )


def test_results_refused_in_the_name_of_a_plan_that_the_account_has_are_told_by_what_it_allows(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.instead = lambda path, query: (
        Answer(401, '{"detail": "Pro Plan required"}') if "start_date" in query else None
    )

    with pytest.raises(PlanError) as caught:
        load(api, raw, Request("results", date(2024, 10, 1), date(2024, 10, 2)))

    assert str(caught.value) == (
        "The account's plan has no results of 2024-10-01 (401: Pro Plan required): it allows those "
        "from 2024-10-15 to 2025-10-15. Load with --from 2024-10-15, or add historical results to "
        "the plan."
    )


def test_an_account_that_is_refused_everything_is_told_of_its_invoice(
    api: Api, database: dict[str, str]
) -> None:
    def overdue(path: str, query: Mapping[str, str]) -> Answer:
        return Answer(401, f'{{"detail": "{NEEDED.get(path, "Free")} Plan required"}}')

    api.instead = overdue

    for plan in ("", "basic"):
        done = command(database, api.environment(RACING_API_PLAN=plan))
        assert done.exit_code == 1
        assert (
            "The Racing API refuses this account even what the plan free includes (401: Free Plan "
            "required), which is what an overdue invoice looks like: settle the account with The "
            "Racing API, and load again." in done.stderr
        )
        assert matches(only("The Racing API refuses this account"), done.stderr)


def test_wrong_credentials_are_no_matter_of_plans(api: Api, database: dict[str, str]) -> None:
    wrong = api.environment(RACING_API_PLAN="", RACING_API_PASSWORD="wrong")

    done = command(database, wrong)

    assert done.exit_code == 1
    assert "check RACING_API_USERNAME and RACING_API_PASSWORD" in done.stderr


def test_a_list_of_today_that_is_another_days_is_not_landed(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    yesterday = str(TODAY - timedelta(days=1))
    body = f'{{"results": [{{"race_id": "rac_1", "date": "{yesterday}"}}], "total": 1}}'
    api.answers["/v1/results/today"] = [Answer(body=body)]

    report = load(api, raw, Request("results"), RACING_API_PLAN="basic")

    assert [it.failed for it in report.summaries] == [1]
    assert column(raw, "select error from raw.load_days") == [
        f"The Racing API has another day's results for {TODAY}: its clock, or the one here, is "
        "past midnight; load again."
    ]
    assert column(raw, "select count(*) from raw.results") == [0]


@pytest.mark.parametrize("resource", ["racecards", "results"])
def test_after_midnight_an_empty_list_says_nothing_of_the_day_before(
    api: Api, raw: psycopg.Connection[Any], resource: str
) -> None:
    days = [TODAY, TODAY + timedelta(days=1)] if resource == "racecards" else [TODAY]
    path = "/v1/racecards/basic" if resource == "racecards" else "/v1/results/today"
    api.answers[path] = [
        Answer(
            body=f'{{"{resource}": [{{"race_id": "rac_{day}", "date": "{day}", "region": "GB"}}], '
            '"total": 1}'
        )
        for day in days
    ]
    assert load(api, raw, Request(resource), RACING_API_PLAN="basic").clean
    api.instead = lambda path, query: Answer(body=f'{{"{resource}": [], "total": 0}}')
    read_on(raw, f"{TODAY} 12:00+00")
    # The next load begins before midnight, and asks after it.
    clock = iter([TODAY, TODAY])

    report = load(
        api,
        raw,
        Request(resource),
        today=lambda: next(clock, TODAY + timedelta(days=1)),
        RACING_API_PLAN="basic",
    )

    assert [it.failed for it in report.summaries] == [len(days)]
    assert column(raw, f"select race_id from raw.{resource} where withdrawn_at is null") == [
        f"rac_{day}" for day in days
    ]
    assert column(raw, "select distinct complete from raw.load_days where load_id = 2") == [False]
    (told,) = column(raw, f"select error from raw.load_days where load_id = 2 and day = '{TODAY}'")
    assert "its clock, or the one here, is past midnight; load again." in told


def test_a_list_without_results_may_be_null(api: Api, raw: psycopg.Connection[Any]) -> None:
    nothing = Answer(body='{"results": null, "total": 0, "limit": 100, "skip": 0, "query": []}')
    api.answers["/v1/results/today/free"] = [nothing, nothing]

    assert load(api, raw, Request("results"), RACING_API_PLAN="free").clean
