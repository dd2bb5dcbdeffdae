"""`studbook inventory` and `studbook status`: what the YAML lists, what the warehouse holds."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from loaders.inventory import listing
from loaders.inventory.columns import Column, Table, read_tables
from loaders.inventory.population import Population, measure, reader
from loaders.settings import Plan
from tests.integration.conftest import AS_OF, Warehouse

LIST = Path(__file__).resolve().parents[3] / "shared" / "inventory" / "columns.csv"
# How PostgreSQL writes what the YAML and the list abbreviate.
SPELLED_OUT = {"timestamptz": "timestamp with time zone", "time": "time without time zone"}


@pytest.fixture(scope="module")
def manifest(season: Warehouse) -> dict[str, Any]:
    """dbt's own account of the project."""
    return json.loads((season.scratch / "target" / "manifest.json").read_text())


def spelled_out(data_type: str) -> str:
    return SPELLED_OUT.get(data_type, data_type.replace(", ", ","))


def types_in(connection: psycopg.Connection[Any]) -> dict[tuple[str, str], str]:
    """The type of every column of the racing schema, by table and column."""
    rows = connection.execute(
        "select c.relname, a.attname, format_type(a.atttypid, a.atttypmod) from pg_class as c"
        " inner join pg_attribute as a on c.oid = a.attrelid"
        " where c.relnamespace = 'racing'::regnamespace and c.relkind in ('r', 'v')"
        " and a.attnum > 0 and not a.attisdropped"
    ).fetchall()
    return {(table, column): data_type for table, column, data_type in rows}


def sections(status: str) -> dict[str, list[str]]:
    """The cells of each line that `studbook status` prints, by the line's first cell."""
    return {
        cells[0]: cells[1:]
        for cells in (re.split(r"\s{2,}", line.strip()) for line in status.splitlines()[1:])
    }


def test_every_column_of_the_list_to_migrate_from_is_there_with_its_type(
    built_season: psycopg.Connection[Any],
) -> None:
    if not LIST.is_file():
        pytest.skip("the list of columns in ../shared is not here")
    with LIST.open() as file:
        wanted = {(row["table"], row["column"]): row["type"] for row in csv.DictReader(file)}
    built = types_in(built_season)
    without_precision = {
        key: re.sub(r"^numeric\(.*\)$", "numeric", data_type) for key, data_type in built.items()
    }

    assert len({table for table, _ in wanted}) == 25
    assert len(wanted) == 637
    assert {
        key: (data_type, without_precision.get(key))
        for key, data_type in wanted.items()
        if without_precision.get(key) != spelled_out(data_type)
    } == {}


def test_tables_stand_in_the_categories_of_the_list_to_migrate_from() -> None:
    if not LIST.is_file():
        pytest.skip("the list of columns in ../shared is not here")
    with LIST.open() as file:
        wanted = {(row["table"], row["category"]) for row in csv.DictReader(file)}

    assert wanted <= {(table.name, table.category) for table in read_tables()}


def test_the_warehouse_holds_what_the_yaml_lists_and_nothing_else(
    built_season: psycopg.Connection[Any],
) -> None:
    listed = {
        (table.name, column.name): spelled_out(column.type or "")
        for table in read_tables()
        for column in table.columns
    }

    assert types_in(built_season) == listed


def test_the_list_is_what_dbt_reads_from_the_same_yaml(manifest: dict[str, Any]) -> None:
    def described(column: dict[str, Any]) -> Column:
        meta = column["config"]["meta"]
        return Column(
            column["name"],
            column["data_type"],
            " ".join(column["description"].split()),
            *(
                meta.get(key)
                for key in (
                    *("source", "min_population", "population_where"),
                    *("expected_population", "sent_before", "sent_since", "plan", "known"),
                )
            ),
        )

    models = {
        node["name"]: Table(
            node["name"],
            node["fqn"][2],
            tuple(described(column) for column in node["columns"].values()),
            *(node["config"]["meta"].get(key) for key in ("race_id", "race_date", "row_plan")),
            " ".join(node["description"].split()),
        )
        for node in manifest["nodes"].values()
        if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    }

    assert {table.name: table for table in read_tables()} == models


def test_what_is_asked_of_a_column_is_asked_by_postgres_or_by_the_test_of_its_table(
    manifest: dict[str, Any],
) -> None:
    tests = [node for node in manifest["nodes"].values() if node["resource_type"] == "test"]
    tested = {
        (node["attached_node"], node["test_metadata"]["name"])
        for node in tests
        if node.get("test_metadata")
    }
    asked = set()
    for key, node in manifest["nodes"].items():
        if node["resource_type"] == "model" and node["fqn"][1] == "marts":
            for column in node["columns"].values():
                meta = column["config"]["meta"]
                if not column["constraints"]:
                    asked.add((key, "population" if "min_population" in meta else "expected"))
                else:
                    # Whether a feed is whole is no matter of constraints.
                    assert (meta.get("min_population"), meta.get("population_where")) == (1, None)

    assert {key for key, kind in asked if kind == "population"} == {
        key for key, test in tested if test == "population"
    }
    assert {key for key, kind in asked if kind == "expected"} <= {
        key for key, test in tested if test == "expected_population"
    }


def test_postgres_has_what_the_yaml_says_of_each_table_and_column(
    built_season: psycopg.Connection[Any],
) -> None:
    told = built_season.execute(
        "select c.relname, null, obj_description(c.oid) from pg_class as c"
        " where c.relnamespace = 'racing'::regnamespace and c.relkind in ('r', 'v')"
        " union all"
        " select c.relname, a.attname, col_description(c.oid, a.attnum) from pg_class as c"
        " inner join pg_attribute as a on c.oid = a.attrelid"
        " where c.relnamespace = 'racing'::regnamespace and c.relkind in ('r', 'v')"
        " and a.attnum > 0 and not a.attisdropped"
    ).fetchall()

    assert {(table, column) for table, column, said in told if not said} == set()
    assert {(table, column): " ".join(said.split()) for table, column, said in told if column} == {
        (table.name, column.name): column.description
        for table in read_tables()
        for column in table.columns
    }


def test_a_table_descends_from_what_its_columns_name_as_their_source(
    manifest: dict[str, Any],
) -> None:
    def sources(node: str) -> set[str]:
        if node.startswith("source."):
            return {node.rpartition(".")[2]}
        return set().union(*map(sources, manifest["parent_map"].get(node, [])))

    for table in read_tables():
        assert table.resources, table.name
        assert table.resources <= sources(f"model.studbook.{table.name}"), table.name


def test_every_column_is_listed_with_what_it_holds(
    season: Warehouse, built_season: psycopg.Connection[Any]
) -> None:
    records = json.loads(season.run("studbook", "inventory", "--format", "json").stdout)
    found = {(record["table"], record["column"]): record for record in records}

    assert found.keys() == types_in(built_season).keys()
    [(rows, eligible, filled)] = built_season.execute(
        "select count(*), count(*) filter (where total_runners > 0),"
        " count(overall_win_percent) filter (where total_runners > 0) from racing.ra_mst_sires"
    ).fetchall()
    assert rows > eligible > 0
    assert found["ra_mst_sires", "overall_win_percent"] == {
        "table": "ra_mst_sires",
        "column": "overall_win_percent",
        "type": "numeric(5, 2)",
        "source": "computed: int_performance, wins / runs",
        "description": (
            "Share of the progeny's runs that won, in percent (0 to 100); null without runs."
        ),
        "rows": rows,
        "eligible": eligible,
        "populated": filled / eligible,
        "min_population": 1,
        "expected_population": None,
        "population_where": "total_runners > 0",
        "sent_before": None,
        "sent_since": None,
        "plan": None,
        "known": None,
    }
    assert found["ra_features", "target_won"]["known"] == "after"
    nowhere = found["ra_runners", "claiming_price_min"]
    assert (nowhere["populated"], nowhere["expected_population"]) == (0, 0)
    assert (nowhere["min_population"], found["ra_runners", "rpr"]["sent_before"]) == (
        None,
        "2026-06-01",
    )
    assert "not in this feed" in nowhere["source"]


def test_csv_and_table_list_the_same_as_json(season: Warehouse) -> None:
    records = json.loads(season.run("studbook", "inventory", "--format", "json").stdout)
    comma = csv.DictReader(
        io.StringIO(season.run("studbook", "inventory", "--format", "csv").stdout)
    )
    header, *lines = season.run("studbook", "inventory").stdout.splitlines()

    assert list(comma) == [
        {key: "" if value is None else str(value) for key, value in record.items()}
        for record in records
    ]
    assert header.split()[:6] == ["table", "column", "type", "rows", "populated", "minimum"]
    assert header.split()[6] == "expected"
    assert [line.split()[:2] for line in lines] == [
        [record["table"], record["column"]] for record in records
    ]
    assert all(
        line.endswith(record["description"]) for line, record in zip(lines, records, strict=True)
    )


def test_a_full_warehouse_has_no_failing_column(season: Warehouse) -> None:
    for form, nothing in (
        ("table", "No column is below its minimum."),
        ("json", "[]"),
        (
            "csv",
            "table,column,type,source,description,rows,eligible,populated,min_population,"
            "expected_population,population_where,sent_before,sent_since,plan,known",
        ),
    ):
        done = season.run("studbook", "inventory", "--failing", "--format", form)
        assert (done.stdout.strip(), done.stderr) == (nothing, "")


def test_failing_columns_come_worst_first_and_are_those_that_dbt_fails(
    season_copy: Warehouse,
) -> None:
    with season_copy.connect() as connection:
        connection.execute("update racing.ra_mst_trainers set win_rate = null")
        connection.execute("update racing.ra_races set race_name = null where date < '2026-01-01'")
        connection.execute(
            "update racing.ra_mst_horses set name = null"
            " where id = (select min(id) from racing.ra_mst_horses)"
        )
        # What the feed does not send fails nothing.
        connection.execute("update racing.ra_mst_trainers set name = null")

    listed = json.loads(
        season_copy.run("studbook", "inventory", "--failing", "--format", "json").stdout
    )
    short = json.loads(
        season_copy.run("studbook", "inventory", "--short", "--format", "json").stdout
    )
    test = season_copy.dbt("test", "-s", "test_name:population", check=False)
    warned = replace(season_copy, settings=AS_OF).dbt(
        "test", "-s", "ra_mst_trainers,test_name:expected_population", check=False
    )

    assert [(record["table"], record["column"]) for record in listed] == [
        ("ra_mst_trainers", "win_rate"),
        ("ra_races", "race_name"),
        ("ra_mst_horses", "name"),
    ]
    assert [(record["table"], record["column"]) for record in short] == [
        ("ra_mst_trainers", "name")
    ]
    assert warned.returncode == 0
    assert re.findall(r"(ra_mst_trainers\.\w+) is filled in 0 of", warned.stdout) == [
        "ra_mst_trainers.name"
    ]
    assert listed[0]["populated"] == 0
    assert test.returncode == 1
    assert set(re.findall(r"(ra_\w+\.\w+) is filled in", test.stdout)) == {
        f"{record['table']}.{record['column']}" for record in listed
    }
    # Not rounded up to a full column, though only one horse is without a name.
    lines = season_copy.run("studbook", "inventory", "--failing").stdout.splitlines()
    assert re.search(r"\s99\.\d\d %  100\.00 %", lines[3])


@pytest.mark.parametrize(
    ("minimum", "filled", "is_enough"),
    [
        # 100 rows and a share of 0.5: the standard error is 5 rows, so 35 is the least.
        (0.5, 35, True),
        (0.5, 34, False),
        # A share of 1 has no error.
        (1, 100, True),
        (1, 99, False),
        (0, 0, True),
        (None, 0, None),
    ],
)
def test_a_minimum_is_met_within_three_standard_errors(
    database: dict[str, str],
    tmp_path: Path,
    minimum: float | None,
    filled: int,
    is_enough: bool | None,
) -> None:
    columns = (
        Column("figure", "integer", "", "", minimum, "kind = 'it''s so'"),
        Column("never", "integer", "", "", minimum, "kind = '100%'"),
        Column("kind", "text", "", "", 1, None),
    )
    with Warehouse(database, tmp_path).connect() as connection:
        connection.execute("create schema racing")
        connection.execute(
            "create table racing.ra_x as select 'it''s so' as kind, null::integer as never,"
            " case when n <= %s then n end as figure from generate_series(1, 100) as n"
            " union all select 'other', 1, n from generate_series(1, 40) as n",
            [filled],
        )
        measured = measure(connection, [Table("ra_x", "core", columns)])

    assert measured == {
        "ra_x": {
            "figure": Population(140, filled + 40, 100, filled, is_enough),
            "never": Population(140, 40, 0, 0, None if minimum is None else True),
            "kind": Population(140, 140, 140, 140, True),
        }
    }
    assert measured["ra_x"]["never"].share is None


@pytest.mark.parametrize(
    ("days", "missing", "is_enough"),
    [
        # Ten races on ten days and a share of 0.9: the standard error is 0.095, so 0.62 is enough.
        (10, 3, True),
        (10, 4, False),
        # Ten races on two days: it is 0.21, and 0.27 is enough.
        (2, 7, True),
        (2, 8, False),
    ],
)
def test_a_share_is_judged_by_races_and_days(
    database: dict[str, str], tmp_path: Path, days: int, missing: int, is_enough: bool
) -> None:
    columns = (
        Column("figure", "integer", "", "", None, None, 0.9),
        Column("old", "integer", "", "", None, None, 1, sent_before="2026-01-01"),
        Column("new", "integer", "", "", None, None, 1, sent_since="2026-01-01"),
    )
    with Warehouse(database, tmp_path).connect() as connection:
        connection.execute("create schema racing")
        connection.execute(
            # 28 prices of each race, all with a figure or all without.
            "create table racing.ra_x as select 'rac_' || race as race_id,"
            " date '2026-01-01' + race %% %s as day,"
            " case when race >= %s then 1 end as figure,"
            " null::integer as old, 1 as new"
            " from generate_series(0, 9) as race, generate_series(1, 28)",
            [days, missing],
        )
        table = Table("ra_x", "odds", columns, "race_id", "day")
        measured = measure(connection, [table])

    filled = 28 * (10 - missing)
    assert measured["ra_x"] == {
        "figure": Population(280, filled, 280, filled, is_enough),
        # It was sent before these races, which is no reason to miss it.
        "old": Population(280, 0, 0, 0, True),
        "new": Population(280, 280, 280, 280, True),
    }


def test_a_column_is_asked_for_only_where_the_plan_includes_it(
    database: dict[str, str], tmp_path: Path
) -> None:
    def asked(name: str, plan: str) -> Column:
        return Column(name, "integer", "", "", 1, None, plan=plan)

    figures = (asked("price", "basic"), asked("odds", "standard"), asked("profile", "pro"))
    plan = Column("plan", "text", "", "", 1, None)
    with Warehouse(database, tmp_path).connect() as connection:
        connection.execute("create schema racing")
        connection.execute(
            "create table racing.ra_races as select * from (values"
            " ('free', null, null, null), ('basic', 1, null, null), ('basic', 2, null, null),"
            " ('standard', 3, null, null)"
            ") as races (plan, price, odds, profile)"
        )
        connection.execute(
            "create table racing.ra_of_many as"
            " select null::int as price, 1 as odds, null as profile"
        )
        rows = Table("ra_races", "core", (*figures, plan), row_plan="plan")
        sums = Table("ra_of_many", "core", figures)
        measured = measure(connection, [rows, sums])
        connection.execute("delete from racing.ra_races where plan = 'free'")
        later = measure(connection, [rows, sums])

    assert measured["ra_races"] == {
        "price": Population(4, 3, 3, 3, True),
        "odds": Population(4, 0, 1, 0, False),
        # Nothing so far was of a plan that has it.
        "profile": Population(4, 0, 0, 0, True, Plan.PRO),
        "plan": Population(4, 4, 4, 4, True),
    }
    # A row that sums up many races is asked for what all of them were seen with.
    assert measured["ra_of_many"]["price"] == Population(1, 0, 0, 0, True)
    assert later["ra_of_many"] == {
        "price": Population(1, 0, 1, 0, False),
        "odds": Population(1, 1, 0, 0, True),
        "profile": Population(1, 0, 0, 0, True, Plan.PRO),
    }
    assert listing.needs_line(later) == (
        "Of the columns above, 2 need the pro plan: `studbook inventory` says which."
    )


def test_status_counts_rows_columns_and_loads(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:
        connection.execute("update racing.ra_mst_trainers set name = null, win_rate = null")
        (rows,) = connection.execute("select count(*) from racing.ra_runners").fetchone()  # type: ignore[misc]
        last: dict[str, datetime] = dict(
            connection.execute(
                "select resource, max(finished_at) from raw.load_days group by resource"
            ).fetchall()
        )
        connection.execute(
            "update raw.load_days set finished_at = now() - interval '3 days 1 hour'"
            " where resource = 'regions'"
        )
    columns = {table.name: len(table.columns) for table in read_tables()}

    done = season_copy.run("studbook", "status")
    # Below the table stands what has dried up.
    found = sections(done.stdout.split("\n\n")[0])

    assert done.stderr == ""
    assert list(found) == [
        name
        for category in ("core", "pedigree", "supplementary", "odds", "features", "system")
        for name in (category, *(t.name for t in read_tables() if t.category == category))
    ]
    # Four columns of ra_runners are not in the feed.
    figures = found["ra_runners"]
    assert figures[0] == f"{rows:,}"
    assert figures[1] == f"{columns['ra_runners'] - 4} of {columns['ra_runners']}"
    assert figures[2:4] == ["0", "0"]
    newest = max(last["racecards"], last["results"], last["horses"]).astimezone()
    assert figures[4] == f"{newest:%Y-%m-%d %H:%M}"
    assert re.fullmatch(r"\d+ minutes", figures[5])
    trainers = columns["ra_mst_trainers"]
    assert found["ra_mst_trainers"][1:4] == [f"{trainers - 2} of {trainers}", "1", "1"]
    assert found["core"][2:4] == ["1", "1"]
    assert found["ra_mst_regions"][5] == "3 days"


def test_tables_that_are_not_built_are_shown_as_such(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:
        connection.execute("drop table racing.ra_odds_live_latest")
        connection.execute("alter table racing.ra_mst_sires drop column ae_fair")

    done = season_copy.run("studbook", "inventory", "--format", "json")
    status = season_copy.run("studbook", "status")

    missing = {"ra_odds_live_latest", "ra_mst_sires"}
    for record in json.loads(done.stdout):
        assert (record["rows"] is None) == (record["table"] in missing)
    for said in (done.stderr, status.stderr):
        assert "`dbt build -s +ra_mst_sires +ra_odds_live_latest`" in said
    found = sections(status.stdout)
    assert found["ra_mst_sires"][:2] == ["not built", f"0 of {len(_columns('ra_mst_sires'))}"]
    assert found["ra_mst_dams"][0] != "not built"


def test_an_empty_database_has_every_column_not_built(warehouse: Warehouse) -> None:
    inventory = warehouse.run("studbook", "inventory")
    status = warehouse.run("studbook", "status")

    assert inventory.stdout.count("not built") == sum(len(t.columns) for t in read_tables())
    assert {line.split()[-1] for line in status.stdout.splitlines()[1:]} == {"never"}


def test_a_reader_who_may_write_nothing_sees_everything(season_copy: Warehouse) -> None:
    before = season_copy.fingerprints("racing") | season_copy.fingerprints("raw")
    expected = season_copy.run("studbook", "inventory").stdout
    name = season_copy.environment["PGDATABASE"]
    with season_copy.connect() as connection:
        connection.execute(sql.SQL("create role {} login").format(sql.Identifier(name)))
        grants = sql.SQL(
            "grant usage on schema racing to {0};"
            " grant select on all tables in schema racing to {0}"
        )
        connection.execute(grants.format(sql.Identifier(name)))
    reader = Warehouse({**season_copy.environment, "PGUSER": name}, season_copy.scratch)

    try:
        refused = reader.run("studbook", "status", check=False)
        assert refused.returncode == 1
        assert refused.stderr == (
            f"Error: User {name} may not read raw.load_days: grant it usage on schema raw and "
            "select on its tables.\n"
        )
        assert reader.run("studbook", "inventory").stdout == expected
    finally:
        with season_copy.connect() as connection:
            for statement in ("drop owned by {}", "drop role {}"):
                connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
    assert season_copy.fingerprints("racing") | season_copy.fingerprints("raw") == before


def test_postgres_refuses_to_write_for_the_inventory(
    season: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in season.environment.items():
        monkeypatch.setenv(key, value)

    with reader() as connection, pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("delete from racing.ra_odds_live")


def test_a_sample_of_a_large_table_tells_about_the_same(
    season: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key, value in season.environment.items():
        monkeypatch.setenv(key, value)
    tables = [each for each in read_tables() if each.name in ("ra_runners", "ra_mst_regions")]

    with reader() as connection:
        whole = measure(connection, tables)
        sampled = measure(connection, tables, most=500_000)

    assert sampled["ra_mst_regions"] == whole["ra_mst_regions"]
    for name, all_of_them in whole["ra_runners"].items():
        some = sampled["ra_runners"][name]
        assert some.is_sampled
        assert 500 < some.rows < all_of_them.rows / 4
        # Within four standard errors, if the eight or so runners of a race are one thing.
        if all_of_them.share is not None and some.share is not None:
            spread = all_of_them.share * (1 - all_of_them.share) / max(some.eligible / 8, 1)
            assert abs(some.share - all_of_them.share) <= 4 * spread**0.5 + 0.001, name


def _columns(name: str) -> tuple[Column, ...]:
    return next(table.columns for table in read_tables() if table.name == name)
