"""Horses that come into training, with or without a past."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.scene import ratings
from simulator.scene.ability import ability
from simulator.scene.bloodstock import Bloodstock
from simulator.scene.changes import draw_headgear
from simulator.scene.conditions import FAMILY
from simulator.scene.form import season
from simulator.scene.horses import Horse
from simulator.scene.people import People

_PLACES = "1234567890PF"
_PLACE_SHARES = (9, 10, 10, 10, 10, 9, 8, 7, 6, 18, 2, 1)


class Arrivals:
    """Gives foals a yard, an owner and a career; `horses` are all that ever came."""

    def __init__(self, rng: Random, stock: Bloodstock, people: People) -> None:
        self._rng = rng
        self._stock = stock
        self._people = people
        self.horses: list[Horse] = []

    def veteran(self, first: date) -> Horse:
        """A horse in training when the world begins, with a past that nobody can look up."""
        rng = self._rng
        jumper = rng.random() < 0.36
        ages = range(3, 13) if jumper else range(1, 11)
        shares = (
            (3, 13, 18, 18, 15, 12, 9, 6, 3, 1)
            if jumper
            else (26, 25, 20, 13, 9, 6, 4, 2.5, 1.5, 1)
        )
        age = rng.choices(ages, shares)[0]
        horse = self._stock.foal(first.year - age, jumper)
        today = first.toordinal()
        self._register(horse, self._region(), today)
        age = horse.age(first)
        self._geld(horse, today, 0.93 if age > 3 else 0.8 if age == 3 else 0.35)
        if jumper:
            horse.code = "N" if age <= 4 else "H" if age <= 6 and rng.random() < 0.75 else "C"
            if rng.random() < 0.25:
                horse.point = today - rng.randint(60, 700)
        else:
            horse.code = "H" if age >= 3 and rng.random() < 0.2 else "F"
            if age <= 2:
                horse.ready = max(today, self._debut(first.year if age == 2 else first.year + 1))
        if age >= 3 and not (jumper and age <= 4):
            self._invent_past(horse, age, today)
        horse.ready = max(horse.ready, today + rng.randint(0, 55))
        return horse

    def newcomer(self, day: date) -> Horse:
        """A horse of a new crop, or one that comes from point-to-points."""
        rng = self._rng
        jumper = rng.random() < 0.36
        age = rng.choices((3, 4, 5), (2, 6, 2))[0] if jumper else rng.choices((2, 3), (8, 2))[0]
        horse = self._stock.foal(day.year - age, jumper)
        self._register(horse, self._region(), day.toordinal())
        horse.code = "N" if jumper else "F"
        if jumper and rng.random() < 0.35:
            horse.point = day.toordinal() - rng.randint(20, 300)
        self._geld(horse, day.toordinal(), 0.3 if age == 2 else 0.8)
        horse.ready = self._debut(day.year) if age == 2 else day.toordinal() + rng.randint(0, 330)
        return horse

    def foreigner(self, region: str, day: date) -> Horse:
        """A horse trained abroad, good enough for pattern races."""
        horse = self._stock.foal(day.year - self._rng.randint(3, 5), False)
        self._register(horse, region, day.toordinal())
        horse.code = "F"
        horse.merit = 3.2 + self._rng.gauss(0, 0.4)
        self._invent_past(horse, horse.age(day), day.toordinal())
        return horse

    def _region(self) -> str:
        return "gb" if self._rng.random() < 0.72 else "ire"

    def _register(self, horse: Horse, region: str, day: int) -> None:
        rng = self._rng
        horse.index = len(self.horses)
        self.horses.append(horse)
        horse.trainer = self._people.yard(region)
        horse.owner = self._people.owner(horse.name, day)
        horse.silk = rng.randrange(1000, 500_000)
        horse.changes, horse.medical, horse.quotes, horse.tour = [], [], [], []
        horse.rating, horse.rpr, horse.ts, horse.rated = {}, {}, {}, {}
        horse.runs, horse.figures, horse.last_day = {}, {}, {}
        horse.form, horse.form_season = {}, {}
        horse.course_wins, horse.distance_wins = set(), set()
        horse.last_favourite_beaten = False
        horse.form_state = rng.gauss(0, 3)
        horse.headgear = draw_headgear(rng)
        horse.headgear_runs = rng.randint(0, 6)
        horse.wind_run = 0
        horse.retired = horse.died = horse.debut = None
        horse.point = None
        horse.entered = 0
        horse.ready = day

    def _debut(self, year: int) -> int:
        return date(year, 1, 1).toordinal() + self._rng.randint(85, 330)

    def _geld(self, horse: Horse, day: int, chance: float) -> None:
        if horse.male and horse.cut is None and self._rng.random() < chance:
            horse.cut = day - self._rng.randint(1, 60)

    def _invent_past(self, horse: Horse, age: int, today: int) -> None:
        rng = self._rng
        letters = {"F": "F", "N": "N", "H": "H", "C": "HC"}[horse.code]
        if horse.flat_bred and horse.code != "F":
            letters = "F" + letters
        for letter in letters:
            level = ability(horse, letter, age) - horse.form_state
            if letter != "N":
                horse.rating[letter] = level + rng.gauss(-1, 5)
            horse.runs[letter] = rng.randint(3, 4 * age)
            family = FAMILY[letter]
            horse.rpr[family] = round(level + rng.gauss(5, 4))
            horse.ts[family] = round(level - abs(rng.gauss(8, 8)))
            ratings.invent(horse, family)
            current = letter == horse.code
            ago = rng.randint(8, 170) if current else rng.randint(150, 900)
            horse.last_day[family] = today - ago
            past = "".join(rng.choices(_PLACES, _PLACE_SHARES, k=rng.randint(2, 6)))
            horse.form[family] = past if family == "J" else past.replace("P", "7").replace("F", "8")
            horse.form_season[family] = season(family, today - ago)
        if age >= 4 and rng.random() < 0.3:
            when = today - rng.randint(20, 700)
            left = self._people.yard("gb"), self._people.owner(horse.name, today)
            horse.changes.append((when, *left))
        if not horse.flat_bred and rng.random() < 0.08:
            horse.medical.append((today - rng.randint(60, 900), "Wind Surgery"))
