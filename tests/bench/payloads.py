"""What the benchmark lands: a simulated world's payloads, as the texts the API would send."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice
from typing import Any

from loaders.api.provenance import Origin
from loaders.api.shapes import ApiObject
from loaders.loading.agenda import missing_horses
from loaders.loading.request import RESOURCES
from loaders.raw.landing import Load
from loaders.raw.load_log import DayLog
from loaders.raw.rows import Batch
from loaders.raw.session import Session
from loaders.raw.tables import COURSES, HORSES, RACECARDS, REGIONS, RESULTS, Table
from simulator.scene.meetings import days
from simulator.world import AHEAD, World

# A fixed last day makes two runs comparable.
LAST_DAY = date(2025, 12, 31)
# What scale 1 is: eleven years of racing in Britain and Ireland, the last two with racecards.
YEARS = 11
YEARS_OF_CARDS = 2
RACES_PER_DAY = 34
# The real feed changed after the last day. Both wordings are there to be built all the same.
FEED = "2025-06-01"
# The results that a day brings, and the new cards: as many in winter, when they are of two or three
# days, as in summer.
NEWS = 60
CORRECTIONS = 10
# The days behind the history that news are taken from.
_SPARE = 21
_HORSES_IN_A_BATCH = 1000


class History:
    """So many times eleven years of racing, landed at once, and the news and corrections after it.

    Each day is as busy at every scale, so that what a day costs can be compared between them.
    """

    def __init__(self, scale: float) -> None:
        self.last_day = LAST_DAY - timedelta(days=_SPARE)
        self.days = max(1, round(scale * YEARS * 365.25))
        self._days_of_cards = max(1, round(scale * YEARS_OF_CARDS * 365.25))
        self.first_day = self.last_day - timedelta(days=self.days - 1)
        seasons = ((LAST_DAY - self.first_day).days + 1) / 365
        self._world = world = World(1, seasons, RACES_PER_DAY, LAST_DAY, FEED)
        self._results = _races(world.results, self.last_day + timedelta(days=1), LAST_DAY)
        self._cards = _races(
            world.racecards, self.last_day + AHEAD + timedelta(days=1), world.last_card
        )
        self._corrected: set[str] = set()

    def land(self, session: Session) -> None:
        """Land it: results, racecards up to a week ahead, and the profiles left to get."""
        world, load = self._world, _start(session)
        _land(load, REGIONS, None, world.regions())
        _land(load, COURSES, None, world.courses())
        first_cards = self.last_day - timedelta(days=self._days_of_cards - 1)
        for day in days(first_cards, self.last_day + AHEAD):
            _land(load, RACECARDS, day, world.racecards(day))
        for day in days(self.first_day, self.last_day):
            _land(load, RESULTS, day, world.results(day))
        _land_profiles(world, load)
        load.finish("success")

    def land_news(self, session: Session) -> date:
        """Land what a daily load brings, results and new racecards; returns the last day of it."""
        load = _start(session)
        cards, results = (_by_day(islice(each, NEWS)) for each in (self._cards, self._results))
        for table, news in ((RACECARDS, cards), (RESULTS, results)):
            for day, payloads in news.items():
                _land(load, table, day, payloads)
        _land_profiles(self._world, load)
        load.finish("success")
        return max(results)

    def land_corrections(self, session: Session) -> None:
        """Land ten results of all times again, their first two in the other order.

        It is another ten each time.
        """
        load = _start(session)
        for number in range(CORRECTIONS):
            first = self.first_day + timedelta(days=number * self.days // CORRECTIONS)
            races = chain(
                _races(self._world.results, first, self.last_day),
                _races(self._world.results, self.first_day, first),
            )
            day, result = next(filter(self._can_be_corrected, races))
            self._corrected.add(result["race_id"])
            _land(load, RESULTS, day, [reversed_by_the_stewards(result)])
        load.finish("success")

    def _can_be_corrected(self, race: tuple[date, dict[str, Any]]) -> bool:
        _, result = race
        firsts = [runner["position"] for runner in result["runners"][:2]]
        return firsts == ["1", "2"] and result["race_id"] not in self._corrected


def reversed_by_the_stewards(result: dict[str, Any]) -> dict[str, Any]:
    """A result whose first two have changed places."""
    first, second, *others = result["runners"]
    runners = [second | {"position": "1"}, first | {"position": "2"}, *others]
    return result | {"runners": runners}


def _races(
    of_day: Callable[[date], list[dict[str, Any]]], first: date, last: date
) -> Iterator[tuple[date, dict[str, Any]]]:
    return ((day, payload) for day in days(first, last) for payload in of_day(day))


def _by_day(races: Iterable[tuple[date, dict[str, Any]]]) -> dict[date, list[dict[str, Any]]]:
    by_day = defaultdict(list)
    for day, payload in races:
        by_day[day].append(payload)
    return by_day


def _start(session: Session) -> Load:
    load = Load.start(
        session,
        resources=RESOURCES["all"],
        date_from=None,
        date_to=None,
        regions=("gb", "ire"),
        base_url="http://localhost",
    )
    load.comes_from(Origin("bench"))
    return load


def _land_profiles(world: World, load: Load) -> None:
    missing = missing_horses(load.session.connection)
    for some in _batches(missing):
        profiles = (world.horse(horse_id) for horse_id in some)
        _land(load, HORSES, None, [profile for profile in profiles if profile])


def _batches(horse_ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(horse_ids), _HORSES_IN_A_BATCH):
        yield horse_ids[first : first + _HORSES_IN_A_BATCH]


def _land(load: Load, table: Table, day: date | None, payloads: Iterable[dict[str, Any]]) -> None:
    batch = Batch(table)
    for payload in payloads:
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        race_date = date.fromisoformat(payload["date"]) if table.dated else None
        batch.add([ApiObject(text, payload[table.key_field], race_date)])
    if not batch and day is None:
        return
    log = DayLog(table.resource, day, datetime.now(UTC), pages=1, complete=True)
    load.land(log, batch)
