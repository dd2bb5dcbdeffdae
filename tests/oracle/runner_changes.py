"""ra_runner_changes, every column, from the feed: a horse now and in its last run before."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from tests.oracle import owners
from tests.oracle.entries import Entry, declared, entries
from tests.oracle.ground import going_group
from tests.oracle.racing import Feed, Run, is_non_runner, known, number, price, rounded, runs
from tests.oracle.rows import Row, keyed

BREAK = timedelta(days=90)
SCALES = ("rpr", "tsr", "performance_rating", "speed_rating")
ENTIRE = {"C", "H", "R"}
SEXES = {"gelding": "G", "mare": "M", "filly": "F", "colt": "C", "horse": "H", "rig": "R"}
_CLAIM = re.compile(r"\((\d+)\)\s*$")


@dataclass(frozen=True, slots=True)
class World:
    """What the rows are worked out from: each horse's runs in order of time, all entries, and those
    that have a card as no more than that tells of them."""

    runs_of: Mapping[str, Sequence[Run]]
    entry_of: Mapping[tuple[str, str], Entry]
    prices_of: Mapping[str, Sequence[Decimal]]
    declared: Mapping[tuple[str, str], Entry]

    def entry(self, run: Run) -> Entry:
        """The entry that a run was."""
        return self.entry_of[run.conditions.race_id, run.runner["horse_id"]]

    def before(self, entry: Entry) -> Entry:
        """What was known of an entry before the race, if it has a card."""
        return self.declared.get(entry.key, entry)


def table(feed: Feed) -> dict[str, Row]:
    """The table by race and horse, without the id of the runner."""
    live = feed.live()
    runs_of: dict[str, list[Run]] = {}
    prices_of: dict[str, list[Decimal]] = {}
    for run in runs(live):
        runs_of.setdefault(run.runner["horse_id"], []).append(run)
        if run.sp is not None:
            prices_of.setdefault(run.conditions.race_id, []).append(run.sp)
    for own_runs in runs_of.values():
        own_runs.sort(key=lambda run: run.conditions.when)
    found = list(entries(live))
    world = World(
        runs_of=runs_of,
        entry_of={entry.key: entry for entry in found},
        prices_of=prices_of,
        declared=declared(live),
    )
    return keyed((_row(entry, world) for entry in found), "race_id", "horse_id")


def _row(entry: Entry, world: World) -> Row:
    own_runs = world.runs_of.get(entry.horse_id, [])
    day, now = entry.conditions.day, world.before(entry)
    past = own_runs[: bisect_left(own_runs, day, key=lambda run: run.conditions.day)]
    last = past[-1] if past else None
    payloads = [*entry.payloads, *([last.race] if last else [])]
    return {
        "race_id": entry.conditions.race_id,
        "horse_id": entry.horse_id,
        "race_date": day,
        "run_number": len(past) + 1,
        "run_since_break": _since_break(entry, past),
        **_last_run(entry, last, world),
        **_differences(now, world.entry(last) if last else None),
        "is_first_time_headgear": _is_first_time_headgear(now, past, world),
        "is_first_run_since_wind_surgery": known(entry.card.get("wind_surgery_run")) == "1",
        "is_gelded_since_last_run": bool(
            last and _sex(now) == "G" and _sex(world.entry(last)) in ENTIRE
        ),
        **_ratings(past[-3:]),
        "created_at": min(landed.first_landed_at for landed in payloads),
        "updated_at": max(landed.changed_at for landed in payloads),
    }


def _since_break(entry: Entry, past: Sequence[Run]) -> int:
    """How many of the runs up to this one follow each other within less than a break."""
    count, day = 1, entry.conditions.day
    for run in reversed(past):
        if day - run.conditions.day >= BREAK:
            break
        count, day = count + 1, run.conditions.day
    return count


def _last_run(entry: Entry, last: Run | None, world: World) -> Row:
    if last is None:
        return dict.fromkeys(
            (
                *("days_since_last_run", "last_race_id", "last_position", "last_prb"),
                *("last_beaten_lengths", "last_sp_decimal", "last_sp_rank"),
            )
        )
    cheaper = [sp for sp in world.prices_of.get(last.conditions.race_id, ()) if sp < (last.sp or 0)]
    return {
        "days_since_last_run": (entry.conditions.day - last.conditions.day).days,
        "last_race_id": last.conditions.race_id,
        "last_position": last.position,
        "last_prb": last.rivals_beaten,
        "last_beaten_lengths": number(last.runner.get("ovr_btn")),
        "last_sp_decimal": price(last.runner.get("sp_dec")),
        "last_sp_rank": None if last.sp is None else len(cheaper) + 1,
    }


def _differences(now: Entry, then: Entry | None) -> Row:
    def less(of: Callable[[Entry], Any]) -> Any:
        here, before = of(now), of(then) if then else None
        return None if here is None or before is None else here - before

    def other(of: Callable[[Entry], Any]) -> bool | None:
        here, before = of(now), of(then) if then else None
        return None if here is None or before is None else here != before

    return {
        "class_change": less(_class),
        "official_rating_change": less(_official_rating),
        "weight_change_lbs": less(_weight),
        "distance_change_furlongs": less(lambda it: it.conditions.distance),
        "is_other_going_group": other(lambda it: going_group(it.conditions)),
        "is_other_course": other(lambda it: it.conditions.course_id),
        "is_other_code": other(lambda it: it.conditions.code),
        "is_other_trainer": other(lambda it: it.told("trainer_id")),
        "is_other_jockey": other(lambda it: it.jockey_id),
        "is_other_owner": other(_owner),
    }


def _is_first_time_headgear(entry: Entry, past: Sequence[Run], world: World) -> bool:
    worn = entry.told("headgear")
    if worn is None:
        return False
    if entry.card:
        return known(entry.card.get("headgear_run")) == "1"
    return all(world.entry(run).told("headgear") != worn for run in past)


def _ratings(last_three: Sequence[Run]) -> Row:
    row: Row = {}
    for scale in SCALES:
        earned = [rating for run in last_three if (rating := _rating(run.runner.get(scale)))]
        row[f"best_{scale}_last_3"] = max(earned, default=None)
        row[f"median_{scale}_last_3"] = rounded(Decimal(median(earned)), 1) if earned else None
    return row


def _rating(text: object) -> int | None:
    figure = number(text)
    return int(figure) or None if figure is not None else None


def _owner(entry: Entry) -> str | None:
    """The result's owner, else the card's, all spellings of a name made one."""
    return owners.spelled(entry.result) or owners.spelled(entry.card)


def _class(entry: Entry) -> int | None:
    digit = re.search(r"\d", entry.conditions.race_class or "")
    return int(digit[0]) if digit else None


def _official_rating(entry: Entry) -> int | None:
    """What the card says, else the result."""
    return _rating(entry.card.get("ofr")) or _rating(entry.result.get("or"))


def _weight(entry: Entry) -> int | None:
    """What was carried, else what is to be: less the claim behind the jockey's name."""
    carried = _rating(entry.result.get("weight_lbs"))
    allotted = _rating(entry.card.get("lbs"))
    if carried is not None or allotted is None:
        return carried
    claim = _CLAIM.search(known(entry.card.get("jockey")) or "")
    return allotted - (int(claim[1]) if claim and not is_non_runner(entry.card) else 0)


def _sex(entry: Entry) -> str | None:
    """The letter that the card has, else the result's letter or word."""
    letter = known(entry.card.get("sex_code"))
    told = known(entry.result.get("sex")) or ""
    return letter or SEXES.get(told.lower(), told or None)
