"""The whole path on an ordinary PostgreSQL that asks for a password, with a role for each step."""

from __future__ import annotations

import os
import re
import secrets
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql

from loaders.cli import main
from tests.api import Api
from tests.conftest import fresh_database
from tests.integration.conftest import BUILD, Warehouse
from tests.integration.readme import matches, only

ROLES = LOADER, DBT, READER = "studbook_loader", "studbook_dbt", "studbook_reader"
MODELS_AND_SEEDS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")


def grant(database: dict[str, str]) -> None:
    """Run what `studbook db grants` prints, as the server's superuser."""
    printed = CliRunner().invoke(main, ["db", "grants"], env=database)
    assert printed.exit_code == 0, printed.output
    with connect(database) as connection:
        connection.execute(printed.stdout.encode())


def connect(database: dict[str, str], **options: str) -> psycopg.Connection[Any]:
    return psycopg.connect(
        host=database["PGHOST"],
        port=database["PGPORT"],
        user=database["PGUSER"],
        password=database["PGPASSWORD"],
        dbname=database["PGDATABASE"],
        autocommit=True,
        **options,
    )


@pytest.fixture
def owner(debian_server: dict[str, str]) -> Iterator[dict[str, str]]:
    """The PG* environment of a fresh database for the superuser of an ordinary server."""
    with fresh_database(debian_server) as environment:
        yield environment


@pytest.fixture
def logins(owner: dict[str, str]) -> dict[str, dict[str, str]]:
    """The PG* environment of each role, with a password, in a database that holds nothing yet."""
    grant(owner)
    logins = {role: {"PGUSER": role, "PGPASSWORD": secrets.token_hex(8)} for role in ROLES}
    with connect(owner) as connection:
        for role, login in logins.items():
            connection.execute(
                sql.SQL("alter role {} password {}").format(
                    sql.Identifier(role), sql.Literal(login["PGPASSWORD"])
                )
            )
    return {role: {**owner, **login} for role, login in logins.items()}


def test_each_step_has_a_role_of_its_own_and_a_rebuild_keeps_what_a_reader_may_read(
    logins: dict[str, dict[str, str]], season_api: dict[str, str], tmp_path: Path
) -> None:
    loader = Warehouse({**logins[LOADER], **season_api}, tmp_path)
    dbt = Warehouse(logins[DBT], tmp_path)
    reader = Warehouse(logins[READER], tmp_path)

    loader.run("studbook", "load", "reference")
    loader.run("studbook", "load", "results", "--from", "2026-06-10", "--to", "2026-06-30")
    loader.run("studbook", "load", "racecards", "--from", "2026-06-20", "--to", "2026-07-03")
    dbt.dbt(*BUILD)

    assert {result["status"] for result in dbt.results()} == {"success", "pass"}
    assert_everything_is_read(reader)

    again = dbt.dbt("build", "--full-refresh", *MODELS_AND_SEEDS)
    assert_everything_is_read(reader)
    written = [again.stdout, again.stderr]
    written += [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert len(written) > 4
    assert not any(login["PGPASSWORD"] in text for login in logins.values() for text in written)


def assert_everything_is_read(reader: Warehouse) -> None:
    with reader.connect() as connection:
        landed, built = connection.execute(
            "select (select sum(jsonb_array_length(payload -> 'runners')) from raw.results),"
            " (select count(*) from racing.ra_race_results)"
        ).fetchone()
        assert connection.execute("select count(*) from racing_staging.int_runs").fetchone()
    assert landed == built > 0
    for command in ("status", "inventory"):
        done = reader.run("studbook", command)
        assert "not built" not in done.stdout
        assert done.stderr == ""


TABLES = {
    "raw": "raw.results",
    "racing": "racing.ra_races",
    "racing_staging": "racing_staging.runs",
}
MAY_READ = {LOADER: {"raw"}, DBT: set(TABLES), READER: set(TABLES)}
MAY_WRITE = {LOADER: {"raw"}, DBT: {"racing", "racing_staging"}, READER: set()}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_can_do_its_own_work_and_no_other(
    role: str, logins: dict[str, dict[str, str]]
) -> None:
    for maker in (LOADER, DBT):
        with connect(logins[maker]) as connection:
            for schema in MAY_WRITE[maker]:
                connection.execute(f"create table {TABLES[schema]} as select 'rac_1' as race_id")

    # Not even when it takes off what keeps a reader from writing by mistake.
    with connect(logins[role], options="-c default_transaction_read_only=off") as connection:

        def may(statement: str) -> bool:
            try:
                with connection.transaction(force_rollback=True):
                    connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                return False
            return True

        oldest = connection.info.server_version < 150000
        readable = {schema for schema, table in TABLES.items() if may(f"table {table}")}
        writable = {
            kind: {schema for schema, table in TABLES.items() if may(statement.format(table))}
            for kind, statement in {
                "insert": "insert into {} values ('rac_2')",
                "update": "update {} set race_id = 'rac_2'",
                "delete": "delete from {}",
                "truncate": "truncate {}",
                "drop": "drop table {}",
                "create": "create table {}_2 ()",
            }.items()
        }
        elsewhere = (
            may("create schema mine"),
            may("create role mine"),
            may("create table public.t ()"),
        )

    assert readable == MAY_READ[role]
    assert writable == dict.fromkeys(writable, MAY_WRITE[role])
    # Until PostgreSQL 15 everybody may make tables in the schema public.
    assert elsewhere == (False, False, oldest)


def test_a_reader_does_not_even_try_to_write(logins: dict[str, dict[str, str]]) -> None:
    with (
        connect(logins[READER]) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("create temporary table t ()")


@pytest.mark.parametrize("role", [DBT, READER])
def test_a_load_by_who_may_not_is_one_sentence(
    role: str, logins: dict[str, dict[str, str]], season_api: dict[str, str], tmp_path: Path
) -> None:
    done = Warehouse({**logins[role], **season_api}, tmp_path).run(
        "studbook", "load", "reference", check=False
    )

    assert done.returncode == 1
    assert done.stderr.startswith("Error: This user of the database may not load (")
    assert done.stderr.endswith("`studbook db grants` prints the SQL that makes one.\n")
    assert done.stderr.count("\n") == 1


def test_what_exists_already_is_handed_over_and_the_grants_may_be_run_again(
    owner: dict[str, str],
) -> None:
    awkward = {**owner, "PGDATABASE": f"{owner['PGDATABASE']} \"d'A\\$$ %s {{}} :x"}
    name = sql.Identifier(awkward["PGDATABASE"])
    with connect(owner) as connection:
        connection.execute(sql.SQL("create database {}").format(name))
    try:
        with connect(awkward) as connection:
            connection.execute(
                "create schema raw; create schema racing; create schema mine;"
                "create table raw.loads (load_id bigint generated always as identity);"
                "create table racing.ra_races (id text);"
                "create view racing.favourites as select * from racing.ra_races;"
                "create table mine.notes ()"
            )
            grant(awkward)
            first = rights(connection)
            grant(awkward)

            assert rights(connection) == first
            owners = dict(
                connection.execute(
                    "select relname::text, relowner::regrole::text from pg_class"
                    " where relname in ('loads', 'ra_races', 'favourites', 'notes')"
                ).fetchall()
            )
            # As when the owner builds again, of whom the reader reads on.
            connection.execute("create table racing.ra_mst_sires (id text)")
            tables = ("raw.loads", "racing.ra_races", "racing.favourites", "racing.ra_mst_sires")
            for table in tables:
                connection.execute(f"set role {READER}; table {table}; reset role")
    finally:
        with connect(owner) as connection:
            connection.execute(sql.SQL("drop database {}").format(name))

    assert owners == {"loads": LOADER, "ra_races": DBT, "favourites": DBT, "notes": "owner"}


def rights(connection: psycopg.Connection[Any]) -> list[Any]:
    """Who owns and may use every schema and relation, now and by default."""
    return connection.execute(
        "select nspname::text, nspowner::regrole::text, nspacl::text from pg_namespace"
        " union all select oid::regclass::text, relowner::regrole::text, relacl::text from pg_class"
        " union all select defaclnamespace::regnamespace::text, defaclrole::regrole::text,"
        " defaclacl::text from pg_default_acl order by 1, 2, 3"
    ).fetchall()


def test_grants_change_nothing_in_another_database(owner: dict[str, str]) -> None:
    printed = CliRunner().invoke(main, ["db", "grants"], env={**owner, "PGDATABASE": "elsewhere"})

    with connect(owner) as connection:
        with pytest.raises(
            psycopg.errors.RaiseException,
            match=f"for the database elsewhere: connect to it instead of {owner['PGDATABASE']}",
        ):
            connection.execute(printed.stdout.encode())
        connection.execute("rollback")
        made = connection.execute("select to_regnamespace('raw')").fetchone()
    assert made == (None,)


@pytest.mark.parametrize(
    ("names", "database"),
    [
        ({"PGDATABASE": "races", "PGUSER": "ann"}, "races"),
        ({"PGDATABASE": "", "PGUSER": "ann"}, "studbook"),
    ],
)
def test_grants_are_printed_while_no_server_answers(names: dict[str, str], database: str) -> None:
    env = {"PGHOST": "127.0.0.1", "PGPORT": "1", **names}
    printed = CliRunner().invoke(main, ["db", "grants"], env=env)

    assert printed.exit_code == 0
    assert f'grant connect on database "{database}" to' in printed.stdout


def test_the_server_alone_is_enough_and_means_the_same_to_a_load_and_to_dbt(
    owner: dict[str, str], season_api: dict[str, str], tmp_path: Path
) -> None:
    server = {name: owner[name] for name in ("PGHOST", "PGPORT")}
    password = secrets.token_hex(8)
    with connect(owner) as connection:
        connection.execute("create role studbook login")
        connection.execute(sql.SQL("alter role studbook password {}").format(sql.Literal(password)))
        connection.execute("create database studbook owner studbook")
    try:
        warehouse = Warehouse({**server, "PGPASSWORD": password, **season_api}, tmp_path)
        warehouse.run("studbook", "load", "reference")
        printed = warehouse.run_alone("dbt", "--no-use-colors", "debug", check=False).stdout
        url = warehouse.run("studbook", "db", "url").stdout
        with connect({**owner, "PGDATABASE": "studbook"}) as connection:
            landed = connection.execute(
                "select tableowner::text from pg_tables where schemaname = 'raw'"
            ).fetchall()
    finally:
        with connect(owner) as connection:
            connection.execute("drop database if exists studbook with (force)")
            connection.execute("drop role studbook")

    assert set(landed) == {("studbook",)}
    assert url == f"postgresql://studbook@{owner['PGHOST']}:{owner['PGPORT']}/studbook\n"
    for line in ("user: studbook", "database: studbook", "Connection test: [OK connection ok]"):
        assert f"  {line}\n" in printed


@pytest.mark.parametrize("encoding", ["LATIN1", "SQL_ASCII"])
def test_a_database_that_is_not_utf8_is_refused_with_advice_that_works(
    encoding: str, owner: dict[str, str]
) -> None:
    if shutil.which("createdb") is None:
        pytest.skip("createdb is not installed")
    narrow = {**owner, "PGDATABASE": f"narrow_{owner['PGDATABASE']}"}
    wide = {**owner, "PGDATABASE": f"wide_{owner['PGDATABASE']}"}
    create = "create database {} encoding {} locale 'C' template template0"
    drop = "drop database if exists {} with (force)"
    try:
        with connect(owner) as connection:
            name = sql.Identifier(narrow["PGDATABASE"])
            connection.execute(sql.SQL(create).format(name, sql.Literal(encoding)))
        refused = CliRunner().invoke(main, ["db", "up"], env=narrow)
        [advice] = re.findall("`(.*?)`", refused.stderr)
        advice = advice.replace("NAME", wide["PGDATABASE"])
        subprocess.run(shlex.split(advice), check=True, env={**os.environ, **narrow})
        accepted = CliRunner().invoke(main, ["db", "up"], env=wide)
    finally:
        with connect(owner) as connection:
            for env in (narrow, wide):
                connection.execute(sql.SQL(drop).format(sql.Identifier(env["PGDATABASE"])))

    assert refused.exit_code == 1
    assert f"The database {narrow['PGDATABASE']} at 127.0.0.1:" in refused.stderr
    assert f"keeps text as {encoding}, which does not hold what the API sends" in refused.stderr
    assert matches(only("The database … at … keeps text"), refused.stderr)
    assert refused.stderr.count("\n") == 1
    assert accepted.exit_code == 0


FOREIGN = {"PGCLIENTENCODING": "LATIN1", "PGDATESTYLE": "German"}


@pytest.mark.parametrize("of", ["the environment", "the user"])
def test_text_and_dates_arrive_whatever_form_the_user_of_the_database_likes(
    of: str, owner: dict[str, str], api: Api, tmp_path: Path
) -> None:
    if of == "the user":
        with connect(owner) as connection:
            connection.execute("alter role owner set client_encoding = 'LATIN1'")
            connection.execute("alter role owner set datestyle = 'German'")
    env = {**owner, **api.environment(), **(FOREIGN if of == "the environment" else {})}
    warehouse = Warehouse(env, tmp_path)
    api.regions = [{"region_code": "gb", "region": "Great Britain"}]
    api.results = {
        "2025-10-07": [{"race_id": "rac_1", "date": "2025-10-07", "race_name": "Șoimul €"}]
    }
    day = ("results", "--from", "2025-10-07", "--to", "2025-10-07")
    try:
        warehouse.run("studbook", "load", "reference")
        for _ in range(2):
            warehouse.run("studbook", "load", *day, "--refresh")
        warehouse.run("studbook", "status")
        refused = warehouse.dbt("run", "-s", "stg_racing_api__regions", check=False)
        utf8 = Warehouse({**env, "PGCLIENTENCODING": "UTF8"}, tmp_path)
        utf8.dbt("run", "-s", "stg_racing_api__regions")
    finally:
        with connect(owner) as connection:
            connection.execute("alter role owner reset all")

    with connect(owner, client_encoding="UTF8") as connection:
        assert connection.execute("select payload ->> 'race_name' from raw.results").fetchall() == [
            ("Șoimul €",)
        ]
    assert refused.returncode != 0
    assert (
        f"dbt and database {owner['PGDATABASE']} exchange text as LATIN1, and it must be UTF-8: "
        "`source .envrc`, or `export PGCLIENTENCODING=UTF8`." in refused.stdout
    )
