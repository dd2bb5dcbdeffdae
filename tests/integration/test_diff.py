"""`studbook diff` says which tables, columns, rows and values differ between two builds."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result

from loaders.cli import main
from loaders.diff.pairs import paired
from tests.integration.conftest import Warehouse

# The same table twice, of every kind of value that the racing schema has, and some more.
TABLE = """
create schema old;
create schema new;
create table old.horses (
    id text primary key, age smallint, ae numeric(8, 3), name text, tips text[], filters jsonb,
    seen timestamptz, odds double precision, raw json
);
insert into old.horses values
    ('hrs_1', 3, 0.850, 'Nijinsky', '{1,2}', '{"code": "Flat", "n": 1}', '2026-01-01', 'NaN', '1'),
    ('hrs_2', 4, null, 'Mill Reef', '{}', null, '2026-01-01', 2.5, null),
    ('hrs_3', 5, 1.200, 'Arkle', '{NULL}', '{}', null, 0, '[]');
create table new.horses (like old.horses including all);
insert into new.horses select * from old.horses;
"""


def diff(database: dict[str, str], *arguments: str) -> Result:
    """What `studbook diff` answers."""
    return CliRunner().invoke(main, ["diff", *arguments], env=database)


@pytest.fixture
def horses(raw: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A database with the schemas old and new, which are equal."""
    raw.execute(TABLE)
    return raw


def test_schemas_with_the_same_values_are_equal(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    # Nothing but how it is written differs.
    horses.execute(
        """update new.horses set filters = '{"n": 1.0, "code": "Flat"}' where id = 'hrs_1'"""
    )
    horses.execute('alter table new.horses alter column name type text collate "C"')

    done = diff(database, "old", "new")

    assert (done.exit_code, done.stdout) == (0, "1 of 1 tables are equal in old and new.\n")


def test_each_column_tells_how_many_rows_differ_and_which(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("""
        update new.horses set ae = 0.9, odds = 1 where id = 'hrs_1';
        update new.horses set ae = 0.7 where id = 'hrs_2';
        update new.horses set ae = null, tips = '{}', filters = '{"a": null}', raw = '[1]'
        where id = 'hrs_3';
    """)

    done = diff(database, "old", "new")

    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "horses: 3 rows in both",
        "  ae: 3 rows differ, such as id hrs_1: 0.850 -> 0.900; id hrs_3: 1.200 -> null",
        "  tips: 1 row differs, such as id hrs_3: {NULL} -> {}",
        '  filters: 1 row differs, such as id hrs_3: {} -> {"a": null}',
        "  odds: 1 row differs, such as id hrs_1: NaN -> 1",
        "  raw: 1 row differs, such as id hrs_3: [] -> [1]",
        "0 of 1 tables are equal in old and new.",
    ]


def test_rows_columns_types_and_tables_of_one_build_only_are_named(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("""
        delete from new.horses where id = 'hrs_2';
        insert into new.horses (id) values ('hrs_8'), ('hrs_9');
        alter table new.horses drop column seen, add column sex text;
        alter table new.horses alter column age type integer, alter column ae type numeric(8, 2);
        create table old.gone (id text);
        create table new.come (id text);
        create view new.looks as select 1 as one;
    """)

    done = diff(database, "old", "new")

    assert done.exit_code == 1
    assert done.stdout.splitlines() == [
        "gone: only in old",
        "come: only in new",
        "looks: only in new",
        "horses: 3 rows in old, 4 in new",
        "  seen: only in old",
        "  sex: only in new",
        "  1 row only in old, such as id hrs_2",
        "  2 rows only in new, such as id hrs_8; id hrs_9",
        # The numbers are the same.
        "  age: smallint in old, integer in new",
        "  ae: numeric(8,3) in old, numeric(8,2) in new",
        "0 of 1 tables are equal in old and new.",
    ]


def test_a_value_of_another_type_is_compared_as_it_is_written(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("""
        alter table new.horses alter column age type text;
        update new.horses set age = 'three' where id = 'hrs_1';
    """)

    assert diff(database, "old", "new").stdout.splitlines()[1] == (
        "  age: smallint in old, text in new, 1 row differs, such as id hrs_1: 3 -> three"
    )


def test_a_column_that_is_left_out_does_not_count(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("update new.horses set age = age + 1")

    assert diff(database, "old", "new", "--without", "age").exit_code == 0
    assert diff(database, "old", "new", "--without", "horses.age").exit_code == 0
    assert diff(database, "old", "new", "--without", "horses.ae").exit_code == 1
    unknown = diff(database, "old", "new", "--without", "horse.age")
    assert (unknown.exit_code, unknown.stderr) == (
        2,
        "Error: No table has a column 'horse.age': write column or table.column.\n",
    )


def test_rows_that_nothing_tells_apart_are_counted(
    database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    raw.execute("""
        create schema old;
        create schema new;
        create table old.prices (horse text, price numeric);
        insert into old.prices values ('a', 2.5), ('a', 2.5), ('b', 'NaN'), (null, null);
        create table new.prices as table old.prices;
    """)
    assert diff(database, "old", "new").exit_code == 0
    raw.execute("""
        delete from new.prices where ctid = (select min(ctid) from new.prices where horse = 'a');
        insert into new.prices values ('c', 3), (null, 1);
    """)

    done = diff(database, "old", "new")

    assert done.exit_code == 1
    assert done.stdout.splitlines()[:3] == [
        "prices: 4 rows in old, 5 in new",
        '  1 row only in old, such as {"horse": "a", "price": 2.5}',
        '  2 rows only in new, such as {"horse": "c", "price": 3}; {"horse": null, "price": 1}',
    ]


def test_a_unique_index_is_a_key_unless_one_of_its_values_is_missing(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    for schema in ("old", "new"):
        horses.execute(f"alter table {schema}.horses drop constraint horses_pkey")
        horses.execute(f"alter table {schema}.horses alter column id drop not null")
        horses.execute(f"create unique index on {schema}.horses (name, id)")
    horses.execute("update new.horses set age = 9 where id = 'hrs_1'")

    assert diff(database, "old", "new").stdout.splitlines()[1] == (
        "  age: 1 row differs, such as name Nijinsky, id hrs_1: 3 -> 9"
    )
    horses.execute("update old.horses set id = null where id = 'hrs_2'")
    horses.execute("update new.horses set id = null where id = 'hrs_2'")
    found = diff(database, "old", "new").stdout.splitlines()
    assert [line.split(", such as")[0] for line in found[:3]] == [
        "horses: 3 rows in both",
        "  1 row only in old",
        "  1 row only in new",
    ]


def test_a_long_value_is_shown_where_it_differs(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("update old.horses set name = repeat('x', 200) || 'old' where id = 'hrs_1'")
    horses.execute("update new.horses set name = repeat('x', 200) || 'new' where id = 'hrs_1'")

    assert diff(database, "old", "new").stdout.splitlines()[1] == (
        f"  name: 1 row differs, such as id hrs_1: …{'x' * 20}old -> …{'x' * 20}new"
    )


def test_a_schema_that_is_not_there_is_named(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("create schema bare")
    for named, said in (("nwe", "no schema 'nwe'"), ("bare", "an empty schema 'bare'")):
        done = diff(database, "old", named)
        assert (done.exit_code, done.stdout) == (2, "")
        assert done.stderr == (
            f"Error: The database {database['PGDATABASE']} has {said}; its schemas are bare, new, "
            "old, public. `dbt build` builds racing, `dbt build --target test` racing_test.\n"
        )
    unknown = diff(database, "old", "new", "--tables", "horses,mares")
    assert unknown.stderr == "Error: Neither old nor new has a table 'mares'.\n"
    assert diff({**database, "PGDATABASE": "nowhere"}, "old", "new").exit_code == 2


def test_json_tells_the_same_to_a_program(
    database: dict[str, str], horses: psycopg.Connection[Any]
) -> None:
    horses.execute("update new.horses set age = 9 where id = 'hrs_1'")

    done = diff(database, "old", "new", "--format", "json")

    assert done.exit_code == 1
    told = json.loads(done.stdout)
    assert (told["before"], told["after"], told["is_equal"]) == ("old", "new", False)
    [table] = told["tables"]
    assert (table["name"], table["key"], table["rows_before"]) == ("horses", ["id"], 3)
    assert table["columns"] == [
        {
            "name": "age",
            "types": ["smallint", "smallint"],
            "rows": 1,
            "examples": [{"key": ["hrs_1"], "before": "3", "after": "9"}],
        }
    ]


def test_what_is_left_out_is_what_no_model_has_made(
    season: Warehouse, built_season: psycopg.Connection[Any]
) -> None:
    nodes = json.loads((season.scratch / "target" / "manifest.json").read_text())["nodes"]
    models = {node["name"] for node in nodes.values() if node["schema"] == "racing_staging"}

    compared = paired(built_season, "racing_staging", "racing_staging")

    relations = {
        name
        for (name,) in built_season.execute(
            "select relname from pg_class where relnamespace = 'racing_staging'::regnamespace"
            " and relkind in ('r', 'v', 'm')"
        )
    }
    assert {pair.name for pair in compared.pairs} == relations & models
    assert set(compared.left_out) == relations - models
    assert "build_log" in compared.left_out


def test_every_table_of_a_build_is_compared_but_the_log_of_builds(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:
        copied = [
            name
            for (name,) in connection.execute(
                "select relname from pg_class where relnamespace = 'racing'::regnamespace"
                " and relkind = 'r'"
            )
        ]
        connection.execute("create schema racing_test")
        for name in copied:
            connection.execute(
                f"create table racing_test.{name} (like racing.{name} including all);"
                f"insert into racing_test.{name} select * from racing.{name}"
            )
        connection.execute("create view racing_test.ra_metadata_tracking as select 1 as id")

    equal = season_copy.run("studbook", "diff", "racing", "racing_test")
    with season_copy.connect() as connection:
        # A macro that scales a figure does this.
        moved = connection.execute(
            "update racing_test.ra_mst_sires set ae_fair = ae_fair + 0.001"
            " where ae_fair is not null and total_runners > 20"
        ).rowcount
    differ = season_copy.run(
        *("studbook", "diff", "racing", "racing_test", "--tables", "ra_mst_sires,ra_mst_dams"),
        check=False,
    )

    assert equal.stdout.splitlines() == [
        f"{len(copied)} of {len(copied)} tables are equal in racing and racing_test.",
        "Not compared, as each build has its own: ra_metadata_tracking.",
    ]
    assert differ.returncode == 1
    assert moved > 1
    table, column, last = differ.stdout.splitlines()
    assert table.startswith("ra_mst_sires: ")
    assert column.startswith(f"  ae_fair: {moved} rows differ, such as id sir_")
    assert last == "1 of 2 tables are equal in racing and racing_test."
    asked = season_copy.run(
        "studbook", "diff", "racing", "racing_test", "--tables", "ra_metadata_tracking", check=False
    )
    assert asked.stdout.startswith("ra_metadata_tracking: ")
