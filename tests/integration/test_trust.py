"""What an API, or something before it, says when it is in trouble is not believed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest

from loaders.api import client
from loaders.api.plans import PlanError
from loaders.api.provenance import Origin
from loaders.loading.report import Report
from loaders.loading.request import Request
from loaders.raw.landing import Load, SupersededError
from loaders.raw.load_log import DayLog
from loaders.raw.merge import prepare
from loaders.raw.rows import Batch, Row
from loaders.raw.session import Session
from loaders.raw.tables import RESULTS
from loaders.settings import Plan
from tests.api import PATHS, Answer, Api
from tests.integration.loading import (
    HASTY,
    column,
    command,
    connect,
    days_between,
    load,
    race,
    read_on,
)

DAYS = days_between("2025-10-01", "2025-10-07")
FIRST, LAST = date(2025, 10, 1), date(2025, 10, 7)
WEEK = Request("results", FIRST, LAST)
DAY = "2025-10-07"
# So soon after the day that it is asked for again.
SOON = "2025-10-08 12:00+00"
ONLY_DAY, AGAIN = Request("results", LAST, LAST), Request("results", LAST, LAST, refresh=True)
PAGE = "<html><body>Blocked</body></html>"
DETAIL = '{"detail": "Not Found"}'


def races(day: str, number: int = 3, **fields: Any) -> list[dict[str, Any]]:
    return [race(f"rac_{day}_{n}", day, region="GB", **fields) for n in range(number)]


def hours_ago(raw: psycopg.Connection[Any], hours: float, load_id: int = 1) -> None:
    """Let what a load has loaded have been loaded so much earlier."""
    raw.execute(
        "update raw.load_days set started_at = started_at - %s where load_id = %s",
        [timedelta(hours=hours), load_id],
    )


def live(raw: psycopg.Connection[Any]) -> int:
    (count,) = column(raw, "select count(*) from raw.results where withdrawn_at is null")
    assert isinstance(count, int)
    return count


def failed(report: Report) -> int:
    return sum(summary.failed for summary in report.summaries)


def test_a_week_of_empty_lists_is_a_failure_and_the_next_load_asks_again(
    api: Api, raw: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    in_trouble = load(api, raw, WEEK)
    assert not in_trouble.clean
    assert (
        "results: none on 7 days in a row from 2025-10-01 on, which an API in trouble says, too; a "
        "load in an hour or more asks again, and believes it then." in capsys.readouterr().err
    )

    api.results = {day: races(day) for day in DAYS}
    assert load(api, raw, WEEK).clean
    assert live(raw) == 21


def test_an_empty_day_is_read_for_good_when_two_loads_an_hour_apart_saw_it(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {day: races(day) for day in DAYS if day != "2025-10-03"}
    assert load(api, raw, WEEK).clean
    hours_ago(raw, 0.5)
    for asked in (["2025-10-03"], ["2025-10-03"]):
        api.asked.clear()
        assert load(api, raw, WEEK).clean
        assert api.days("results") == asked
        hours_ago(raw, 0)

    raw.execute(
        "update raw.load_days set started_at = started_at - interval '1 hour' where load_id = 1"
    )
    api.asked.clear()
    load(api, raw, WEEK)
    assert api.days("results") == []


def test_days_without_races_are_believed_the_second_time(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    assert not load(api, raw, WEEK).clean
    hours_ago(raw, 1)

    assert load(api, raw, WEEK).clean


def test_nobody_races_at_christmas(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {day: races(day) for day in ("2024-12-22", "2024-12-26")}

    assert load(api, raw, Request("results", date(2024, 12, 22), date(2024, 12, 26))).clean


@pytest.mark.parametrize(("left", "stays"), [(1, 12), (8, 12), (9, 9), (11, 11)])
def test_a_past_day_that_loses_many_races_keeps_them_and_one_that_loses_few_does_not(
    api: Api, raw: psycopg.Connection[Any], left: int, stays: int
) -> None:
    api.results = {DAY: races(DAY, 12)}
    load(api, raw, ONLY_DAY)
    read_on(raw, SOON)
    api.results = {DAY: races(DAY, left)}

    report = load(api, raw, ONLY_DAY)

    # A third of twelve is four; three are fewer.
    assert (live(raw), report.clean) == (stays, stays == left)
    load(api, raw, AGAIN)
    assert live(raw) == left


def test_of_few_races_two_may_go(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {DAY: races(DAY, 3)}
    load(api, raw, ONLY_DAY)
    read_on(raw, SOON)
    api.results = {DAY: races(DAY, 1)}

    assert load(api, raw, ONLY_DAY).clean
    assert live(raw) == 1


def with_runners(*horses: str) -> list[dict[str, Any]]:
    return [race("rac_1", DAY, *({"horse_id": horse} for horse in horses))]


@pytest.mark.parametrize(
    ("status", "body"),
    [(302, ""), (404, PAGE), (404, "nothing here"), (406, ""), (451, PAGE), (403, PAGE)],
)
def test_what_does_not_come_from_the_api_makes_no_horse_unknown(
    api: Api, raw: psycopg.Connection[Any], status: int, body: str
) -> None:
    api.results = {DAY: with_runners("hrs_1", "hrs_2")}
    load(api, raw, ONLY_DAY)
    api.instead = lambda path, query: Answer(status, body) if "/horses/" in path else None

    report = load(api, raw, Request("horses"))

    assert not report.clean
    assert column(raw, "select key from raw.not_found") == []
    api.instead = lambda path, query: None
    api.horses = {horse: {"id": horse, "name": "X"} for horse in ("hrs_1", "hrs_2")}
    assert load(api, raw, Request("horses")).clean
    assert column(raw, "select horse_id from raw.horses order by 1") == ["hrs_1", "hrs_2"]


def test_a_page_of_a_firewall_is_named_as_one(
    api: Api, raw: psycopg.Connection[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    api.answers[PATHS["results"]] = [Answer(403, PAGE), Answer(200, PAGE)]
    api.results = {DAY: races(DAY)}

    assert load(api, raw, ONLY_DAY).clean
    told = "403 Forbidden, a page of HTML from something between here and the API"
    assert told in capsys.readouterr().err


def test_unknown_is_what_the_api_itself_says_of_that_horse(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: with_runners("hrs_1", "hrs_2", "hrs_3")}
    load(api, raw, ONLY_DAY)
    about = '{"detail": [{"loc": ["%s"], "msg": "not valid", "type": "value_error"}]}'
    api.answers["/v1/horses/hrs_1/pro"] = [Answer(404, DETAIL)]
    api.answers["/v1/horses/hrs_2/pro"] = [Answer(422, about % "horse_id")]
    api.answers["/v1/horses/hrs_3/pro"] = [Answer(422, about % "version")]

    report = load(api, raw, Request("horses"))

    assert column(raw, "select key from raw.not_found order by 1") == ["hrs_1", "hrs_2"]
    assert failed(report) == 1


@pytest.mark.parametrize(("number", "noted"), [(19, 19), (20, 0), (25, 0)])
def test_twenty_unknown_horses_in_a_row_are_a_failure(
    api: Api, raw: psycopg.Connection[Any], number: int, noted: int
) -> None:
    api.results = {DAY: with_runners(*(f"hrs_{n}" for n in range(number)))}
    load(api, raw, ONLY_DAY)

    report = load(api, raw, Request("horses"))

    assert column(raw, "select count(*) from raw.not_found") == [noted]
    assert report.clean == (noted > 0)


@pytest.mark.parametrize("status", [400, 404, 410, 422])
def test_a_day_that_is_refused_fails_alone_and_is_asked_for_again(
    api: Api, raw: psycopg.Connection[Any], status: int
) -> None:
    api.results = {day: races(day) for day in DAYS}
    api.instead = lambda path, query: (
        Answer(status, '{"detail": "No"}') if query.get("start_date") == "2025-10-03" else None
    )

    report = load(api, raw, WEEK)

    assert (failed(report), live(raw)) == (1, 18)
    api.instead = lambda path, query: None
    api.asked.clear()
    assert load(api, raw, WEEK).clean
    assert (api.days("results"), live(raw)) == (["2025-10-03"], 21)


def test_days_that_fail_in_different_ways_are_counted_apart(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    # Two that are refused and one that gets no answer are no three without one.
    broken = {"2025-10-02": 410, "2025-10-03": 410, "2025-10-04": 500}
    api.results = {day: races(day) for day in DAYS}
    api.instead = lambda path, query: (
        Answer(broken[query["start_date"]], DETAIL) if query.get("start_date") in broken else None
    )

    report = load(api, raw, WEEK)

    assert (failed(report), live(raw)) == (3, 12)


@pytest.mark.parametrize("status", [401, 402, 403])
def test_an_account_that_may_not_ask_ends_the_load(
    api: Api, raw: psycopg.Connection[Any], status: int
) -> None:
    api.instead = lambda path, query: Answer(status, '{"detail": "Standard Plan required"}')

    with pytest.raises(PlanError, match="Standard Plan required") as caught:
        load(api, raw, WEEK)

    assert "PASSWORD" not in str(caught.value)
    assert len(api.asked) < 20


def test_a_race_listed_under_another_date_belongs_to_the_day_that_listed_it(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    odd = race("rac_odd", "2025-10-07", region="GB")
    api.results = {"2025-10-06": [*races("2025-10-06"), odd], DAY: races(DAY)}
    both = Request("results", date(2025, 10, 6), LAST)

    assert load(api, raw, both).clean
    listed = "select listed_on::text from raw.results where race_id = 'rac_odd'"
    assert column(raw, listed) == ["2025-10-06"]
    assert load(api, raw, AGAIN).clean
    assert live(raw) == 7

    api.results["2025-10-06"].remove(odd)
    api.results[DAY].append(odd)
    read_on(raw, SOON)
    load(api, raw, both)
    assert (live(raw), column(raw, listed)) == (7, [None])
    api.results[DAY].remove(odd)
    read_on(raw, SOON)
    load(api, raw, both)
    assert live(raw) == 6


@pytest.mark.parametrize(
    "pause",
    [
        *("0", "-5", "86401", "99999999999", "1e9", "nonsense"),
        *("Wed, 21 Oct 2015 07:28:00 GMT", "Fri, 31 Dec 9999 23:59:59 -9999"),
    ],
)
def test_a_pause_that_is_none_is_no_reason_to_hurry_or_to_give_up(
    api: Api, raw: psycopg.Connection[Any], pause: str
) -> None:
    api.answers[PATHS["results"]] = [Answer(503, DETAIL, {"Retry-After": pause})] * 3
    api.results = {DAY: races(DAY)}

    assert load(api, raw, ONLY_DAY).clean
    times = [asked.at for asked in api.asked]
    # The waits are at least half of 0.01, 0.02 and 0.02 s.
    assert times[3] - times[0] >= 0.02


def test_a_body_larger_than_any_page_is_not_read_to_its_end(
    api: Api, raw: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_LARGEST", 1 << 20)
    api.answers[PATHS["results"]] = [Answer(200, " " * (2 << 20)), Answer(500, " " * (2 << 20))]
    api.results = {DAY: races(DAY)}

    assert load(api, raw, ONLY_DAY).clean
    assert column(raw, "select failed_requests from raw.load_days") == [2]


def test_courses_are_counted(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.answers["/v1/courses"] = [Answer(200, '{"courses": [{"id": "crs_1"}], "total": 69}')] * 3

    report = load(api, raw, Request("reference"))

    assert failed(report) == 1


def test_a_profile_under_another_id_is_landed_as_what_it_is_and_asked_for_once(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: with_runners("hrs_1")}
    load(api, raw, ONLY_DAY)
    api.horses = {"hrs_1": {"id": "hrs_9"}}

    load(api, raw, Request("horses"))

    assert column(raw, "select horse_id from raw.horses") == ["hrs_9"]
    api.asked.clear()
    load(api, raw, Request("horses"))
    assert api.paths() == []


def test_a_load_that_lost_its_database_does_not_land_after_a_newer_one(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    session = Session(lambda: connect(database), prepare=prepare, patience=HASTY)
    session.open()
    older = Load.start(
        session,
        resources=["results"],
        date_from=LAST,
        date_to=LAST,
        regions=["gb", "ire"],
        base_url=api.base_url,
    )
    older.comes_from(Origin())
    raw.execute("select pg_terminate_backend(%s)", [session.connection.info.backend_pid])
    api.results = {DAY: races(DAY, 1, going="Soft")}
    load(api, raw, ONLY_DAY)
    text = f'{{"race_id": "rac_{DAY}_0", "date": "{DAY}", "going": "Good"}}'
    stale = Batch(RESULTS, [Row(f"rac_{DAY}_0", LAST, text)])

    with pytest.raises(SupersededError, match="load 2 landed"):
        older.land(DayLog("results", LAST, datetime.now(UTC)), stale)

    session.close()
    assert column(raw, "select payload ->> 'going' from raw.results") == ["Soft"]


def test_a_load_knows_its_own_new_line_though_the_connection_broke_after_its_commit(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    class Breaking(psycopg.Connection[Any]):
        """Is cut off once it is due, when a transaction has just been committed."""

        @contextmanager
        def transaction(self, *arguments: Any, **options: Any) -> Iterator[psycopg.Transaction]:
            with super().transaction(*arguments, **options) as transaction:
                yield transaction
            if due:
                due.clear()
                raw.execute("select pg_terminate_backend(%s, 10000)", [self.info.backend_pid])
                self.execute("select 1")

    due: list[str] = []
    session = Session(lambda: Breaking.connect(raw.info.dsn), prepare=prepare, patience=HASTY)
    session.open()
    load = Load.start(
        session,
        resources=["results"],
        date_from=LAST,
        date_to=LAST,
        regions=["gb", "ire"],
        base_url=api.base_url,
        plan=Plan.PRO,
    )

    due.append("a cut")
    load.go_on_as(Plan.BASIC, "The account's plan is basic, not pro.")
    load.finish("success")

    session.close()
    assert due == []
    lines = raw.execute("select plan, outcome from raw.loads order by load_id").fetchall()
    assert lines == [("pro", "partial"), ("basic", "success")]


def runner(horse: str, sire: str) -> dict[str, str]:
    return {"horse_id": horse, "sire_id": sire, "dam_id": "dam_1"}


def profile(horse: str, sire: str) -> dict[str, str]:
    return {"id": horse, "sire_id": sire, "dam_id": "dam_1"}


def asked_for(api: Api, raw: psycopg.Connection[Any], request: Request) -> list[str]:
    api.asked.clear()
    assert load(api, raw, request).clean
    return [path.split("/")[3] for path in api.paths()]


def test_profiles_are_asked_for_again_when_told_to(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {DAY: [race("rac_1", DAY, runner("hrs_1", "sir_1"), runner("hrs_2", "sir_1"))]}
    api.horses = {horse: profile(horse, "sir_1") for horse in ("hrs_1", "hrs_2")}
    load(api, raw, ONLY_DAY)
    assert asked_for(api, raw, Request("horses")) == ["hrs_1", "hrs_2"]
    raw.execute("update raw.horses set checked_at = '2025-01-01' where horse_id = 'hrs_2'")

    assert asked_for(api, raw, Request("horses", refresh=True)) == ["hrs_2", "hrs_1"]
    assert asked_for(api, raw, Request("horses", refresh=True, most_horses=1)) == ["hrs_2"]


def test_a_profile_is_asked_for_again_after_a_year_when_the_horse_still_runs(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: [race("rac_1", DAY, runner("hrs_1", "sir_1"))]}
    api.horses = {"hrs_1": profile("hrs_1", "sir_1")}
    load(api, raw, ONLY_DAY)
    asked_for(api, raw, Request("horses"))
    raw.execute("update raw.horses set checked_at = '2025-11-01'")
    assert asked_for(api, raw, Request("horses")) == []

    raw.execute("update raw.horses set checked_at = '2024-10-01'")
    assert asked_for(api, raw, Request("horses")) == ["hrs_1"]
    assert asked_for(api, raw, Request("horses")) == []


def test_a_profile_that_a_newer_race_contradicts_is_asked_for_once_again(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: [race("rac_1", DAY, runner("hrs_1", "sir_1"))]}
    api.horses = {"hrs_1": profile("hrs_1", "sir_1")}
    load(api, raw, ONLY_DAY)
    asked_for(api, raw, Request("horses"))

    api.results = {DAY: [race("rac_1", DAY, runner("hrs_1", "sir_2"))]}
    load(api, raw, AGAIN)
    assert asked_for(api, raw, Request("horses")) == ["hrs_1"]
    # The API stays with it: it is not asked over and over.
    assert asked_for(api, raw, Request("horses")) == []


def test_more_days_can_be_read_again_for_late_corrections(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {day: races(day, 1) for day in DAYS}
    load(api, raw, WEEK)
    # Read a week after each.
    raw.execute("update raw.load_days set started_at = day + interval '7 days 12 hours'")
    api.asked.clear()
    load(api, raw, WEEK)
    assert api.days("results") == []

    load(api, raw, Request("results", FIRST, LAST, settled=12))

    # On the 15th the last twelve days begin with the 4th.
    assert api.days("results") == DAYS[3:]


def test_exit_codes_tell_how_a_load_ended_and_the_summary_is_always_printed(
    api: Api, database: dict[str, str]
) -> None:
    days = ("results", "--from", DAYS[0], "--to", DAYS[-1])
    api.results = {day: races(day) for day in DAYS}
    api.results[DAY] = [*races(DAY), {"date": DAY}]
    partly = command(database, api.environment(), *days)
    del api.results[DAY][-1]
    whole = command(database, api.environment(), *days, "--refresh")
    wrong = command(database, api.environment(), *days, "--no-such-option")
    api.instead = lambda path, query: (
        Answer(401, '{"detail": "No"}') if query.get("start_date") == "2025-10-04" else None
    )
    ended = command(database, api.environment(), *days, "--refresh")

    exits = [done.exit_code for done in (whole, ended, wrong, partly)]
    assert exits == [0, 1, 2, 3]
    assert "results             7" in whole.stdout
    assert "results             3" in ended.stdout
