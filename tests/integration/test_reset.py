"""`studbook db reset` drops simulated races, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from click.testing import CliRunner, Result

from loaders.cli import main
from tests.api import Api

DAY = ("--from", "2025-10-07", "--to", "2025-10-07", "--refresh")
OURS = ["raw", "racing", "racing_staging", "racing_test", "racing_test_staging"]


@pytest.fixture
def connection(database: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host=database["PGHOST"],
        user=database["PGUSER"],
        dbname=database["PGDATABASE"],
        autocommit=True,
    ) as connection:
        yield connection


def studbook(database: dict[str, str], *arguments: str, **env: str) -> Result:
    return CliRunner().invoke(main, arguments, env={**database, **env})


def load(database: dict[str, str], world: str | None = "seed-7") -> None:
    """Load one race; without a world it is the real API's, at the end of a tunnel on loopback."""
    with Api() as api:
        api.world = world
        api.results = {"2025-10-07": [{"race_id": "rac_1", "date": "2025-10-07"}]}
        done = studbook(database, "load", "results", *DAY, **api.environment())
    assert done.exit_code == 0, done.output


def build(connection: psycopg.Connection, *schemas: str) -> None:
    for schema in schemas:
        connection.execute(f"create schema {schema} create table winners (name text)")


def schemas(connection: psycopg.Connection) -> set[str]:
    rows = connection.execute(
        "select nspname from pg_namespace where nspname !~ '^(pg_|information_schema|public)'"
    )
    return {name for (name,) in rows}


def test_simulated_races_and_what_was_built_of_them_go_and_the_rest_stays(
    database: dict[str, str], connection: psycopg.Connection
) -> None:
    load(database)
    build(connection, *OURS[1:], "mine")

    done = studbook(database, "db", "reset")

    assert done.exit_code == 0
    assert done.stdout == (
        f"Dropped simulated races from the database {database['PGDATABASE']}: "
        "raw, racing, racing_staging, racing_test, racing_test_staging.\n"
    )
    assert schemas(connection) == {"mine"}
    load(database)


def test_real_races_are_never_dropped(
    database: dict[str, str], connection: psycopg.Connection
) -> None:
    load(database, world=None)
    build(connection, "racing")

    done = studbook(database, "db", "reset")

    assert done.exit_code == 1
    assert done.stderr.startswith(
        f"Error: The database {database['PGDATABASE']} holds races of the real API, "
        "and nothing was dropped"
    )
    assert done.stderr.count("\n") == 1
    assert schemas(connection) == {"raw", "racing"}


def test_where_nothing_was_loaded_nothing_is_dropped(
    database: dict[str, str], connection: psycopg.Connection
) -> None:
    build(connection, "racing")

    done = studbook(database, "db", "reset")

    assert done.exit_code == 0
    assert done.stdout == (
        f"The database {database['PGDATABASE']} holds no races, so nothing was dropped.\n"
    )
    assert schemas(connection) == {"racing"}


def test_what_somebody_is_using_is_told_and_nothing_is_half_dropped(
    database: dict[str, str], connection: psycopg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loaders.raw.origin._LONGEST_WAIT", "100ms")
    load(database)
    build(connection, "racing")
    with connection.transaction():
        connection.execute("select * from racing.winners")
        done = studbook(database, "db", "reset")

    assert done.exit_code == 1
    assert "cannot be reset (canceling statement due to lock timeout)" in done.stderr
    assert schemas(connection) == {"raw", "racing"}
