"""Stallions, mares and their foals: who is related to whom, and what is inherited."""

from __future__ import annotations

import math
from datetime import date
from random import Random

from simulator.scene.horses import COLOUR_SHARES, COLOURS, Horse, Parent
from simulator.scene.names import Names
from simulator.scene.people import SIRE_SKEW, Weighted

SOUTHERN = frozenset({"AUS", "NZ", "SAF", "BRZ", "ARG", "CHI", "URU", "PER", "ZIM"})
COUNTRIES = ("GB", "IRE", "FR", "USA", "GER", "AUS", "CAN", "JPN", "NZ", "SAF", "ITY", "BRZ")
COUNTRY_SHARES = (37, 38, 12, 6, 3, 1, 0.8, 0.6, 0.6, 0.4, 0.4, 0.2)
# Countries without racing of their own in the feed, for a few of those that come from others.
_ELSEWHERE = {
    "USA": ("MEX", "VEN", "COL", "ECU"),
    "GER": ("ROM", "UKR"),
    "SAF": ("ZIM",),
}


class Roster:
    """The stallions of one kind, some of them far busier than others."""

    def __init__(self, rng: Random, stallions: list[Parent], jumper: bool) -> None:
        self._members: list[Parent] = []
        self._weights: list[float] = []
        for stallion in stallions:
            if stallion.jumper == jumper:
                self.add(rng, stallion)

    def add(self, rng: Random, stallion: Parent) -> None:
        """One more stallion, the better the busier."""
        self._members.append(stallion)
        self._weights.append(rng.lognormvariate(0.25 * stallion.merit, SIRE_SKEW))
        self._drawing = Weighted(self._members, self._weights)

    def draw(self, rng: Random, year: int) -> Parent:
        """A stallion old enough for a foal of that year."""
        for _ in range(40):
            stallion = self._drawing.draw(rng)
            if stallion.first_foal <= year:
                return stallion
        return min(self._members, key=lambda member: member.first_foal)


class Bloodstock:
    """The breeding stock of a world that will need about `foals` racehorses."""

    def __init__(self, rng: Random, names: Names, foals: int, first_crop: int) -> None:
        self._rng = rng
        self._names = names
        self._used = 0
        self._breeders = [names.breeder() for _ in range(20 + foals // 4)]
        count = max(24, round(560 * (foals / 4900) ** 0.42))
        self._granddams = [self._founder(first_crop - 45, False) for _ in range(12 + count // 4)]
        self._ancestors = [self._founder(first_crop - 50, True) for _ in range(12 + count // 8)]
        elders = [self._stallion(first_crop - rng.randint(22, 42), i) for i in range(count)]
        sires = [self._stallion(first_crop - rng.randint(2, 24), i) for i in range(count)]
        self._covering = {jump: Roster(rng, sires, jump) for jump in (False, True)}
        grandsires = elders + [s for s in sires if s.born < first_crop - 12]
        self._grandsires = {jump: Roster(rng, grandsires, jump) for jump in (False, True)}
        self.mares: list[Parent] = []
        self._fertile = max(40, round(3.2 * foals**0.86))

    def next_number(self) -> int:
        """The digits of the next horse's id; parents and racehorses share one range."""
        self._used += 1
        return 3_000_000 + self._used * 521 + (self._used * 7919) % 503

    def _country(self) -> str:
        return self._rng.choices(COUNTRIES, COUNTRY_SHARES)[0]

    def _founder(self, born: int, male: bool) -> Parent:
        """A parent whose own parents nobody knows any more."""
        country = self._country()
        number, name = self.next_number(), self._names.horse(country, male)
        country = _origin(country, number)
        return Parent(
            self._rng, number, name, country, born, None, None, jumper=False, stallion=male
        )

    def _stallion(self, born: int, order: int) -> Parent:
        rng = self._rng
        country = self._country()
        known = rng.random() < 0.95
        number, name = self.next_number(), self._names.horse(country, True)
        country = _origin(country, number)
        sire = rng.choice(self._ancestors) if known else None
        dam = rng.choice(self._granddams) if known else None
        stallion = Parent(
            rng, number, name, country, born, sire, dam, jumper=order % 3 == 0, stallion=True
        )
        stallion.breeder = rng.choice(self._breeders)
        return stallion

    def _mare(self, jumper: bool, foal_year: int) -> Parent:
        rng = self._rng
        if len(self.mares) >= self._fertile or (self.mares and rng.random() < 0.12):
            for _ in range(6):
                mare = self.mares[int(len(self.mares) * rng.random())]
                if mare.jumper == jumper and mare.first_foal <= foal_year <= mare.born + 22:
                    return mare
        born = foal_year - rng.randint(5, 14)
        sire = self._grandsires[jumper].draw(rng, born)
        dam = rng.choice(self._granddams)
        country = self._country()
        number, name = self.next_number(), self._names.horse(country, False)
        country = _origin(country, number)
        mare = Parent(rng, number, name, country, born, sire, dam, jumper=jumper, stallion=False)
        mare.merit = 0.5 * sire.merit + 0.85 * mare.merit
        mare.stamina = 0.5 * sire.stamina + 0.5 * mare.stamina
        mare.breeder = rng.choice(self._breeders)
        self.mares.append(mare)
        return mare

    def retire(self, horse: Horse, year: int) -> None:
        """Send a racehorse to stud; its first foals are born the year after `year`."""
        parent = Parent(
            self._rng,
            horse.number,
            horse.name,
            horse.country,
            date.fromordinal(horse.born).year,
            horse.sire,
            horse.dam,
            jumper=not horse.flat_bred,
            stallion=horse.male,
        )
        parent.first_foal = year + 1
        parent.debut = horse.debut
        parent.merit, parent.stamina = horse.merit, horse.stamina
        parent.surface, parent.going = horse.surface, horse.going
        parent.colour, parent.breeder = horse.colour, horse.breeder
        if horse.male:
            self._covering[parent.jumper].add(self._rng, parent)
        else:
            self.mares.append(parent)

    def foal(self, year: int, jumper: bool) -> Horse:
        """A horse born in `year`; the caller gives it a yard, an owner and a debut."""
        rng = self._rng
        horse = Horse()
        sire = self._covering[jumper].draw(rng, year)
        mare = self._mare(jumper, year)
        horse.sire, horse.dam = sire, mare
        horse.country = mare.country if rng.random() < 0.7 else self._country()
        month = rng.choices((1, 2, 3, 4, 5, 6), (7, 20, 28, 27, 15, 3))[0]
        if horse.country in SOUTHERN:
            month = rng.choice((8, 9, 10, 11))
        horse.born = date(year, month, rng.randint(1, 28)).toordinal()
        horse.year, horse.southern = year, month >= 8
        horse.number = self.next_number()
        horse.male = rng.random() < 0.75
        horse.name = self._names.horse(horse.country, horse.male)
        horse.cut = None
        horse.colour = rng.choices(COLOURS, COLOUR_SHARES)[0]
        horse.breeder = mare.breeder
        horse.merit = 0.42 * sire.merit + 0.4 * mare.merit + 0.82 * rng.gauss(0, 1)
        horse.stamina = math.exp(
            0.45 * math.log(sire.stamina)
            + 0.35 * math.log(mare.stamina)
            + 0.20 * math.log(19 if jumper else 8.6)
            + rng.gauss(0, 0.10)
        )
        horse.surface = 0.5 * sire.surface + 0.3 * mare.surface + rng.gauss(0, 0.6)
        horse.going = 0.5 * sire.going + 0.3 * mare.going + rng.gauss(0, 0.5)
        horse.jumping = rng.gauss(0, 0.35)
        horse.fencing = rng.gauss(0, 0.35)
        horse.flat_bred = not jumper
        return horse


def _origin(country: str, number: int) -> str:
    """Where a stallion or mare of a country really comes from."""
    others = _ELSEWHERE.get(country)
    return others[number // 12 % len(others)] if others and number % 12 == 0 else country
