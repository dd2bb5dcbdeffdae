"""Credentials show up nowhere: not in what is printed or logged, not in the list of processes."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from loaders.settings import ROOT, Settings
from tests.api import PATHS, Answer, Api
from tests.conftest import fresh_database
from tests.integration.conftest import Warehouse

# The letters and digits in them stay the same however a program quotes, escapes or cuts them.
CORES = USERNAME_CORE, PASSWORD_CORE, PG_CORE = "Kq7vRz2w", "Tn4xWp9c", "Jb6mYd3f"
USERNAME = f"{USERNAME_CORE}@lad/%2F?#&= $HOME'\"\\ü"
PASSWORD = f"{PASSWORD_CORE}:@/%41?#&={{}} $(id)`'\";--\\é"
PG_PASSWORD = f"{PG_CORE}:@/%41?#&={{}} $(id)`'\";--\\é"
LOGINS = (f"{USERNAME}:{PASSWORD}", f"{USERNAME}:{PASSWORD}-wrong")
SECRETS = [core.encode() for core in CORES] + [b64encode(login.encode()) for login in LOGINS]

ECHO = f"No account {USERNAME} with {PASSWORD} ({b64encode(LOGINS[0].encode()).decode()})"

DAY = ("results", "--from", "2025-10-07", "--to", "2025-10-07", "--refresh")
# All that a program can be made to say: every logger, and every error with where it came from.
TALKATIVE = (
    "import logging; logging.basicConfig(level=logging.DEBUG); "
    "from loaders.cli import main; main(standalone_mode=False)"
)


def found_in(text: bytes) -> list[bytes]:
    return [secret for secret in SECRETS if secret in text]


@dataclass(frozen=True)
class Yard:
    """An API and a database, both of which ask for secrets, and the folder of dbt's logs."""

    api: Api
    database: dict[str, str]
    server_log: Path
    owner: psycopg.Connection[Any]
    scratch: Path

    def start(self, *command: str, **env: str) -> subprocess.Popen[bytes]:
        warehouse = Warehouse({**self.database, **self.api.environment(), **env}, self.scratch)
        return subprocess.Popen(
            command,
            cwd=ROOT,
            env=warehouse.variables(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def load(self, **env: str) -> tuple[int, bytes]:
        """The exit code of a load and all that it says."""
        process = self.start(sys.executable, "-X", "dev", "-c", TALKATIVE, "load", *DAY, **env)
        said, _ = process.communicate(timeout=60)
        return process.returncode, said

    def logged(self) -> bytes:
        """What loads, dbt and the server have written down."""
        tables = self.owner.execute(
            "select table_name from information_schema.tables where table_schema = 'raw'"
        ).fetchall()
        rows = [
            self.owner.execute(sql.SQL("table raw.{}").format(sql.Identifier(name))).fetchall()
            for (name,) in tables
        ]
        files = [path.read_bytes() for path in self.scratch.rglob("*") if path.is_file()]
        return b"\n".join([repr(rows).encode(), self.server_log.read_bytes(), *files])


@pytest.fixture(scope="module")
def yard(debian_server: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    with fresh_database(debian_server) as owner, Api(USERNAME, PASSWORD) as api:
        role = f"yard_{owner['PGDATABASE']}"
        login = {"host": owner["PGHOST"], "port": owner["PGPORT"], "dbname": owner["PGDATABASE"]}
        with psycopg.connect(
            **login, user=owner["PGUSER"], password=owner["PGPASSWORD"], autocommit=True
        ) as connection:
            for statement in (
                "create role {role} login password {password}",
                "grant create on database {database} to {role}",
                # Whatever is sent to the server with a password in it shows up from here on.
                "alter role {role} set log_statement = 'all'",
                "alter role {role} set log_min_messages = 'debug1'",
            ):
                connection.execute(
                    sql.SQL(statement).format(
                        role=sql.Identifier(role),
                        password=sql.Literal(PG_PASSWORD),
                        database=sql.Identifier(owner["PGDATABASE"]),
                    )
                )
            (folder,) = connection.execute("show unix_socket_directories").fetchone() or ("",)
            yield Yard(
                api,
                {**owner, "PGUSER": role, "PGPASSWORD": PG_PASSWORD},
                Path(folder) / "log",
                connection,
                tmp_path_factory.mktemp("dbt"),
            )
            connection.execute(sql.SQL("drop owned by {} cascade").format(sql.Identifier(role)))
            connection.execute(sql.SQL("drop role {}").format(sql.Identifier(role)))


def test_a_load_that_succeeds_tells_no_secret(yard: Yard) -> None:
    yard.api.results = {"2025-10-07": [{"race_id": "rac_1", "date": "2025-10-07"}, "null"]}

    code, said = yard.load()

    # One object is rejected; the other landed, so the API was given the right login.
    assert code == 1
    assert b"send_request_headers.started" in said
    assert b"Traceback" in said
    assert yard.owner.execute("select race_id from raw.results").fetchall() == [("rac_1",)]
    assert yard.owner.execute("select count(*) from raw.rejects").fetchone() == (1,)
    assert b"insert into raw.loads" in yard.logged()
    assert found_in(said + yard.logged()) == []


NEVER_AGAIN = {"Retry-After": "86400"}


@pytest.mark.parametrize(
    ("env", "answers", "sign"),
    [
        ({"RACING_API_PASSWORD": f"{PASSWORD}-wrong"}, [], "401"),
        ({}, [Answer(403, '{"detail": "Upgrade your plan"}')], "403"),
        ({}, [Answer(500, "oops", NEVER_AGAIN)] * 3, "500"),
        ({}, [Answer(200, "<html>"), Answer(422, '{"detail": "No"}')], "422"),
        # An API that tells what it was sent.
        ({}, [Answer(401, json.dumps({"detail": ECHO}))], "***"),
        ({}, [Answer(401, json.dumps({"detail": ECHO}, ensure_ascii=False))], "***"),
        ({}, [Answer(403, ECHO, NEVER_AGAIN)] * 3, "***"),
        ({}, [Answer(500, json.dumps({"detail": [ECHO]}), NEVER_AGAIN)] * 3, "***"),
        ({"RACING_API_RATE": "fast"}, [], "RACING_API_RATE"),
        ({"RACING_API_USERNAME": f"{USERNAME}:{PASSWORD}"}, [], "RACING_API_USERNAME"),
        ({"RACING_API_PASSWORD": f"{PASSWORD}\udcff"}, [], "RACING_API_PASSWORD"),
        (
            {"RACING_API_BASE_URL": f"https://{USERNAME_CORE}:{PASSWORD_CORE}@127.0.0.1"},
            [],
            "RACING_API_BASE_URL",
        ),
        ({"RACING_API_BASE_URL": f"https://127.0.0.1?{PASSWORD}"}, [], "RACING_API_BASE_URL"),
        ({"PGPASSWORD": f"{PG_PASSWORD}-wrong"}, [], "PGPASSWORD"),
        ({"PGPASSWORD": f"{PG_PASSWORD}\udcff"}, [], "PGPASSWORD"),
        ({"PGPORT": "1"}, [], "No PostgreSQL server answers"),
        ({"PGDATABASE": "nowhere"}, [], "no database nowhere"),
        ({"PGSSLMODE": "no such mode"}, [], "no such mode"),
    ],
)
def test_a_load_that_fails_tells_no_secret(
    yard: Yard, env: dict[str, str], answers: list[Answer], sign: str
) -> None:
    yard.api.answers[PATHS["results"]] = answers

    code, said = yard.load(**env)

    assert code != 0
    assert b"Traceback" in said
    assert sign in said.decode()
    assert found_in(said + yard.logged()) == []


def test_a_database_that_is_in_disorder_tells_no_secret(yard: Yard) -> None:
    yard.api.results = {"2025-10-07": [{"race_id": "rac_1", "date": "2025-10-07"}]}
    yard.load()
    yard.owner.execute("alter table raw.results rename column payload to body")
    try:
        code, said = yard.load()
    finally:
        yard.owner.execute("alter table raw.results rename column body to payload")

    assert code != 0
    assert b"psycopg.errors.UndefinedColumn" in said
    assert found_in(said + yard.logged()) == []


def test_a_load_that_waits_for_an_api_tells_no_secret_when_it_is_stopped(yard: Yard) -> None:
    process = yard.start("studbook", "load", *DAY, RACING_API_BASE_URL="http://127.0.0.1:1")
    assert process.stdout
    said = b""
    while b"refused" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line

    process.send_signal(signal.SIGINT)
    rest, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    assert b"Interrupted" in rest
    assert found_in(said + rest + yard.logged()) == []


def command_lines() -> bytes:
    """Those of all processes."""
    lines = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            lines.append(path.read_bytes())
        except OSError:
            continue
    return b"\n".join(lines)


@pytest.mark.skipif(not Path("/proc/self/cmdline").exists(), reason="there is no /proc here")
def test_the_list_of_processes_shows_no_secret_while_a_load_runs(yard: Yard) -> None:
    yard.api.results = {}
    yard.api.latency = 0.5
    listed = b""

    # The venv is there, whatever make would say.
    make = ("make", "--old-file", ".venv/installed", "load")
    process = yard.start(*make, "RESOURCE=results", "FROM=2025-10-08", "TO=2025-10-08")
    try:
        while process.poll() is None:
            listed += command_lines()
            time.sleep(0.05)
    finally:
        yard.api.latency = 0
    said, _ = process.communicate()

    assert process.returncode == 0, said
    # Those of the load and of its session in the server, which names the user.
    assert b"\0load\0results\0--from\0" in listed
    assert b"postgres: " + yard.database["PGUSER"].encode() in listed
    assert found_in(said + listed + yard.logged()) == []


def test_a_wrong_password_for_dbt_is_not_told(yard: Yard) -> None:
    process = yard.start(
        *("dbt", "--debug", "debug"),
        PGPASSWORD=f"{PG_PASSWORD}-wrong",
        DBT_LOG_LEVEL_FILE="debug",
    )
    said, _ = process.communicate(timeout=60)

    assert process.returncode != 0
    assert b"password authentication failed" in said
    assert b"password authentication failed" in yard.logged()
    assert list(yard.scratch.rglob("dbt.log"))
    assert found_in(said + yard.logged()) == []


def test_settings_do_not_show_what_they_hold(yard: Yard) -> None:
    settings = Settings.from_environment(yard.api.environment())

    assert (settings.username, settings.password) == (USERNAME, PASSWORD)
    assert found_in(f"{settings} {settings!r}".encode()) == []
