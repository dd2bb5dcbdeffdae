"""ra_runner_statistics, every column, from the feed: what a horse had done before a race."""

from __future__ import annotations

import csv
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from tests.oracle.entries import Entry, entries
from tests.oracle.ground import GOING_GROUPS, going_group, is_all_weather
from tests.oracle.racing import Feed, Run, conditions, known, prize, rounded, runs
from tests.oracle.rows import Row, keyed
from tests.oracle.tally import Tally


@dataclass(frozen=True, slots=True)
class History:
    """What the rows are worked out from: each horse's runs in order of time, and its birth year.

    first_landed is the day of the first race that has a result; rates are pounds per euro by year.
    """

    runs_of: Mapping[str, Sequence[Run]]
    birth_years: Mapping[str, int]
    first_landed: date | None
    rates: Mapping[int, Decimal]


def rates(path: Path) -> dict[int, Decimal]:
    """Pounds per euro by year, from the project's table of them."""
    with path.open(newline="") as lines:
        return {int(row["year"]): Decimal(row["gbp_per_eur"]) for row in csv.DictReader(lines)}


def table(feed: Feed, rates: Mapping[int, Decimal]) -> dict[str, Row]:
    """The table by race and horse, its rows with their race_id in place of the ids."""
    live = feed.live()
    runs_of: dict[str, list[Run]] = {}
    for run in runs(live):
        runs_of.setdefault(known(run.runner.get("horse_id")) or "", []).append(run)
    for own_runs in runs_of.values():
        own_runs.sort(key=lambda run: run.conditions.when)
    first_landed = min((race.race_date for race in live.results if race.race_date), default=None)
    history = History(runs_of, _birth_years(live), first_landed, rates)
    return keyed((_row(entry, history) for entry in entries(live)), "race_id", "horse_id")


def _birth_years(feed: Feed) -> dict[str, int]:
    """The year of each horse's date of birth: its profile's, else its newest card's."""
    years: dict[str, int] = {}
    for card in sorted(feed.racecards, key=lambda card: conditions(None, card).when):
        years |= _born((runner.get("horse_id"), runner) for runner in card.payload["runners"])
    return years | _born((profile.payload["id"], profile.payload) for profile in feed.horses)


def _born(horses: Iterable[tuple[object, Mapping[str, Any]]]) -> dict[str, int]:
    return {
        horse_id: date.fromisoformat(dob).year
        for given_id, horse in horses
        if (horse_id := known(given_id)) and (dob := known(horse.get("dob")))
    }


def _row(entry: Entry, history: History) -> Row:
    own_runs = history.runs_of.get(entry.horse_id, [])
    day = entry.conditions.day
    past = own_runs[: bisect_left(own_runs, day, key=lambda run: run.conditions.day)]
    payloads = [*entry.payloads, *(run.race for run in past)]
    return {
        "race_id": entry.conditions.race_id,
        "horse_id": entry.horse_id,
        **_career(past, history.rates),
        **_groups(entry, past),
        **_reach(entry, history),
        "created_at": min(landed.first_landed_at for landed in payloads),
        "updated_at": max(landed.changed_at for landed in payloads),
    }


def _career(past: Sequence[Run], rates: Mapping[int, Decimal]) -> Row:
    career = Tally(past)
    wins = [run for run in past if run.won]
    yards = [run.conditions.yards for run in wins if run.conditions.yards is not None]
    return {
        "career_runs": len(past),
        "career_wins": career.wins,
        "career_prize": sum((_in_pounds(run, rates) for run in past), Decimal(0)),
        "career_win_percent": career.win_percent,
        "career_place_percent": career.place_percent,
        "last_raced": max((run.conditions.day for run in past), default=None),
        "last_won": max((run.conditions.day for run in wins), default=None),
        "min_winning_distance_yards": min(yards, default=None),
        "max_winning_distance_yards": max(yards, default=None),
    }


def _in_pounds(run: Run, rates: Mapping[int, Decimal]) -> Decimal:
    """What the run earned; euros at the rate of the year, or of the nearest that has one."""
    amount, currency = prize(run.runner.get("prize")) or (Decimal(0), "GBP")
    if currency == "EUR":
        amount *= rates[min(rates, key=lambda year: abs(year - run.conditions.day.year))]
    return rounded(amount, 2)


def _groups(entry: Entry, past: Sequence[Run]) -> Row:
    own, jockey_id = entry.conditions, entry.jockey_id
    year_ago = _a_year_before(own.day)

    def on_course(run: Run) -> bool:
        return own.course_id is not None and run.conditions.course_id == own.course_id

    def in_code(run: Run) -> bool:
        return own.code is not None and run.conditions.code == own.code

    def over_distance(run: Run) -> bool:
        return in_code(run) and own.distance is not None and run.distance == own.distance

    def goes(group: str) -> Callable[[Run], bool]:
        return lambda run: in_code(run) and going_group(run.conditions) == group

    belongs: dict[str, Callable[[Run], bool]] = {
        "course": on_course,
        "distance": over_distance,
        "course_distance": lambda run: on_course(run) and over_distance(run),
        **{group: goes(group) for group in GOING_GROUPS},
        "aw": lambda run: in_code(run) and is_all_weather(run.conditions),
        "jumps": lambda run: run.conditions.kind in ("Hurdle", "Chase"),
        "last_12m": lambda run: run.conditions.day >= year_ago,
    }
    row: Row = {"jockey_id": jockey_id}
    for name, belonging in belongs.items():
        row |= _counts(name, [run for run in past if belonging(run)])
    row |= _counts("last_10", past[-10:])
    with_jockey = [run for run in past if known(run.runner.get("jockey_id")) == jockey_id]
    row |= _counts("jockey", None if jockey_id is None else with_jockey)
    return row


def _counts(name: str, members: Sequence[Run] | None) -> Row:
    """How often they ran and were first, second and third; None of what cannot be known."""
    tally = None if members is None else Tally(members)
    return {
        f"{name}_runs": len(tally.runs) if tally else None,
        f"{name}_wins": tally.wins if tally else None,
        f"{name}_2nds": tally.finishes(2) if tally else None,
        f"{name}_3rds": tally.finishes(3) if tally else None,
    }


def _a_year_before(day: date) -> date:
    leap_day = (day.month, day.day) == (2, 29)
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)


def _reach(entry: Entry, history: History) -> Row:
    """How far back the landed results go, and whether that is to before the horse could run."""
    first = history.first_landed
    born = history.birth_years.get(entry.horse_id)
    if born is None and entry.age is not None:
        born = entry.conditions.day.year - entry.age
    complete = None
    if first is not None and born is not None:
        first_full_year = first.year if (first.month, first.day) == (1, 1) else first.year + 1
        complete = born + 2 >= first_full_year
    return {"history_from": first, "history_complete": complete}
