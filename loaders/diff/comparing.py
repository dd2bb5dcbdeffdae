"""Two tables compared by PostgreSQL, in one pass over both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql

from loaders.diff.pairs import Pair, TableColumn, explained
from loaders.postgres.statements import statement

# What the query of by_key.sql tells before the figures of the columns.
_OF_ROWS = 7
_BEFORE, _AFTER = sql.SQL("before"), sql.SQL("after")


@dataclass(frozen=True)
class Example:
    """A row that differs in a column: its key and the two values, as PostgreSQL writes them."""

    key: tuple[str, ...]
    before: str | None
    after: str | None


@dataclass(frozen=True)
class ColumnDifference:
    """A column with another type, another value in so many of the rows that both have, or both."""

    name: str
    types: tuple[str, str]
    rows: int
    examples: tuple[Example, ...]


@dataclass(frozen=True)
class RowsOnly:
    """Rows that only one table has.

    `examples` are their keys; of a table without a key they are whole rows, as JSON.
    """

    rows: int
    examples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class TableDifference:
    """What differs between a table before and after.

    `columns` are those of both that differ; `columns_only_*` those that one has. Without a `key`
    rows are the same where all values are, and no column is told apart.
    """

    name: str
    key: tuple[str, ...] | None
    rows_before: int
    rows_after: int
    only_before: RowsOnly
    only_after: RowsOnly
    columns: tuple[ColumnDifference, ...]
    columns_only_before: tuple[str, ...]
    columns_only_after: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether nothing differs."""
        return not (
            self.only_before.rows
            or self.only_after.rows
            or self.columns
            or self.columns_only_before
            or self.columns_only_after
        )


def compare(connection: psycopg.Connection[Any], pair: Pair) -> TableDifference:
    """What differs between the two tables of a pair.

    Raises DiffError when one cannot be read.
    """
    told = f"{pair.name} of {pair.before.schema} and {pair.after.schema}"
    with explained(connection, told):
        return (pair.key and _by_key(connection, pair)) or _without_key(connection, pair)


def _by_key(connection: psycopg.Connection[Any], pair: Pair) -> TableDifference | None:
    """None where a row has no whole key, as an index that is not the primary one allows."""
    assert pair.key
    columns = {before.name: (before, after) for before, after in pair.columns}
    key = [columns.pop(name) for name in pair.key]
    values = {name: _values(*both) for name, both in columns.items()}
    key_before, key_after = (
        _texts([_qualified(side, column) for column in columns_of_key])
        for side, columns_of_key in zip((_BEFORE, _AFTER), zip(*key, strict=True), strict=True)
    )
    figures = [
        figure
        for before, after in values.values()
        for figure in _figures(key_before, before, after)
    ]
    query = statement(
        __package__,
        "by_key",
        before=_name(pair.before.schema, pair.name),
        after=_name(pair.after.schema, pair.name),
        key_before=key_before,
        key_after=key_after,
        key_is_missing=sql.SQL(" or ").join(
            sql.SQL("({side}.is_there and {column} is null)").format(
                side=side, column=_qualified(side, column)
            )
            for both in key
            for side, column in zip((_BEFORE, _AFTER), both, strict=True)
        ),
        same_key=sql.SQL(" and ").join(sql.SQL("{} = {}").format(*_values(*both)) for both in key),
        figures=sql.SQL(", ").join(figures or [sql.SQL("null")]),
    )
    row = connection.execute(query).fetchone()
    assert row
    rows_before, rows_after, only_before, only_after, gone, come, without_key = row[:_OF_ROWS]
    if without_key:
        return None
    counted = dict(zip(values, zip(*[iter(row[_OF_ROWS:])] * 3, strict=False), strict=False))
    width = len(pair.key)
    return _difference(
        pair,
        pair.key,
        (rows_before, rows_after),
        (RowsOnly(only_before, _distinct(gone)), RowsOnly(only_after, _distinct(come))),
        {
            name: (rows, tuple(Example(e[:width], *e[width:]) for e in _distinct([first, last])))
            for name, (rows, first, last) in counted.items()
        },
    )


def _without_key(connection: psycopg.Connection[Any], pair: Pair) -> TableDifference:
    written = [_values(before, after, qualified=False) for before, after in pair.columns]
    names = [sql.Identifier(column.name) for column, _ in pair.columns]
    columns_before, columns_after = (
        sql.SQL(", ").join(
            [
                sql.SQL("{} as {}").format(both[side], name)
                for both, name in zip(written, names, strict=True)
            ]
            or [sql.SQL("{} as is_there").format(True)]
        )
        for side in (0, 1)
    )
    query = statement(
        __package__,
        "without_key",
        before=_name(pair.before.schema, pair.name),
        after=_name(pair.after.schema, pair.name),
        columns_before=columns_before,
        columns_after=columns_after,
    )
    row = connection.execute(query).fetchone()
    assert row
    rows_before, rows_after, only_before, only_after, gone, come = row
    only = (
        RowsOnly(only_before, tuple((text,) for text in gone)),
        RowsOnly(only_after, tuple((text,) for text in come)),
    )
    return _difference(pair, None, (rows_before, rows_after), only, {})


def _difference(
    pair: Pair,
    key: tuple[str, ...] | None,
    rows: tuple[int, int],
    only: tuple[RowsOnly, RowsOnly],
    counted: dict[str, tuple[int, tuple[Example, ...]]],
) -> TableDifference:
    columns = (
        ColumnDifference(before.name, (before.type, after.type), *counted.get(before.name, (0, ())))
        for before, after in pair.columns
    )
    return TableDifference(
        pair.name,
        key,
        *rows,
        *only,
        tuple(column for column in columns if column.rows or column.types[0] != column.types[1]),
        pair.only_before,
        pair.only_after,
    )


def _figures(
    key: sql.Composable, before: sql.Composable, after: sql.Composable
) -> list[sql.Composable]:
    """How many rows of both differ, and the first and the last of them: key, before, after."""
    differs = sql.SQL(
        "filter (where before.is_there and after.is_there and {} is distinct from {})"
    ).format(before, after)
    example = sql.SQL("{} || {}").format(key, _texts([before, after]))
    return [
        sql.SQL("{} {}").format(figure, differs)
        for figure in (
            sql.SQL("count(*)"),
            sql.SQL("min({})").format(example),
            sql.SQL("max({})").format(example),
        )
    ]


def _values(
    before: TableColumn, after: TableColumn, *, qualified: bool = True
) -> tuple[sql.Composable, sql.Composable]:
    """A column of both tables, written so that PostgreSQL can compare them: as text where their
    kinds differ, or where it cannot tell of a kind whether two are equal."""
    is_text = before.is_compared_as_text or before.kind != after.kind
    collates = is_text or before.collation != after.collation

    def written(side: sql.SQL, column: TableColumn) -> sql.Composable:
        value = _qualified(side, column) if qualified else sql.Identifier(column.name)
        if is_text:
            value = sql.SQL("{}::text").format(value)
        return sql.SQL('{} collate "C"').format(value) if collates else value

    return written(_BEFORE, before), written(_AFTER, after)


def _qualified(side: sql.SQL, column: TableColumn) -> sql.Composable:
    return sql.SQL("{}.{}").format(side, sql.Identifier(column.name))


def _texts(values: list[sql.Composable]) -> sql.Composable:
    texts = sql.SQL(", ").join(sql.SQL('{}::text collate "C"').format(value) for value in values)
    return sql.SQL("array[{}]").format(texts)


def _name(schema: str, table: str) -> sql.Identifier:
    return sql.Identifier(schema, table)


def _distinct(examples: list[list[str] | None]) -> tuple[tuple[str, ...], ...]:
    return tuple(dict.fromkeys(tuple(example) for example in examples if example))
