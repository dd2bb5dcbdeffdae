"""A small world behind an Api, which tells of it day by day, and the loads of what it tells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from loaders.loading.request import Request
from simulator.world import World
from tests.api import Api
from tests.integration.loading import connect, load

Payload = dict[str, Any]

# So far ahead that cards land before the off, and what changes in them is told.
END = date(2031, 6, 30)
REWORDED = "2031-06-10"
# A year apart, so that runs come into and go out of the last twelve months.
SPELLS = ((-400, -350), (-45, 0))
RACES_A_DAY = 3
# So many days of racing are not told of at first.
HELD_BACK = 5
CARDS_BACK, CARDS_AHEAD = timedelta(days=20), timedelta(days=7)
PROFILES = 25
KINDS = ("results", "racecards")

_RAW = """
select jsonb_object_agg(name, digest) from (
    select 'results' as name, jsonb_agg(to_jsonb(t) - 'payload' order by race_id) as digest
    from raw.results as t
    union all
    select 'racecards', jsonb_agg(to_jsonb(t) - 'payload' order by race_id) from raw.racecards as t
    union all
    select 'horses', jsonb_agg(to_jsonb(t) - 'payload' - 'checked_at' order by horse_id)
    from raw.horses as t
    union all
    select 'courses', jsonb_agg(to_jsonb(t) - 'payload' order by course_id) from raw.courses as t
) as tables
"""


class NothingToChangeError(Exception):
    """What was drawn is as it was; another draw may do."""


class Feed:
    """What the API says on the day that is `today`, for whoever changes it, and its loads.

    `withdrawn` are races that it had: the kind of list and the race.
    """

    def __init__(self, api: Api, database: dict[str, str], seed: int) -> None:
        self.api = api
        self.withdrawn: list[tuple[str, Payload]] = []
        self._database = database
        self._world = World(seed=seed, seasons=1.15, races_per_day=1.5, end=END, feed=REWORDED)
        self._to_come = _races(self._world)
        self.today = sorted(day for day in self._to_come if day <= END)[-HELD_BACK - 1]
        api.regions, api.courses = self._world.regions(), self._world.courses()
        self._publish()

    def land_all(self) -> None:
        """Load what there is on the first day, and some profiles."""
        self.load_reference()
        for first, last in SPELLS:
            self._load("results", END + timedelta(days=first), END + timedelta(days=last))
        self._load("racecards", self.today - CARDS_BACK, self.today + CARDS_AHEAD)
        for race in self.races("results"):
            for runner in race["runners"]:
                horse_id = runner["horse_id"]
                self.api.horses[horse_id] = self._world.horse(horse_id)
        self.load_new_profiles(PROFILES)

    def pass_day(self) -> None:
        """Let it be the next day of racing, and load what is told of it and of those ahead."""
        self.today = min(day for day in self._to_come if day > self.today)
        self.load(*self._publish())

    def races(self, kind: str) -> list[Payload]:
        """The races of a kind of list, oldest first."""
        lists = self.lists(kind)
        return [race for day in sorted(lists) for race in lists[day]]

    def lists(self, kind: str) -> dict[str, list[Payload]]:
        """The lists of a kind, by day."""
        return self.api.results if kind == "results" else self.api.racecards

    def draw(self, rng: Random, kind: str, at_least: int = 2) -> Payload:
        """A race of a kind of list with so many runners; half of them are of the last days."""
        races = [race for race in self.races(kind) if len(race["runners"]) >= at_least]
        return rng.choice(races[-8:] if rng.random() < 0.5 else races)

    def load(self, *changed: tuple[str, str]) -> None:
        """Load days, each of a kind, that say something else than before."""
        before = self._landed()
        for kind, day in sorted(set(changed)):
            self._load(kind, date.fromisoformat(day), date.fromisoformat(day), refresh=True)
        if self._landed() == before:
            raise NothingToChangeError(f"nothing of {changed} has changed")

    def load_reference(self) -> None:
        """Load regions and courses."""
        self._request(Request("reference"))

    def load_new_profiles(self, most: int) -> None:
        """Load profiles of so many horses that have none."""
        before = self._landed()
        self._request(Request("horses", most_horses=most))
        if self._landed() == before:
            raise NothingToChangeError("no horse is without a profile")

    def load_profiles_again(self) -> None:
        """Load the profiles that there are."""
        before = self._landed()
        self._request(Request("horses", refresh=True))
        if self._landed() == before:
            raise NothingToChangeError("no profile has changed")

    def profiles(self) -> list[Payload]:
        """The profiles that have landed, as the API has them now."""
        with connect(self._database) as raw:
            rows = raw.execute("select horse_id from raw.horses order by horse_id").fetchall()
        return [self.api.horses[horse_id] for (horse_id,) in rows]

    def _publish(self) -> Iterator[tuple[str, str]]:
        """Let the API have the results of today and before, and the cards of the next days."""
        told = []
        for day, (results, cards) in self._to_come.items():
            for kind, races, there in (
                ("results", results, day <= self.today),
                ("racecards", cards, -CARDS_BACK <= day - self.today <= CARDS_AHEAD),
            ):
                if there and races and str(day) not in self.lists(kind):
                    self.lists(kind)[str(day)] = races
                    told.append((kind, str(day)))
        return iter(told)

    def _load(self, kind: str, first: date, last: date, refresh: bool = False) -> None:
        self._request(Request(kind, first, last, refresh=refresh))

    def _request(self, request: Request) -> None:
        with connect(self._database) as raw:
            load(self.api, raw, request, today=lambda: self.today)

    def _landed(self) -> Any:
        with connect(self._database) as raw:
            return raw.execute(_RAW).fetchone()[0]


def _races(world: World) -> dict[date, tuple[list[Payload], list[Payload]]]:
    """Results and cards of the days with racing: of each day the races of the most seen horses."""
    spells = [world.end + timedelta(days=n) for first, last in SPELLS for n in range(first, last)]
    ahead = [world.end + timedelta(days=n) for n in range(CARDS_AHEAD.days + 1)]
    cards = {day: world.racecards(day) for day in spells + ahead}
    seen = Counter(
        runner["horse_id"]
        for races in cards.values()
        for race in races
        for runner in race["runners"]
    )

    def familiarity(race: Payload) -> float:
        return -sum(seen[runner["horse_id"]] for runner in race["runners"]) / len(race["runners"])

    found = {}
    for day, races in cards.items():
        kept = sorted((race for race in races if race["runners"]), key=familiarity)[:RACES_A_DAY]
        ids = {race["race_id"] for race in kept}
        if kept:
            results = [race for race in world.results(day) if race["race_id"] in ids]
            if results or day > world.end:
                found[day] = (results, kept)
    return found
