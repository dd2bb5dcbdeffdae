"""`studbook export` writes tables that others read with the same types and values."""

from __future__ import annotations

import csv
import json
import subprocess
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas
import psycopg
import pyarrow
import pytest
from pyarrow import parquet

from loaders.inventory.columns import Table, read_tables
from loaders.settings import ROOT
from tests.integration.conftest import Warehouse
from tests.integration.loading import wait_for

TABLES = {table.name: table for table in read_tables()}
SINCE = date(2026, 6, 1)
# Of a table with more rows than this one in sixteen or so is compared, value by value.
MANY = 2000
# What DuckDB calls the types of PostgreSQL.
DUCKDB = {
    "text": "VARCHAR",
    "boolean": "BOOLEAN",
    "integer": "INTEGER",
    "bigint": "BIGINT",
    "date": "DATE",
    "time": "TIME",
    "timestamptz": "TIMESTAMP WITH TIME ZONE",
    "jsonb": "VARCHAR",
    "text[]": "VARCHAR[]",
}


@pytest.fixture(scope="module")
def exported(season: Warehouse, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All tables as Parquet."""
    folder = tmp_path_factory.mktemp("export")
    done = season.run("studbook", "export", str(folder))
    assert f"{folder / 'dictionary.md'} says what the columns mean." in done.stdout
    return folder


def held(connection: psycopg.Connection[Any], name: str, rows: str = "true") -> Counter[Any]:
    """The rows of a table as PostgreSQL has them, times as UTC's."""
    columns = ", ".join(f'"{column.name}"' for column in TABLES[name].columns)
    found = connection.execute(f"select {columns} from racing.{name} where {rows}").fetchall()
    return Counter(tuple(comparable(value) for value in row) for row in found)


def some_rows(table: Table) -> str:
    """A condition that is true of about one row in sixteen, in PostgreSQL and in DuckDB."""
    return f"""md5("{table.columns[0].name}"::text) like '0%'"""


def comparable(value: Any) -> Any:
    """A value that is equal to the same one that was read elsewhere."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if isinstance(value, dict | list):
        return json.dumps(value, sort_keys=True)
    return value


def of_json(table: Table, row: tuple[Any, ...]) -> tuple[Any, ...]:
    """A row that was read elsewhere, its JSON read, too."""
    return tuple(
        comparable(json.loads(value) if column.type == "jsonb" and value is not None else value)
        for column, value in zip(table.columns, row, strict=True)
    )


def in_duckdb(written: str | None) -> str:
    """What DuckDB calls a type of PostgreSQL."""
    text = written or ""
    return DUCKDB.get(text, text.replace("numeric", "DECIMAL").replace(", ", ","))


@pytest.mark.parametrize("name", TABLES)
def test_duckdb_reads_the_rows_of_a_table_with_their_types(
    name: str, exported: Path, built_season: psycopg.Connection[Any]
) -> None:
    table = TABLES[name]
    file = f"'{exported / name}.parquet'"
    read = ", ".join(
        f'"{column.name}"::timestamp' if column.type == "timestamptz" else f'"{column.name}"'
        for column in table.columns
    )
    with duckdb.connect() as reader:
        reader.execute("set timezone = 'UTC'")
        described = reader.execute(f"describe select * from {file}").fetchall()
        [(total,)] = reader.execute(f"select count(*) from {file}").fetchall()
        picked = some_rows(table) if total > MANY else "true"
        rows = reader.execute(f"select {read} from {file} where {picked}").fetchall()

    assert [(column, type_) for column, type_, *_ in described] == [
        (column.name, in_duckdb(column.type)) for column in table.columns
    ]
    assert built_season.execute(f"select count(*) from racing.{name}").fetchone() == (total,)
    assert Counter(of_json(table, row) for row in rows) == held(built_season, name, picked)
    assert len(rows) > MANY / 30 or total <= MANY


@pytest.mark.parametrize("name", ["ra_races", "ra_runners", "ra_metadata_tracking"])
def test_pandas_reads_the_rows_of_a_table(
    name: str, exported: Path, built_season: psycopg.Connection[Any]
) -> None:
    frame = pandas.read_parquet(exported / f"{name}.parquet", dtype_backend="pyarrow")

    rows = pyarrow.Table.from_pandas(frame, preserve_index=False).to_pylist()
    table = TABLES[name]
    assert list(frame.columns) == [column.name for column in table.columns]
    assert Counter(of_json(table, tuple(row.values())) for row in rows) == held(built_season, name)


def test_a_table_of_races_has_its_years_one_after_another(exported: Path) -> None:
    metadata = parquet.ParquetFile(exported / "ra_races.parquet").metadata
    place = [column.name for column in TABLES["ra_races"].columns].index("date")
    days = [
        (statistics.min, statistics.max)
        for group in range(metadata.num_row_groups)
        if (statistics := metadata.row_group(group).column(place).statistics)
    ]

    assert [(first.year, last.year) for first, last in days] == [(2025, 2025), (2026, 2026)]


def test_columns_are_explained_beside_the_tables(exported: Path) -> None:
    told = json.loads((exported / "dictionary.json").read_text())
    text = (exported / "dictionary.md").read_text()

    assert [table["table"] for table in told] == list(TABLES)
    for table in told:
        assert f"\n## {table['table']}\n" in text
        columns = TABLES[table["table"]].columns
        assert [
            (column["name"], column["type"], column["description"], column["source"])
            for column in table["columns"]
        ] == [(c.name, c.type, c.description, c.source) for c in columns]
        assert all(f"\n| `{column.name}` | {column.type} | " in text for column in columns)


def test_chosen_tables_of_some_days_as_csv(
    season: Warehouse, built_season: psycopg.Connection[Any], tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    done = season.run(
        *("studbook", "export", str(folder), "--format", "csv", "--since", f"{SINCE}"),
        *("--tables", "ra_race_results,ra_mst_sires", "--tables", "ra_races"),
    )

    names = ["ra_race_results", "ra_races", "ra_mst_sires"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["dictionary.json", "dictionary.md", *(f"{name}.csv" for name in names)]
    )
    for name, day in (("ra_races", "date"), ("ra_race_results", "race_date")):
        with (folder / f"{name}.csv").open(newline="") as file:
            ids = Counter(row["id"] for row in csv.DictReader(file))
        wanted = built_season.execute(
            f"select id::text from racing.{name} where {day} >= '{SINCE}'"
        ).fetchall()
        assert ids == Counter(each for (each,) in wanted)
        assert f"{name}.csv: {len(wanted):,} rows" in done.stdout
    with (folder / "ra_mst_sires.csv").open(newline="") as file:
        wins = [int(row["total_wins"]) for row in csv.DictReader(file)]
    assert (len(wins), sum(wins)) == built_season.execute(
        "select count(*), sum(total_wins) from racing.ra_mst_sires"
    ).fetchone()


def test_a_table_that_a_build_replaces_meanwhile_is_exported_whole(
    season_copy: Warehouse, tmp_path: Path
) -> None:
    command = ("studbook", "export", str(tmp_path), "--tables", "ra_mst_regions")
    with season_copy.connect() as connection, season_copy.connect() as looking:
        rows = len(connection.execute("select code from racing.ra_mst_regions").fetchall())
        with connection.transaction():
            connection.execute("create table racing.made as select * from racing.ra_mst_regions")
            connection.execute("drop table racing.ra_mst_regions")
            connection.execute("alter table racing.made rename to ra_mst_regions")
            process = subprocess.Popen(
                command, cwd=ROOT, env=season_copy.variables(), stdout=subprocess.PIPE, text=True
            )
            waiting = "select from pg_locks where not granted"
            wait_for(lambda: looking.execute(waiting).rowcount > 0)
    told, _ = process.communicate()

    assert process.returncode == 0
    assert f"ra_mst_regions.parquet: {rows} rows" in told
    assert parquet.ParquetFile(tmp_path / "ra_mst_regions.parquet").metadata.num_rows == rows > 10


def test_what_cannot_be_exported_is_said(
    season: Warehouse, warehouse: Warehouse, tmp_path: Path
) -> None:
    place, folder = tmp_path / "a file", tmp_path / "export"
    place.write_text("")
    for refused, arguments, told in (
        (season, (f"{folder}", "--tables", "ra_runer"), "did you mean ra_runners?"),
        (season, (f"{folder}", "--tables", "xyz"), "`studbook status` lists them."),
        (season, (f"{place / 'in'}", "--tables", "ra_races"), "cannot be written (Not a"),
        (warehouse, (f"{folder}", "--tables", "ra_races"), "has no ra_races yet: build with"),
    ):
        done = refused.run("studbook", "export", *arguments, check=False)
        assert done.returncode == 1
        assert told in done.stderr, done.stderr
        assert not folder.exists()
