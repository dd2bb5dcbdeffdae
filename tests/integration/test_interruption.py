"""A load that is stopped, killed, or loses its database, and two loads at once."""

from __future__ import annotations

import os
import random
import re
import signal
import socket
import time
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.api.patience import Patience
from loaders.loading.request import Request
from loaders.postgres.connection import DatabaseError
from loaders.postgres.embedded import EmbeddedServer
from loaders.raw.session import OthersAtWorkError, Session
from tests.api import Api
from tests.integration.conftest import Warehouse, url_of
from tests.integration.loading import (
    HASTY,
    column,
    connect,
    days_between,
    load,
    one_a_day,
    race,
    start,
    stop,
    wait_for,
)

YEAR = ("--from", "2024-10-16", "--to", "2025-10-15")
TWO_MONTHS = ("--from", "2025-08-01", "--to", "2025-09-29")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_load_that_is_told_to_stop_says_how_it_goes_on(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any], number: int
) -> None:
    api.latency = 0.1
    api.results = one_a_day("2024-10-16", "2025-10-15")
    process = start(database, api.environment(RACING_API_RATE="50"), "results", *YEAR)
    wait_for(lambda: len(api.asked) >= 40)

    _, told = stop(process, number)

    assert process.returncode == 128 + number
    assert told.splitlines()[-2:] == [
        "Stopping after the step in hand; Ctrl-C again gives it up.",
        "Error: Interrupted: what has landed stays, and `studbook load results --from 2024-10-16 "
        "--to 2025-10-15` goes on from there.",
    ]
    assert column(raw, "select outcome from raw.loads") == ["interrupted"]
    landed = column(raw, "select day::text from raw.load_days where complete order by day")
    assert landed == days_between("2024-10-16", "2025-10-15")[: len(landed)]
    assert 0 < len(landed) < 365

    api.latency = 0
    api.asked.clear()
    load(api, raw, Request("results", date(2024, 10, 16), date(2025, 10, 15)))
    assert api.days("results") == days_between("2024-10-16", "2025-10-15")[len(landed) :]


def test_horses_that_have_come_are_landed_when_a_load_is_stopped(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    runners = [{"horse_id": f"hrs_{n}"} for n in range(90)]
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07", *runners)]}
    api.horses = {f"hrs_{n}": {"id": f"hrs_{n}"} for n in range(90)}
    load(api, raw, Request("results", date(2025, 10, 7), date(2025, 10, 7)))
    process = start(database, api.environment(RACING_API_RATE="20"), "horses")
    api.asked.clear()
    wait_for(lambda: len(api.asked) >= 30)

    stop(process)

    assert 20 <= column(raw, "select count(*) from raw.horses")[0] < 90
    assert column(raw, "select complete from raw.load_days where resource = 'horses'") == [False]


def test_a_load_that_waits_for_the_api_can_be_stopped(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    api.latency = 600
    process = start(database, api.environment(), "reference")
    wait_for(lambda: bool(api.asked))

    began = time.monotonic()
    stop(process)

    assert time.monotonic() - began < 30
    assert column(raw, "select outcome from raw.loads") == ["interrupted"]


def test_a_load_that_was_killed_is_told_so_in_the_log(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    api.latency = 0.1
    process = start(database, api.environment(RACING_API_RATE="50"), "results", *YEAR)
    wait_for(lambda: len(api.asked) >= 40)
    process.kill()
    process.communicate()
    assert column(raw, "select outcome from raw.loads") == ["running"]

    load(api, raw, Request("reference"))

    assert raw.execute(
        "select outcome, error, finished_at is not null from raw.loads order by load_id"
    ).fetchall() == [
        ("interrupted", "It was killed, or its machine stopped.", True),
        ("success", None, True),
    ]


def test_a_load_killed_many_times_ends_with_the_raw_rows_of_one_left_alone(
    season: Warehouse, server: EmbeddedServer, tmp_path: Path
) -> None:
    with psycopg.connect(url_of(server), autocommit=True) as connection:
        connection.execute("create database killed")
    warehouse = Warehouse({**season.environment, "PGDATABASE": "killed"}, tmp_path)
    every_day = (
        "select race_date, array_agg(race_id order by race_id) from raw.results group by race_date"
    )
    with season.connect() as whole:
        races = dict(whole.execute(every_day).fetchall())
        profiles = column(whole, "select count(*) from raw.horses")[0]
    warehouse.run("studbook", "load", "reference")
    steps = (
        ("results", "--from", "2025-07-01", "--to", "2026-06-30"),
        ("racecards", "--from", "2026-05-01", "--to", "2026-07-03"),
        ("horses",),
    )
    kills = dict.fromkeys(steps, 0)
    seed = random.randrange(2**32)
    print(f"Killed at moments drawn from seed {seed}.")
    chance = random.Random(seed)
    with warehouse.connect() as connection:
        for step in steps:
            while True:
                arguments = step
                if step == ("horses",):
                    left = profiles - column(connection, "select count(*) from raw.horses")[0]
                    arguments = ("horses", "--max-horses", str(left))
                settings = {**warehouse.environment, "RACING_API_RATE": "120"}
                process = start(settings, {}, *arguments)
                begun = "select count(*) from raw.loads where outcome = 'running'"
                before = column(connection, "select count(*) from raw.loads")[0]
                wait_for(
                    lambda before=before: (
                        column(connection, "select count(*) from raw.loads")[0] > before
                    )
                )
                time.sleep(chance.uniform(0, 0.7))
                if kills[step] >= 3:
                    process.communicate()
                    assert process.returncode == 0
                    break
                process.kill()
                process.communicate()
                kills[step] += column(connection, begun)[0]
                complete = column(
                    connection,
                    "select distinct day from raw.load_days where complete and resource='results'",
                )
                landed = dict(connection.execute(every_day).fetchall())
                assert all(landed.get(day) == races.get(day) for day in complete)

        assert sum(kills.values()) >= 9
        doubled = "select count(*) - count(distinct (race_date, payload)) from raw.results"
        assert column(connection, doubled) == [0]
    # Nothing else of raw is read into tables, but for moments and the log.
    kinds = ("regions", "courses", "racecards", "results", "horses")
    for table in (*kinds, *(f"{kind[:-1]}_versions" for kind in kinds)):
        moments = ("first_landed_at", "changed_at", "checked_at", "load_id")
        key = warehouse.fingerprints("raw", only=table, drop=moments)
        assert key == season.fingerprints("raw", only=table, drop=moments)


def test_a_load_goes_on_when_a_crashed_database_is_back(api: Api, folder: Path) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    days = days_between("2025-08-01", "2025-09-29")
    api.results = {day: [race(f"rac_{day}_{n}", day) for n in range(3)] for day in days}
    try:
        process = start(
            server.environment(), api.environment(RACING_API_RATE="20"), "results", *TWO_MONTHS
        )
        wait_for(lambda: len(api.asked) >= 15)
        pid = server.process()
        assert pid is not None
        os.kill(pid, signal.SIGQUIT)
        wait_for(lambda: not server.is_running())
        time.sleep(1)
        server.up()
        _, told = process.communicate(timeout=60)

        assert process.returncode == 0
        assert re.search(
            r"The database went away \(.*\); the load waits up to 15 minutes for it "
            r"\(STUDBOOK_PATIENCE\)\.",
            told,
        )
        with connect(server.environment()) as connection:
            assert column(connection, "select outcome from raw.loads") == ["success"]
            logged = "select day::text from raw.load_days where complete order by day"
            assert column(connection, logged) == days
            assert column(connection, "select sum(objects_new) from raw.load_days") == [180]
            assert column(connection, "select count(*) from raw.results") == [180]
    finally:
        server.down()


def test_a_database_that_stays_away_ends_the_load_with_one_sentence_and_nothing_half_written(
    api: Api, folder: Path
) -> None:
    server = EmbeddedServer(folder / "postgres")
    server.up()
    days = days_between("2025-08-01", "2025-09-29")
    api.results = {day: [race(f"rac_{day}_{n}", day) for n in range(3)] for day in days}
    settings = api.environment(RACING_API_RATE="20", STUDBOOK_PATIENCE="0.02")
    try:
        process = start(server.environment(), settings, "results", *TWO_MONTHS)
        wait_for(lambda: len(api.asked) >= 15)
        server.down(force=True)
        _, told = process.communicate(timeout=60)

        assert process.returncode == 1
        assert re.fullmatch(
            r"Error: The database went away \(.*\) and did not come back in time "
            r"\(STUDBOOK_PATIENCE\): load again when it is in order; what has landed stays\.",
            told.splitlines()[-1],
        )
        server.up()
        with connect(server.environment()) as connection:
            logged = column(connection, "select day::text from raw.load_days where complete")
            assert 0 < len(logged) < 60
            landed = "select race_date::text from raw.results group by 1 having count(*) = 3"
            assert sorted(column(connection, landed)) == sorted(logged)
    finally:
        server.down()


def test_what_was_committed_when_the_connection_broke_is_counted_once(
    database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    raw.execute("create table landed (n int)")
    session = Session(lambda: connect(database), patience=HASTY)
    session.open()

    def work(connection: psycopg.Connection[Any]) -> str:
        connection.execute("insert into landed values (1)")
        # As when the answer to a commit is lost on its way.
        raw.execute("select pg_terminate_backend(%s)", [connection.info.backend_pid])
        connection.execute("select 1")
        return "worked"

    def done(connection: psycopg.Connection[Any]) -> str | None:
        return "done" if column(connection, "select count(*) from landed") == [1] else None

    assert session.run(work, done) == "done"
    assert column(raw, "select count(*) from landed") == [1]
    session.close()


def test_a_session_that_the_server_has_not_missed_yet_does_not_shut_out_its_own_load(
    database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    session = Session(lambda: connect(database), patience=HASTY)
    session.open()
    pid = session.connection.info.backend_pid
    # As when a router forgets a connection: the server's end stays open.
    kept = os.dup(session.connection.fileno())
    dead, other = socket.socketpair()
    other.close()
    os.dup2(dead.fileno(), session.connection.fileno())
    there = f"select count(*) from pg_stat_activity where pid = {pid}"
    assert column(raw, there) == [1]

    assert session.run(lambda connection: column(connection, "select 1")) == [1]

    wait_for(lambda: column(raw, there) == [0])
    assert session.connection.info.backend_pid != pid
    session.close()
    os.close(kept)
    dead.close()


def test_a_second_ctrl_c_gives_up_a_batch_that_is_stuck(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07")]}
    load(api, raw, Request("reference"))
    with connect(database) as blocker, blocker.transaction():
        blocker.execute("lock table raw.results")
        process = start(
            database,
            api.environment(),
            *("results", "--from", "2025-10-07", "--to", "2025-10-07"),
        )
        waiting = "select count(*) from pg_locks where not granted"
        wait_for(lambda: column(raw, waiting) == [1])
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        assert process.poll() is None

        _, told = stop(process)

    assert "Error: Interrupted: what has landed stays, and `studbook load results" in told
    assert column(raw, "select outcome from raw.loads order by load_id") == [
        "success",
        "interrupted",
    ]
    assert column(raw, "select count(*) from raw.results") == [0]


def test_a_second_load_waits_for_the_first_and_says_whom_it_waits_for(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    days = days_between("2025-10-01", "2025-10-07")
    api.results = {day: [race(f"rac_{day}_{n}", day) for n in range(120)] for day in days}
    api.held = True
    dates = ("--from", days[0], "--to", days[-1], "--refresh")
    first = start(database, api.environment(), "results", *dates)
    wait_for(lambda: bool(api.asked))
    second = start(database, api.environment(), "results", *dates)
    told = next(filter(re.compile("Another load").search, second.stderr or ()), "")
    api.held = False
    second.communicate(timeout=120)
    first.communicate(timeout=120)

    assert (first.returncode, second.returncode) == (0, 0)
    # What another session shows of its command is cut at 63 characters.
    assert re.search(
        rf"Another load is running in the database {database['PGDATABASE']} "
        r"\(studbook load results --from 2025-10-01 --to 2025-10-07 --ref\S*, user studbook, "
        r"server process \d+, since [\d :+-]+\); this one waits for up to 15 minutes "
        r"\(STUDBOOK_PATIENCE\)\.",
        told,
    )
    lines = "select objects_new, objects_unchanged from raw.load_days order by load_id, day"
    assert raw.execute(lines).fetchall() == [(120, 0)] * 7 + [(0, 120)] * 7
    # The second began when the first had ended.
    assert column(
        raw,
        "select lag(finished_at) over (order by load_id) <= started_at from raw.loads"
        " order by load_id",
    ) == [None, True]


def test_a_second_load_does_not_wait_for_ever(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    session = Session(lambda: connect(database), name="studbook load --from 2015-01-01")
    session.open()

    with pytest.raises(OthersAtWorkError) as caught:
        load(api, raw, Request("reference"), Patience(in_all=0.2))

    assert re.fullmatch(
        rf"Another load is still running in the database {database['PGDATABASE']} \(studbook load "
        rf"--from 2015-01-01, user studbook, server process {session.connection.info.backend_pid}, "
        r"since .*\): try again when it has ended\.",
        str(caught.value),
    )
    assert api.asked == []
    session.close()
    assert load(api, raw, Request("reference")).clean


def test_a_database_that_is_not_there_in_the_beginning_is_not_waited_for(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    def connect_to_nothing() -> psycopg.Connection[Any]:
        raise DatabaseError("No PostgreSQL server answers at nowhere: start it.")

    session = Session(connect_to_nothing)

    began = time.monotonic()
    with pytest.raises(DatabaseError, match="at nowhere: start it"):
        session.open()
    assert time.monotonic() - began < 5


def test_a_horse_that_the_api_does_not_know_is_noted_though_the_connection_breaks_meanwhile(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    runners = ({"horse_id": f"hrs_{n}"} for n in range(3))
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07", *runners)]}
    load(api, raw, Request("results", date(2025, 10, 7), date(2025, 10, 7)))
    raw.execute("create sequence raw.cuts")
    # A sequence remembers, though its transaction is rolled back.
    raw.execute(
        """
        create function raw.cut_off() returns trigger language plpgsql as $$
        begin
            if new.key = 'hrs_1' and nextval('raw.cuts') = 1 then
                perform pg_terminate_backend(pg_backend_pid());
            end if;
            return new;
        end
        $$
        """
    )
    raw.execute(
        "create trigger cut_off before insert on raw.not_found"
        " for each row execute function raw.cut_off()"
    )

    assert load(api, raw, Request("horses")).clean

    assert column(raw, "select last_value from raw.cuts") == [2]
    assert column(raw, "select key from raw.not_found order by 1") == ["hrs_0", "hrs_1", "hrs_2"]
