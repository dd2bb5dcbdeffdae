"""What a scheduler runs every day: its steps, its exit code, and what it leaves behind."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.daily import dbt_steps, disk_space, last_steps, loading_steps
from loaders.daily.beginning import run
from loaders.daily.dbt_results import failed_nodes, forget_results, warnings
from loaders.daily.log_files import new_log
from loaders.daily.outcome import Ended, Outcome
from loaders.daily.running import RunError
from loaders.daily.step import Ground, Step, failed, on_database
from loaders.daily.timetable import STEPS as STEPS_OF
from loaders.daily.trial import TrialError
from loaders.daily.upkeep import vacuum
from loaders.loading.run import today_in_london
from loaders.postgres import shell
from loaders.raw.landing import LandingError
from loaders.settings import ROOT
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.api import Api
from tests.integration.conftest import Warehouse
from tests.integration.loading import race, wait_for
from tests.integration.readme import matches, only
from tests.receiver import TOKEN, Receiver

DBT = f"""#!{sys.executable}
import os, sys
sys.path.insert(0, {str(ROOT)!r})
from tests.integration.dbt_server import Running
sys.exit(Running(("dbt", *sys.argv[1:]), dict(os.environ), 1, 2).wait())
"""
OF_A_DAY = (
    *("disk", "reference", "racecards", "results", "horses"),
    *("build", "freshness", "site", "alert"),
)
STEPS = "select step, outcome, message from raw.run_steps where run_id = %s order by started_at"


@pytest.fixture(scope="module")
def small_api() -> Iterator[dict[str, str]]:
    """Four days of racing up to today."""
    world = World(seed=5, seasons=4 / 365, races_per_day=2)
    with SimulatorServer(world, rate_limits=False) as api:
        yield api.environment()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """Of alerts."""
    with Receiver() as receiver:
        yield receiver


@dataclass
class Scheduler:
    """Runs `studbook daily` here, with dbt from where the project is parsed already."""

    warehouse: Warehouse
    logs: Path

    def run(self, kind: str = "daily", **options: bool) -> str:
        """What it prints."""
        printed: list[str] = []
        run(
            kind,
            lambda message, *, nl=True: printed.append(message + ("\n" if nl else "")),
            **options,
        )
        return "".join(printed)

    def start(self, *options: str, **env: str) -> subprocess.Popen[str]:
        """One in a process of its own."""
        return subprocess.Popen(
            ["studbook", "daily", *options],
            cwd=ROOT,
            env={**self.warehouse.variables(), "STUDBOOK_LOGS": str(self.logs), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


@pytest.fixture
def scheduler(warehouse: Warehouse, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    """On an empty database."""
    programs = folder / "programs"
    programs.mkdir()
    (programs / "studbook").symlink_to(Path(sys.executable).parent / "studbook")
    (programs / "dbt").write_text(DBT)
    (programs / "dbt").chmod(stat.S_IRWXU)
    monkeypatch.setattr(shell, "PROGRAMS", programs)
    return Scheduler(warehouse, folder / "logs")


def at(scheduler: Scheduler, api: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Scheduler:
    """The same, with an API."""
    there = replace(
        scheduler,
        warehouse=replace(
            scheduler.warehouse, environment={**scheduler.warehouse.environment, **api}
        ),
    )
    for name, value in there.warehouse.variables().items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("STUDBOOK_LOGS", str(there.logs))
    return there


def steps(connection: psycopg.Connection[Any], run_id: int) -> dict[str, str]:
    """How the steps of a run ended."""
    return {step: outcome for step, outcome, _ in connection.execute(STEPS, [run_id])}


def test_a_day_twice_and_a_trial_of_it(
    scheduler: Scheduler, small_api: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, small_api, monkeypatch)
    warehouse = scheduler.warehouse

    printed = scheduler.run()

    with warehouse.connect() as connection:
        assert steps(connection, 1) == dict.fromkeys(OF_A_DAY, "success")
        [races] = connection.execute("select count(*) from racing.ra_races").fetchone()
        assert races >= 4
        tracked = connection.execute(
            "select table_name, status, metadata ->> 'run_outcome'"
            " from racing.ra_metadata_tracking where operation = 'daily'"
        ).fetchall()
        assert {*tracked} == {(step, "success", "success") for step in steps(connection, 1)}
    for step in OF_A_DAY:
        assert re.search(rf"^{step} +\d+\.\d s  success", printed, re.MULTILINE)
    [log] = scheduler.logs.iterdir()
    assert re.search(r"^\$ studbook load results --from \d", log.read_text(), re.MULTILINE)
    assert "OK created sql incremental model racing.ra_races" in log.read_text()

    before = whole(warehouse)
    scheduler.run()
    assert whole(warehouse) == before

    printed = scheduler.run("weekly", is_trial=True)
    assert "All 10 steps went well" in printed
    assert re.search(r"^vacuum .* tables were due$", printed, re.MULTILINE)
    assert list((warehouse.scratch / "target" / "trial" / "backups").glob("empty_test-*"))
    assert whole(warehouse) == before
    with warehouse.connect() as connection:
        assert connection.execute("select max(run_id) from raw.runs").fetchone() == (2,)
        assert connection.execute(
            "select count(*) from pg_database where datname = current_database() || '_test'"
        ).fetchone() == (0,)

    # Groups that one day were counted wrongly.
    sample = ("run-operation", "compare_sample", "--args", "{groups: 1000000}")
    warehouse.run("dbt", *sample)
    with warehouse.connect() as connection:
        [sire] = connection.execute(
            "update racing_staging.int_performance set wins = wins + 1 where ctid = (select ctid"
            " from racing_staging.int_performance where entity_type = 'sire'"
            " and breakdown = 'distance' limit 1) returning entity_id"
        ).fetchone()
    told = warehouse.run("dbt", "--no-use-colors", *sample, check=False)
    assert told.returncode != 0
    assert matches(only("A fresh count"), told.stdout)
    assert f"of 1 of the groups of runs (sire {sire}, distance" in told.stdout


def whole(warehouse: Warehouse) -> dict[str, str]:
    """Every value that was loaded, and of the tables made of it, but for the logs."""
    # Each load adds a row to these,
    of_loads = ("loads", "load_days", "runs", "run_steps", "ra_metadata_tracking")
    # and each build says in these when it was, and what it has taken up.
    of_builds = ("builds", "build_log", "model_states", "model_reads")
    noted = ("int_landed_stretches__changes",)
    found = {
        f"{schema}.{name}": digest
        for schema in ("raw", "racing", "racing_staging")
        for name, digest in warehouse.fingerprints(
            schema,
            # A load of cards adds a row, and leaves those before as they are.
            without=(*of_loads, *of_builds, *noted, "ra_odds_statistics"),
            # When an object was seen last.
            drop=("checked_at",) if schema == "raw" else (),
        ).items()
    }
    with warehouse.connect() as connection:
        first = connection.execute(
            "select to_jsonb(statistics)::text from racing.ra_odds_statistics as statistics"
            " order by id limit 1"
        ).fetchone()
    return {**found, "the first of racing.ra_odds_statistics": first[0]}


def test_a_stopped_and_a_killed_one_and_one_beside(
    scheduler: Scheduler, api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    api.held = True
    stopped = scheduler.start(STUDBOOK_ALERT_URL=receiver.url)
    wait_for(lambda: bool(api.asked))

    beside = scheduler.start(STUDBOOK_PATIENCE="0.01")
    _, told = beside.communicate(timeout=60)
    assert beside.returncode == 1
    assert matches(only("Another daily or weekly run is running"), told)
    assert f"studbook daily, process {stopped.pid}" in told

    reset = subprocess.run(
        ["studbook", "db", "reset"],
        env={**scheduler.warehouse.variables(), "STUDBOOK_PATIENCE": "0.01"},
        capture_output=True,
        text=True,
    )
    assert reset.returncode == 1
    assert "A daily or weekly run is still running in the database empty (studbook" in reset.stderr

    stopped.terminate()
    printed, told = stopped.communicate(timeout=60)
    assert stopped.returncode == 128 + signal.SIGTERM
    assert "interrupted: by SIGTERM" in printed
    assert matches(only("Interrupted"), told)

    [body] = receiver.bodies()
    assert "- `studbook daily` was stopped by SIGTERM in its step reference" in body

    asked = len(api.asked)
    by_hand = scheduler.start(STUDBOOK_ALERT_URL=receiver.url)
    wait_for(lambda: len(api.asked) > asked)
    by_hand.send_signal(signal.SIGINT)
    by_hand.communicate(timeout=60)
    assert by_hand.returncode == 128 + signal.SIGINT

    # The next one that comes to its end tells that it did.
    monkeypatch.setenv("STUDBOOK_ALERT_URL", receiver.url)
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: [last_steps.alert()])
    scheduler.run()
    assert len(receiver.bodies()) == 2
    assert "by SIGTERM in its step reference" in receiver.bodies()[1].partition("Ended:")[2]

    asked = len(api.asked)
    killed = scheduler.start()
    wait_for(lambda: len(api.asked) > asked)
    killed.kill()
    killed.communicate()
    api.held = False
    scheduler.run()
    assert runs(scheduler.warehouse)[2:] == [(3, "success"), (4, "interrupted"), (5, "success")]
    assert re.search("- The daily run that began at .* was killed", receiver.bodies()[2])


def runs(warehouse: Warehouse) -> list[tuple[int, str]]:
    with warehouse.connect() as connection:
        return connection.execute("select run_id, outcome from raw.runs order by run_id").fetchall()


def test_a_step_that_fails_hinders_only_those_that_need_it(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    today = f"{today_in_london()}"
    api.racecards = {today: [race("rac_1", today, {"horse_id": "hrs_1"})]}
    api.results = {today: [race("rac_2", today, {"horse_id": "hrs_1"}), "null"]}
    api.horses = {"hrs_1": {"id": "hrs_1"}}

    steps = [
        loading_steps.a_day_of("racecards", today_in_london(), today_in_london()),
        Step("broken", lambda ground: failed("It broke.")),
        loading_steps.results(after=["racecards"]),
        loading_steps.horses(after=["broken", "results"]),
        Step("faulty", lambda ground: Ended(Outcome(1 / 0))),
        Step("later", lambda ground: Ended(Outcome.SUCCESS), needs=("horses",)),
    ]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)

    with pytest.raises(RunError) as caught:
        scheduler.run()

    assert caught.value.exit_code == 1
    assert matches(only("studbook …: failed"), str(caught.value))
    with scheduler.warehouse.connect() as connection:
        ended = {step: (how, said) for step, how, said in connection.execute(STEPS, [1])}
    assert {step: how for step, (how, _) in ended.items()} == {
        "racecards": "success",
        "broken": "failed",
        "results": "partial",
        "horses": "passed over",
        "faulty": "failed",
        "later": "passed over",
    }
    assert ended["broken"][1] == "It broke."
    assert ended["results"][1].startswith("Not everything has landed: 1 rejected")
    assert ended["horses"][1] == ended["later"][1] == "because broken failed"
    assert "ZeroDivisionError" in next(scheduler.logs.iterdir()).read_text()

    steps[1] = Step("mended", lambda ground: Ended(Outcome.SUCCESS))
    steps[3:] = [loading_steps.horses(after=["results"])]
    with pytest.raises(RunError) as caught:
        scheduler.run()

    assert caught.value.exit_code == 3
    assert matches(only("studbook …: went only partly"), str(caught.value))


def test_a_failure_sends_one_message_and_the_recovery_one(
    scheduler: Scheduler, api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    how = [failed("It broke.")]
    steps = [Step("backup", lambda ground: how[0]), last_steps.alert()]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)
    monkeypatch.setenv("STUDBOOK_ALERT_URL", receiver.url)
    with pytest.raises(RunError):
        scheduler.run()
    [first_log] = scheduler.logs.iterdir()
    with pytest.raises(RunError):
        scheduler.run()
    how = [Ended(Outcome.SUCCESS)]
    printed = [scheduler.run() for _ in range(2)]

    begun, ended = receiver.bodies()
    assert "The step backup failed: It broke." in begun
    assert f"look further: less {first_log}" in begun
    assert ended.startswith("Ended:")
    assert "alert" in printed[0]
    assert "nothing new to tell" in printed[1]
    assert TOKEN not in "".join(printed)
    assert all(TOKEN not in log.read_text() for log in scheduler.logs.iterdir())


def test_what_did_not_fail_and_yet_is_to_be_looked_at_is_told_in_its_own_words(
    scheduler: Scheduler, api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    monkeypatch.setenv("STUDBOOK_ALERT_URL", receiver.url)
    steps = [
        Step("disk", on_database(disk_space.look)),
        Step("results", lambda ground: Ended(Outcome.PARTIAL, "Not everything has landed.")),
        last_steps.alert(),
    ]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: [steps[0], steps[2]])
    # More than any disk has.
    with monkeypatch.context() as little:
        little.setattr(disk_space, "_BESIDE", 1024**6)
        printed = scheduler.run()

    assert re.search(r"^All 2 steps went well, in .* s; look at: disk\.$", printed, re.MULTILINE)
    assert re.search(r"^- Only .* GB free in .* Since", receiver.bodies()[0], re.MULTILINE)
    assert matches(only("Only … GB free"), receiver.bodies()[0])
    assert "failed" not in receiver.bodies()[0]

    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)
    for _ in range(3):
        with pytest.raises(RunError) as caught:
            scheduler.run()

    _, ended, partly = receiver.bodies()
    assert "Only" in ended.partition("Ended:")[2]
    told = "- The step results has gone only partly in 3 runs in a row: Not everything has landed."
    assert told in partly
    assert "went only partly: results; look at: results" in str(caught.value)


def test_a_run_whose_log_cannot_be_written_goes_on_and_tells(
    scheduler: Scheduler, api: Api, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    monkeypatch.setenv("STUDBOOK_ALERT_URL", receiver.url)

    def loses_its_log(ground: Ground) -> Ended:
        ground.children.log.unlink()
        ground.children.log.mkdir()
        return Ended(Outcome.SUCCESS)

    steps = [
        Step("losing", loses_its_log),
        Step("said", lambda ground: failed(f"{ground.children.run('echo', 'heard')}")),
        last_steps.alert(),
    ]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)
    told: list[str] = []
    with pytest.raises(RunError):
        run("daily", lambda message, *, nl=True: told.append(message))

    assert len([line for line in told if line.startswith("The log cannot be written to")]) == 1
    assert "The step said failed: (0, ['heard'])." in receiver.bodies()[0]


def test_a_run_whose_connection_broke_takes_its_place_again_or_says_who_has_it(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    held = "select pid from pg_locks where locktype = 'advisory' and granted"

    def breaks(ground: Ground) -> Ended:
        with ground.connect() as connection:
            connection.execute(f"select pg_terminate_backend(pid, 5000) from ({held}) as held")
        return Ended(Outcome.SUCCESS)

    def holds(ground: Ground) -> Ended:
        with ground.connect() as connection:
            [locks] = connection.execute(f"select count(*) from ({held}) as held").fetchone()
        return Ended(Outcome.SUCCESS, f"{locks} held")

    steps = [Step("breaking", breaks), Step("holding", holds)]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)
    assert "1 held" in scheduler.run()

    with scheduler.warehouse.connect() as other:

        def is_taken(ground: Ground) -> Ended:
            [lock] = other.execute(
                "select (classid::bigint << 32) + objid::bigint from pg_locks"
                " where locktype = 'advisory' and granted"
            ).fetchone()
            ended = breaks(ground)
            other.execute(
                "select pg_advisory_lock((%(key)s >> 32)::int, (%(key)s & 4294967295)::int),"
                " set_config('application_name', 'another', false)",
                {"key": lock},
            )
            return ended

        steps[0] = Step("taken", is_taken)
        monkeypatch.setenv("STUDBOOK_PATIENCE", "0.02")
        with pytest.raises(RunError):
            scheduler.run()

    with scheduler.warehouse.connect() as connection:
        [said] = connection.execute(
            "select message from raw.run_steps where run_id = 2 and step = 'holding'"
        ).fetchone()
    assert "another daily or weekly run took its place: another" in said


def test_a_plan_without_profiles_is_not_asked_for_them(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(RACING_API_PLAN="free"), monkeypatch)
    steps = [loading_steps.horses(), dbt_steps.freshness()]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)

    with pytest.raises(RunError):
        scheduler.run()

    assert not api.asked
    with scheduler.warehouse.connect() as connection:
        ended = {step: (how, said) for step, how, said in connection.execute(STEPS, [1])}
    assert ended["horses"] == ("success", "the account's plan, free, has none")
    told = [f"raw.{name} (never loaded)" for name in ("courses", "racecards", "regions")]
    assert ended["freshness"][1].startswith(f"{', '.join(told)} and 1 more stale")


def test_tables_of_which_much_has_changed_are_vacuumed(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute("create schema raw")
        connection.execute("create table raw.worn (n integer) with (autovacuum_enabled = false)")
        connection.execute("insert into raw.worn select generate_series(1, 3000)")
        connection.execute("analyze raw.worn")
    # A session that ends has told the server what it did.
    with warehouse.connect() as connection:
        connection.execute("delete from raw.worn where n > 10")

    with warehouse.connect() as connection:
        told = [vacuum(connection).message for _ in range(2)]

    assert told == ["1 table was due", "no table was due"]


def test_a_week_asks_for_the_results_of_two_months_again(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    monkeypatch.setitem(STEPS_OF, ("weekly", False), lambda: [loading_steps.late_corrections()])
    today = today_in_london()
    for back in range(61):
        day = f"{today - timedelta(days=back)}"
        api.results[day] = [race(f"rac_{back}", day, {"horse_id": "hrs_1"})]

    scheduler.run("weekly")
    api.asked.clear()
    scheduler.run("weekly")

    asked = {dict(each.query)["start_date"] for each in api.asked if each.path == "/v1/results"}
    assert asked == {f"{today - timedelta(days=back)}" for back in range(60)}


def test_the_weekly_backup_is_kept_where_and_as_long_as_it_is_to_be_and_only_with_room(
    scheduler: Scheduler, api: Api, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    kept = tmp_path / "kept"
    three_days_ago = datetime.now(UTC) - timedelta(days=3)
    old = kept / f"empty-{three_days_ago:%Y-%m-%d-%H%M%S}"
    old.mkdir(parents=True)
    (old / "contents.json").touch()
    monkeypatch.setenv("STUDBOOK_BACKUPS", str(kept))
    monkeypatch.setenv("STUDBOOK_BACKUP_DAYS", "2")
    monkeypatch.setitem(STEPS_OF, ("weekly", False), lambda: [last_steps.backup()])

    scheduler.run("weekly")

    [made] = kept.iterdir()
    assert made != old
    # More than this disk has; it takes no room itself.
    (made / "huge").touch()
    os.truncate(made / "huge", 2 * shutil.disk_usage(kept).total)
    with pytest.raises(RunError):
        scheduler.run("weekly")
    with scheduler.warehouse.connect() as connection:
        [(_, how, said)] = connection.execute(STEPS, [2]).fetchall()
    assert how == "failed"
    assert matches(only("The database … was not backed up"), said)
    assert [*kept.iterdir()] == [made]


def test_what_dbt_warned_of_and_what_failed_is_told_by_what_it_said(tmp_path: Path) -> None:
    def result(name: str, status: str, message: str | None) -> dict[str, Any]:
        return {"unique_id": f"test.studbook.{name}.1a2b", "status": status, "message": message}

    file = tmp_path / "run_results.json"
    printed = [
        "18:00:01  ra_race_results.rpr is filled in 0 of 9 rows where is_run; a share of 0.5 is …",
        "18:00:01  3 of 9 WARN 1 expected_population_ra_race_results_True ... [WARN 1 in 0.1s]",
    ]
    warned = [
        result("expected_population_ra_race_results_True", "warn", "Got 1 result"),
        result("ra_races_going_is_known", "warn", "Got 2 results"),
    ]
    file.write_text(json.dumps({"results": warned}))
    assert warnings(tmp_path, printed) == (
        "2 warnings: ra_race_results.rpr is filled in 0 of 9 rows; ra_races_going_is_known"
    )
    assert warnings(tmp_path, []) == (
        "2 warnings: expected_population_ra_race_results_True; ra_races_going_is_known"
    )

    file.write_text(
        json.dumps({"results": [result("unique_ra_races_id", "fail", "Got 2 results")]})
    )
    assert failed_nodes(tmp_path) == "unique_ra_races_id (Got 2 results) failed"

    forget_results(tmp_path)
    assert failed_nodes(tmp_path) is None


def test_logs_of_long_ago_go(tmp_path: Path) -> None:
    for name, days in (("daily-1.log", 31), ("weekly-1.log", 29), ("mine.log", 99)):
        (tmp_path / name).touch()
        os.utime(tmp_path / name, (time.time() - days * 86_400,) * 2)

    new = [new_log(tmp_path, "daily", datetime(2026, 11, 28, 6, tzinfo=UTC)) for _ in range(2)]

    assert [file.name for file in new] == [
        "daily-2026-11-28T060000Z.log",
        "daily-2026-11-28T060000Z-2.log",
    ]
    assert {file.name for file in tmp_path.iterdir()} - {file.name for file in new} == {
        "weekly-1.log",
        "mine.log",
    }


def test_a_trial_leaves_a_database_of_somebody_else_alone(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    with scheduler.warehouse.connect() as connection:
        connection.execute("create database empty_test")
        try:
            with pytest.raises(TrialError) as caught:
                scheduler.run(is_trial=True)
        finally:
            connection.execute("drop database empty_test")

    assert matches(only("A trial would use"), str(caught.value))


def test_who_may_not_load_is_told_so(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    with scheduler.warehouse.connect() as connection:
        connection.execute("create role onlooker login")
        monkeypatch.setenv("PGUSER", "onlooker")
        try:
            with pytest.raises(LandingError) as caught:
                scheduler.run()
        finally:
            connection.execute("drop role onlooker")

    assert matches(only("This user of the database"), str(caught.value))
