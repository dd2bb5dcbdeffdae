"""Rows: objects that can land, and those that cannot, each with the reason."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from loaders.api.shapes import ApiObject
from loaders.raw.tables import Table

# An index entry must fit in a third of a page; no key of the API is longer than 20 characters.
_LONGEST_KEY = 200


@dataclass(frozen=True, slots=True)
class Row:
    """An object that can land: its key, its race date where the table has one, its text."""

    key: str
    race_date: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Reject:
    """An object that cannot land: its key if known, the reason, its text fit for a text column."""

    key: str | None
    reason: str
    text: str


@dataclass(slots=True)
class Batch:
    """Checked objects on their way into one table."""

    table: Table
    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, objects: Iterable[ApiObject]) -> None:
        """Take objects in: as rows, or as rejects where they cannot land."""
        table = self.table
        for item in objects:
            key_flaw = _flaw_of_key(table.key_field, item.key)
            reason = item.flaw or key_flaw
            if not reason and table.dated and not isinstance(item.day, date):
                reason = f"its date is {_shown(item.day)}, not a day such as 2025-01-31"
            if reason:
                key = None if key_flaw else item.key
                self.rejects.append(Reject(key, reason, item.text.replace("\x00", "\\u0000")))
            else:
                self.rows.append(Row(item.key, item.day if table.dated else None, item.text))

    @property
    def keys(self) -> set[str]:
        """The keys of all objects in it, so far as they are known."""
        rejected = {reject.key for reject in self.rejects if reject.key is not None}
        return rejected | {row.key for row in self.rows}

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejects)


def _flaw_of_key(name: str, key: Any) -> str | None:
    if key is None:
        return f"it has no {name}"
    # A JSON number is read as a kind of str; a key must be a JSON string.
    if type(key) is not str:
        return f"its {name} is not a string"
    if not key.strip():
        return f"its {name} is empty"
    if not key.isprintable() or key != key.strip():
        return f"its {name} holds a control character, or white space around it"
    if len(key) > _LONGEST_KEY:
        return f"its {name} is longer than {_LONGEST_KEY} characters"
    return None


def _shown(value: object) -> str:
    """A value as text that a text column and a terminal take, cut to the length of a key."""
    text = value if isinstance(value, str) and value.isprintable() else json.dumps(value)
    return text[:_LONGEST_KEY]
