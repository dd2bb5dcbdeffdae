"""The root of every error that a user of Studbook can meet, and what its text may hold."""

from __future__ import annotations

import re


class StudbookError(Exception):
    """An error whose text is the sentence a user reads; it says what to do next.

    `exit_code` is the one of the command that ends with it.
    """

    exit_code = 1


def printable(text: str, longest: int | None = 300) -> str:
    """Text on one line, without what a terminal would obey, cut to a readable length."""
    kept = "".join(c if c.isprintable() else " " for c in text)
    return re.sub(" +", " ", kept).strip()[:longest]
