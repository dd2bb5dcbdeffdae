"""The tables of performance by distance, by venue and in combination, every column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from tests.oracle.entities import Entities, with_entities
from tests.oracle.racing import Feed, Run, distance_name, rounded
from tests.oracle.rows import Row, keyed
from tests.oracle.tally import Tally

KEYS = {
    "ra_performance_by_distance": ("entity_type", "entity_id", "distance_yards", "query_filters"),
    "ra_performance_by_venue": ("entity_type", "entity_id", "venue_id", "query_filters"),
    "ra_entity_combinations": (
        "entity1_type",
        "entity1_id",
        "entity2_type",
        "entity2_id",
        "query_filters",
    ),
}
YARDS_IN_A_FURLONG = 220
PAIRS = (
    ("jockey", "trainer"),
    ("jockey", "owner"),
    ("trainer", "owner"),
    ("horse", "jockey"),
    ("horse", "trainer"),
    ("sire", "damsire"),
)


def tables(feed: Feed) -> dict[str, dict[str, Row]]:
    """Each table as {the values of its KEYS: {column: value}}, without the ids."""
    live = feed.live()
    all_runs = list(with_entities(live))
    rows = {
        "ra_performance_by_distance": _by_distance(all_runs),
        "ra_performance_by_venue": _by_venue(all_runs),
        "ra_entity_combinations": _combinations(all_runs),
    }
    return {name: keyed(rows[name], *key) for name, key in KEYS.items()}


def _by_distance(all_runs: Iterable[tuple[Run, Entities]]) -> Iterator[Row]:
    groups = _groups(
        (run, (kind, entity_id, run.distance))
        for run, entities in all_runs
        if run.distance is not None
        for kind, entity_id in entities.items()
    )
    for (kind, entity_id, furlongs), members in groups:
        for filters, own_runs, measured in _filtered(members):
            yield {
                "entity_type": kind,
                "entity_id": entity_id,
                "distance_yards": int(furlongs * YARDS_IN_A_FURLONG),
                "distance_display": distance_name(furlongs),
                "query_filters": filters,
                "going_breakdown": _going_breakdown(own_runs),
                **_times(own_runs if filters else []),
                **measured,
            }


def _by_venue(all_runs: Iterable[tuple[Run, Entities]]) -> Iterator[Row]:
    groups = _groups(
        (run, (kind, entity_id, run.conditions.course_id))
        for run, entities in all_runs
        if run.conditions.course_id is not None
        for kind, entity_id in entities.items()
    )
    for (kind, entity_id, course_id), members in groups:
        for filters, _, measured in _filtered(members):
            yield {
                "entity_type": kind,
                "entity_id": entity_id,
                "venue_id": course_id,
                "query_filters": filters,
                **measured,
            }


def _combinations(all_runs: Iterable[tuple[Run, Entities]]) -> Iterator[Row]:
    groups = _groups(
        (run, (first, entities[first], second, entities[second]))
        for run, entities in all_runs
        for first, second in PAIRS
        if first in entities and second in entities
    )
    for (first, first_id, second, second_id), members in groups:
        for filters, _, measured in _filtered(members):
            yield {
                "entity1_type": first,
                "entity1_id": first_id,
                "entity2_type": second,
                "entity2_id": second_id,
                "query_filters": filters,
                **measured,
            }


def _groups(
    keyed_runs: Iterable[tuple[Run, tuple[Any, ...]]],
) -> Iterable[tuple[tuple[Any, ...], list[Run]]]:
    groups: dict[tuple[Any, ...], list[Run]] = {}
    for run, key in keyed_runs:
        groups.setdefault(key, []).append(run)
    return groups.items()


def _filtered(members: Sequence[Run]) -> Iterator[tuple[Row, Sequence[Run], Row]]:
    """The filters, runs and measures of a group's rows: all its runs, then those of each code."""
    measured = _measures(members)
    yield {}, members, measured
    for code in ("Flat", "NH"):
        own_runs = [run for run in members if run.conditions.code == code]
        if own_runs:
            same = len(own_runs) == len(members)
            yield {"code": code}, own_runs, measured if same else _measures(own_runs)


def _measures(own_runs: Sequence[Run]) -> Row:
    total = Tally(own_runs)
    return {
        "total_runs": len(own_runs),
        "wins": total.wins,
        "places_2nd": total.finishes(2),
        "places_3rd": total.finishes(3),
        "win_percent": total.win_percent,
        "place_percent": total.place_percent,
        "ae_index": total.ae,
        **total.beside_a_record(),
        "created_at": min(run.race.first_landed_at for run in own_runs),
        "calculated_at": max(run.race.changed_at for run in own_runs),
    }


def _times(own_runs: Iterable[Run]) -> Row:
    """The times of those that finished, in seconds; of two in the newest race, the faster."""
    timed = [
        (run.conditions.when, -run.seconds)
        for run in own_runs
        if run.position is not None and run.seconds is not None
    ]
    times = [-time for _, time in timed]
    return {
        "best_time_seconds": min(times, default=None),
        "avg_time_seconds": rounded(sum(times, Decimal(0)) / len(times), 2) if times else None,
        "last_time_seconds": -max(timed)[1] if timed else None,
    }


def _going_breakdown(own_runs: Iterable[Run]) -> dict[str, dict[str, int]]:
    breakdown: dict[str, dict[str, int]] = {}
    for run in own_runs:
        if run.conditions.going is not None:
            counts = breakdown.setdefault(run.conditions.going, {"runs": 0, "wins": 0})
            counts["runs"] += 1
            counts["wins"] += run.won
    return breakdown
