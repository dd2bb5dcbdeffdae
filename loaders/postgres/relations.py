"""Whether a database has a table, which one of another age or before its first load has not."""

from __future__ import annotations

from typing import Any

import psycopg


def is_there(connection: psycopg.Connection[Any], name: str) -> bool:
    """Whether there is a table or a view of a name, written as schema.table."""
    return connection.execute("select to_regclass(%s)", [name]).fetchone() != (None,)
