"""The races of a world by day and by id, packed until somebody asks for them."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date
from typing import NamedTuple

from simulator.feed.registry import Registry
from simulator.racing.records import Race, pack, unpack
from simulator.scene.conditions import TYPES

# Days that stay unpacked: those asked for last.
_UNPACKED = 4


class Listed(NamedTuple):
    """What a race is found, filtered and counted by; for the rest it must be rendered."""

    course: int
    has_result: bool
    yards: int
    type: str
    going: str
    race_class: str
    age_band: str
    sex_rule: str


class Archive:
    """Keeps every day's races in the order of its racecards."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._days: dict[date, bytes] = {}
        self._listed: dict[date, tuple[Listed, ...]] = {}
        self._found: dict[int, date] = {}
        self._unpacked: OrderedDict[date, list[Race]] = OrderedDict()

    def keep(self, day: date, races: list[Race]) -> None:
        """Keep the races of a day; a day without any leaves no trace."""
        if not races:
            return
        self._days[day] = pack(races)
        self._listed[day] = tuple(
            Listed(
                race.course,
                race.has_result,
                race.yards,
                TYPES[race.letter],
                race.going,
                race.race_class,
                race.age_band,
                race.sex_rule,
            )
            for race in races
        )
        self._found.update((self._registry.race(race.number, day), day) for race in races)

    def listed(self, day: date) -> tuple[Listed, ...]:
        """What the day's races are found by."""
        return self._listed.get(day, ())

    def races(self, day: date) -> list[Race]:
        """The day's races."""
        if day not in self._days:
            return []
        if day not in self._unpacked:
            self._unpacked[day] = unpack(self._days[day])
            if len(self._unpacked) > _UNPACKED:
                self._unpacked.popitem(last=False)
        return self._unpacked[day]

    def race(self, race_id: int) -> tuple[Race, date] | None:
        """A race and its day by the digits of its id."""
        day = self._found.get(race_id)
        if day is None:
            return None
        race_id_of = self._registry.race
        return next(r for r in self.races(day) if race_id_of(r.number, day) == race_id), day
