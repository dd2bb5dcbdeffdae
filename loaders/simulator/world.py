"""The simulated world: a seed, a size and a last day make the same racing every time."""

from __future__ import annotations

from collections import OrderedDict
from datetime import date, timedelta
from random import Random
from typing import Any, NamedTuple

from loaders.simulator.bloodstock import Bloodstock, Horse, Parent
from loaders.simulator.careers import Stables
from loaders.simulator.conditions import TYPES
from loaders.simulator.geography import COURSES, REGIONS
from loaders.simulator.names import Names
from loaders.simulator.payloads import Renderer
from loaders.simulator.people import People
from loaders.simulator.programme import days
from loaders.simulator.racing import Racing
from loaders.simulator.records import RUN, VOID, Race, pack, unpack

# How far ahead racecards are published.
AHEAD = timedelta(days=7)
# What can be searched by name, with the prefix of its ids.
PEOPLE = {"jockeys": "jky", "trainers": "trn", "owners": "own"}
PARENTS = {"sires": "sir", "dams": "dam", "damsires": "dsi"}
SEARCHABLE = ("horses", *PEOPLE, *PARENTS)
# Runs a year that a horse in training makes when every race finds its field.
_RUNS_A_YEAR = 5.5
_RUNNERS_A_RACE = 9.3


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


class World:
    """A deterministic racing world from `start` to `end`, with cards for a week beyond.

    `seasons` are years of racing up to and including `end`. The world stands at four in the
    afternoon of `end`: the later races of that day have no result yet. Payloads are exactly those
    of the API; a day without racing is an empty list.
    """

    CLOCK = 16 * 60

    def __init__(
        self,
        seed: int = 1,
        seasons: float = 1.0,
        races_per_day: float = 8,
        end: date | None = None,
    ) -> None:
        self.seed = seed
        self.end = end or date.today()
        # Worlds of the same name are the same world.
        self.name = f"seed-{seed}-seasons-{seasons:g}-races-{races_per_day:g}-end-{self.end}"
        self.start = self.end - timedelta(days=max(1, round(365 * seasons)) - 1)
        self.last_card = self.end + AHEAD
        rng = Random(f"studbook {seed} {seasons:g} {races_per_day:g} {self.end}")
        in_training = max(160, round(365 * races_per_day * _RUNNERS_A_RACE / _RUNS_A_YEAR))
        names = Names(rng)
        foals = round(in_training * (1 + 0.22 * seasons))
        stock = Bloodstock(rng, names, foals, self.start.year)
        self.people = People(rng, names, in_training)
        self._stables = Stables(rng, stock, self.people, in_training, self.start)
        self._days: dict[date, bytes] = {}
        self._listed: dict[date, tuple[Listed, ...]] = {}
        self._found: dict[int, date] = {}
        racing = Racing(rng, names, self.people, self._stables, races_per_day, self.end, self.CLOCK)
        for day in days(self.start, self.last_card):
            self._keep(day, racing.day(day))
        self._parents = self._find_parents()
        self._unpacked: OrderedDict[date, list[Race]] = OrderedDict()
        self._renderer = Renderer(seed, self._stables.horses, self.people, self.end, self.CLOCK)

    def _keep(self, day: date, races: list[Race]) -> None:
        if not races:
            return
        self._days[day] = pack(races)
        self._listed[day] = tuple(
            Listed(
                race.course,
                race.status in (RUN, VOID),
                race.yards,
                TYPES[race.letter],
                race.going,
                race.race_class,
                race.age_band,
                race.sex_rule,
            )
            for race in races
        )
        self._found.update((race.race_id, day) for race in races)

    def _find_parents(self) -> dict[str, dict[int, Parent]]:
        parents: dict[str, dict[int, Parent]] = {kind: {} for kind in PARENTS}
        for horse in self._stables.horses:
            family = (horse.sire, horse.dam, horse.dam.sire)
            for kind, parent in zip(PARENTS, family, strict=True):
                parents[kind][parent.number] = parent
        return parents

    def _parent(self, number: int) -> Parent | None:
        known = (parents.get(number) for parents in self._parents.values())
        return next(filter(None, known), None)

    @property
    def horses(self) -> list[Horse]:
        """Every racehorse there ever was."""
        return self._stables.horses

    # ----------------------------------------------------------------- what the API can ask

    def regions(self) -> list[dict[str, Any]]:
        """The payload of /v1/courses/regions."""
        return [{"region": name, "region_code": code} for code, name in REGIONS.items()]

    def courses(self) -> list[dict[str, Any]]:
        """The courses of /v1/courses."""
        return [
            {"id": c.id, "course": c.name, "region_code": c.region, "region": REGIONS[c.region]}
            for c in COURSES
        ]

    def listed(self, day: date) -> tuple[Listed, ...]:
        """The day's races in the order of its racecards."""
        return self._listed.get(day, ())

    def racecards(self, day: date) -> list[dict[str, Any]]:
        """The day's racecards, as /v1/racecards/pro gives them."""
        return [self._renderer.card(race, day) for race in self._races(day)]

    def results(self, day: date) -> list[dict[str, Any]]:
        """The day's results, newest first, as /v1/results gives them."""
        return [
            self._renderer.result(race, day)
            for race in reversed(self._races(day))
            if race.status in (RUN, VOID)
        ]

    def racecard(self, race_id: str) -> dict[str, Any] | None:
        """One racecard by its race's id."""
        found = self._race(race_id)
        return found and self._renderer.card(*found)

    def result(self, race_id: str) -> dict[str, Any] | None:
        """One result by its race's id."""
        found = self._race(race_id)
        if found is None or found[0].status not in (RUN, VOID):
            return None
        return self._renderer.result(*found)

    def horse(self, horse_id: str) -> dict[str, Any] | None:
        """The profile of a racehorse, or of a sire, dam or damsire under hrs_ and its digits."""
        number = _digits(horse_id, "hrs_")
        if number is None:
            return None
        horse = self._stables.by_number.get(number) or self._parent(number)
        return horse and self._renderer.profile(horse)

    def search(self, kind: str, name: str) -> list[dict[str, str]]:
        """What /v1/{kind}/search finds: whoever has `name` in the name, whatever its case."""
        wanted = name.casefold()
        if kind in PEOPLE:
            prefix, somebody = PEOPLE[kind], getattr(self.people, kind)
            return [
                {"id": f"{prefix}_{one.number}", "name": one.name}
                for one in somebody
                if wanted in one.name.casefold()
            ]
        if kind == "horses":
            return [
                self._renderer.found(horse)
                for horse in self._stables.horses
                if wanted in horse.name.casefold()
            ]
        parents = self._parents[kind].values()
        prefix = PARENTS[kind]
        return [
            {"id": f"{prefix}_{parent.number}", "name": f"{parent.name} ({parent.country})"}
            for parent in parents
            if wanted in parent.name.casefold()
        ]

    def odds(self, race_id: str, horse_id: str) -> dict[str, Any] | None:
        """The odds of one runner, as /v1/odds gives them; None where there are none."""
        found = self._race(race_id)
        return found and self._renderer.odds(*found, horse_id)

    def _races(self, day: date) -> list[Race]:
        if day not in self._days:
            return []
        if day not in self._unpacked:
            self._unpacked[day] = unpack(self._days[day])
            if len(self._unpacked) > 4:
                self._unpacked.popitem(last=False)
        return self._unpacked[day]

    def _race(self, race_id: str) -> tuple[Race, date] | None:
        number = _digits(race_id, "rac_")
        day = self._found.get(number) if number is not None else None
        if day is None:
            return None
        return next(race for race in self._races(day) if race.race_id == number), day


def _digits(text: str, prefix: str) -> int | None:
    digits = text.removeprefix(prefix)
    return int(digits) if digits != text and digits.isascii() and digits.isdigit() else None
