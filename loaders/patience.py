"""How long a load waits for an API or a database that gives nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

# Minutes; STUDBOOK_PATIENCE sets others.
DEFAULT_MINUTES = 15.0


@dataclass(frozen=True)
class Patience:
    """How failures are met; times in seconds.

    One request is made so many `attempts` while others are answered. The wait after attempt n is
    drawn from the upper half of first_wait * 2 ** (n - 1), at most longest_wait; a Retry-After goes
    before it. An answer must be whole within `response`. `in_all` is what a whole load may lose
    while nothing usable comes.
    """

    attempts: int = 8
    first_wait: float = 0.5
    longest_wait: float = 30.0
    response: float = 120.0
    in_all: float = DEFAULT_MINUTES * 60

    def wait(self, attempt: int) -> float:
        """Seconds to wait after so many attempts in a row that failed."""
        longest = min(self.first_wait * 2 ** min(attempt - 1, 32), self.longest_wait)
        return longest * random.uniform(0.5, 1)


class Losses:
    """Adds up the time (seconds) that one load loses while somebody it needs gives nothing."""

    def __init__(self, limit: float, clock: Callable[[], float] = monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._ended = 0.0
        self._failing: dict[str, float] = {}

    def failed(self, who: str) -> None:
        """Note that `who` gave nothing usable: time is being lost from the first such note on."""
        self._failing.setdefault(who, self._clock())

    def came(self, who: str) -> None:
        """Note that `who` gave something usable."""
        since = self._failing.pop(who, None)
        if since is not None:
            self._ended += self._clock() - since

    @property
    def left(self) -> float:
        """Seconds that may still be lost, 0 when patience is at its end."""
        now = self._clock()
        lost = self._ended + sum(now - since for since in self._failing.values())
        return max(self.limit - lost, 0.0)


def in_words(seconds: float) -> str:
    """A time as a user says it: 15 minutes, 1 minute, 30 seconds."""
    count, unit = (seconds / 60, "minute") if seconds >= 60 else (seconds, "second")
    return f"{count:.3g} {unit}{'' if f'{count:.3g}' == '1' else 's'}"
