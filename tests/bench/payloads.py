"""What the benchmark lands: a simulated world's payloads, as the texts the API would send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
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

FIRST_DAY = date(2015, 1, 1)
# The last day with results, which is landed on its own; a fixed one makes two runs comparable.
LAST_DAY = date(2025, 12, 31)
FIRST_CARDS = LAST_DAY - timedelta(days=730)
RACES_PER_DAY = 34
# The real feed changed after the last day. Both wordings are there to be built all the same.
FEED = "2025-06-01"
_HORSES_IN_A_BATCH = 1000


def make_world(scale: float) -> World:
    """The racing of 2015 to 2025, with so many times the races of Britain and Ireland a day."""
    seasons = ((LAST_DAY - FIRST_DAY).days + 1) / 365
    return World(1, seasons, RACES_PER_DAY * scale, LAST_DAY, FEED)


def land_history(world: World, session: Session) -> None:
    """Land all but the last day: results, two years of racecards, and the profiles left to get."""
    day_before = LAST_DAY - timedelta(days=1)
    load = _start(session)
    _land(load, REGIONS, None, world.regions())
    _land(load, COURSES, None, world.courses())
    for day in days(FIRST_CARDS, day_before + AHEAD):
        _land(load, RACECARDS, day, world.racecards(day))
    for day in days(FIRST_DAY, day_before):
        _land(load, RESULTS, day, world.results(day))
    _land_profiles(world, load)
    load.finish("success")


def land_last_day(world: World, session: Session) -> None:
    """Land what a daily load brings: the day's results, and the racecards that have come out."""
    load = _start(session)
    _land(load, RACECARDS, world.last_card, world.racecards(world.last_card))
    _land(load, RESULTS, LAST_DAY, world.results(LAST_DAY))
    _land_profiles(world, load)
    load.finish("success")


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
