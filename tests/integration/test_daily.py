"""What a scheduler runs every day: its steps, its exit code, and what it leaves behind."""

from __future__ import annotations

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.daily import disk_space, last_steps, loading_steps
from loaders.daily.beginning import run
from loaders.daily.log_files import new_log
from loaders.daily.outcome import Ended, Outcome
from loaders.daily.running import RunError
from loaders.daily.step import Step, failed
from loaders.daily.timetable import STEPS as STEPS_OF
from loaders.daily.trial import TrialError
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
OF_A_DAY = ("disk", "reference", "racecards", "results", "horses", "build", "freshness", "alert")
STEPS = "select step, outcome, message from raw.run_steps where run_id = %s order by started_at"


@pytest.fixture(scope="module")
def small_api() -> Iterator[dict[str, str]]:
    """Four days of racing up to today."""
    world = World(seed=5, seasons=4 / 365, races_per_day=2)
    with SimulatorServer(world, rate_limits=False) as api:
        yield api.environment()


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

    printed = scheduler.run(is_trial=True)
    assert "All 7 steps went well" in printed
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
    assert matches(only("… groups of runs are not"), told.stdout)
    assert f"1 groups of runs are not what a fresh count gives (sire {sire}, dist" in told.stdout


def whole(warehouse: Warehouse) -> dict[str, str]:
    """Every value that was loaded, and of the tables made of it, but for the logs."""
    logs = ("loads", "load_days", "runs", "run_steps")
    of_logs = ("ra_metadata_tracking", "ra_odds_statistics")
    raw = warehouse.fingerprints("raw", without=logs, drop=("checked_at",))
    tables = warehouse.fingerprints("racing", without=of_logs)
    return {**{f"raw.{name}": digest for name, digest in raw.items()}, **tables}


def test_a_stopped_and_a_killed_one_and_one_beside(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    api.held = True
    stopped = scheduler.start()
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

    asked = len(api.asked)
    killed = scheduler.start()
    wait_for(lambda: len(api.asked) > asked)
    killed.kill()
    killed.communicate()
    api.held = False

    next_one = scheduler.start()
    wait_for(lambda: runs(scheduler.warehouse)[1:] == [(2, "interrupted"), (3, "running")])
    next_one.send_signal(signal.SIGINT)
    next_one.communicate(timeout=60)
    assert next_one.returncode == 128 + signal.SIGINT


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
    assert ended["horses"][1] == "for broken failed"
    assert "ZeroDivisionError" in next(scheduler.logs.iterdir()).read_text()

    steps[1] = Step("mended", lambda ground: Ended(Outcome.SUCCESS))
    steps[3:] = [loading_steps.horses(after=["results"])]
    with pytest.raises(RunError) as caught:
        scheduler.run()

    assert caught.value.exit_code == 3
    assert matches(only("studbook …: went only partly"), str(caught.value))


def test_a_failure_sends_one_message_and_the_recovery_one(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    how = [failed("It broke.")]
    steps = [Step("backup", lambda ground: how[0]), last_steps.alert()]
    monkeypatch.setitem(STEPS_OF, ("daily", False), lambda: steps)
    with Receiver() as receiver:
        monkeypatch.setenv("STUDBOOK_ALERT_URL", receiver.url)
        for _ in range(2):
            with pytest.raises(RunError):
                scheduler.run()
        how = [Ended(Outcome.SUCCESS)]
        printed = [scheduler.run() for _ in range(2)]

    begun, ended = receiver.bodies()
    assert "The step backup failed: It broke." in begun
    assert f"look further: less {min(scheduler.logs.iterdir())}" in begun
    assert ended.startswith("Ended:")
    assert "alert" in printed[0]
    assert "nothing new to tell" in printed[1]
    assert TOKEN not in "".join(printed)
    assert all(TOKEN not in log.read_text() for log in scheduler.logs.iterdir())


def test_a_disk_with_little_room_is_told_of(
    scheduler: Scheduler, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler = at(scheduler, api.environment(), monkeypatch)
    # More than any disk has.
    monkeypatch.setattr(disk_space, "_BESIDE", 1024**6)

    with scheduler.warehouse.connect() as connection:
        ended = disk_space.look(connection)

    assert (ended.outcome, ended.is_alarming) == (Outcome.SUCCESS, True)
    assert matches(only("Only … GB free"), ended.message)


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
