"""When the simulated API goes wrong: a seeded plan of faults."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Self

from loaders.errors import StudbookError
from simulator.faults.kinds import ENDPOINTS, STATUSES, SUITS, Kind

_WHEN = (
    "the number of a request, from 1, a range of them such as 40-400, or a share of them such as 5%"
)


class FaultError(StudbookError):
    """A fault that cannot be planned."""


@dataclass(frozen=True)
class Fault:
    """One endpoint's answers go wrong in one way: by a kind, or by a status from 400 to 599.

    `when` is the number of a request of that endpoint, an int from 1, a range of such numbers, or
    the share of its requests, a float above 0 and up to 1.
    """

    endpoint: str
    when: int | range | float
    kind: Kind | int

    def __post_init__(self) -> None:
        if self.endpoint not in ENDPOINTS:
            raise FaultError(
                f"No endpoint is called {self.endpoint!r}; choose one of {', '.join(ENDPOINTS)}."
            )
        if not _comes(self.when):
            raise FaultError(f"A fault cannot come at {self.when!r}; give {_WHEN}.")
        if not isinstance(self.kind, Kind):
            if self.kind not in STATUSES:
                raise _no_kind(str(self.kind))
            return
        suits = SUITS.get(self.kind, ENDPOINTS)
        if self.endpoint not in suits:
            raise FaultError(
                f"The fault {self.kind} does not suit {self.endpoint}; give it to "
                f"{' or '.join(suits)}."
            )

    @classmethod
    def parse(cls, text: str) -> Self:
        """The fault written as results:3:drop, results:40-400:503 or results:5%:empty-day."""
        match text.split(":"):
            case [endpoint, when, kind]:
                return cls(endpoint, _read_when(when), _read_kind(kind))
        raise FaultError(
            f"{text!r} is not a fault; write an endpoint, a request and a kind, as in "
            "results:3:drop for the third request, results:40-400:503 for those from the 40th to "
            "the 400th or results:5%:500 for one in twenty."
        )

    def hits(self, number: int, seed: str) -> bool:
        """Whether the answer to the request of that number goes wrong; `seed` draws the share."""
        if isinstance(self.when, int):
            return number == self.when
        if isinstance(self.when, range):
            return number in self.when
        return Random(seed).random() < self.when


def _comes(when: int | range | float) -> bool:
    """Whether there is such a request."""
    if isinstance(when, range):
        return len(when) > 0 and when[0] >= 1
    return when >= 1 if isinstance(when, int) else 0 < when <= 1


def _read_when(text: str) -> int | range | float:
    if found := re.fullmatch(r"(0*[1-9][0-9]*)(?:-(0*[1-9][0-9]*))?", text, re.ASCII):
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise FaultError(f"A fault cannot come at {text!r}: write {last}-{first}.")
        return range(first, last + 1) if found[2] else first
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?%", text, re.ASCII):
        share = float(text[:-1]) / 100
        if 0 < share <= 1:
            return share
    raise FaultError(f"A fault cannot come at {text!r}; give {_WHEN}.")


def _read_kind(text: str) -> Kind | int:
    if re.fullmatch("[0-9]{3}", text, re.ASCII) and int(text) in STATUSES:
        return int(text)
    try:
        return Kind(text)
    except ValueError:
        raise _no_kind(text) from None


def _no_kind(text: str) -> FaultError:
    return FaultError(
        f"No kind of fault is called {text!r}; choose a status from {STATUSES[0]} to "
        f"{STATUSES[-1]} or one of {', '.join(Kind)}."
    )


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

    def due(self, endpoint: str) -> Kind | int | None:
        """Count a request of an endpoint; how its answer goes wrong, by the first fault due."""
        self._requests[endpoint] += 1
        number = self._requests[endpoint]
        for place, fault in enumerate(self._faults):
            # Drawn for this request alone: the faults before it in the plan change nothing.
            seed = f"{self._seed} {fault.endpoint} {place} {number}"
            if fault.endpoint == endpoint and fault.hits(number, seed):
                return fault.kind
        return None
