"""Races and whom they are for: type, class, distance, ages, prize money and name."""

from __future__ import annotations

import math
from random import Random
from typing import NamedTuple

from simulator.scene.geography import COURSES
from simulator.scene.names import Names

TYPES = {"F": "Flat", "Y": "Flat", "H": "Hurdle", "C": "Chase", "N": "NH Flat"}
# Flat or jumps: what form, figures and jockeys are kept apart by.
FAMILY = {"F": "F", "Y": "F", "H": "J", "C": "J", "N": "J"}

_TRIPS = {
    "F": (5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18),
    "A": (5, 6, 7, 8, 9.5, 11, 12, 14, 16),
    "Y": (5, 6, 7, 8),
    "H": (16, 16.5, 17, 18.5, 20, 22, 23.5, 24),
    "C": (16, 16.5, 17, 19.5, 20, 22, 24, 25, 28),
    "N": (14, 16, 16.5),
}
_FIRST_PRIZE = {1: 30000, 2: 15462, 3: 8372, 4: 5405, 5: 4187, 6: 3245.08, 7: 2394}
_SHARES = (1, 0.4692, 0.2344, 0.1173, 0.0585, 0.03, 0.02, 0.01)
_FLAT_CLASSES = ((50, 6), (65, 6), (75, 5), (84, 4), (92, 3), (106, 2))
_JUMP_CLASSES = ((100, 5), (116, 4), (131, 3), (146, 2))


class Conditions(NamedTuple):
    """What a race is. `low` and `high` bound the ratings of a handicap, `ages` the horses' ages.

    `furlongs` is the distance that it is written for, `stated` the one that the course can offer.
    """

    letter: str
    surface: str
    yards: int
    furlongs: float
    stated: float
    jumps: int
    handicap: bool
    race_class: str
    pattern: str
    band: str
    low: float
    high: float
    ages: tuple[int, int]
    age_band: str
    sex_rule: str
    prizes: tuple[float, ...]
    name: str


def rating_code(letter: str) -> str:
    """The code letter that ratings are kept under: two-year-olds race on the flat."""
    return "F" if letter == "Y" else letter


def trip_penalty(furlongs: float, best: float) -> float:
    """Pounds that a horse is worse at a distance than at its best."""
    return 34 * math.log2(furlongs / best) ** 2


def write(
    rng: Random,
    names: Names,
    *,
    letter: str,
    course: int,
    surface: str,
    age: int,
    rating: float | None,
    best: float,
    female: bool,
) -> Conditions:
    """The race that a trainer would look for with such a horse."""
    flat = letter in "FY"
    region, home = COURSES[course].region, COURSES[course].home
    furlongs = _trip(rng, letter, surface, best)
    stated = _stated(letter, course, furlongs)
    yards = _yards(course, stated)
    fillies = female and rng.random() < (0.42 if flat else 0.35)

    pattern = ""
    handicap = False
    low, high = -999.0, 999.0
    grade = 5
    if rating is None:
        grades, shares = ((4, 5, 6), (28, 54, 18)) if flat else ((3, 4, 5), (10, 55, 35))
        grade = rng.choices(grades, shares)[0]
        kind = "Maiden" if rng.random() < 0.5 else "Novice"
        high = 84.0 if flat else 122.0
    else:
        top = 93 if flat else 130
        handicap = letter != "N" and (rating < top or rng.random() < 0.2) and rng.random() < 0.95
        handicap = handicap and home
        if handicap:
            high = 5.0 * math.ceil((rating + rng.uniform(0, 7)) / 5)
            low = high - (26 if flat else 32)
            classes = _FLAT_CLASSES if flat else _JUMP_CLASSES
            grade = next((g for limit, g in classes if high <= limit), 2)
            if flat and high <= 50 and rng.random() < 0.2:
                grade = 7
            kind = "Handicap"
            if not flat:
                kind = "Handicap Hurdle" if letter == "H" else "Handicap Chase"
            elif letter == "Y":
                kind = "Nursery Handicap"
        else:
            low = rating - (26 if flat else 30)
            kind = "Novice" if rating < top else "Conditions"
            grade = 4 if rating < top else 2
            if rating >= top - 4 or not home:
                grade = 1
                step = rating - top + rng.gauss(0, 4)
                word = "Group" if flat else "Grade"
                if step < 4:
                    pattern = "Listed"
                else:
                    pattern = f"{word} {3 if step < 9 else 2 if step < 14 else 1}"
    ages, age_band = _ages(rng, letter, age, handicap)
    sex_rule = ""
    if fillies:
        sex_rule = "F" if flat and ages[1] <= 3 else "F&M" if flat else "M"
    elif pattern == "Group 1" and age == 3 and rng.random() < 0.3:
        sex_rule = "C&F"
    prizes = _prizes(rng, region, grade, pattern)
    name = _name(rng, names, letter, kind if not pattern else "", pattern, sex_rule)
    if handicap and (high >= 110 if flat else high >= 150):
        band = ""
    else:
        band = f"0-{high:.0f}" if handicap else ""
    race_class = f"Class {grade}" if region == "gb" else ""
    jumps = 0
    if letter == "H":
        jumps = round(furlongs / 2)
    elif letter == "C":
        jumps = round(furlongs * 0.75)
    return Conditions(
        letter=letter,
        surface=surface,
        yards=yards,
        furlongs=furlongs,
        stated=stated,
        jumps=jumps,
        handicap=handicap,
        race_class=race_class,
        pattern=pattern,
        band=band,
        low=low,
        high=high,
        ages=ages,
        age_band=age_band,
        sex_rule=sex_rule,
        prizes=prizes,
        name=name,
    )


def _trip(rng: Random, letter: str, surface: str, best: float) -> float:
    trips = _TRIPS["A" if letter == "F" and surface == "AW" else letter]
    wanted = best * 2 ** rng.gauss(0, 0.16)
    return min(trips, key=lambda trip: abs(math.log(trip / wanted)))


def _stated(letter: str, course: int, furlongs: float) -> float:
    # At some courses the start stands half a furlong further back.
    back = letter in "FY" and furlongs in (7, 8, 11) and course % 6 == 1
    return furlongs + 0.5 if back else furlongs


def _yards(course: int, furlongs: float) -> int:
    # No course is measured to a round figure; within 54 yards the nearest half furlong stays.
    return round(furlongs * 220) + (course * 31 + round(furlongs * 2) * 17) % 97 - 44


def _ages(rng: Random, letter: str, age: int, handicap: bool) -> tuple[tuple[int, int], str]:
    if letter == "Y":
        return (2, 2), "2yo"
    if letter == "F":
        if age == 3 and rng.random() < 0.45:
            return (3, 3), "3yo"
        if age == 3 or rng.random() < 0.55:
            return (3, 99), "3yo+"
        return (4, 99), "4yo+"
    if letter == "N":
        return ((4, 6), "4-6yo") if age >= 4 else ((3, 3), "3yo")
    if age == 3:
        return (3, 3), "3yo"
    if letter == "H" and not handicap and age == 4 and rng.random() < 0.3:
        return (4, 4), "4yo"
    if letter == "C" and age >= 5 and rng.random() < 0.6:
        return (5, 99), "5yo+"
    return (4, 99), "4yo+"


def _prizes(rng: Random, region: str, grade: int, pattern: str) -> tuple[float, ...]:
    first = _FIRST_PRIZE[grade] * rng.choice((0.9, 1, 1, 1, 1.1, 1.25))
    first *= {"": 1, "Listed": 1}.get(pattern, {"3": 1.7, "2": 2.8, "1": 7}.get(pattern[-1:], 1))
    if region == "ire":
        first = round(first * rng.choice((1.45, 1.6, 1.75)) / 10) * 10
    paid = 8 if pattern else 5 if grade > 3 else 6
    prizes = [first * share for share in _SHARES[:paid]]
    if region == "ire":
        return tuple(float(round(p / 10) * 10) for p in prizes)
    return tuple(round(p, 2) for p in prizes)


def _name(rng: Random, names: Names, letter: str, kind: str, pattern: str, sex_rule: str) -> str:
    sponsor = names.sponsor()
    who = {"F": "Fillies' ", "F&M": "Fillies' ", "M": "Mares' "}.get(sex_rule, "")
    if pattern:
        what = {"H": "Hurdle", "C": "Chase", "N": "NH Flat Race"}.get(letter, "Stakes")
        mark = f"({pattern})" if rng.random() < 0.9 else f"({pattern} Race)"
        return f"{names.trophy()} {who}{what} {mark}"
    if letter == "N":
        form = rng.choice(("", "Maiden ", "Open "))
        return f"{sponsor} {who}{form}National Hunt Flat Race (GBB Race)"
    if kind in ("Maiden", "Novice", "Conditions"):
        what = {"H": "Hurdle", "C": "Chase"}.get(letter, "Stakes")
        if letter == "H" and kind == "Novice":
            kind = rng.choice(("Novices'", "'National Hunt' Novices'", '"National Hunt" Novices\''))
        bonus = " (GBB Race)" if rng.random() < 0.25 else ""
        return f"{sponsor} {who}{kind} {what}{bonus}"
    division = rng.choice(("", "", "", "", "", " (Div I)", " (Div II)")) if letter == "F" else ""
    return f"{sponsor} {who}{kind}{division}"
