"""What a full refresh makes of the same raw, and where a database differs from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import psycopg
from psycopg import sql

from tests.integration.conftest import Warehouse, digest

_COPY = "refreshed"
# So many tables, those that are made first, are told of with so many rows.
_SHOWN_TABLES, _SHOWN = 8, 3

Row = tuple[Any, ...]


@contextmanager
def copied(warehouse: Warehouse) -> Iterator[Warehouse]:
    """A copy of a warehouse's database, which nobody may be using."""
    name = warehouse.environment["PGDATABASE"]
    drop = sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(_COPY))
    copy = sql.SQL("create database {} template {} strategy file_copy").format(
        sql.Identifier(_COPY), sql.Identifier(name)
    )
    with replace(
        warehouse, environment={**warehouse.environment, "PGDATABASE": "postgres"}
    ).connect() as server:
        server.execute(drop)
        server.execute(copy)
        try:
            yield replace(warehouse, environment={**warehouse.environment, "PGDATABASE": _COPY})
        finally:
            server.execute(drop)


def differences(warehouse: Warehouse, tables: Iterable[str]) -> list[str]:
    """Each table that differs from what a full refresh makes of a copy of its database, with some
    of its rows on both sides; the database itself stays as it is."""
    with copied(warehouse) as refreshed:
        refreshed.dbt("--quiet", "--no-use-colors", "run", "--full-refresh")
        with warehouse.connect() as ours, refreshed.connect() as theirs:
            found = [_difference(table, ours, theirs) for table in tables]
    unlike = [told for told in found if told]
    return unlike[:_SHOWN_TABLES] + [told.partition("\n")[0] for told in unlike[_SHOWN_TABLES:]]


def _difference(
    table: str, ours: psycopg.Connection[Any], theirs: psycopg.Connection[Any]
) -> str | None:
    columns, wanted_columns = _columns(ours, table), _columns(theirs, table)
    if columns != wanted_columns:
        return f"{table} has the columns {columns}, a full refresh makes {wanted_columns}"
    schema, _, name = table.partition(".")
    if digest(ours, schema, name, columns) == digest(theirs, schema, name, columns):
        return None
    rows, wanted_rows = _rows(ours, table, columns), _rows(theirs, table, columns)
    extra, missing = rows - wanted_rows, wanted_rows - rows
    told = [
        f"{table}: {rows.total()} rows, {extra.total()} of them unlike any of a full refresh, "
        f"which makes {wanted_rows.total()} rows, {missing.total()} of them not here"
    ]
    left = list(missing.elements())
    for row in list(extra.elements())[:_SHOWN]:
        nearest = max(left, key=lambda other: _agreement(row, other), default=None)
        if nearest is None or _agreement(row, nearest) < len(columns) / 2:
            told.append(f"  only here: {_named(columns, row)}")
        else:
            left.remove(nearest)
            told.append(f"  {_compared(columns, row, nearest)}")
    if missing.total() > extra.total():
        told += [f"  only refreshed: {_named(columns, row)}" for row in left[:_SHOWN]]
    return "\n".join(told)


def _columns(connection: psycopg.Connection[Any], table: str) -> list[str]:
    """The columns of a table, sorted."""
    found = connection.execute(
        "select attname from pg_attribute"
        " where attrelid = %s::regclass and attnum > 0 and not attisdropped order by attname",
        [table],
    )
    return [name for (name,) in found]


def _rows(connection: psycopg.Connection[Any], table: str, columns: Sequence[str]) -> Counter[Row]:
    """How often a table has each row, all values as text."""
    values = sql.SQL(", ").join(sql.SQL("{}::text").format(sql.Identifier(c)) for c in columns)
    found = connection.execute(sql.SQL("select {} from " + table).format(values))
    return Counter(found.fetchall())


def _agreement(row: Row, other: Row) -> int:
    return sum(value == its for value, its in zip(row, other, strict=True))


def _named(columns: list[str], row: Row) -> str:
    return ", ".join(f"{c}={v}" for c, v in zip(columns, row, strict=True) if v is not None)[:500]


def _compared(columns: list[str], row: Row, refreshed: Row) -> str:
    """What two rows share of their keys, and the columns in which they differ."""
    both = [*zip(columns, row, refreshed, strict=True)]
    keys = [
        f"{column}={value}"
        for column, value, its in both
        if value == its and value is not None and column.endswith(("id", "type", "date", "code"))
    ]
    unlike = [f"{column} {value}, refreshed {its}" for column, value, its in both if value != its]
    return f"{', '.join(keys)[:300]}: {'; '.join(unlike)[:700]}"
