"""The database's side of a comparison: the raw rows that went in, the table that came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from tests.oracle.racing import Feed, Landed

Table = Mapping[str, Mapping[str, Any]]


def feed(connection: psycopg.Connection[Any]) -> Feed:
    """All that the raw tables hold, withdrawn rows too."""
    return Feed(
        results=_landed(connection, "results", dated=True),
        racecards=_landed(connection, "racecards", dated=True),
        horses=_landed(connection, "horses", dated=False),
        regions=_landed(connection, "regions", dated=False),
    )


def table(connection: psycopg.Connection[Any], name: str, key: str) -> dict[str, dict[str, Any]]:
    """A table of the racing schema as {key: {column: value}}; the key must be unique."""
    query = sql.SQL("select * from racing.{}").format(sql.Identifier(name))
    with connection.cursor(row_factory=dict_row) as cursor:
        rows = cursor.execute(query).fetchall()
    by_key = {row[key]: row for row in rows}
    if len(by_key) != len(rows):
        raise ValueError(f"{name} has {len(rows)} rows but {len(by_key)} values of {key}")
    return by_key


def differences(expected: Table, found: Table) -> Iterator[str]:
    """One line for each row missing or extra, and for each column or value that differs."""
    for key in sorted(expected.keys() | found.keys()):
        if key not in found:
            yield f"{key}: missing from the table"
        elif key not in expected:
            yield f"{key}: in the table, not in the oracle"
        else:
            yield from _row_differences(key, expected[key], found[key])


def _row_differences(
    key: str, expected: Mapping[str, Any], found: Mapping[str, Any]
) -> Iterator[str]:
    for column in sorted(expected.keys() | found.keys()):
        if column not in found:
            yield f"{key}.{column}: no such column in the table"
        elif column not in expected:
            yield f"{key}.{column}: a column that the oracle does not know"
        elif expected[column] != found[column]:
            yield f"{key}.{column}: expected {expected[column]}, found {found[column]}"


def _landed(connection: psycopg.Connection[Any], name: str, *, dated: bool) -> list[Landed]:
    query = sql.SQL(
        "select payload, first_landed_at, changed_at, {race_date} as race_date, withdrawn_at"
        " from raw.{table}"
    ).format(
        race_date=sql.Identifier("race_date") if dated else sql.SQL("null"),
        table=sql.Identifier(name),
    )
    with connection.cursor(row_factory=class_row(Landed)) as cursor:
        return cursor.execute(query).fetchall()
