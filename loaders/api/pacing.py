"""When the next request may go out: the rates that the API permits, and their turns."""

from __future__ import annotations

import asyncio
import math
from time import monotonic

# The part of the permitted rate that is used: the rest keeps a request that is late on its way from
# meeting the next one within the API's second.
_HEADROOM = 0.965
# How far (seconds) a turn that came late may be made up for.
_SLACK = 0.005
# A response takes about 0.6 s; enough requests are in flight for one that takes this long.
_SLOWEST_RESPONSE = 2.0
_FEWEST_IN_FLIGHT, MOST_IN_FLIGHT = 4, 10
_MOST_SLOWDOWN = 8.0


class Pacer:
    """Hands out turns, evenly spaced, at a share of a permitted rate (requests a second)."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / (rate * _HEADROOM)
        self._slowdown = 1.0
        self._next = self._held_until = 0.0
        self._lock = asyncio.Lock()
        in_flight = math.ceil(rate * _SLOWEST_RESPONSE)
        self.in_flight = min(max(in_flight, _FEWEST_IN_FLIGHT), MOST_IN_FLIGHT)
        self.slots = asyncio.Semaphore(self.in_flight)

    async def turn(self) -> None:
        """Wait for the next turn; turns come in the order in which they were asked for."""
        async with self._lock:
            while (wait := self._next - monotonic()) > 0:
                await asyncio.sleep(wait)
            interval = self._interval * self._slowdown
            self._next = max(self._next, monotonic() - _SLACK) + interval

    def hold(self, seconds: float) -> None:
        """Give no turn for so long, and fewer afterwards: the API said that they were too many."""
        now = monotonic()
        # Requests that were under way together are refused together; that is one reason, not many.
        if now >= self._held_until:
            self._slowdown = min(self._slowdown * 2, _MOST_SLOWDOWN)
        self._held_until = max(self._held_until, now + seconds)
        self._next = max(self._next, self._held_until)

    def ease(self) -> None:
        """Come back to the full rate, a little with every answer."""
        self._slowdown = max(self._slowdown * 0.9, 1.0)
