"""Trainers, jockeys and owners, a few of them busy and most of them not."""

from __future__ import annotations

from bisect import bisect
from collections import deque
from itertools import accumulate
from random import Random
from typing import Generic, TypeVar

from simulator.scene.names import Names

# The spread of a lognormal whose busiest tenth does 42, 38 and 46 percent of all there is to do.
TRAINER_SKEW, JOCKEY_SKEW, SIRE_SKEW = 1.08, 0.98, 1.18

T = TypeVar("T")


class Weighted(Generic[T]):
    """Draws members of a fixed list in proportion to their weights."""

    def __init__(self, members: list[T], weights: list[float]) -> None:
        self._members = members
        self._edges = list(accumulate(weights))

    def draw(self, rng: Random) -> T:
        """One member."""
        return self._members[bisect(self._edges, rng.random() * self._edges[-1])]


class Trainer:
    """A licence. `recent` holds (day, won, ran to form) of its last runners."""

    __slots__ = ("edge", "index", "jockeys", "location", "name", "number", "recent", "region")

    def __init__(
        self, index: int, number: int, name: str, region: str, location: str, edge: float
    ) -> None:
        self.index = index
        self.number = number
        self.name = name
        self.region = region
        self.location = location
        self.edge = edge
        self.jockeys: list[Jockey] = []
        self.recent: deque[tuple[int, bool, bool]] = deque()

    def fortnight(self, day: int) -> tuple[int, int, int]:
        """Runs, wins and runs to form in the 14 days before `day`."""
        recent = self.recent
        while recent and recent[0][0] < day - 14:
            recent.popleft()
        runs = wins = good = 0
        for when, won, ran_to_form in recent:
            if when < day:
                runs += 1
                wins += won
                good += ran_to_form
        return runs, wins, good


class Jockey:
    """A rider on the flat or over jumps; claimers lose their claim as they win."""

    __slots__ = ("_claim", "edge", "index", "name", "number", "wins")

    def __init__(self, index: int, number: int, name: str, claim: int, edge: float) -> None:
        self.index = index
        self.number = number
        self.name = name
        self.edge = edge
        self.wins = 0
        self._claim = claim

    @property
    def claim(self) -> int:
        """Pounds a claimer takes off: 7, 5, 3 or 0."""
        steps = [7, 5, 3, 0]
        return steps[min(3, steps.index(self._claim) + self.wins // 25)]

    def won(self) -> None:
        """Count a win."""
        self.wins += 1


class Owner:
    """A person, partnership or company, named as a card names it; `since` is its first day."""

    __slots__ = ("index", "name", "number", "since")

    def __init__(self, index: int, number: int, name: str, since: int) -> None:
        self.index = index
        self.number = number
        self.name = name
        self.since = since


class People:
    """Everybody in a world of `horses` horses in training."""

    def __init__(self, rng: Random, names: Names, horses: int) -> None:
        self._rng = rng
        self._names = names
        self.trainers: list[Trainer] = []
        self.jockeys: list[Jockey] = []
        self.owners: list[Owner] = []
        size = horses / 4900
        self._yards = {
            "gb": self._license("gb", 12 + round(400 * size**0.5)),
            "ire": self._license("ire", 6 + round(150 * size**0.5)),
        }
        riders = 30 + round(210 * size**0.5)
        self.riders = {"F": self._mount(riders), "J": self._mount(riders)}
        for trainer in self.trainers:
            stable = [self.riders["F"].draw(rng), self.riders["J"].draw(rng)]
            trainer.jockeys.extend(stable)

    def _license(self, region: str, count: int) -> Weighted[Trainer]:
        made = [self._trainer(region) for _ in range(count)]
        return Weighted(made, [self._rng.lognormvariate(0, TRAINER_SKEW) for _ in made])

    def _trainer(self, region: str) -> Trainer:
        rng = self._rng
        number = 3 * (len(self.trainers) * 41 + rng.randrange(1, 41)) + 300
        location = self._names.place(region) if rng.random() < 0.97 else ""
        trainer = Trainer(
            len(self.trainers), number, self._names.yard(), region, location, rng.gauss(0, 1)
        )
        self.trainers.append(trainer)
        return trainer

    def _mount(self, count: int) -> Weighted[Jockey]:
        rng = self._rng
        made: list[Jockey] = []
        for _ in range(count):
            index = len(self.jockeys) + len(made)
            number = 3 * (index * 97 + rng.randrange(1, 97)) + 40_000
            claim = rng.choices((0, 7, 5, 3), (84, 5, 7, 4))[0]
            made.append(Jockey(index, number, self._names.person(), claim, rng.gauss(0, 0.8)))
        self.jockeys.extend(made)
        return Weighted(made, [rng.lognormvariate(0, JOCKEY_SKEW) for _ in made])

    def yard(self, region: str) -> Trainer:
        """A trainer for a horse in `region`; those abroad get their licences when first needed."""
        if region not in self._yards:
            self._yards[region] = self._license(region, 8)
        return self._yards[region].draw(self._rng)

    def owner(self, horse: str, today: int) -> Owner:
        """An owner for `horse` from today: often a new one, else one who has horses already."""
        rng = self._rng
        owners = self.owners
        if owners and rng.random() < 0.38:
            # Squaring favours the earliest: a few owners have very many horses.
            return owners[int(len(owners) * rng.random() ** 2)]
        number = 4 * (len(owners) * 23 + rng.randrange(1, 23)) + 11_000
        owners.append(Owner(len(owners), number, self._names.owner(horse), today))
        return owners[-1]
