"""The API's ways of saying nothing."""

from __future__ import annotations

UNKNOWN = frozenset({"", "-", "\N{EN DASH}", "None"})


def known(value: object) -> str | None:
    """The text of a field without surrounding blanks, or None where the API says "not known"."""
    text = "" if value is None else str(value).strip()
    return None if text in UNKNOWN else text
