"""How long a load waits for an API or a database that gives nothing."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from loaders.settings import PATIENCE_MINUTES

# Seconds: what lasts no longer is no outage.
_MOMENTS = 5.0


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
    in_all: float = PATIENCE_MINUTES * 60

    def wait(self, attempt: int) -> float:
        """Seconds to wait after so many attempts in a row that failed."""
        longest = min(self.first_wait * 2.0 ** min(attempt - 1, 32), self.longest_wait)
        return longest * random.uniform(0.5, 1)


class Losses:
    """Adds up the time (seconds) that one load loses while somebody it needs gives nothing.

    A failure that is mended within moments costs no time worth counting.
    """

    def __init__(self, limit: float, clock: Callable[[], float] = monotonic) -> None:
        self.limit = limit
        self._clock = clock
        self._ended = 0.0
        self._failing: set[str] = set()
        self._since = 0.0

    def failed(self, who: str) -> None:
        """Note that `who` gave nothing usable: time is being lost from the first such note on."""
        if not self._failing:
            self._since = self._clock()
        self._failing.add(who)

    def came(self, who: str) -> None:
        """Note that `who` gave something usable."""
        if who not in self._failing:
            return
        self._failing.remove(who)
        lost = self._clock() - self._since
        if not self._failing and lost > _MOMENTS:
            self._ended += lost

    @property
    def left(self) -> float:
        """Seconds that may still be lost, 0 when patience is at its end."""
        lost = self._clock() - self._since if self._failing else 0.0
        return max(self.limit - self._ended - lost, 0.0)


def in_words(seconds: float) -> str:
    """A time as a user says it: 24 hours, 15 minutes, 1 minute, 30 seconds."""
    units = ((3600, "hour"), (60, "minute"))
    size, unit = next((it for it in units if round(seconds) >= it[0]), (1, "second"))
    told = f"{seconds / size:.3g}"
    return f"{told} {unit}{'' if told == '1' else 's'}"
