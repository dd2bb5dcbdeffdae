"""Tables of which many rows have changed are vacuumed and analyzed."""

from __future__ import annotations

import psycopg
from psycopg import sql

from loaders.daily.outcome import Ended, Outcome
from loaders.postgres.statements import statement
from loaders.raw.origin import SCHEMAS


def vacuum(connection: psycopg.Connection) -> Ended:
    """Vacuum and analyze the tables that are due; `connection` commits each statement.

    PostgreSQL itself passes over those of others.
    """
    due = connection.execute(
        statement(__package__, "due_for_vacuum"), {"schemas": list(SCHEMAS)}
    ).fetchall()
    for schema, table in due:
        connection.execute(sql.SQL("vacuum (analyze) {}").format(sql.Identifier(schema, table)))
    number = f"{len(due)} tables were" if len(due) > 1 else "1 table was" if due else "no table was"
    return Ended(Outcome.SUCCESS, f"{number} due")
