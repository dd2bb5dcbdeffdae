"""The fixture list: which meetings a day has, and on what ground."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from simulator.scene.geography import COURSES, Course

# Races a day by month, relative to the year's mean: thin winters, full summers.
_MONTHS = (0.72, 0.75, 0.85, 1.0, 1.18, 1.22, 1.28, 1.28, 1.12, 1.05, 0.86, 0.70)
# How soft turf is, from 0 (firm) to 4 (heavy), by month.
_WET = (2.9, 2.8, 2.3, 1.7, 1.3, 1.0, 0.8, 0.9, 1.1, 1.8, 2.5, 2.9)
# Of turf meetings, how many are on the flat.
_FLAT_TURF = (0, 0, 0.12, 0.5, 0.66, 0.72, 0.74, 0.74, 0.7, 0.52, 0.08, 0)
_ALL_WEATHER = (0.46, 0.44, 0.36, 0.2, 0.14, 0.13, 0.12, 0.13, 0.16, 0.22, 0.36, 0.46)

_BRITISH_GOING = ("Firm", "Good To Firm", "Good", "Good To Soft", "Soft", "Heavy")
_IRISH_GOING = (
    "Firm",
    "Good To Firm",
    "Good",
    "Good To Yielding",
    "Yielding",
    "Yielding To Soft",
    "Soft",
    "Soft To Heavy",
    "Heavy",
)
_AW_GOING = ("Standard", "Standard To Slow", "Standard To Fast", "Slow")

# How soft each going is for a horse that minds: -1 is firm, 2 is heavy.
SOFTNESS = {
    "Firm": -1.0,
    "Good To Firm": -0.6,
    "Good": 0.0,
    "Good To Yielding": 0.3,
    "Good To Soft": 0.4,
    "Yielding": 0.6,
    "Yielding To Soft": 0.9,
    "Soft": 1.1,
    "Soft To Heavy": 1.5,
    "Heavy": 2.0,
    "Very Soft": 1.3,
    "Holding": 1.4,
    "Standard": 0.0,
    "Standard To Slow": 0.0,
    "Standard To Fast": 0.0,
    "Slow": 0.0,
    "Fast": 0.0,
    "Sloppy": 0.0,
    "Muddy": 0.0,
}


class Meeting(NamedTuple):
    """One course on one day: `kind` is F, A or J, `minutes` are the off times after midnight."""

    course: int
    kind: str
    going: str
    minutes: tuple[int, ...]


class Programme:
    """Hands out meetings so that the year's mean is `races_per_day`."""

    def __init__(self, rng: Random, races_per_day: float) -> None:
        self._rng = rng
        self._races_per_day = races_per_day
        self._owed = 0.0
        self._places: dict[tuple[str, str], list[int]] = {}
        for index, course in enumerate(COURSES):
            for kind in course.kinds:
                self._places.setdefault((course.region, kind), []).append(index)

    def meetings(self, day: date) -> list[Meeting]:
        """The British and Irish meetings of a day; none around Christmas."""
        if (day.month, day.day) in ((12, 23), (12, 24), (12, 25)):
            return []
        rng = self._rng
        busy = 1.25 if day.weekday() == 5 else 0.96
        self._owed += self._races_per_day * _MONTHS[day.month - 1] * busy
        taken: set[int] = set()
        found = []
        while self._owed >= 3.7:
            races = rng.choices((6, 7, 8, 9), (14, 45, 35, 6))[0]
            self._owed -= races
            meeting = self._meeting(day, races, taken)
            if meeting:
                found.append(meeting)
        return sorted(found)

    def _meeting(self, day: date, races: int, taken: set[int]) -> Meeting | None:
        rng = self._rng
        region = "gb" if rng.random() < 0.76 else "ire"
        aw = _ALL_WEATHER[day.month - 1] * (1 if region == "gb" else 0.4)
        if rng.random() < aw:
            kind = "A"
        else:
            kind = "F" if rng.random() < _FLAT_TURF[day.month - 1] else "J"
        free = [c for c in self._places[region, kind] if c not in taken]
        if not free:
            return None
        course = rng.choice(free)
        taken.add(course)
        going = self.going(day, COURSES[course], kind)
        return Meeting(course, kind, going, tuple(self._off_times(day, kind, races)))

    def going(self, day: date, course: Course, kind: str) -> str:
        """The state of the ground."""
        rng = self._rng
        if kind == "A":
            return rng.choices(_AW_GOING, (68, 27, 4, 1))[0]
        wet = _WET[day.month - 1] + course.wet + rng.gauss(0, 0.65) + (0.3 if kind == "J" else 0)
        scale = _IRISH_GOING if course.region == "ire" else _BRITISH_GOING
        place = (0.15 + 0.2 * wet) * (len(scale) - 1)
        return scale[min(len(scale) - 1, max(0, round(place)))]

    def _off_times(self, day: date, kind: str, races: int) -> Iterator[int]:
        rng = self._rng
        summer = 4 <= day.month <= 8
        evening = 0.62 if kind == "A" and not summer else 0.32 if summer else 0.0
        if rng.random() < evening:
            start = (16 * 60 + 10 if races > 7 else 16 * 60 + 40) + 5 * rng.randint(0, 5)
            gap = 30
        elif rng.random() < 0.06:
            start = 11 * 60 + 5 * rng.randint(0, 8)
            gap = 30
        else:
            early = 12 * 60 + 5 if kind == "J" and not summer else 13 * 60 + 10
            start = early + 5 * rng.randint(0, 8)
            gap = rng.choice((30, 33, 35)) if summer else rng.choice((28, 30, 33))
        minute = start
        for _ in range(races):
            yield minute
            minute += gap + rng.choice((0, 0, 0, 5, -3, 2))


def days(first: date, last: date) -> Iterator[date]:
    """Every date from `first` to `last`, both included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)
