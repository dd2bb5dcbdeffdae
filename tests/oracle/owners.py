"""Owners whom the feed names without an id."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tests.oracle.text import known

if TYPE_CHECKING:
    from tests.oracle.racing import Feed

_SPELLING = re.compile(r"[&,.]|\b(mrs|mr)\b")


def ids(feed: Feed) -> dict[tuple[str, str], str]:
    """The owner of each runner of a result, {(race id, horse id): owner id}, where one is told.

    It is the id sent; else the one that the horse had under that name elsewhere, the newest of
    several; else the only one that the name has.
    """
    of_horse: dict[tuple[str, str], tuple[date, str]] = {}
    of_name: dict[str, set[str]] = defaultdict(set)
    for day, horse_id, name, owner_id in _named(feed):
        if owner_id:
            of_name[name].add(owner_id)
            # Of two on one day the lower id.
            held = of_horse.get((horse_id, name), (date.min, ""))
            if day > held[0] or (day == held[0] and owner_id < held[1]):
                of_horse[horse_id, name] = (day, owner_id)
    told = {}
    for race in feed.results:
        for runner in race.payload["runners"]:
            name = spelled(runner)
            only = of_name[name] if name and len(of_name[name]) == 1 else set()
            _, own = of_horse.get((runner["horse_id"], name or ""), (None, None))
            found = known(runner.get("owner_id")) or own or next(iter(only), None)
            if found:
                told[race.payload["race_id"], runner["horse_id"]] = found
    return told


def spelled(runner: Mapping[str, Any]) -> str | None:
    """The name of a runner's owner, all its spellings made one."""
    name = known(runner.get("owner"))
    return " ".join(_SPELLING.sub(" ", name.lower()).split()) if name else None


def _named(feed: Feed) -> Iterator[tuple[date, str, str, str | None]]:
    for race in (*feed.racecards, *feed.results):
        for runner in race.payload["runners"]:
            name = spelled(runner)
            if name and race.race_date:
                yield race.race_date, runner["horse_id"], name, known(runner.get("owner_id"))
