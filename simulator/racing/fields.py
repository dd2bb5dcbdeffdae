"""Fields for the races at home: what is worth holding, and who runs in it."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.runners import Today
from simulator.racing.seldom import Seldom
from simulator.scene.ability import best_trip, suits, travels
from simulator.scene.conditions import Conditions, rating_code, write
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.meetings import Meeting
from simulator.scene.names import Names
from simulator.scene.stables import Stables

# How many runners a race is meant for, and how often.
_SIZES = (4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 18, 20)
_SIZE_SHARES = (3, 8, 11, 14, 15, 12, 10, 8, 7, 4, 4, 1.5, 1.5, 0.7, 0.5)


class Fields:
    """Makes up fields from the horses that wait for a race."""

    def __init__(self, rng: Random, names: Names, stables: Stables, seldom: Seldom) -> None:
        self._rng = rng
        self._names = names
        self._stables = stables
        self._waiting = stables.waiting
        self._seldom = seldom
        self._double_due = False

    def make(self, today: Today, meeting: Meeting) -> tuple[Conditions, list[Horse]] | None:
        """A race with its field; None when nothing comes together."""
        return next(filter(None, (self._attempt(today, meeting) for _ in range(6))), None)

    def second_run(self, race: Conditions, ran_here: list[Horse], day: date) -> Horse | None:
        """A horse that turns out again at a meeting where it has run already."""
        self._double_due = self._double_due or self._seldom("twice in a day")
        if not self._double_due:
            return None
        for horse in ran_here:
            entered, horse.entered = horse.entered, 0
            fits = horse.died is None and horse.code == race.letter and suits(horse, race, day)
            horse.entered = entered
            if fits:
                self._double_due = False
                return horse
        return None

    def _letter(self, kind: str, day: date) -> str:
        waiting = self._waiting
        if kind == "J":
            options = "HHHCCN" if waiting.count("N") > 60 else "HHHHHCCCC"
            return self._rng.choice(options)
        # Races for two-year-olds are fewer than they are, and begin in April.
        young = 0.55 * waiting.count("Y") if day.month > 3 else 0
        return "Y" if self._rng.random() < young / (young + waiting.count("F") + 1) else "F"

    def _attempt(self, today: Today, meeting: Meeting) -> tuple[Conditions, list[Horse]] | None:
        """A race written for a horse that looks for one, if others would run in it too."""
        rng = self._rng
        day, to_come = today.day, today.ahead > 0
        letter = self._letter(meeting.kind, day)
        seeded = self._waiting.seed(letter)
        if seeded is None:
            return None
        horse, group = seeded
        race = write(
            rng,
            self._names,
            letter=letter,
            course=meeting.course,
            surface="AW" if meeting.kind == "A" else "Turf",
            age=horse.age(day),
            rating=horse.rating.get(rating_code(letter)),
            best=best_trip(horse, letter),
            female=not horse.male,
        )
        region = COURSES[meeting.course].region
        horses = self._waiting.enter(
            letter,
            group,
            self._wanted(race, today),
            lambda h: travels(h, meeting.course, region) and suits(h, race, day),
            keep=to_come,
        )
        if len(horses) >= 4:
            return race, horses
        if not to_come:
            for horse in horses:
                self._stables.rest(horse, day, 1)
        return None

    def _wanted(self, race: Conditions, today: Today) -> int:
        rng = self._rng
        wanted = rng.choices(_SIZES, _SIZE_SHARES)[0]
        if race.handicap:
            wanted = min(20, wanted + rng.choice((0, 1, 1, 2)))
        wanted += rng.choice((0, 1, 1, 1, 2, 2))
        if not today.entries_only:
            return wanted
        if race.race_class in ("Class 1", "Class 2") or self._seldom("ante-post"):
            return rng.randint(25, 66)
        return wanted + rng.randint(2, 12)
