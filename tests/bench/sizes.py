"""How large the warehouse is: rows and bytes of its tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql


@dataclass(frozen=True)
class TableSize:
    """A table with its indexes."""

    table: str
    rows: int
    taken: int


def tables(connection: psycopg.Connection[Any]) -> list[TableSize]:
    """Every table of raw and of what dbt makes."""
    found = connection.execute(
        """
        select pg_namespace.nspname, pg_class.relname, pg_total_relation_size(pg_class.oid)
        from pg_class
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where pg_class.relkind = 'r' and pg_namespace.nspname in ('raw', 'racing_staging', 'racing')
        order by pg_namespace.nspname = 'racing', pg_namespace.nspname, pg_class.relname
        """
    ).fetchall()
    return [
        TableSize(f"{schema}.{table}", _figure(connection, _count(schema, table)), taken)
        for schema, table, taken in found
    ]


def database(connection: psycopg.Connection[Any]) -> int:
    """The bytes of the whole database."""
    return _figure(connection, sql.SQL("select pg_database_size(current_database())"))


def _count(schema: str, table: str) -> sql.Composed:
    return sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))


def _figure(connection: psycopg.Connection[Any], query: sql.SQL | sql.Composed) -> int:
    row = connection.execute(query).fetchone()
    assert row is not None
    return int(row[0])
