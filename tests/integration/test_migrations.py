"""The raw schema is changed step by step, and what has landed in it stays."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.loading.request import Request
from loaders.raw.schema import SchemaError, migrate, migrations
from tests.api import Api
from tests.integration.loading import column, command, load, race

BEFORE = Path(__file__).with_name("raw_before_migrations.sql")
DAY = "2025-10-07"
ONLY_DAY = Request("results", date.fromisoformat(DAY), date.fromisoformat(DAY), refresh=True)
RECORDED = "select number from raw.migrations order by number"
# Every column, constraint and index of the schema, in words.
STRUCTURE = """
select table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable
    || coalesce(' ' || is_identity, '')
from information_schema.columns
where table_schema = 'raw'
union all
select conrelid::regclass || ' ' || pg_get_constraintdef(oid)
from pg_constraint
where connamespace = 'raw'::regnamespace
union all
select indexdef
from pg_indexes
where schemaname = 'raw'
order by 1
"""


def numbers() -> list[int]:
    return [migration.number for migration in migrations()]


def write(folder: Path, name: str, ddl: str) -> None:
    (folder / name).write_text(ddl)


def test_they_are_numbered_without_gaps() -> None:
    assert numbers() == list(range(1, len(numbers()) + 1))


def test_a_database_of_before_keeps_its_data_and_becomes_as_a_new_one(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    migrate(raw)
    new = column(raw, STRUCTURE)
    raw.execute("drop schema raw cascade")
    raw.execute(BEFORE.read_bytes())
    raw.execute(
        """
        insert into raw.loads (resources, regions, base_url, started_at, outcome)
        values ('{results}', '{gb,ire}', %s, '2025-10-08 00:00+00', 'success')
        """,
        [api.base_url],
    )
    raw.execute(
        f"""
        insert into raw.load_days (
            load_id, resource, day, objects_received, objects_new, complete, started_at, finished_at
        )
        values (1, 'results', '{DAY}', 1, 1, true, '2025-10-08 00:00+00', '2025-10-08 00:01+00');
        insert into raw.rejects (load_id, resource, day, key, reason, payload, rejected_at)
        values (1, 'results', '{DAY}', null, 'it has no race_id', '{{}}', '2025-10-08 00:01+00');
        insert into raw.results
        values (
            'rac_1', '{DAY}', '{{"race_id": "rac_1", "date": "{DAY}"}}',
            '2025-10-08 00:01+00', '2025-10-08 00:01+00', null, 1
        );
        """
    )
    api.results = {DAY: [race("rac_1", DAY), race("rac_2", DAY)]}

    report = load(api, raw, ONLY_DAY)

    assert report.load_id == 2
    assert column(raw, STRUCTURE) == new
    assert column(raw, RECORDED) == numbers()
    assert column(raw, "select race_id from raw.results order by 1") == ["rac_1", "rac_2"]
    assert column(raw, "select reason from raw.rejects") == ["it has no race_id"]
    assert column(raw, "select objects_new from raw.load_days where load_id = 1") == [1]


def test_what_a_simulator_of_before_sent_is_known_by_its_address(
    raw: psycopg.Connection[Any], tmp_path: Path
) -> None:
    addresses = {
        "http://127.0.0.1:8000/seed-7-end-2026-11-27": "seed-7-end-2026-11-27",
        "http://LOCALHOST:49152/seed-7/": "seed-7",
        "http://[::1]/seed-7": "seed-7",
        # Tunnels, and whoever else has no name of a world in the address.
        "http://localhost:8443": None,
        "https://127.0.0.1:8443/": None,
        "https://api.theracingapi.com": None,
        "https://localhost.example.org/racing": None,
    }
    for migration in migrations():
        if migration.number < 5:
            write(tmp_path, f"{migration.number:04}_{migration.name}.sql", migration.ddl.decode())
    migrate(raw, tmp_path)
    for address in addresses:
        raw.execute(
            "insert into raw.loads (resources, regions, base_url, started_at, outcome)"
            " values ('{results}', '{gb}', %s, now(), 'success')",
            [address],
        )

    migrate(raw)

    worlds = raw.execute("select base_url, simulated_world from raw.loads").fetchall()
    assert dict(worlds) == addresses


def test_versions_belong_to_whoever_owns_what_they_are_versions_of(
    raw: psycopg.Connection[Any], tmp_path: Path
) -> None:
    for migration in migrations():
        if migration.number < 6:
            write(tmp_path, f"{migration.number:04}_{migration.name}.sql", migration.ddl.decode())
    migrate(raw, tmp_path)
    role = f"owner_{raw.info.dbname}"
    raw.execute(f"create role {role}")
    raw.execute(f"alter table raw.results owner to {role}")

    migrate(raw)

    owners = dict(
        raw.execute(
            "select tablename, tableowner from pg_tables"
            " where schemaname = 'raw' and tablename in ('result_versions', 'horse_versions')"
        ).fetchall()
    )
    raw.execute(f"drop owned by {role}; drop role {role}")
    assert owners == {"result_versions": role, "horse_versions": raw.info.user}


def test_what_was_told_of_belongs_to_whoever_owns_the_log_of_loads(
    raw: psycopg.Connection[Any], tmp_path: Path
) -> None:
    for migration in migrations():
        if migration.number < 7:
            write(tmp_path, f"{migration.number:04}_{migration.name}.sql", migration.ddl.decode())
    migrate(raw, tmp_path)
    owner, reader = f"owner_{raw.info.dbname}", f"reader_{raw.info.dbname}"
    raw.execute(f"create role {owner}; create role {reader}")
    raw.execute(f"alter table raw.loads owner to {owner}; grant select on raw.loads to {reader}")

    migrate(raw)

    found = raw.execute(
        "select tableowner, has_table_privilege(%(reader)s, 'raw.alerts', 'select'),"
        " has_table_privilege(%(reader)s, 'raw.alerts', 'insert')"
        " from pg_tables where schemaname = 'raw' and tablename = 'alerts'",
        {"reader": reader},
    ).fetchone()
    raw.execute(f"reassign owned by {owner} to {raw.info.user}; drop owned by {owner}, {reader}")
    raw.execute(f"drop role {owner}, {reader}")
    assert found == (owner, True, False)


def test_what_is_missing_is_applied_in_order_and_once(
    raw: psycopg.Connection[Any], tmp_path: Path
) -> None:
    for migration in migrations():
        write(tmp_path, f"{migration.number:04}_{migration.name}.sql", migration.ddl.decode())
    migrate(raw, tmp_path)
    write(tmp_path, "9002_second.sql", "insert into raw.seen values (2)")
    write(
        tmp_path, "9001_first.sql", "create table raw.seen (n int); insert into raw.seen values (1)"
    )

    migrate(raw, tmp_path)
    migrate(raw, tmp_path)

    assert column(raw, "select n from raw.seen") == [1, 2]
    assert column(raw, RECORDED) == [*numbers(), 9001, 9002]


def test_one_that_fails_leaves_everything_as_it_was(
    raw: psycopg.Connection[Any], tmp_path: Path
) -> None:
    for migration in migrations():
        write(tmp_path, f"{migration.number:04}_{migration.name}.sql", migration.ddl.decode())
    migrate(raw, tmp_path)
    before = column(raw, STRUCTURE)
    write(tmp_path, "9001_first.sql", "alter table raw.results add column n int")
    write(tmp_path, "9002_second.sql", "alter table raw.no_such_table add column n int")

    with pytest.raises(psycopg.errors.UndefinedTable):
        migrate(raw, tmp_path)

    assert column(raw, STRUCTURE) == before
    assert column(raw, RECORDED) == numbers()


def test_several_at_once_apply_each_once(raw: psycopg.Connection[Any]) -> None:
    failures: list[Exception] = []

    def apply() -> None:
        try:
            with psycopg.connect(raw.info.dsn) as connection:
                migrate(connection)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=apply) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []
    assert column(raw, RECORDED) == numbers()


@contextmanager
def role_that_writes(raw: psycopg.Connection[Any]) -> Iterator[str]:
    """A role that may read and write the tables of raw that there are, and no more."""
    role = f"writer_{raw.info.dbname}"
    raw.execute(f"create role {role} login")
    raw.execute(f"grant usage on schema raw to {role}")
    raw.execute(f"grant select, insert, update on all tables in schema raw to {role}")
    yield role
    raw.execute(f"drop owned by {role}")
    raw.execute(f"drop role {role}")


def test_who_may_only_write_is_told_that_the_owner_has_to_load_first_and_goes_on_then(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    raw.execute(BEFORE.read_bytes())
    api.results = {DAY: [race("rac_1", DAY)]}
    with role_that_writes(raw) as role:
        writer = {"PGUSER": role, "PGHOST": raw.info.host, "PGDATABASE": raw.info.dbname}

        refused = command(writer, api.environment(), "results", "--from", DAY, "--to", DAY)
        migrate(raw)
        landed = command(writer, api.environment(), "results", "--from", DAY, "--to", DAY)

    assert refused.exit_code == 1
    assert refused.stderr.splitlines()[-1] == (
        f"Error: The raw schema of the database {raw.info.dbname} is of an older Studbook, and "
        f"only its owner, user {raw.info.user}, can change it: let that user load once, for "
        "instance with `studbook load reference`."
    )
    assert landed.exit_code == 0
    assert column(raw, "select race_id from raw.results") == ["rac_1"]


def test_a_schema_that_somebody_else_made_is_filled(api: Api, raw: psycopg.Connection[Any]) -> None:
    role = f"guest_{raw.info.dbname}"
    raw.execute(f"create role {role} login")
    raw.execute("create schema raw")
    raw.execute(f"grant usage, create on schema raw to {role}")
    guest = {"PGUSER": role, "PGHOST": raw.info.host, "PGDATABASE": raw.info.dbname}
    api.results = {DAY: [race("rac_1", DAY)]}

    landed = command(guest, api.environment(), "results", "--from", DAY, "--to", DAY)

    assert landed.exit_code == 0, landed.stderr
    assert column(raw, "select race_id from raw.results") == ["rac_1"]
    raw.execute(f"drop owned by {role}")
    raw.execute(f"drop role {role}")


@pytest.mark.parametrize("name", ["3_short.sql", "0001_twice.sql", "9001-dash.sql"])
def test_a_file_that_is_no_numbered_migration_is_not_passed_over(tmp_path: Path, name: str) -> None:
    write(tmp_path, "0001_first.sql", "select 1")
    write(tmp_path, name, "select 1")

    with pytest.raises(ValueError, match="a number of its own"):
        migrations(tmp_path)


def test_a_schema_of_a_newer_studbook_is_left_alone_and_the_user_told(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    migrate(raw)
    raw.execute("insert into raw.migrations values (9999, 'to_come', now())")

    with pytest.raises(SchemaError) as caught:
        load(api, raw, ONLY_DAY)

    assert str(caught.value) == (
        f"The raw schema of the database {raw.info.dbname} was made by a newer Studbook "
        "(migration 9999): update this one."
    )
    assert column(raw, "select count(*) from raw.loads") == [0]
