"""What an answer of the Racing API looks like, and what is kept of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from loaders.errors import StudbookError


class UnreadableBodyError(StudbookError):
    """A response that is not the JSON asked for: cut short, an error page, another shape."""


@dataclass(frozen=True)
class Shape:
    """How an answer holds its objects.

    They stand in the list `member`, with the number that all pages have together in "total" beside
    it; without a member the answer is that list itself, or, if `is_single`, the one object. Each
    object has its key in the field `key` and, if `is_dated`, its day in "date".
    """

    key: str
    member: str | None = None
    is_single: bool = False
    is_dated: bool = False


@dataclass(frozen=True, slots=True)
class ApiObject:
    """One object: its text as received, its key and its day.

    `flaw` says why jsonb would refuse it, or that it is no object; None when all is well. A key or
    day that is not what it should be is here as it was read: of any type.
    """

    text: str
    key: Any
    day: Any = None
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The objects of one answer, and the number that the API says all pages have together."""

    objects: list[ApiObject]
    total: int | None = None
