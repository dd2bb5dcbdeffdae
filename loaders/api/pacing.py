"""When the next request may go out: the rates that the API permits, and their turns."""

from __future__ import annotations

import asyncio
import logging
import math
import secrets
from pathlib import Path
from time import monotonic

from loaders.api.patience import in_words
from loaders.api.plans import DOCUMENTED_RATES
from loaders.api.sharing import SharedTurns
from loaders.api.turns import Turns
from loaders.settings import Settings

_log = logging.getLogger(__name__)
# Requests a second of an account, on all endpoints together: 50 in any 10 seconds.
ACCOUNT_RATE = 5.0

# A response takes about 0.6 s; enough requests are in flight for one that takes this long.
_SLOWEST_RESPONSE = 2.0
_FEWEST_IN_FLIGHT, MOST_IN_FLIGHT = 4, 10
# Seconds: whoever waits longer for another load's refusal is told.
_LONG = 10.0


class _Lane:
    """The requests of one load on a group of endpoints: who comes next, how many are under way."""

    def __init__(self, limits: dict[str, float], group: str) -> None:
        self.limits = limits
        self.order = asyncio.Lock()
        in_flight = math.ceil(limits[group] * _SLOWEST_RESPONSE)
        self.in_flight = min(max(in_flight, _FEWEST_IN_FLIGHT), MOST_IN_FLIGHT)
        self.slots = asyncio.Semaphore(self.in_flight)


class Pacer:
    """Hands out the turns of an account, evenly spaced, at a share of the permitted rates.

    Each group of endpoints has the rate that the API documents for it, and all together the
    account's. Where a rate of one's own is set, each has that one, and all together have none. All
    loads of the account share their turns, evenly enough, as far as SharedTurns goes; `folder` is
    where, for a test.
    """

    def __init__(self, settings: Settings, folder: Path | None = None) -> None:
        self._load = secrets.token_hex(4)
        self._turns = SharedTurns(settings.base_url, settings.username, folder)
        self._told_until = 0.0
        together = {} if settings.rate else {"account": ACCOUNT_RATE}
        self._lanes = {
            group: _Lane({group: settings.rate or rate} | together, group)
            for group, rate in DOCUMENTED_RATES.items()
        }

    def in_flight(self, group: str) -> int:
        """How many requests of a group may be under way at once."""
        return self._lanes[group].in_flight

    def slots(self, group: str) -> asyncio.Semaphore:
        """What a request of a group holds while it is under way."""
        return self._lanes[group].slots

    async def turn(self, group: str) -> None:
        """Wait for a group's next turn; a load has them in the order in which it asked for them."""
        lane = self._lanes[group]

        def take(turns: Turns) -> float:
            now = monotonic()
            self._tell(turns, now)
            return turns.take(self._load, lane.limits, now)

        async with lane.order:
            while wait := await self._turns.change(take):
                await asyncio.sleep(wait)

    async def hold(self, seconds: float, asked_at: float) -> None:
        """Give no turn for so long, and fewer afterwards: what was asked then was one too many."""

        def refuse(turns: Turns) -> None:
            turns.refuse(asked_at, seconds, monotonic())
            # Whoever was refused has told it.
            self._told_until = turns.held_until

        await self._turns.change(refuse)

    def _tell(self, turns: Turns, now: float) -> None:
        if turns.held_until > max(self._told_until, now + _LONG):
            self._told_until = turns.held_until
            _log.warning(
                "The Racing API has refused a request of this account as one too many, of another "
                f"load; this one goes on in {in_words(turns.held_until - now)}."
            )
