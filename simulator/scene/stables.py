"""Horses in training from year to year: who comes, rests, waits for a race and retires."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

from simulator.scene.arrivals import Arrivals
from simulator.scene.bloodstock import Bloodstock
from simulator.scene.changes import between_races
from simulator.scene.horses import Horse
from simulator.scene.people import People
from simulator.scene.waiting import Waiting

# How many leave training after a season: on the flat from the age of two, over jumps from three.
_FLAT_EXIT = dict(enumerate((0.08, 0.26, 0.26, 0.24, 0.26, 0.3, 0.38, 0.5), 2))
_JUMP_EXIT = dict(enumerate((0.08, 0.12, 0.15, 0.19, 0.22, 0.27, 0.33, 0.43, 0.55, 0.7), 3))


class Stables:
    """Every horse of the world; the `active` ones rest, or are `waiting` for a race."""

    def __init__(
        self, rng: Random, stock: Bloodstock, people: People, count: int, first: date
    ) -> None:
        self._rng = rng
        self._stock = stock
        self._people = people
        self._count = count
        self._arrivals = Arrivals(rng, stock, people)
        self.waiting = Waiting(rng)
        self._returning: defaultdict[int, list[Horse]] = defaultdict(list)
        self._abroad: dict[str, list[Horse]] = {}
        self.active: list[Horse] = []
        for _ in range(count):
            self._enlist(self._arrivals.veteran(first))

    @property
    def horses(self) -> list[Horse]:
        """Every racehorse there ever was, by its index."""
        return self._arrivals.horses

    def _enlist(self, horse: Horse) -> None:
        self._returning[horse.ready].append(horse)
        self.active.append(horse)

    def new_year(self, day: date) -> None:
        """Retire the old and the slow, and bring in a new crop."""
        rng = self._rng
        staying = []
        for horse in self.active:
            age = horse.age(day) - 1
            table = _FLAT_EXIT if horse.code == "F" else _JUMP_EXIT
            chance = table.get(age, 0.02 if age < 3 else 0.75)
            best = max(horse.rating.values(), default=0.0)
            if horse.code == "F" and age >= 3:
                chance *= 1.35 if best < 58 else 0.8
            if horse.died is not None or rng.random() < chance:
                self._to_stud(horse, day.year)
                horse.retire(day)
            else:
                staying.append(horse)
        self.active = staying
        self.waiting.regroup(day)
        while len(self.active) < self._count:
            self._enlist(self._arrivals.newcomer(day))

    def _to_stud(self, horse: Horse, year: int) -> None:
        if horse.died is None and horse.runs:
            wanted = horse.cut is None and horse.merit > 1.9 if horse.male else horse.merit > -0.5
            if wanted and self._rng.random() < 0.6:
                self._stock.retire(horse, year)

    def wake(self, day: date) -> None:
        """Put the horses that are ready again among those that look for a race."""
        today = day.toordinal()
        for horse in dict.fromkeys(self._returning.pop(today, ())):
            if horse.ready == today and horse.retired is None and horse.died is None:
                between_races(self._rng, self._people, horse, day)
                self.waiting.add(horse, day)

    def rest(self, horse: Horse, day: date, days: int) -> None:
        """Send a horse home; it looks for a race again after so many days."""
        horse.ready = day.toordinal() + days
        self._returning[horse.ready].append(horse)

    def abroad(self, region: str, day: date) -> list[Horse]:
        """The horses trained in a region abroad; they race for its pattern races only."""
        stable = self._abroad.setdefault(region, [])
        stable[:] = [h for h in stable if h.age(day) <= 7]
        while len(stable) < 16:
            stable.append(self._arrivals.foreigner(region, day))
        return stable
