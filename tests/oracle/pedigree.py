"""The three pedigree tables, every column, from the feed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tests.oracle.racing import (
    LONDON,
    LONG_AGO,
    Feed,
    Landed,
    Run,
    distance_name,
    known,
    off,
    rounded,
    runs,
    without_country,
)
from tests.oracle.tally import Tally, best, grouped, ranked

PARENTS = {"ra_mst_sires": "sire", "ra_mst_dams": "dam", "ra_mst_damsires": "damsire"}

# Which source is believed about a horse's parents, and whose spelling goes first on the same day.
BELIEVED = {"profile": 2, "card": 1, "result": 0}
SPELLING = {"card": 2, "result": 1, "profile": 0}

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Mention:
    """One payload that says who is a parent of one horse; key is the race's id or the horse's."""

    source: str
    key: str
    landed: Landed
    horse_id: str | None
    parent_id: str
    name: str | None

    @property
    def seen(self) -> date:
        """The day of the race, or the day in London on which the profile last changed."""
        return self.landed.race_date or self.landed.changed_at.astimezone(LONDON).date()

    @property
    def off(self) -> datetime:
        """When the race was off; a time that is not known is before all others."""
        return off(self.landed.payload, self.seen) or LONG_AGO


def tables(feed: Feed, *, min_expected: Decimal = Decimal(5)) -> dict[str, dict[str, Row]]:
    """Each pedigree table as {parent id: {column: value}}.

    min_expected is how many expected wins a class or distance needs to be a reliable best.
    """
    live = feed.live()
    all_runs = runs(live)
    return {
        table: _table(parent, live, all_runs, min_expected) for table, parent in PARENTS.items()
    }


def parents(feed: Feed, parent: str) -> dict[str, str]:
    """Each horse's agreed sire, dam or damsire, as {horse id: parent id}."""
    return _agreed(_mentions(feed.live(), parent))


def _table(
    parent: str,
    feed: Feed,
    all_runs: Iterable[Run],
    min_expected: Decimal,
) -> dict[str, Row]:
    mentions = list(_mentions(feed, parent))
    parent_of = _agreed(mentions)
    mentioned: dict[str, list[Mention]] = {}
    for mention in mentions:
        mentioned.setdefault(mention.parent_id, []).append(mention)
    progeny_runs: dict[str, list[Run]] = {parent_id: [] for parent_id in mentioned}
    for run in all_runs:
        parent_id = parent_of.get(known(run.runner.get("horse_id")) or "")
        if parent_id is not None:
            progeny_runs[parent_id].append(run)
    return {
        parent_id: _identity(parent_id, mentioned[parent_id], own_runs)
        | _record(own_runs, min_expected)
        for parent_id, own_runs in progeny_runs.items()
    }


def _mentions(feed: Feed, parent: str) -> Iterator[Mention]:
    for source, races in (("card", feed.racecards), ("result", feed.results)):
        for race in races:
            for runner in race.payload["runners"]:
                horse_id = known(runner.get("horse_id"))
                yield from _mention(source, race.payload["race_id"], race, horse_id, runner, parent)
    for profile in feed.horses:
        horse_id = profile.payload["id"]
        yield from _mention("profile", horse_id, profile, horse_id, profile.payload, parent)


def _mention(
    source: str,
    key: str,
    landed: Landed,
    horse_id: str | None,
    horse: Mapping[str, Any],
    parent: str,
) -> Iterator[Mention]:
    parent_id = known(horse.get(f"{parent}_id"))
    if parent_id is not None:
        yield Mention(source, key, landed, horse_id, parent_id, known(horse.get(parent)))


def _agreed(mentions: Iterable[Mention]) -> dict[str, str]:
    """Each horse's parent, from the source most believed and of its kind the newest."""

    def weight(mention: Mention) -> tuple[int, date, datetime, str]:
        return (BELIEVED[mention.source], mention.seen, mention.off, mention.key)

    chosen: dict[str, Mention] = {}
    for mention in mentions:
        if mention.horse_id is None:
            continue
        held = chosen.get(mention.horse_id)
        if held is None or weight(mention) > weight(held):
            chosen[mention.horse_id] = mention
    return {horse_id: mention.parent_id for horse_id, mention in chosen.items()}


def _name(mentions: Iterable[Mention]) -> str | None:
    """The name as last seen, of the mentions that give one."""

    def recency(mention: Mention) -> tuple[date, int, str, str]:
        return (mention.seen, SPELLING[mention.source], mention.key, mention.horse_id or "")

    newest = max((mention for mention in mentions if mention.name), key=recency, default=None)
    return without_country(newest.name) if newest and newest.name else None


def _identity(parent_id: str, mentions: Sequence[Mention], own_runs: Sequence[Run]) -> Row:
    digits = re.search(r"\d+", parent_id)
    updated_at = max(mention.landed.changed_at for mention in mentions)
    return {
        "id": parent_id,
        "name": _name(mentions),
        "horse_id": f"hrs_{digits[0]}" if digits else None,
        "created_at": min(mention.landed.first_landed_at for mention in mentions),
        "updated_at": updated_at,
        "analysis_last_updated": max((run.race.changed_at for run in own_runs), default=updated_at),
    }


def _record(own_runs: Sequence[Run], min_expected: Decimal) -> Row:
    total = Tally(own_runs)
    row: Row = {
        "total_runners": len(own_runs),
        "total_wins": total.wins,
        "total_places_2nd": total.finishes(2),
        "total_places_3rd": total.finishes(3),
        "overall_win_percent": total.win_percent,
        "overall_ae_index": total.ae,
        "total_progeny": len({run.runner["horse_id"] for run in own_runs}),
        "total_progeny_winners": len({run.runner["horse_id"] for run in own_runs if run.won}),
        **total.beside_a_record(),
    }
    classes = grouped(own_runs, lambda run: run.race_class)
    distances = grouped(
        own_runs, lambda run: None if run.distance is None else distance_name(run.distance)
    )
    row |= _breakdown("class", classes, min_expected)
    row |= _breakdown("distance", distances, min_expected)
    return row | {"data_quality_score": _quality(row)}


def _breakdown(kind: str, groups: Mapping[str, Tally], min_expected: Decimal) -> Row:
    ranking = ranked(groups)
    row: Row = {}
    for place in (1, 2, 3):
        name, tally = ranking[place - 1] if place <= len(ranking) else (None, None)
        row |= {
            f"{kind}_{place}_name": name,
            f"{kind}_{place}_runners": len(tally.runs) if tally else None,
            f"{kind}_{place}_wins": tally.wins if tally else None,
            f"{kind}_{place}_win_percent": tally.win_percent if tally else None,
            f"{kind}_{place}_ae": tally.ae if tally else None,
        }
    name, tally, reliable = best(ranking, min_expected) or (None, None, None)
    return row | {
        f"best_{kind}": name,
        f"best_{kind}_ae": tally.ae if tally else None,
        f"best_{kind}_is_reliable": reliable,
    }


def _quality(row: Row) -> Decimal:
    """The share of what this parent's row could tell that it does tell, 0 to 1."""
    of_class = {f"class_{place}_name": Decimal("0.10") for place in (1, 2, 3)}
    of_class["best_class_ae"] = Decimal("0.05")
    elsewhere = {f"distance_{place}_name": Decimal("0.10") for place in (1, 2, 3)}
    elsewhere |= {"overall_ae_index": Decimal("0.10"), "best_distance_ae": Decimal("0.05")}
    weights = elsewhere if row["class_1_name"] is None else elsewhere | of_class
    any_runs = Decimal("0.20")
    reached = any_runs if row["total_runners"] else Decimal(0)
    reached += sum(weight for column, weight in weights.items() if row[column] is not None)
    return rounded(reached / (any_runs + sum(weights.values())), 2)
