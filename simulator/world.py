"""The simulated world: a seed, a size and a last day make the same racing every time."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from loaders.api.regions import REGIONS
from simulator.feed.archive import Archive, Listed
from simulator.feed.cards import Cards
from simulator.feed.directory import Directory
from simulator.feed.editions import NEW, Feed
from simulator.feed.portraits import profile
from simulator.feed.registry import Registry
from simulator.feed.results import Results
from simulator.feed.tiers import Plan, cut
from simulator.racing.records import Race
from simulator.racing.season import Racing
from simulator.scene.bloodstock import Bloodstock
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.meetings import days
from simulator.scene.names import Names
from simulator.scene.people import People
from simulator.scene.stables import Stables

# How far ahead racecards are published.
AHEAD = timedelta(days=7)
# Runs a year that a horse in training makes when every race finds its field.
_RUNS_A_YEAR = 5.5
_RUNNERS_A_RACE = 9.3


class World:
    """A deterministic racing world from `start` to `end`, with cards for a week beyond.

    `seasons` are years of racing up to and including `end`. The world stands at four in the
    afternoon of `end`: the later races of that day have no result yet. Payloads are exactly those
    of the API; a day without racing is an empty list. `feed` says which version words them: 1.4.3,
    1.4.4, or the day of the change; raises FeedError for anything else.
    """

    CLOCK = 16 * 60

    def __init__(
        self,
        seed: int = 1,
        seasons: float = 1.0,
        races_per_day: float = 8,
        end: date | None = None,
        feed: str = NEW,
    ) -> None:
        spoken = Feed.parse(feed)
        self.end = end or datetime.now(ZoneInfo("Europe/London")).date()
        # Worlds of the same name are the same world.
        size = f"seasons-{seasons:g}-races-{races_per_day:g}"
        self.name = f"seed-{seed}-{size}-end-{self.end}-feed-{feed}"
        self.start = self.end - timedelta(days=max(1, round(365 * seasons)) - 1)
        self.last_card = self.end + AHEAD
        # The feed takes no part in it: the racing is the same in whatever words.
        rng = Random(f"studbook {seed} {seasons:g} {races_per_day:g} {self.end}")
        in_training = max(160, round(365 * races_per_day * _RUNNERS_A_RACE / _RUNS_A_YEAR))
        names = Names(rng)
        foals = round(in_training * (1 + 0.22 * seasons))
        stock = Bloodstock(rng, names, foals, self.start.year)
        people = People(rng, names, in_training)
        stables = Stables(rng, stock, people, in_training, self.start)
        racing = Racing(rng, names, people, stables, races_per_day, self.end, self.CLOCK)
        self._registry = Registry(spoken, self.start)
        self._archive = Archive(self._registry)
        for day in days(self.start, self.last_card):
            self._archive.keep(day, racing.day(day))
        # Every racehorse there ever was.
        self.horses: list[Horse] = stables.horses
        self._directory = Directory(self.horses, people, self._registry, self.end)
        told = (seed, spoken, self._registry, self.horses, people, self.end)
        self._cards = Cards(*told, self.CLOCK)
        self._results = Results(*told)

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
        return self._archive.listed(day)

    def racecards(self, day: date, plan: Plan = Plan.PRO) -> list[dict[str, Any]]:
        """The day's racecards, as /v1/racecards/{plan} gives them."""
        return [
            cut("racecards", plan, self._cards.card(race, day)) for race in self._archive.races(day)
        ]

    def results(self, day: date, plan: Plan = Plan.PRO) -> list[dict[str, Any]]:
        """The day's results, newest first, as the endpoints of a plan give them."""
        return [
            cut("results", plan, self._results.result(race, day))
            for race in reversed(self._archive.races(day))
            if race.has_result
        ]

    def racecard(self, race_id: str, plan: Plan = Plan.PRO) -> dict[str, Any] | None:
        """One racecard by its race's id, as /v1/racecards/{race_id}/{plan} gives it."""
        found = self._race(race_id)
        return found and cut("racecards", plan, self._cards.card(*found))

    def result(self, race_id: str) -> dict[str, Any] | None:
        """One result by its race's id."""
        found = self._race(race_id)
        return self._results.result(*found) if found and found[0].has_result else None

    def odds(self, race_id: str, horse_id: str) -> dict[str, Any] | None:
        """The odds of one runner, as /v1/odds gives them; None where there are none."""
        found = self._race(race_id)
        return found and self._cards.odds(*found, horse_id)

    def horse(self, horse_id: str, plan: Plan = Plan.PRO) -> dict[str, Any] | None:
        """A racehorse, or a sire, dam or damsire, under hrs_ and its digits, as a plan sees it."""
        number = _digits(horse_id, "hrs_")
        horse = None if number is None else self._directory.horse(number)
        if horse is None:
            return None
        return cut("horses", plan, profile(horse, self._registry, self.end))

    def search(self, kind: str, name: str) -> list[dict[str, str]]:
        """What /v1/{kind}/search finds: whoever has `name` in the name, whatever its case."""
        return self._directory.search(kind, name)

    def _race(self, race_id: str) -> tuple[Race, date] | None:
        number = _digits(race_id, "rac_")
        return None if number is None else self._archive.race(number)


def _digits(text: str, prefix: str) -> int | None:
    digits = text.removeprefix(prefix)
    return int(digits) if digits != text and digits.isascii() and digits.isdigit() else None
