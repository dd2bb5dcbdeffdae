"""Rows of a table, and finding them by their key."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]


def keyed(rows: Iterable[Row], *key: str) -> dict[str, Row]:
    """The rows as {values of the key's columns: {column: value}}; the key must be unique."""
    by_key: dict[str, Row] = {}
    for row in rows:
        value = " ".join(str(row[column]) for column in key)
        if value in by_key:
            raise ValueError(f"more than one row has the {', '.join(key)} {value}")
        by_key[value] = row
    return by_key
