"""The horses that look for a race."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date
from random import Random

from simulator.scene.conditions import rating_code
from simulator.scene.horses import Horse

# Pounds between the groups that horses wait in; those without a rating have one of their own.
_GROUP = 8
UNRATED = -1


class Waiting:
    """Who looks for which kind of race, in groups of similar rating."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._groups: dict[str, defaultdict[int, list[Horse]]] = {
            letter: defaultdict(list) for letter in "FYHCN"
        }

    def add(self, horse: Horse, day: date) -> None:
        """Let a horse look for a race of its code and age."""
        letter = horse.code
        if (letter == "F" and horse.age(day) == 2) or (letter != "F" and horse.age(day) < 3):
            letter = "Y"
        rating = horse.rating.get(rating_code(letter))
        group = UNRATED if rating is None else int(rating // _GROUP)
        self._groups[letter][group].append(horse)

    def regroup(self, day: date) -> None:
        """Sort those still in training anew, a year older."""
        everybody = [
            horse
            for groups in self._groups.values()
            for members in groups.values()
            for horse in members
        ]
        for groups in self._groups.values():
            groups.clear()
        for horse in everybody:
            if horse.retired is None:
                self.add(horse, day)

    def count(self, letter: str) -> int:
        """How many horses look for a race of this kind."""
        return sum(map(len, self._groups[letter].values()))

    def seed(self, letter: str) -> tuple[Horse, int] | None:
        """A horse looking for a race, and the group it waits in; it stays where it is."""
        groups = self._groups[letter]
        total = sum(map(len, groups.values()))
        if not total:
            return None
        pick = int(self._rng.random() * total)
        for _ in range(2):
            # Most races are handicaps: a horse without a rating waits longer for its turn.
            if pick < len(groups[UNRATED]) and self._rng.random() < 0.75:
                pick = int(self._rng.random() * total)
        for group, members in groups.items():
            if pick < len(members):
                return members[pick], group
            pick -= len(members)
        raise AssertionError("a pick is below the total")

    def enter(
        self, letter: str, group: int, wanted: int, accept: Callable[[Horse], bool], keep: bool
    ) -> list[Horse]:
        """Up to `wanted` acceptable horses of a group and its neighbours.

        They stop looking for a race unless `keep`.
        """
        rng = self._rng
        groups = self._groups[letter]
        near = (group,) if group == UNRATED else (group, group - 1, group + 1, group - 2)
        lists = [groups[g] for g in near if groups.get(g)]
        found: list[Horse] = []
        seen: set[Horse] = set()
        for _ in range(10 * wanted + 20):
            total = sum(map(len, lists))
            if not total or len(found) >= wanted:
                break
            pick = int(rng.random() * total)
            for members in lists:
                if pick < len(members):
                    break
                pick -= len(members)
            horse = members[pick]
            if horse in seen or not accept(horse):
                continue
            if keep:
                seen.add(horse)
            else:
                members[pick] = members[-1]
                members.pop()
            found.append(horse)
        return found
