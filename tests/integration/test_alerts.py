"""What is wrong is told when it begins and when it ends, each once."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from loaders.alerts.sending import SendingError
from loaders.alerts.telling import AlertError, Told, tell
from loaders.alerts.trouble import Failure, Kind
from loaders.cli import main
from loaders.loading.request import Request
from loaders.loading.run import today_in_london
from loaders.raw.schema import migrate
from loaders.settings import ROOT, Plan
from tests.api import Api
from tests.integration.conftest import Warehouse
from tests.integration.loading import column, connect, load, race
from tests.integration.readme import matches, only
from tests.receiver import TOKEN, Receiver

BEFORE = Path(__file__).with_name("raw_before_migrations.sql")
TODAY = today_in_london()
CHRISTMAS = {(12, 23), (12, 24), (12, 25)}
# A day that loads ask for again, on which there is racing in Britain, and long enough ago.
DAY = next(
    day
    for day in (TODAY - timedelta(days=n) for n in range(2, 6))
    if (day.month, day.day) not in CHRISTMAS
)
TALKATIVE = (
    "import logging; logging.basicConfig(level=1); "
    "from loaders.cli import main; main(standalone_mode=False)"
)
STATE = "select kind || ' ' || subject from raw.alerts where ended_at is null order by alert_id"
CHANGES = """
create schema racing_staging;
create table racing_staging.int_feed_changes (
    table_name text, column_name text, changed_on date, is_dried_up boolean, told text
);
insert into racing_staging.int_feed_changes values
    ('ra_runners', 'ts', '2026-06-01', true, 'ra_runners.ts: filled in 0 % of runners'),
    ('ra_races', 'tip', '2026-06-03', true, 'ra_races.tip: filled in 1 % of races'),
    ('ra_races', 'going', '2026-06-03', false, 'ra_races.going: filled in 90 % of races')
"""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def landed(raw: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A database in which a load of Britain has been, and nothing is wrong."""
    migrate(raw)
    raw.execute(
        "insert into raw.loads (resources, regions, base_url, started_at, outcome)"
        " values ('{all}', '{gb,ire}', 'http://127.0.0.1', now(), 'success')"
    )
    return raw


def read(
    raw: psycopg.Connection[Any],
    resource: str,
    day: date | None,
    received: int,
    at: datetime,
    **columns: Any,
) -> int:
    """Let a load have read a day at a moment; returns its number."""
    regions = columns.pop("regions", ["gb", "ire"])
    (load_id,) = raw.execute(
        "insert into raw.loads (resources, regions, base_url, started_at, outcome)"
        " values (%s, %s, 'http://127.0.0.1', %s, 'success') returning load_id",
        [[resource], regions, at],
    ).fetchone()
    values = {
        "complete": True,
        "objects_rejected": 0,
        **columns,
    }
    raw.execute(
        "insert into raw.load_days (load_id, resource, day, objects_received, objects_rejected,"
        " complete, started_at, finished_at)"
        " values (%s, %s, %s, %s, %s, %s, %s, %s)",
        [
            *(load_id, resource, day, received),
            *(values["objects_rejected"], values["complete"], at, at),
        ],
    )
    return load_id


def titles(receiver: Receiver) -> list[str]:
    """What the titles of the messages say after the database's name."""
    return [message["title"].rpartition(": ")[2] for message in receiver.messages]


def alert(database: dict[str, str], *arguments: str, url: str = "") -> Result:
    return CliRunner().invoke(
        main, ["alert", *arguments], env={**database, "STUDBOOK_ALERT_URL": url}
    )


def test_a_failed_step_is_told_once_and_so_is_its_end(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    failed = [Failure("build", "3 tests failed.", "less daily.log")]

    tell(landed, receiver.url, failed)
    # Another sentence about it is no news.
    told = tell(landed, receiver.url, [Failure("build", "2 tests failed.")])
    assert told.message is None
    assert [trouble.subject for trouble in told.going_on] == ["build"]
    landed.execute("update raw.alerts set since = since - interval '50 hours'")
    tell(landed, receiver.url, [])
    tell(landed, receiver.url, [])

    assert titles(receiver) == ["1 new warning", "1 ended"]
    assert [message["type"] for message in receiver.messages] == ["warning", "success"]
    assert receiver.messages[0]["title"].startswith(f"Studbook, database {landed.info.dbname}: ")
    begun, ended = receiver.bodies()
    assert re.fullmatch(
        r"New:\n- The step build failed: 3 tests failed\. Since \d{4}-\d\d-\d\d \d\d:\d\d \w+; "
        "look further: less daily.log",
        begun,
    )
    assert ended == (
        "Ended:\n- The step build failed: 3 tests failed. Over after 2 days: it has run well."
    )


def test_a_failure_ends_only_when_its_step_has_run_again(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    tell(landed, receiver.url, [Failure("backup", "The disk is full")])
    # A look without a run, and a run that has no such step.
    tell(landed, receiver.url)
    tell(landed, receiver.url, [], well=["load", "build"])
    assert column(landed, STATE) == ["failed backup"]

    tell(landed, receiver.url, [], well=["load", "backup"])

    assert column(landed, STATE) == []
    assert titles(receiver) == ["1 new warning", "1 ended"]


def test_something_new_while_another_goes_on_is_told_by_name(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    tell(landed, receiver.url, [Failure("load", "No answer")])
    tell(landed, receiver.url, [Failure("load", "No answer"), Failure("build", "It broke")])
    tell(landed, receiver.url, [Failure("build", "It broke")])

    assert titles(receiver) == ["1 new warning", "1 new warning", "1 ended"]
    second, third = receiver.bodies()[1:]
    assert "- The step build failed: It broke." in second
    assert second.endswith("\nGoing on: failed load.")
    assert "No answer" not in second
    assert "- The step load failed: No answer. Over after 0 minutes: it has run well." in third
    assert third.endswith("\nGoing on: failed build.")


def test_rejects_are_told_until_the_day_has_landed_whole(
    api: Api, raw: psycopg.Connection[Any], receiver: Receiver
) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07"), '{"date": "2025-10-07"}']}
    day = Request("results", date(2025, 10, 7), date(2025, 10, 7), refresh=True)
    first = load(api, raw, day).load_id
    tell(raw, receiver.url)
    load(api, raw, day)
    tell(raw, receiver.url)
    # A read of fewer regions says nothing of the others.
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07")]}
    load(api, raw, day, RACING_API_REGIONS="ire")
    tell(raw, receiver.url)
    assert titles(receiver) == ["1 new warning"]
    load(api, raw, day)
    told = tell(raw, receiver.url)

    assert titles(receiver) == ["1 new warning", "1 ended"]
    begun = receiver.bodies()[0]
    assert "- 1 of the results of 2025-10-07 could not land (" in begun
    assert f"look further: studbook rejects --load {first}" in begun
    assert [trouble.subject for trouble in told.ended] == ["results of 2025-10-07"]


def test_a_source_is_stale_when_dbt_says_so(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    now = datetime.now(UTC)
    # 36 hours, and 60 days of what seldom changes; an incomplete load counts for nothing.
    read(landed, "racecards", TODAY, 9, now - timedelta(hours=37))
    read(landed, "racecards", TODAY, 9, now, complete=False)
    read(landed, "results", TODAY, 9, now - timedelta(hours=35))
    read(landed, "courses", None, 9, now - timedelta(days=61))
    read(landed, "regions", None, 9, now - timedelta(days=59))

    tell(landed, receiver.url)

    assert titles(receiver) == ["2 new warnings"]
    assert column(landed, STATE) == ["stale courses", "stale racecards"]
    [told] = [line for line in receiver.bodies()[0].splitlines() if "racecards" in line]
    assert "longer ago than 36 hours." in told
    assert told.endswith("look further: dbt source freshness")
    (since,) = column(landed, "select since from raw.alerts where subject = 'racecards'")
    assert since == now - timedelta(hours=1)

    read(landed, "racecards", TODAY, 9, now)
    tell(landed, receiver.url)

    assert titles(receiver)[1:] == ["1 ended"]
    assert column(landed, STATE) == ["stale courses"]


def test_a_source_that_the_plan_does_not_have_is_not_stale(
    landed: psycopg.Connection[Any],
) -> None:
    old = datetime.now(UTC) - timedelta(days=400)
    read(landed, "horses", None, 9, old)
    read(landed, "regions", None, 9, old)

    def stale(plan: Plan | None) -> list[str]:
        return [trouble.subject for trouble in tell(landed, None, plan=plan).begun]

    assert stale(Plan.BASIC) == ["regions"]
    assert stale(Plan.STANDARD) == stale(None) == ["regions", "horses"]


def test_what_is_stale_is_not_told_again_as_the_step_that_looks_how_fresh_all_is(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    failed = [Failure("freshness", "raw.results (last loaded 2026-06-01) stale: load again")]
    read(landed, "results", TODAY, 9, datetime.now(UTC) - timedelta(days=8))
    tell(landed, receiver.url, failed)
    assert column(landed, STATE) == ["stale results"]
    # With nothing stale, it is dbt that is in trouble.
    read(landed, "results", TODAY, 9, datetime.now(UTC))
    tell(landed, receiver.url, failed)

    assert column(landed, STATE) == ["failed freshness"]


def test_a_day_without_races_is_told_until_races_come(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    now = datetime.now(UTC)
    read(landed, "results", DAY, 0, now - timedelta(minutes=20))
    tell(landed, receiver.url)
    # A day is not told of as over for being no longer asked for.
    landed.execute("update raw.load_days set day = day - 30")
    landed.execute("update raw.alerts set subject = %s", [f"results of {DAY - timedelta(30)}"])
    tell(landed, receiver.url)
    assert titles(receiver) == ["1 new warning"]
    read(landed, "results", DAY - timedelta(30), 40, now)
    tell(landed, receiver.url)

    assert titles(receiver) == ["1 new warning", "1 ended"]
    assert receiver.bodies()[0].startswith(
        f"New:\n- The results of {DAY} came without a race, and Britain races on such a day. "
    )
    assert f"studbook load results --from {DAY} --to {DAY} --refresh" in receiver.bodies()[0]


def test_a_day_without_races_is_believed_once_it_has_been_read_for_good(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    now = datetime.now(UTC)
    # Each morning and night of a day on which the API answers without races.
    for hours in (14, 0):
        read(landed, "results", DAY, 0, now - timedelta(hours=hours))
        tell(landed, receiver.url)
    assert titles(receiver) == ["1 new warning"]
    # The same reads, and they came a month after the day.
    long_ago = DAY - timedelta(30)
    landed.execute("update raw.load_days set day = %s", [long_ago])
    landed.execute("update raw.alerts set subject = %s", [f"results of {long_ago}"])
    landed.execute("update raw.loads set plan = 'free' where load_id = 2")
    # A smaller plan sees less, and one read may err.
    tell(landed, receiver.url)
    assert titles(receiver) == ["1 new warning"]
    landed.execute("update raw.loads set plan = 'pro' where load_id = 2")
    tell(landed, receiver.url)

    assert titles(receiver) == ["1 new warning", "1 ended"]
    assert "races have come, or the day has been read for good." in receiver.bodies()[1]


def test_racecards_that_never_came_are_over_once_the_results_are_read_for_good(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    now = datetime.now(UTC)
    read(landed, "racecards", DAY, 0, now)
    tell(landed, receiver.url)
    long_ago = DAY - timedelta(30)
    landed.execute("update raw.load_days set day = %s", [long_ago])
    landed.execute("update raw.alerts set subject = %s", [f"racecards of {long_ago}"])
    tell(landed, receiver.url)
    assert titles(receiver) == ["1 new warning"]
    read(landed, "results", long_ago, 40, now)
    tell(landed, receiver.url)

    assert titles(receiver) == ["1 new warning", "1 ended"]


@pytest.mark.parametrize(
    ("resource", "day", "at", "columns", "is_told"),
    [
        ("results", DAY, datetime.now(UTC), {}, True),
        ("racecards", TODAY, datetime.now(UTC), {}, (TODAY.month, TODAY.day) not in CHRISTMAS),
        # It is not over; nor has it been published; nor did all of it come.
        ("results", TODAY, datetime.now(UTC), {}, False),
        ("racecards", TODAY + timedelta(days=1), datetime.now(UTC), {}, False),
        ("racecards", DAY, datetime.now(UTC) - timedelta(days=7), {}, False),
        ("results", DAY, datetime.now(UTC), {"complete": False}, False),
        # Days without racing are usual there, and nothing to hear of when history is loaded.
        ("results", DAY, datetime.now(UTC), {"regions": ["ire", "fr"]}, False),
        ("results", date(2020, 4, 7), datetime.now(UTC), {}, False),
    ],
)
def test_a_day_may_be_without_races(
    landed: psycopg.Connection[Any],
    resource: str,
    day: date,
    at: datetime,
    columns: dict[str, Any],
    is_told: bool,
) -> None:
    read(landed, resource, day, 0, at, **columns)

    told = tell(landed, None)

    found = [trouble.subject for trouble in told.begun if trouble.kind is Kind.NO_RACES]
    assert found == [f"{resource} of {day}"] * is_told


def test_two_fields_that_dried_up_are_told_apart(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    tell(landed, receiver.url)
    landed.execute(CHANGES)
    tell(landed, receiver.url)
    landed.execute(
        "update racing_staging.int_feed_changes set told = 'another share', is_dried_up = false"
        " where column_name = 'tip'"
    )
    tell(landed, receiver.url)

    assert titles(receiver) == ["2 new warnings", "1 ended"]
    begun, ended = receiver.bodies()
    assert "- ra_runners.ts: filled in 0 % of runners. Since 2026-06-01; look" in begun
    assert "- ra_races.tip: filled in 1 % of races. Since 2026-06-03; look" in begun
    assert "going" not in begun
    assert "- ra_races.tip: filled in 1 % of races. Over after" in ended
    assert ended.endswith("\nGoing on: dried up ra_runners.ts.")

    # What no build has looked at is neither better nor worse.
    landed.execute("drop schema racing_staging cascade")
    assert tell(landed, receiver.url).message is None
    assert column(landed, STATE) == ["dried_up ra_runners.ts"]


def test_a_message_is_never_longer_than_a_receiver_takes(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    steps = [Failure(f"step {n}", "It went wrong, and at some length. " * 20) for n in range(40)]
    tell(landed, receiver.url, steps)
    tell(landed, receiver.url, [Failure("another", "It went wrong")])

    assert titles(receiver) == ["40 new warnings", "1 new warning and 40 ended"]
    first, second = receiver.bodies()
    assert max(map(len, receiver.bodies())) < 4000
    assert re.search(r"\n- and \d\d more: studbook alert --dry-run shows all\.$", first)
    assert "- The step another failed: It went wrong." in second


def test_what_was_not_sent_is_sent_by_the_next_run(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    receiver.status = 500
    failed = [Failure("build", "It broke")]
    with pytest.raises(SendingError) as caught:
        tell(landed, receiver.url, failed)
    assert matches(only("The alert was not sent"), str(caught.value))
    assert column(landed, "select count(*) from raw.alerts") == [0]

    receiver.status = 200
    tell(landed, receiver.url, failed)
    receiver.status = 500
    with pytest.raises(SendingError):
        tell(landed, receiver.url, [])
    assert column(landed, STATE) == ["failed build"]
    receiver.status = 200
    tell(landed, receiver.url, [])

    assert titles(receiver) == ["1 new warning", "1 ended"]
    assert column(landed, STATE) == []


@pytest.mark.parametrize("between", [" ", ",", ", ", "\n"])
def test_each_of_several_addresses_gets_it(
    landed: psycopg.Connection[Any], receiver: Receiver, between: str
) -> None:
    with Receiver() as other:
        told = tell(landed, receiver.url + between + other.url, [Failure("build", "It broke")])

        assert told.receivers == 2
        assert receiver.bodies() == other.bodies()
        assert receiver.paths == [f"/{TOKEN}/hook"]


def test_what_one_address_does_not_take_is_not_sent_to_the_others_again(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    with Receiver() as dead:
        dead.status = 500
        both = f"{dead.url} {receiver.url}"
        with pytest.raises(SendingError) as caught:
            tell(landed, both, [Failure("build", "It broke")])
        assert matches(only("The alert reached all but"), str(caught.value))
        assert "address 1 of 2, JSON, of STUDBOOK_ALERT_URL" in str(caught.value)
        again = tell(landed, both, [Failure("build", "It broke")])

    assert again.message is None
    assert titles(receiver) == ["1 new warning"]
    assert column(landed, STATE) == ["failed build"]


def test_an_address_that_is_none_is_told_before_anything_is_sent(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    for wrong in (f"{receiver.url} {TOKEN}", f"{receiver.url},nosuch://{TOKEN}@host/", ","):
        with pytest.raises(SendingError) as caught:
            tell(landed, wrong, [Failure("build", "It broke")])
        assert TOKEN not in str(caught.value)
        assert matches(only("STUDBOOK_ALERT_URL cannot"), str(caught.value))
        # Nor does it wait until there is something to tell.
        with pytest.raises(SendingError):
            tell(landed, wrong)
    assert receiver.messages == []


def test_nothing_of_the_database_is_held_while_a_message_is_sent(
    landed: psycopg.Connection[Any], database: dict[str, str], receiver: Receiver
) -> None:
    receiver.latency = 1.5
    with connect(database) as connection, ThreadPoolExecutor(1) as pool:
        process = connection.info.backend_pid
        telling = pool.submit(tell, connection, receiver.url, [Failure("build", "It broke")])
        assert receiver.waiting.wait(60)
        # As a load does that begins, at once.
        landed.execute("set lock_timeout = '200ms'")
        migrate(landed)
        at_work = landed.execute(
            "select state from pg_stat_activity where pid = %s", [process]
        ).fetchone()
        assert not telling.done()
        assert at_work == ("idle",)
        assert telling.result().receivers == 1


def test_the_addresses_can_be_tried(receiver: Receiver) -> None:
    """Without a database: the one that is named is not there."""
    nowhere = {"PGHOST": "/nowhere", "PGDATABASE": "none"}
    with Receiver() as other:
        tried = alert(nowhere, "--test", url=f"{receiver.url} {other.url}")
        other.status = 500
        refused = alert(nowhere, "--test", url=f"{receiver.url} {other.url}")
    unset = alert(nowhere, "--test")

    assert (tried.exit_code, refused.exit_code, unset.exit_code) == (0, 1, 1)
    assert tried.output == "Sent to 2 of STUDBOOK_ALERT_URL: look whether it has come.\n"
    assert "all but address 2 of 2, JSON, of" in refused.output
    assert "STUDBOOK_ALERT_URL is not set" in unset.output
    assert titles(receiver) == ["a test", "a test"]
    assert titles(other) == ["a test"]


def test_two_runs_at_once_send_one_message(
    landed: psycopg.Connection[Any], database: dict[str, str], receiver: Receiver
) -> None:
    receiver.latency = 0.5
    told: list[Told] = []

    def run() -> None:
        with connect(database) as connection:
            told.append(tell(connection, receiver.url, [Failure("build", "It broke")]))

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(each.receivers for each in told) == [0, 1]
    assert titles(receiver) == ["1 new warning"]


def test_what_cannot_be_looked_at_is_told_and_hides_nothing_else(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    role = f"teller_{landed.info.dbname}"
    landed.execute(CHANGES)
    tell(landed, receiver.url)
    landed.execute(f"create role {role} login")
    landed.execute(f"grant usage on schema raw to {role}")
    landed.execute(f"grant select, insert, update on all tables in schema raw to {role}")
    with psycopg.connect(landed.info.dsn, user=role, autocommit=True) as connection:
        tell(connection, receiver.url, [Failure("build", "It broke")])
        tell(connection, receiver.url, [Failure("build", "It broke")])
    landed.execute(f"drop owned by {role}")
    landed.execute(f"drop role {role}")

    assert titles(receiver) == ["2 new warnings", "2 new warnings"]
    assert "- The step build failed" in receiver.bodies()[1]
    assert (
        "- It cannot be seen whether a field of the feed dried up: User "
        f"{role} may not read racing_staging.int_feed_changes: grant it usage on schema "
        "racing_staging and select on its tables."
    ) in receiver.bodies()[1]
    assert "dried_up ra_runners.ts" in column(landed, STATE)


def test_who_may_not_write_sends_nothing_and_is_told(
    landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    with (
        psycopg.connect(
            landed.info.dsn, options="-c default_transaction_read_only=on", autocommit=True
        ) as connection,
        pytest.raises(AlertError) as caught,
    ):
        tell(connection, receiver.url, [Failure("build", "It broke")])

    assert matches(only("What is wrong with the database"), str(caught.value))
    assert receiver.messages == []


def test_a_database_where_nothing_has_landed_has_nothing_wrong_and_is_left_alone(
    database: dict[str, str], raw: psycopg.Connection[Any], receiver: Receiver
) -> None:
    done = alert(database, url=receiver.url)

    assert done.exit_code == 0, done.output
    assert done.stdout == "Nothing is wrong, as far as can be seen.\n"
    assert column(raw, "select to_regnamespace('raw')") == [None]
    # A first load that fails is told of all the same.
    tell(raw, receiver.url, [Failure("load", "The API refused the credentials")])
    tell(raw, receiver.url, [])
    assert titles(receiver) == ["1 new warning", "1 ended"]


def test_a_database_of_an_older_studbook_is_looked_at(
    database: dict[str, str], raw: psycopg.Connection[Any], receiver: Receiver
) -> None:
    raw.execute(BEFORE.read_bytes())
    read(raw, "results", DAY, 0, datetime.now(UTC))
    # As a build of before there were such changes left it.
    raw.execute(
        "create schema racing_staging; create table racing_staging.int_feed_changes (n int)"
    )

    shown = alert(database)
    sent = alert(database, url=receiver.url)

    assert shown.exit_code == sent.exit_code == 0, shown.output + sent.output
    [body] = receiver.bodies()
    assert f"The results of {DAY} came without a race" in body
    assert "It cannot be seen whether a field of the feed dried up" in body


def test_the_command_shows_what_it_would_send_and_sends_it_once(
    database: dict[str, str], landed: psycopg.Connection[Any], receiver: Receiver
) -> None:
    read(landed, "results", DAY, 0, datetime.now(UTC))
    line = f"- The results of {DAY} came without a race"

    unset = alert(database)
    dry = alert(database, "--dry-run", url=receiver.url)
    assert receiver.messages == []
    assert column(landed, STATE) == []
    sent = alert(database, url=receiver.url)
    again = alert(database, url=receiver.url)

    assert "STUDBOOK_ALERT_URL is not set, and nothing is sent. This would be sent:" in unset.output
    assert "This would be sent:" in dry.output
    assert "is not set" not in dry.output
    assert "Sent to 1 of STUDBOOK_ALERT_URL:" in sent.output
    message = sent.output.partition(":\n\n")[2]
    assert message.startswith("Studbook, database ")
    assert unset.output.endswith(message)
    assert dry.output.endswith(message)
    assert again.output.startswith(line)
    assert "sent" not in again.output.lower()
    assert titles(receiver) == ["1 new warning"]


@pytest.mark.parametrize(
    ("url", "sign"),
    [
        ("{receiver}", "cannot be reached or did not take it"),
        ("json://{token}:{token}@127.0.0.1:1/{token}", "cannot be reached or did not take it"),
        ("{receiver} tgram://{token}", "is no address that Apprise knows"),
        ("{token}", "is no address that Apprise knows"),
        ("{receiver}\udcff", "STUDBOOK_ALERT_URL is not UTF-8"),
    ],
)
def test_an_address_shows_up_nowhere(
    warehouse: Warehouse,
    raw: psycopg.Connection[Any],
    receiver: Receiver,
    url: str,
    sign: str,
) -> None:
    migrate(raw)
    read(raw, "results", DAY, 0, datetime.now(UTC))
    receiver.status = 500
    url = url.format(receiver=receiver.url, token=TOKEN)

    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", TALKATIVE, "alert"],
        cwd=ROOT,
        env=warehouse.variables() | {"STUDBOOK_ALERT_URL": url},
        capture_output=True,
        timeout=60,
    )

    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert b"Traceback" in said
    assert sign.encode() in said
    assert TOKEN.encode() not in said
    assert column(raw, "select count(*) from raw.alerts") == [0]


def test_an_address_that_works_shows_up_nowhere(
    warehouse: Warehouse, raw: psycopg.Connection[Any], receiver: Receiver
) -> None:
    migrate(raw)
    read(raw, "results", DAY, 0, datetime.now(UTC))

    done = subprocess.run(
        [sys.executable, "-X", "dev", "-c", TALKATIVE, "alert"],
        cwd=ROOT,
        env=warehouse.variables() | {"STUDBOOK_ALERT_URL": receiver.url},
        capture_output=True,
        timeout=60,
    )

    assert done.returncode == 0, done.stderr
    assert titles(receiver) == ["1 new warning"]
    kept = repr(raw.execute("table raw.alerts").fetchall()).encode()
    assert DAY.isoformat().encode() in kept
    assert TOKEN.encode() not in done.stdout + done.stderr + kept
