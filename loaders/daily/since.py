"""From which day on a daily run asks for races."""

from __future__ import annotations

from datetime import date

import psycopg

from loaders.loading.request import CORRECTED_FOR
from loaders.postgres.statements import statement


def first_day(connection: psycopg.Connection, resource: str, today: date) -> date:
    """The first day whose results or cards may have changed since the last load.

    That is five days back; when nothing has been loaded for a while, from the last day that was.
    """
    row = connection.execute(
        statement(__package__, "last_complete_day"), {"resource": resource, "today": today}
    ).fetchone()
    last = row[0] if row and row[0] else today
    return min(last, today) - CORRECTED_FOR
