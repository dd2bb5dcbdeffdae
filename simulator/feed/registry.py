"""The ids and names under which a feed knows races, horses and owners."""

from __future__ import annotations

from datetime import date

from simulator.feed.editions import Feed
from simulator.scene.horses import Horse, Parent
from simulator.scene.names import with_title
from simulator.scene.people import Owner


class Registry:
    """The digits of ids in a world that begins on `start`.

    Numbers are what the world itself counts by. Each kind of longer ids lies beyond all numbers,
    so no two objects share one.
    """

    def __init__(self, feed: Feed, start: date) -> None:
        self._feed = feed
        self._change = feed.ids_from.toordinal()
        self._start = start.toordinal()

    def race(self, number: int, day: date) -> int:
        """Eight digits, eleven from two months after the change."""
        return 32_000_000_000 + 23 * number if self._feed.has_long_race_ids(day) else number

    def horse(self, horse: Horse | Parent) -> int:
        """Seven or eight digits; nine or eleven for one that was new to racing after the change."""
        number = horse.number
        if horse.debut is None or horse.debut < self._change:
            return number
        return 17_000_000_000 + 37 * number if number % 3 == 0 else 400_000_000 + number

    def owner(self, owner: Owner) -> int:
        """Up to seven digits; ten for one who came after the change."""
        return 1_300_000_000 + 17 * owner.number if self._is_new(owner) else owner.number

    def owner_name(self, owner: Owner) -> str:
        """An owner's name; those who came after the change have their titles."""
        return with_title(owner.name) if self._is_new(owner) else owner.name

    def _is_new(self, owner: Owner) -> bool:
        # Whoever is there when the world begins has been there for long.
        return owner.since > self._start and owner.since >= self._change
