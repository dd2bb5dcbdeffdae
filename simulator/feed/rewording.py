"""What the feed says otherwise since version 1.4.4 than it said before."""

from __future__ import annotations

import math
import re
from random import Random
from typing import Any

from simulator.feed import texts
from simulator.feed.writing import EN_DASH, distance_exact, number_or
from simulator.racing.market import DECIMALS
from simulator.racing.records import DECLARED, ENTERED, Race, Run
from simulator.scene.names import with_periods

Payload = dict[str, Any]

# What 1.4.4 has no words for any more, on a card and for its runners.
_CARD_EMPTY = {"rail_movements": "", "betting_forecast": ""}
_ENTRY_EMPTY = {"spotlight": "", "rpr": "", "ts": ""}
_STATUS = {ENTERED: "entry", DECLARED: "declared"}
_HEADGEAR = {"t": "t/ce", "e": "/es", "p": "e/s", "v": "/es"}
# One in so many: horses with headgear that has a slash, people whose initials have periods,
# results with a distance to the yard.
_SLASHED, _PERIODS, _TO_THE_YARD = 9, 2, 40
# How many runners have no owner's id, no Betfair SP, and races no time behind standard.
_WITHOUT_OWNER, _WITHOUT_BSP, _WITHOUT_STANDARD = 0.05, 0.01, 0.35


def without_owner_id(seed: int, race: Race) -> set[int]:
    """The horses of a race whose owner has a name only, on its card and in its result."""
    rng = Random(f"{seed} {race.number} owners")
    return {run.horse for run in (*race.runs, *race.reserves) if rng.random() < _WITHOUT_OWNER}


def card(payload: Payload, race: Race) -> None:
    """Reword a card; its runners are reworded one by one."""
    payload.update(_CARD_EMPTY)
    # An abandoned race is never more than declared.
    payload["race_status"] = "result" if race.has_result else _STATUS.get(race.status, "declared")


def entry(payload: Payload, run: Run) -> None:
    """Reword a runner of a card."""
    payload.update(_ENTRY_EMPTY, quotes=[], stable_tour=[])
    payload["performance_rating"], payload["speed_rating"] = (
        number_or(rating, "-") for rating in run.rated
    )
    _people(payload, run)
    for before in payload["prev_trainers"]:
        before["trainer"] = _initials(before["trainer"], before["trainer_id"])


def result(payload: Payload, race: Race, rng: Random) -> None:
    """Reword a result; its runners are reworded one by one."""
    payload["race_name"] = _race_name(race)
    payload["going"] = payload["going"].replace("Standard To Slow", "Standard / Slow")
    if race.number % _TO_THE_YARD == 0:
        payload["dist"] = distance_exact(race.yards)
    if rng.random() < _WITHOUT_STANDARD:
        payload["winning_time_detail"] = payload["winning_time_detail"].partition(" (")[0]


def runner(payload: Payload, run: Run, rng: Random, *, settled: bool) -> None:
    """Reword a runner of a result; before a race is `settled` there is no Betfair SP."""
    payload["sp"] = payload["sp"].replace("Evens", "1/1")
    if payload["or"] == "-":
        payload["or"] = EN_DASH
    payload.update(rpr="", tsr="")
    payload["performance_rating"], payload["speed_rating"] = (
        number_or(rating, "-") for rating in run.earned
    )
    if payload["comment"]:
        payload["comment"] = texts.observed(rng, run)
    if settled:
        payload["bsp"] = _betfair(rng, run)
    elif run.number % 2:
        payload["bsp"] = ""
    _people(payload, run)


def _people(payload: Payload, run: Run) -> None:
    for role in ("trainer", "jockey"):
        payload[role] = _initials(payload[role], payload[f"{role}_id"])
    if run.horse % _SLASHED == 0:
        payload["headgear"] = _HEADGEAR.get(payload["headgear"], payload["headgear"])


def _initials(name: str, person: str) -> str:
    return name if int(person[4:] or 0) % _PERIODS else with_periods(name)


def _race_name(race: Race) -> str:
    """The card's words are "Handicap" and "Handicap Chase"."""
    if race.letter == "C":
        band = f" ({race.band})" if race.band else ""
        return re.sub(r"Handicap Chase$", f"Handicap Steeple Chase{band}", race.name)
    if race.letter in "FY":
        return re.sub(r"Handicap(?=$| \(Div)", "Handicap Stakes", race.name)
    return race.name


def _betfair(rng: Random, run: Run) -> str:
    """A price with a smaller margin than the bookmakers', which grows with the price."""
    if run.price is None or rng.random() < _WITHOUT_BSP:
        return ""
    price = DECIMALS[run.price]
    longer = rng.gauss(1.04 + 0.06 * math.log(price), 0.1)
    return f"{min(1000, max(1.01, 1 + (price - 1) * longer)):.2f}"
