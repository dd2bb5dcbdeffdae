"""What has been told of: raw.alerts, one row for each thing that was wrong."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from loaders.alerts.trouble import Kind, Trouble
from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement


def going_on(connection: psycopg.Connection) -> list[Trouble]:
    """What was told of and has not been told to have ended, in a database of any age."""
    if not is_there(connection, "raw.alerts"):
        return []
    rows = connection.execute(statement(__package__, "going_on")).fetchall()
    return [Trouble(Kind(kind), *rest) for kind, *rest in rows]


def remember(
    connection: psycopg.Connection, begun: Iterable[Trouble], ended: Iterable[Trouble]
) -> None:
    """Write that these were told of."""
    with connection.cursor() as cursor:
        cursor.executemany(
            statement(__package__, "begin"),
            [
                {
                    "kind": trouble.kind.value,
                    "subject": trouble.subject,
                    "what": trouble.what,
                    "since": trouble.since,
                    "look": trouble.look,
                }
                for trouble in begun
            ],
        )
        cursor.executemany(
            statement(__package__, "end"),
            [{"kind": trouble.kind.value, "subject": trouble.subject} for trouble in ended],
        )
