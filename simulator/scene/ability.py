"""What a horse is able to do, and which races suit it."""

from __future__ import annotations

import math
from datetime import date

from simulator.scene.conditions import Conditions, rating_code, trip_penalty
from simulator.scene.horses import Horse

# Mean and standard deviation of ability by the letter of a race.
_BASE = {
    "F": (59.0, 14.5),
    "Y": (59.0, 14.5),
    "H": (102.0, 15.0),
    "C": (107.0, 15.0),
    "N": (99.0, 14.0),
}


def ability(horse: Horse, letter: str, age: int) -> float:
    """Pounds, on the scale of the code's ratings, without the day's distance and ground."""
    base, spread = _BASE[letter]
    merit = horse.merit
    if letter in "FY":
        growth = -9.0 if age == 2 else -3.0 if age == 3 else 0.0 if age < 8 else -1.5 * (age - 7)
        if not horse.flat_bred:
            base -= 6
    else:
        merit += horse.jumping
        growth = {3: -10.0, 4: -6.0, 5: -3.0, 6: -1.0}.get(
            age, 0.0 if age < 10 else 3.0 * (9 - age)
        )
        if letter == "C":
            merit += horse.fencing
        if horse.flat_bred:
            base -= 4
    hidden = 1.5 * horse.sire.edge + 0.9 * horse.trainer.edge
    return base + spread * merit + growth + hidden + horse.form_state


def best_trip(horse: Horse, letter: str) -> float:
    """The furlongs at which a horse is best in a code."""
    if letter in "FY":
        return horse.stamina if horse.flat_bred else 0.75 * horse.stamina
    if horse.flat_bred:
        return 16 + 0.8 * max(0.0, horse.stamina - 9)
    return horse.stamina * (1.06 if letter == "C" else 1.0)


def day_level(horse: Horse, race: Conditions, age: int, softness: float) -> tuple[float, float]:
    """Ability in pounds for this race, and the part of it that the market does not see."""
    level = ability(horse, race.letter, age)
    level -= trip_penalty(race.furlongs, best_trip(horse, race.letter))
    if race.surface == "AW":
        level += 2.5 * horse.surface
    else:
        level += 2.2 * horse.going * softness
    return level, 1.5 * horse.sire.edge + 0.9 * horse.trainer.edge


def travels(horse: Horse, course: int, region: str) -> bool:
    """Whether a horse's trainer would send it there: seldom across the Irish Sea."""
    return horse.trainer.region == region or (horse.number + 5 * course) % 9 == 0


def suits(horse: Horse, race: Conditions, day: date) -> bool:
    """Whether a horse may run in a race and its trainer would want it to."""
    age = horse.age(day)
    if not race.ages[0] <= age <= race.ages[1]:
        return False
    if day.toordinal() - horse.entered < 2:
        return False
    rule = race.sex_rule
    if rule and (horse.male if rule != "C&F" else horse.cut is not None and horse.male):
        return False
    rating = horse.rating.get(rating_code(race.letter))
    if rating is not None and not race.low <= rating <= race.high:
        return False
    best = best_trip(horse, race.letter)
    if abs(math.log2(race.furlongs / best)) > 0.5:
        return False
    return not (race.surface == "AW" and horse.surface < -1.3) and not (
        race.surface == "Turf" and race.letter in "FY" and horse.surface > 1.6
    )
