"""A real PgBouncer between a load and its server: one that gives sessions, or only transactions."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.api import Api
from tests.conftest import fresh_database, server_account
from tests.integration.loading import command, race, wait_for
from tests.integration.readme import matches, only

DAY = "2025-10-07"
RESULTS = ("results", "--from", DAY, "--to", DAY)
Behind = Callable[[str], dict[str, str]]


@pytest.fixture
def owner(debian_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """The PG* environment of a fresh database of an ordinary server."""
    with fresh_database(debian_server) as environment:
        yield environment


@pytest.fixture
def behind(owner: dict[str, str], folder: Path) -> Iterator[Behind]:
    """The PG* environment that leads to the database through a pooler with these settings."""
    if shutil.which("pgbouncer") is None:
        pytest.skip("pgbouncer is not installed")
    with ExitStack() as poolers:
        yield lambda settings: poolers.enter_context(pooler(owner, folder, settings))


@contextmanager
def pooler(server: dict[str, str], folder: Path, settings: str) -> Iterator[dict[str, str]]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    configuration, users = folder / "pgbouncer.ini", folder / "users"
    configuration.write_text(
        f"[databases]\n* = host={server['PGHOST']} port={server['PGPORT']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = scram-sha-256\nauth_file = {users}\n{settings}\n"
    )
    users.write_text(f'"{server["PGUSER"]}" "{server["PGPASSWORD"]}"\n')
    process = subprocess.Popen(
        ["pgbouncer", configuration], stderr=subprocess.DEVNULL, cwd=folder, **server_account()
    )
    try:
        wait_for(lambda: answers(port))
        yield {**server, "PGPORT": str(port)}
    finally:
        process.terminate()
        process.wait(timeout=30)


def answers(port: int) -> bool:
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def ask(server: dict[str, str], query: str) -> list[Any]:
    """The first column of what a query finds, straight from the server."""
    with psycopg.connect(
        host=server["PGHOST"],
        port=server["PGPORT"],
        user=server["PGUSER"],
        password=server["PGPASSWORD"],
        dbname=server["PGDATABASE"],
    ) as connection:
        return [row[0] for row in connection.execute(query)]


def test_a_load_through_a_pooler_that_gives_sessions_is_like_any_other(
    behind: Behind, owner: dict[str, str], api: Api
) -> None:
    way = behind("pool_mode = session")
    api.results = {DAY: [race("rac_1", DAY)]}

    done = [command(way, api.environment(), *RESULTS, "--refresh") for _ in range(2)]

    assert [result.exit_code for result in done] == [0, 0], done[0].output + done[1].output
    assert ask(owner, "select race_id from raw.results") == ["rac_1"]
    assert ask(owner, "select count(*) from raw.loads where outcome = 'success'") == [2]


@pytest.mark.parametrize(
    "settings",
    [
        "pool_mode = transaction",
        "pool_mode = transaction\nmin_pool_size = 3\nserver_round_robin = 1",
        "pool_mode = transaction\nserver_reset_query_always = 1",
    ],
    ids=["the session used last", "each session in turn", "cleaned up each time"],
)
def test_a_pooler_that_lends_a_session_for_a_transaction_is_refused_before_anything_is_done(
    settings: str, behind: Behind, owner: dict[str, str], api: Api
) -> None:
    way = behind(settings)

    done = command(way, api.environment(), *RESULTS)

    assert done.exit_code == 1
    assert done.stderr.startswith(
        f"Error: At 127.0.0.1:{way['PGPORT']} is a pooler that lends a session for one transaction"
    )
    assert matches(only("At … is a pooler"), done.stderr)
    assert done.stderr.count("\n") == 1
    assert api.asked == []
    assert ask(owner, "select to_regnamespace('raw')") == [None]
