"""From the off to the finish: starting prices, the contest, figures and prize money."""

from __future__ import annotations

from random import Random

from simulator.racing import contest
from simulator.racing.contest import Finish
from simulator.racing.market import starting_prices
from simulator.racing.records import RAN, WITHDRAWN_LATE
from simulator.racing.runners import Plan, Runner
from simulator.racing.seldom import Seldom
from simulator.scene.conditions import Conditions
from simulator.scene.geography import COURSES

# Position codes that are given now and then lest a small world never sees them.
_SPECIALS = {
    "F": ("DSQ", "LFT"),
    "Y": ("DSQ", "LFT"),
    "N": ("CO",),
    "H": ("DIED", "RR", "REF", "SU", "RO", "BD", "CO"),
    "C": ("DIED", "RR", "REF", "SU", "RO", "BD", "CO"),
}


def back(rng: Random, seldom: Seldom, runners: list[Runner], course: int) -> None:
    """Starting prices; a late withdrawal leaves those of the others too long."""
    home = COURSES[course].home
    field_ = [runner for runner in runners if runner.status == RAN]
    prices = starting_prices([runner.chance for runner in field_], rng)
    for runner, price in zip(field_, prices, strict=True):
        runner.price = price
    if home and len(field_) > 5 and seldom("late withdrawal"):
        out = min(field_, key=lambda runner: abs(runner.chance - 0.28))
        if 0.15 < out.chance < 0.45:
            out.status, out.price = WITHDRAWN_LATE, None
            field_.remove(out)
    if home and seldom("no price"):
        rng.choice(field_).price = None
    elif not home and rng.random() < 0.3:
        for runner in field_:
            runner.price = None


def run(rng: Random, seldom: Seldom, runners: list[Runner], plan: Plan, *, void: bool) -> float:
    """Run the race; returns seconds behind standard."""
    race = plan.conditions
    field_ = [runner for runner in runners if runner.status == RAN]
    special = next((code for code in _SPECIALS[race.letter] if seldom(code)), "")
    finishes, slow = contest.run(
        rng,
        letter=race.letter,
        furlongs=race.furlongs,
        yards=race.yards,
        going=plan.going,
        levels=[runner.level for runner in field_],
        weights=[runner.lbs - runner.claim for runner in field_],
        dead_heat=seldom("dead heat"),
        special=special,
    )
    if void:
        for runner in field_:
            runner.finish = Finish(code="VOI")
        return slow
    for runner, finish in zip(field_, finishes, strict=True):
        runner.finish = finish
        if finish.figure is not None and finish.position and rng.random() < 0.74:
            runner.figure = max(1, round(finish.figure + 6 + rng.gauss(0, 1.2)))
            if rng.random() < 0.93:
                lost = abs(rng.gauss(4, 12)) + 4 * max(0.0, slow - 4)
                runner.speed = max(1, round(runner.figure - lost))
    _share_prizes(race, field_)
    return slow


def _share_prizes(race: Conditions, runners: list[Runner]) -> None:
    """Prize money by position; those who dead-heat share what their places are worth."""
    places: dict[int, list[Runner]] = {}
    for runner in runners:
        if runner.finish.position:
            places.setdefault(runner.finish.position, []).append(runner)
    for position, sharing in places.items():
        pot = sum(race.prizes[position - 1 : position - 1 + len(sharing)])
        for runner in sharing:
            runner.prize = round(pot / len(sharing), 2)
