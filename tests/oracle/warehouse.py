"""The database's side of a comparison: the raw rows that went in, the table that came out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import psycopg
from psycopg import sql
from psycopg.rows import class_row, dict_row

from tests.oracle.racing import Feed, Landed
from tests.oracle.rows import Row, keyed

Table = Mapping[str, Mapping[str, Any]]


def feed(connection: psycopg.Connection[Any]) -> Feed:
    """All that the raw tables hold, withdrawn rows too."""
    return Feed(
        results=_landed(connection, "results", dated=True),
        racecards=_landed(connection, "racecards", dated=True),
        horses=_landed(connection, "horses", dated=False),
    )


def table(
    connection: psycopg.Connection[Any], name: str, *key: str, without: Sequence[str] = ()
) -> dict[str, Row]:
    """A table of the racing schema, keyed by those columns, less the columns not to be compared."""
    rows = _rows(connection, sql.SQL("select * from racing.{}").format(sql.Identifier(name)))
    return keyed((_less(row, without) for row in rows), *key)


def runner_statistics(connection: psycopg.Connection[Any]) -> dict[str, Row]:
    """ra_runner_statistics by race and horse, with the race of its runner in place of the ids."""
    query = sql.SQL(
        "select statistics.*, runners.race_id from racing.ra_runner_statistics as statistics"
        " left join racing.ra_runners as runners on runners.id = statistics.runner_id"
    )
    rows = _rows(connection, query)
    return keyed((_less(row, ("id", "runner_id")) for row in rows), "race_id", "horse_id")


def of_runners(connection: psycopg.Connection[Any], name: str) -> dict[str, Row]:
    """A table of runners by race and horse, without the id of the runner."""
    return table(connection, name, "race_id", "horse_id", without=["runner_id"])


def differences(expected: Table, found: Table) -> Iterator[str]:
    """One line for each row missing or extra, and for each column or value that differs."""
    for key in sorted(expected.keys() | found.keys()):
        if key not in found:
            yield f"{key}: missing from the table"
        elif key not in expected:
            yield f"{key}: in the table, not in the oracle"
        elif expected[key] != found[key]:
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


def _rows(connection: psycopg.Connection[Any], query: sql.Composable) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()


def _less(row: Row, columns: Sequence[str]) -> Row:
    return {column: value for column, value in row.items() if column not in columns}


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
