"""Pattern races abroad, for horses trained there and a few visitors."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.runners import Plan
from simulator.scene.conditions import write
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.names import Names
from simulator.scene.stables import Stables

# Days that a horse needs to get over a race abroad.
_JOURNEY = 9


class Abroad:
    """Makes up races abroad."""

    def __init__(self, rng: Random, names: Names, stables: Stables) -> None:
        self._rng = rng
        self._names = names
        self._stables = stables

    def make(self, day: date, taken: set[int]) -> Plan | None:
        """A race at a course that is not `taken`; None when nothing comes together."""
        rng = self._rng
        now = day.toordinal()
        course = rng.choice([i for i, c in enumerate(COURSES) if not c.home and i not in taken])
        region = COURSES[course].region
        stable = [
            horse
            for horse in self._stables.abroad(region, day)
            if horse.last_day.get("F", 0) < now - 13
        ]
        if len(stable) < 5:
            return None
        lead = rng.choice(stable)
        race = write(
            rng,
            self._names,
            letter="F",
            course=course,
            surface="AW" if region in ("usa", "uae") and rng.random() < 0.5 else "Turf",
            age=lead.age(day),
            rating=105.0,
            best=min(12.0, lead.stamina),
            female=False,
        )
        horses = rng.sample(stable, min(len(stable), rng.randint(6, 11)))
        if rng.random() < 0.3:
            horses += self._visitors(now)
        horses = [
            horse
            for horse in horses
            if race.ages[0] <= horse.age(day) <= race.ages[1] and not (race.sex_rule and horse.cut)
        ]
        if len(horses) < 5:
            return None
        for horse in horses:
            horse.entered = now + _JOURNEY
        goings: tuple[str, ...] = (
            "Good",
            "Good",
            "Good To Soft",
            "Soft",
            "Very Soft",
            "Good To Firm",
        )
        if race.surface == "AW":
            goings = ("Fast", "Fast", "Standard", "Sloppy", "Muddy")
        hours = (19, 20, 21) if region == "usa" else (13, 14, 15, 16)
        minute = rng.choice(hours) * 60 + 5 * rng.randrange(12)
        return Plan(course, rng.choice(goings), minute, race, horses)

    def _visitors(self, now: int) -> list[Horse]:
        """At most two of the best British and Irish horses, fresh enough to travel."""
        fresh = (
            horse
            for horse in self._stables.active
            if horse.code == "F"
            and horse.died is None
            and horse.rating.get("F", 0) > 96
            and horse.ready <= now - 5
            and horse.entered < now - 5
        )
        return [horse for horse, _ in zip(fresh, range(2), strict=False)]
