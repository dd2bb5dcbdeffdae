"""The objects that a load could not land, as a user looks at them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import psycopg

from loaders.errors import StudbookError, printable
from loaders.postgres.statements import statement

_PAYLOAD_SHOWN = 60


class RejectsError(StudbookError):
    """The rejects cannot be read."""


@dataclass(frozen=True)
class Rejected:
    """An object that could not land: what it is, why, and its text as received."""

    resource: str
    day: date | None
    key: str | None
    reason: str
    payload: str


def rejected(connection: psycopg.Connection, load_id: int | None = None) -> list[Rejected]:
    """The rejects of a load, by default of the last that had any, in the order of their arrival.

    Raises RejectsError when raw.rejects is not there or may not be read.
    """
    try:
        rows = connection.execute(
            statement(__package__, "rejects"), {"load_id": load_id}
        ).fetchall()
    except psycopg.errors.UndefinedTable:
        return []
    except psycopg.errors.InsufficientPrivilege:
        raise RejectsError(
            f"User {connection.info.user} may not read raw.rejects: grant it usage on schema raw "
            "and select on its tables."
        ) from None
    return [Rejected(*row) for row in rows]


def rejects_table(found: Sequence[Rejected]) -> str:
    """A line for each, with the beginning of its text."""
    if not found:
        return "Nothing was rejected."
    return "\n".join(
        printable(
            f"{' '.join(str(part) for part in (each.resource, each.day, each.key) if part)}: "
            f"{each.reason}"
        )
        + f"\n    {printable(each.payload, _PAYLOAD_SHOWN)}"
        for each in found
    )


def rejects_json(found: Sequence[Rejected]) -> str:
    """All of it as a JSON list; `payload` is the text of the object, whole."""
    return json.dumps([{**vars(each), "day": each.day and str(each.day)} for each in found])
