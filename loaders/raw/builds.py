"""The builds of dbt, which stand in a table beside what they make."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic

import psycopg
from psycopg import sql

from loaders.postgres.statements import statement


def running_build(
    connection: psycopg.Connection, schemas: Sequence[str]
) -> Callable[[], tuple[str, str | None] | None]:
    """Says of which build in some schemas it is to be waited for, each time it is called."""
    seen: dict[str, float] = {}

    def look() -> tuple[str, str | None] | None:
        now = monotonic()
        for schema in schemas:
            view = connection.execute(
                "select to_regclass(format('%%I.running_builds', %s::text))", [schema]
            ).fetchone()
            if view is None or view[0] is None:
                continue
            running = connection.execute(
                statement(__package__, "running_builds", staging=sql.Identifier(schema))
            )
            for invocation_id, since, is_seen, killed_after in running:
                if is_seen or invocation_id not in seen:
                    seen[invocation_id] = now
                if now - seen[invocation_id] < killed_after:
                    return "A build", f"since {since}"
        return None

    return look
