"""What has landed is kept in a folder, and comes back from it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from psycopg import sql

from loaders.backup.backing_up import back_up
from loaders.backup.folders import claim, refuse_broken
from loaders.cli import main
from loaders.postgres.embedded import EmbeddedServer
from loaders.postgres.local import programs
from loaders.settings import ROOT
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.conftest import fresh_database
from tests.integration.conftest import SEASON_END, Warehouse
from tests.integration.loading import wait_for
from tests.integration.readme import matches, only

TABLES_ONLY = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
WAITING = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name = 'pg_dump' and wait_event_type = 'Lock'
"""


@pytest.fixture(scope="module")
def landed(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Warehouse]:
    """Some days of racing, loaded and not built, in a database with an awkward name."""
    world = World(seed=5, seasons=0.04, races_per_day=3, end=SEASON_END, feed="2026-06-01")
    name = "Dams & sires/1=1"
    with (
        fresh_database(server.environment(), name) as database,
        SimulatorServer(world, rate_limits=False) as api,
    ):
        warehouse = Warehouse({**database, **api.environment()}, tmp_path_factory.mktemp("landed"))
        warehouse.run("studbook", "load", "reference")
        for resource, last in (("results", "2026-06-30"), ("racecards", "2026-07-02")):
            warehouse.run("studbook", "load", resource, "--from", "2026-06-24", "--to", last)
        yield warehouse


@pytest.fixture(scope="module")
def backup(landed: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of it."""
    folder = tmp_path_factory.mktemp("backups") / "kept"
    done = command(landed.environment, "backup", folder)
    assert done.exit_code == 0, done.output
    [place] = folder.iterdir()
    assert done.output == f"{place} holds what has landed.\n"
    return place


def command(database: dict[str, str], *arguments: str | Path, **env: str) -> Result:
    """What `studbook db` answers."""
    return CliRunner().invoke(main, ["db", *map(str, arguments)], env={**database, **env})


def nothing_is_there(warehouse: Warehouse) -> bool:
    with warehouse.connect() as connection:
        return connection.execute("select to_regnamespace('raw')").fetchone() == (None,)


def test_a_restored_database_holds_the_same_builds_and_loads_go_on_in_it(
    landed: Warehouse, backup: Path, warehouse: Warehouse
) -> None:
    restored = Warehouse({**landed.environment, **warehouse.environment}, warehouse.scratch)

    done = command(warehouse.environment, "restore", backup)

    assert done.exit_code == 0, done.output
    assert "`dbt build` makes the tables" in done.output
    raw = landed.fingerprints("raw")
    assert len(raw) > 10
    assert restored.fingerprints("raw") == raw
    restored.dbt("--quiet", "build", *TABLES_ONLY)
    with landed.connect() as connection:
        ran = connection.execute(
            "select sum(jsonb_array_length(payload -> 'runners')) from raw.results"
        ).fetchone()[0]

    with restored.connect() as connection:
        assert ran > 100
        built = connection.execute("select count(*) from racing.ra_race_results").fetchone()
        assert built == (ran,)
        newest = connection.execute("select max(load_id) from raw.loads").fetchone()[0]
        analyzed = connection.execute(
            "select reltuples from pg_class where oid = 'raw.results'::regclass"
        ).fetchone()[0]
        count = connection.execute("select count(*) from raw.results").fetchone()[0]
        assert analyzed == count
        restored.run("studbook", "load", "reference")
        assert connection.execute("select max(load_id) from raw.loads").fetchone() == (newest + 1,)


def test_a_database_in_which_something_has_landed_is_left_alone(
    landed: Warehouse, backup: Path, warehouse: Warehouse
) -> None:
    with warehouse.connect() as connection:
        connection.execute("create schema raw; create table raw.mine as select 1 as n")
        done = command(warehouse.environment, "restore", backup)
        assert connection.execute("table raw.mine").fetchall() == [(1,)]
        assert connection.execute("select to_regclass('raw.results')").fetchone() == (None,)

    assert done.exit_code == 1
    assert matches(only("The schema raw of the database"), done.output)
    assert "it has mine" in done.output


def test_a_folder_that_is_no_backup_or_a_broken_one_is_refused(
    backup: Path, warehouse: Warehouse, tmp_path: Path
) -> None:
    largest = max(backup.glob("*.dat.gz"), key=lambda path: path.stat().st_size).name

    def spoiled(name: str) -> Path:
        return Path(shutil.copytree(backup, tmp_path / name))

    empty = tmp_path / "empty"
    empty.mkdir()
    unfinished = spoiled("unfinished")
    (unfinished / "contents.json").unlink()
    for folder in (empty, unfinished):
        done = command(warehouse.environment, "restore", folder)
        assert done.exit_code == 1
        assert matches(only("… is no backup that"), done.output)

    lacking, cut, other, unreadable = map(spoiled, ("lacking", "cut", "other", "unreadable"))
    (lacking / largest).unlink()
    (cut / largest).write_bytes((cut / largest).read_bytes()[:-100])
    (other / "toc.dat").write_bytes(b"\0" * 5000)
    (unreadable / "contents.json").write_text("{")
    for folder in (lacking, cut, other, unreadable):
        done = command(warehouse.environment, "restore", folder)
        assert done.exit_code == 1
        assert matches(only("The backup … is broken"), done.output)
    assert nothing_is_there(warehouse)


def test_what_cannot_be_restored_whole_is_not_restored_at_all(
    backup: Path, warehouse: Warehouse
) -> None:
    with warehouse.connect() as connection:
        # Indexes are made when all rows are there.
        connection.execute(
            "create function refuse() returns event_trigger language plpgsql as"
            " $$ begin raise exception 'no more indexes'; end $$;"
            "create event trigger refuse on ddl_command_start when tag in ('CREATE INDEX')"
            " execute function refuse()"
        )

    done = command(warehouse.environment, "restore", backup)

    assert done.exit_code == 1
    assert "no more indexes" in done.output
    assert matches(only("… was not restored into the database"), done.output)
    assert nothing_is_there(warehouse)


def test_an_empty_database_is_not_backed_up(warehouse: Warehouse, tmp_path: Path) -> None:
    done = command(warehouse.environment, "backup", tmp_path / "backups")

    assert done.exit_code == 1
    assert matches(only("The database … holds nothing"), done.output)
    assert not (tmp_path / "backups").exists()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_backup_that_is_broken_off_leaves_nothing_that_looks_whole(
    landed: Warehouse, tmp_path: Path, number: signal.Signals
) -> None:
    folder = tmp_path / "backups"
    with landed.connect() as connection, connection.transaction():
        # Whoever reads the table waits.
        connection.execute("lock table raw.results in access exclusive mode")
        process = subprocess.Popen(
            ["studbook", "db", "backup", folder],
            cwd=ROOT,
            env=landed.variables(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        with landed.connect() as looking:
            wait_for(lambda: looking.execute(WAITING).fetchone() != (0,))
        process.send_signal(number)
        assert process.wait(timeout=60) != 0
    with landed.connect() as looking:
        wait_for(lambda: looking.execute(WAITING).fetchone() == (0,))

    left = sorted(path.name for path in folder.iterdir())
    assert all(name.endswith(".unfinished") for name in left)
    assert number is not signal.SIGINT or left == []
    for name in left:
        done = command(landed.environment, "restore", folder / name)
        assert matches(only("… is no backup that"), done.output)


def test_a_folder_that_cannot_be_written_is_told(landed: Warehouse, tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = command(landed.environment, "backup", tmp_path / "file" / "backups")

    assert done.exit_code == 1
    assert matches(only("Backups cannot be kept in"), done.output)


def test_old_backups_are_removed_but_never_the_newest(
    landed: Warehouse, backup: Path, tmp_path: Path
) -> None:
    prefix = backup.name.removesuffix(backup.name[-17:])
    now = datetime.now(UTC)

    def kept(age: float, start: str = prefix) -> str:
        name = f"{start}{now - timedelta(days=age):%Y-%m-%d-%H%M%S}"
        shutil.copytree(backup, tmp_path / name)
        return name

    young, old, older = kept(6.9), kept(7.1), kept(300)
    others = kept(300, start="another-database-")
    # Neither a backup nor old enough to be what is left of one.
    (tmp_path / "notes").mkdir()
    (tmp_path / f"{prefix}2020-01-01-000000").mkdir()
    (tmp_path / f"{old}.unfinished").mkdir()
    # What killed backups have left, of this database and of others, and what is no backup's.
    left_over = f"{prefix}2020-01-01-000000.old.unfinished"
    not_ours = ("another-database-2020-01-01-000000.unfinished", "essay.unfinished")
    for name in (left_over, *not_ours):
        (tmp_path / name).mkdir()
        os.utime(tmp_path / name, (0, 0))

    done = command(landed.environment, "backup", tmp_path, "--keep-days", "7")

    assert done.exit_code == 0, done.output
    left = {path.name for path in tmp_path.iterdir()}
    made = Path(done.output.removesuffix(" holds what has landed.\n")).name
    assert left == {
        *(made, young, others, "notes", f"{prefix}2020-01-01-000000", f"{old}.unfinished"),
        *not_ours,
    }
    assert older not in left

    # A backup that fails removes none, however old they are.
    with landed.connect() as connection:
        connection.execute("alter table raw.loads rename to loads_away")
        try:
            failed = command(landed.environment, "backup", tmp_path, "--keep-days", "0")
        finally:
            connection.execute("alter table raw.loads_away rename to loads")
    assert failed.exit_code == 1
    assert {path.name for path in tmp_path.iterdir()} == left


def test_two_backups_at_once_are_two(
    landed: Warehouse, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in landed.environment.items():
        monkeypatch.setenv(name, value)
    moment = datetime.now(UTC)

    with ThreadPoolExecutor(8) as pool:
        claimed = list(pool.map(lambda _: claim(tmp_path, "studbook", moment), range(8)))
        made = list(pool.map(lambda _: back_up(tmp_path / "kept", 1), range(2)))

    assert len({unfinished for unfinished, _ in claimed}) == 8
    assert len(set(made)) == 2
    for place in made:
        refuse_broken(place)


def test_a_whole_backup_is_named_when_an_older_one_cannot_be_removed(
    landed: Warehouse, backup: Path, tmp_path: Path
) -> None:
    old = f"{backup.name[:-17]}2020-01-01-000000"
    shutil.copytree(backup, tmp_path / old)
    # It cannot be given the name that it has when it goes.
    (tmp_path / f"{old}.old.unfinished" / "full").mkdir(parents=True)

    done = command(landed.environment, "backup", tmp_path)

    assert done.exit_code == 1
    assert matches(only("… holds what has landed, but"), done.output)
    [made] = [path for path in tmp_path.iterdir() if not path.name.startswith(old)]
    assert f"{made} holds what has landed" in done.output
    refuse_broken(made)


def test_a_backup_is_not_begun_where_the_newest_one_would_not_fit(
    landed: Warehouse, backup: Path, tmp_path: Path
) -> None:
    newest = tmp_path / backup.name
    newest.mkdir()
    (newest / "contents.json").touch()
    # It takes no room by itself.
    with (newest / "1.dat.gz").open("wb") as file:
        file.truncate(shutil.disk_usage(tmp_path).free + 2**30)

    done = command(landed.environment, "backup", STUDBOOK_BACKUPS=str(tmp_path))

    assert done.exit_code == 1
    assert matches(only("The database … was not backed up"), done.output)
    assert f"{tmp_path} has " in done.output
    assert list(tmp_path.iterdir()) == [newest]


def test_where_backups_are_and_how_long_they_are_kept_can_be_set(
    landed: Warehouse, backup: Path, tmp_path: Path
) -> None:
    old = tmp_path / f"{backup.name[:-17]}{datetime.now(UTC) - timedelta(3):%Y-%m-%d-%H%M%S}"
    shutil.copytree(backup, old)

    longer = command(
        landed.environment, "backup", STUDBOOK_BACKUPS=f"{tmp_path}", STUDBOOK_BACKUP_DAYS="4"
    )
    assert longer.exit_code == 0, longer.output
    assert len(list(tmp_path.iterdir())) == 2
    shorter = command(
        landed.environment, "backup", STUDBOOK_BACKUPS=f"{tmp_path}", STUDBOOK_BACKUP_DAYS="2"
    )

    assert shorter.exit_code == 0, shorter.output
    assert len(list(tmp_path.iterdir())) == 2
    assert not old.exists()


def test_only_its_owner_can_read_a_backup(backup: Path) -> None:
    assert {path.stat().st_mode & 0o077 for path in (backup, *backup.iterdir())} == {0}


@pytest.fixture
def ordinary(debian_server: dict[str, str]) -> Iterator[tuple[dict[str, str], dict[str, str]]]:
    """Two fresh databases on an ordinary server that asks for a password."""
    with fresh_database(debian_server) as one, fresh_database(debian_server) as other:
        yield one, other


def ask(database: dict[str, str], query: str, user: str = "") -> list[Any]:
    with psycopg.connect(
        host=database["PGHOST"],
        port=database["PGPORT"],
        user=database["PGUSER"],
        password=database["PGPASSWORD"],
        dbname=database["PGDATABASE"],
        autocommit=True,
    ) as connection:
        if user:
            connection.execute(sql.SQL("set role {}").format(sql.Identifier(user)))
        cursor = connection.execute(query.encode())
        return cursor.fetchall() if cursor.description else []


def test_an_ordinary_server_is_backed_up_and_restored_with_what_is_on_path(
    ordinary: tuple[dict[str, str], dict[str, str]], landed: Warehouse, tmp_path: Path
) -> None:
    one, other = ordinary
    if shutil.which("pg_dump") is None:
        pytest.skip("pg_dump is not on PATH")
    loader = Warehouse({**landed.environment, **one}, tmp_path)
    loader.run("studbook", "load", "results", "--from", "2026-06-30", "--to", "2026-06-30")
    kept = command(one, "backup", tmp_path / "backups")
    assert kept.exit_code == 0, kept.output
    [place] = (tmp_path / "backups").iterdir()
    # The roles have made the schema already, and own it.
    ask(other, command(other, "grants").stdout)

    done = command(other, "restore", place)

    assert done.exit_code == 0, done.output
    ask(other, command(other, "grants").stdout)
    rows = "select race_id, payload, changed_at from raw.results order by 1"
    assert len(ask(one, rows)) > 0
    assert ask(other, rows, user="studbook_reader") == ask(one, rows)
    assert one["PGPASSWORD"] not in kept.output + done.output


def test_programs_that_are_missing_or_too_old_are_told_with_what_to_install(
    database: dict[str, str], raw: psycopg.Connection[Any], tmp_path: Path, monkeypatch
) -> None:
    raw.execute("create schema raw; create table raw.loads (n int)")
    major = raw.info.server_version // 10_000
    monkeypatch.setattr(programs, "WHEEL", "no-such-wheel")
    monkeypatch.setattr(programs, "DEBIAN", tmp_path)

    missing = command(database, "backup", tmp_path / "backups", PATH=str(tmp_path))
    for program in ("pg_dump", "pg_restore"):
        (tmp_path / program).write_text(f"#!/bin/sh\necho '{program} (PostgreSQL) 9.6.24'\n")
        (tmp_path / program).chmod(0o755)
    old = command(database, "backup", tmp_path / "backups", PATH=f"{tmp_path}:/bin")

    assert missing.exit_code == old.exit_code == 1
    assert matches(only("pg_dump, by which"), missing.output)
    assert matches(only("…pg_dump is of PostgreSQL"), old.output)
    for done in (missing, old):
        assert f"`apt install postgresql-client-{major}`" in done.output
    assert not (tmp_path / "backups").exists()
