"""What goes wrong at the simulated API, and when: a seeded plan of faults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Self

from loaders.errors import StudbookError

ENDPOINTS = ("regions", "courses", "racecards", "results", "horses")


class FaultError(StudbookError):
    """A fault that cannot be planned."""


class Kind(StrEnum):
    """How an answer goes wrong.

    Objects of a page are spoilt in the first one only, except by `names`; a page without objects
    then stays as it is. Everything else of the answer is right, its Content-Length too.
    """

    # Another answer, or none.
    TOO_MANY = "429"
    TOO_MANY_RETRY_AFTER = "429-retry-after"
    SERVER_ERROR = "500"
    BAD_GATEWAY = "502"
    UNAVAILABLE = "503"
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
    DUPLICATE = "duplicate"
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


_SUITS = {
    Kind.REPEATED: ("racecards", "results"),
    Kind.MISSING: ("racecards", "results"),
    Kind.TOTAL_CHANGES: ("courses", "racecards", "results"),
    Kind.EMPTY_DAY: ("regions", "courses", "racecards", "results"),
    Kind.DUPLICATE: ("regions", "courses", "racecards", "results"),
}


@dataclass(frozen=True)
class Fault:
    """One endpoint's answers go wrong in one way.

    `when` is the number of a request of that endpoint, an int from 1, or the share of its requests,
    a float above 0 and up to 1.
    """

    endpoint: str
    when: int | float
    kind: Kind

    def __post_init__(self) -> None:
        if self.endpoint not in ENDPOINTS:
            raise FaultError(
                f"No endpoint is called {self.endpoint!r}; choose one of {', '.join(ENDPOINTS)}."
            )
        if not (self.when >= 1 if isinstance(self.when, int) else 0 < self.when <= 1):
            raise FaultError(
                f"A fault cannot come at {self.when!r}; give the number of a request, from 1, or a "
                "share of them above 0 and up to 1."
            )
        suits = _SUITS.get(self.kind, ENDPOINTS)
        if self.endpoint not in suits:
            raise FaultError(
                f"The fault {self.kind} does not suit {self.endpoint}; give it to "
                f"{' or '.join(suits)}."
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The fault written as results:3:drop (the third request) or results:5%:500."""
        match text.split(":"):
            case [endpoint, when, kind]:
                return cls(endpoint, _read_when(when), _read_kind(kind))
        raise FaultError(
            f"{text!r} is not a fault; write an endpoint, a request and a kind, as in "
            "results:3:drop for the third request or results:5%:500 for one in twenty."
        )


def _read_when(text: str) -> int | float:
    if re.fullmatch(r"0*[1-9][0-9]*", text, re.ASCII):
        return int(text)
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?%", text, re.ASCII):
        share = float(text[:-1]) / 100
        if 0 < share <= 1:
            return share
    raise FaultError(
        f"A fault cannot come at {text!r}; give the number of a request, from 1, or a share of "
        "them such as 5%."
    )


def _read_kind(text: str) -> Kind:
    try:
        return Kind(text)
    except ValueError:
        raise FaultError(
            f"No kind of fault is called {text!r}; choose one of {', '.join(Kind)}."
        ) from None


class FaultPlan:
    """The faults of one server; the same faults and seed hit the same requests every time.

    Requests are counted for each endpoint by itself, those refused for want of a login or by the
    rate limit not at all. `drip` is the pause (seconds) after every two bytes of a `drip`.
    """

    def __init__(self, faults: Sequence[Fault], seed: int = 1, *, drip: float = 1.0) -> None:
        self.drip = drip
        self._faults = tuple(faults)
        self._seed = seed
        self._requests: Counter[str] = Counter()

    def due(self, endpoint: str) -> Kind | None:
        """Count a request of an endpoint; how its answer goes wrong, by the first fault due."""
        self._requests[endpoint] += 1
        number = self._requests[endpoint]
        for place, fault in enumerate(self._faults):
            if fault.endpoint == endpoint and self._hits(fault, place, number):
                return fault.kind
        return None

    def _hits(self, fault: Fault, place: int, number: int) -> bool:
        if isinstance(fault.when, int):
            return fault.when == number
        # Drawn for this request alone: the faults before it in the plan change nothing.
        drawn = Random(f"{self._seed} {fault.endpoint} {place} {number}").random()
        return drawn < fault.when
