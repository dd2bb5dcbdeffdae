"""Real PostgreSQL servers for the tests; the project's own ./.postgres is never touched."""

from __future__ import annotations

import os
import pwd
import re
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo
from xdist.scheduler import LoadScopeScheduling

from loaders.postgres.embedded import EmbeddedServer
from loaders.settings import ROOT
from tests.integration.dbt_server import DbtServers
from tests.memory import files_in_memory

SETTINGS = {
    # What keeps data through a crash of the machine.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    # The processors are busy with other tests.
    "max_parallel_workers_per_gather": "0",
    # Tables are small and live for seconds, and builds gather statistics of their own.
    "jit": "off",
    "autovacuum": "off",
    "default_statistics_target": "10",
}
# A test that takes one of these is of the season, which is loaded and built in the one process that
# runs them.
OF_THE_SEASON = re.compile(r"\b(?:season|season_build|season_copy|built_season): ")
# These take longest, so they begin first.
LONGEST = (
    "season",
    "test_increments.py",
    "test_daily.py",
    "test_feed_changes.py",
    "test_dbt_commands.py",
    "test_other_servers.py",
    "test_bench.py",
    "test_database.py",
    "test_upgrade.py",
    "test_one_server.py",
    "test_faults.py",
    "feed_cases",
    "unit/simulator",
)


class ByWarehouse(LoadScopeScheduling):  # type: ignore[misc]
    """One process gets all tests of a group."""

    def _split_scope(self, nodeid: str) -> str:
        return _group(nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByWarehouse:
    """How pytest-xdist shares the tests."""
    config.option.loadscopereorder = False
    return ByWarehouse(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups that take longest first."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(_group(item.nodeid), len(rank)))


@cache
def _is_of_the_season(file: Path) -> bool:
    return OF_THE_SEASON.search((ROOT / file).read_text()) is not None


def _group(nodeid: str) -> str:
    """What a test shares something with that is made once: mostly its file."""
    file = Path(nodeid.partition("::")[0])
    if file.parent.name == "integration" and _is_of_the_season(file):
        return "season"
    if file.parent.name == "feed_cases" and file.name != "test_shared_cases.py":
        return "feed_cases"
    if file.match("unit/simulator/*"):
        return "unit/simulator"
    return file.name if file.parent.name == "integration" else str(file)


def pytest_configure(config: pytest.Config) -> None:
    """Let a folder and dbt wait for the tests of all processes, and be far from London."""
    os.environ["TZ"] = "Asia/Tokyo"
    time.tzset()
    if not hasattr(config, "workerinput"):
        shared = ExitStack()
        config.add_cleanup(shared.close)
        shared.enter_context(files_in_memory())
        shared.enter_context(closing(DbtServers()))


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that every user can enter, unlike tmp_path: root's server needs that."""
    with open_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """An embedded server of the test run's own."""
    with open_folder() as folder:
        server = EmbeddedServer(folder / "postgres")
        server.up()
        with psycopg.connect(_login(server.environment()), autocommit=True) as connection:
            for setting, value in SETTINGS.items():
                connection.execute(f"alter system set {setting} = {value}")
            connection.execute("select pg_reload_conf()")
        yield server
        server.down(force=True)


@pytest.fixture
def database(server: EmbeddedServer) -> Iterator[dict[str, str]]:
    """The PG* environment of a fresh, empty database, which is dropped after the test."""
    with fresh_database(server.environment(), "empty") as environment:
        yield environment


@pytest.fixture(scope="session")
def debian_server() -> Iterator[dict[str, str]]:
    """The PG* environment of a fresh database on an ordinary PostgreSQL 14 to 17, as Debian
    installs them, which listens on loopback and asks for a password."""
    found = [Path(f"/usr/lib/postgresql/{major}/bin") for major in (17, 16, 15, 14)]
    binaries = next((folder for folder in found if (folder / "initdb").exists()), None)
    if binaries is None:
        pytest.skip("no PostgreSQL 14 to 17 in /usr/lib/postgresql")
    account = server_account()
    with open_folder() as folder:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        environment = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "owner",
            "PGPASSWORD": secrets.token_hex(8),
        }
        password = folder / "password"
        password.write_text(environment["PGPASSWORD"])
        if account:
            for path in (folder, password):
                os.chown(path, account["user"], account["group"])

        def run(program: str, *arguments: str | Path) -> None:
            subprocess.run(
                [binaries / program, "--pgdata", folder / "data", *arguments],
                check=True,
                cwd=folder,
                stdout=subprocess.DEVNULL,
                **account,
            )

        login = ("--username=owner", "--auth=scram-sha-256", "--pwfile", password)
        run("initdb", *login, "--encoding=UTF8", "--locale=C", "--no-sync")
        settings = " ".join(f"-c {setting}={value}" for setting, value in SETTINGS.items())
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder} {settings}"
        run("pg_ctl", "--wait", "--log", folder / "log", "--options", options, "start")
        try:
            with fresh_database(environment) as fresh:
                yield fresh
        finally:
            run("pg_ctl", "--wait", "--mode=fast", "stop")


def server_account() -> dict[str, int | list[int]]:
    """Arguments of subprocess for a user whom PostgreSQL runs as, where root runs the tests."""
    if os.geteuid():
        return {}
    user = pwd.getpwnam("postgres")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@contextmanager
def open_folder() -> Iterator[Path]:
    """A temporary folder that every user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="studbook-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


@contextmanager
def fresh_database(server: dict[str, str], name: str = "") -> Iterator[dict[str, str]]:
    """The PG* environment of a new database on a server, which is dropped in the end."""
    name = name or f"test_{secrets.token_hex(6)}"
    login = _login(server)
    with psycopg.connect(login, autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    yield {**server, "PGDATABASE": name}
    with psycopg.connect(login, autocommit=True) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


def _login(server: Mapping[str, str]) -> str:
    """To a server's own maintenance database."""
    return make_conninfo(
        host=server["PGHOST"],
        port=server["PGPORT"],
        user=server["PGUSER"],
        password=server.get("PGPASSWORD"),
        dbname="postgres",
    )
