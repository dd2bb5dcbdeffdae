"""Real PostgreSQL servers for the tests; the project's own ./.postgres is never touched."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from loaders.database import EmbeddedServer


@pytest.fixture
def folder() -> Iterator[Path]:
    """A temporary folder that every user can enter, unlike tmp_path: root's server needs that."""
    yield from _open_folder()


@pytest.fixture(scope="session")
def server() -> Iterator[EmbeddedServer]:
    """An embedded server of the test run's own."""
    for folder in _open_folder():
        server = EmbeddedServer(folder / "postgres")
        server.up()
        yield server
        server.down()


@pytest.fixture
def database(server: EmbeddedServer) -> Iterator[dict[str, str]]:
    """The PG* environment of a fresh, empty database, which is dropped after the test."""
    yield from _fresh_database(server.environment())


@pytest.fixture(scope="session")
def debian_server() -> Iterator[dict[str, str]]:
    """The PG* environment of a fresh database on an ordinary PostgreSQL 14 to 17, as Debian
    installs them, which listens on loopback and asks for a password."""
    found = [Path(f"/usr/lib/postgresql/{major}/bin") for major in (17, 16, 15, 14)]
    binaries = next((bin for bin in found if (bin / "initdb").exists()), None)
    if binaries is None:
        pytest.skip("no PostgreSQL 14 to 17 in /usr/lib/postgresql")
    account = {}
    if os.geteuid() == 0:
        user = pwd.getpwnam("postgres")
        account = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    for folder in _open_folder():
        if account:
            os.chown(folder, account["user"], account["group"])
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        env = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(port),
            "PGUSER": "owner",
            "PGPASSWORD": secrets.token_hex(8),
        }
        password = folder / "password"
        password.write_text(env["PGPASSWORD"])
        data = folder / "data"

        def run(*command: str | Path, cwd: Path = folder) -> None:
            quiet = {"stdout": subprocess.DEVNULL, "cwd": cwd, "env": {"LC_ALL": "C"}}
            subprocess.run(command, check=True, **quiet, **account)

        initdb = (binaries / "initdb", "--username=owner", "--auth=scram-sha-256", "--no-sync")
        run(*initdb, "--encoding=UTF8", "--pwfile", password, "--pgdata", data)
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k {folder}"
        pg_ctl = (binaries / "pg_ctl", "--wait", "--pgdata", data)
        run(*pg_ctl, "--log", folder / "log", "--options", options, "start")
        try:
            yield from _fresh_database(env)
        finally:
            run(*pg_ctl, "--mode=fast", "stop")


def _open_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="studbook-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def _fresh_database(env: dict[str, str]) -> Iterator[dict[str, str]]:
    name = f"test_{secrets.token_hex(6)}"
    server = {
        "host": env["PGHOST"],
        "port": env["PGPORT"],
        "user": env["PGUSER"],
        "password": env.get("PGPASSWORD"),
        "dbname": "postgres",
        "autocommit": True,
    }
    with psycopg.connect(**server) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))
    yield {**env, "PGDATABASE": name}
    with psycopg.connect(**server) as connection:
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
