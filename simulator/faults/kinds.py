"""How an answer of the simulated API can go wrong."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

ENDPOINTS = ("regions", "courses", "racecards", "results", "horses")
# Those that an answer may have in the place of its own.
STATUSES = range(400, 600)


class Kind(StrEnum):
    """How an answer goes wrong other than by its status.

    Objects of a page are spoilt in the first one only, except by `names`; a page without objects
    then stays as it is. Everything else of the answer is right, its Content-Length too.
    """

    # Another answer, or none.
    TOO_MANY_RETRY_AFTER = "429-retry-after"
    HTML = "html"
    HANG = "hang"
    # The right answer, badly sent.
    DROP = "drop"
    DRIP = "drip"
    TRUNCATED = "truncated"
    # A list that changes between its pages: it begins an object early or late, or grows.
    REPEATED = "repeated"
    MISSING = "missing"
    TOTAL_CHANGES = "total-changes"
    # Other objects.
    EMPTY_DAY = "empty-day"
    # The first half of a list (of one object: nothing) and its number: the same on every page, so
    # that nothing but what one knew before tells it from a whole list.
    HALF_LIST = "half-list"
    DUPLICATE = "duplicate"
    # An object of the day before stands in the place of the first one, under the same key.
    OTHER_DATE = "other-date"
    # Objects of another shape.
    NO_KEY = "no-key"
    OTHER_TYPE = "other-type"
    OTHER_SHAPE = "other-shape"
    NEW_FIELD = "new-field"
    # Values that are hard to store or to show.
    NUL = "nul"
    SURROGATE = "surrogate"
    NAN = "nan"
    HUGE_NUMBER = "huge-number"
    NAMES = "names"


# The endpoints that a kind suits where it does not suit all.
SUITS: Mapping[Kind, tuple[str, ...]] = {
    Kind.REPEATED: ("racecards", "results"),
    Kind.MISSING: ("racecards", "results"),
    Kind.TOTAL_CHANGES: ("courses", "racecards", "results"),
    Kind.EMPTY_DAY: ("regions", "courses", "racecards", "results"),
    Kind.HALF_LIST: ("regions", "courses", "racecards", "results"),
    Kind.DUPLICATE: ("regions", "courses", "racecards", "results"),
    Kind.OTHER_DATE: ("racecards", "results"),
}
