"""An export: tables of the racing schema into a folder, all as of one moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import parquet

from loaders.errors import StudbookError, printable
from loaders.export import dictionary
from loaders.export.arrow import arrow_schema
from loaders.export.files import written
from loaders.export.reading import batches, copy_statement
from loaders.inventory.columns import Table, read_tables
from loaders.inventory.one_state import one_state
from loaders.inventory.population import SCHEMA, reader
from loaders.postgres.relations import is_there

# A year of runners is one row group, a year of prices some.
_ROW_GROUP = 250_000

Told = Callable[[int], None]


class ExportError(StudbookError):
    """Tables cannot be exported."""


def chosen(names: Sequence[str]) -> list[Table]:
    """The tables of these names, with commas between some of them; without names all tables.

    Raises ExportError for a name that no table has.
    """
    tables = read_tables()
    wanted = [name.strip() for given in names for name in given.split(",")]
    known = {table.name for table in tables}
    for name in wanted:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            raise ExportError(
                f"There is no table {printable(name)!r}"
                + (f"; did you mean {near[0]}?" if near else ": `studbook status` lists them.")
            )
    return [table for table in tables if not wanted or table.name in wanted]


@contextmanager
def snapshot(tables: Sequence[Table]) -> Iterator[psycopg.Connection[Any]]:
    """A connection that sees these tables as of one moment and writes times as of UTC.

    Raises ExportError when one is not built.
    """
    with reader() as connection:
        _refuse_missing(connection, tables)
        with one_state(connection, [table.name for table in tables]):
            connection.execute("set local timezone to 'UTC'")
            yield connection


def count_rows(
    connection: psycopg.Connection[Any], tables: Sequence[Table], since: date | None
) -> dict[str, int]:
    """How many rows of each table there are to export."""
    counted = {}
    for table in tables:
        query = sql.SQL("select count(*) from {} where {}").format(
            _name(table), _since(table, since)
        )
        row = connection.execute(query).fetchone()
        counted[table.name] = int(row[0]) if row else 0
    return counted


def write(
    connection: psycopg.Connection[Any],
    tables: Sequence[Table],
    folder: Path,
    form: str = "parquet",
    since: date | None = None,
    told: Told = lambda rows: None,
) -> None:
    """Write each table into a file of its name, and what their columns mean into dictionary.*.

    `connection` is in a transaction that sees one state of all tables. `told` hears how many rows
    were written. A table of races is written year by year; `since` leaves out its older ones. A
    file that is there is replaced when its successor is whole.

    Raises ExportError when the folder cannot be written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for table in tables:
            with written(folder / f"{table.name}.{form}") as path:
                write_one = _write_parquet if form == "parquet" else _write_csv
                write_one(connection, table, since, path, told)
        for name, text in (
            ("dictionary.json", dictionary.as_json(tables)),
            ("dictionary.md", dictionary.as_markdown(tables)),
        ):
            with written(folder / name) as path:
                path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise ExportError(
            f"{error.filename or folder} cannot be written ({error.strerror}): name another "
            "folder, or make room."
        ) from error


def _refuse_missing(connection: psycopg.Connection[Any], tables: Sequence[Table]) -> None:
    missing = [table.name for table in tables if not is_there(connection, f"{SCHEMA}.{table.name}")]
    if missing:
        raise ExportError(
            f"The database {connection.info.dbname} has no {', '.join(missing)} yet: build with "
            "`dbt build`, or name other tables with --tables."
        )


def _write_parquet(
    connection: psycopg.Connection[Any], table: Table, since: date | None, path: Path, told: Told
) -> None:
    with parquet.ParquetWriter(path, arrow_schema(table), compression="zstd") as writer:
        for rows in _years(connection, table, since):
            waiting: list[pa.RecordBatch] = []
            for batch in batches(connection, copy_statement(_name(table), table, rows), table):
                waiting.append(batch)
                if sum(each.num_rows for each in waiting) >= _ROW_GROUP:
                    writer.write_table(pa.Table.from_batches(waiting))
                    waiting = []
                told(batch.num_rows)
            if waiting:
                writer.write_table(pa.Table.from_batches(waiting))


def _write_csv(
    connection: psycopg.Connection[Any], table: Table, since: date | None, path: Path, told: Told
) -> None:
    copy = copy_statement(_name(table), table, _since(table, since))
    with path.open("wb") as file, connection.cursor() as cursor, cursor.copy(copy) as copied:
        for piece in copied:
            file.write(piece)
    told(max(cursor.rowcount, 0))


def _years(
    connection: psycopg.Connection[Any], table: Table, since: date | None
) -> Iterator[sql.Composable]:
    """Conditions that pick the rows of one year after another; all of a table without races."""
    if table.race_date is None:
        yield sql.SQL("true")
        return
    day = _sql(table.race_date)
    found = connection.execute(
        sql.SQL(
            "select distinct extract(year from {})::integer from {} where {} order by 1"
        ).format(day, _name(table), _since(table, since))
    ).fetchall()
    for (year,) in found:
        if year is None:
            yield sql.SQL("{} is null").format(day)
        else:
            yield sql.SQL("{} >= {} and {} < {} and {}").format(
                day, date(year, 1, 1), day, date(year + 1, 1, 1), _since(table, since)
            )


def _since(table: Table, since: date | None) -> sql.Composable:
    if since is None or table.race_date is None:
        return sql.SQL("true")
    return sql.SQL("{} >= {}").format(_sql(table.race_date), since)


def _name(table: Table) -> sql.Identifier:
    return sql.Identifier(SCHEMA, table.name)


def _sql(expression: str) -> sql.SQL:
    # It is the project's own text.
    return sql.SQL(expression)
