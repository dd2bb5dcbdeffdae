"""Reserves: horses that stand at the foot of an Irish card in case others come out."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.records import RAN, RESERVE, WITHDRAWN
from simulator.racing.runners import Plan, Runner
from simulator.scene.ability import suits, travels
from simulator.scene.conditions import Conditions, rating_code
from simulator.scene.horses import Horse
from simulator.scene.people import People
from simulator.scene.stables import Stables

# Fields that are full enough for reserves, and how many of them have some.
_FULL, _SHARE = 12, 0.45
# How many horses are looked at, and how soon they must be ready to race.
_LOOKS, _READY = 250, 12


class Reserves:
    """Finds reserves, without a draw or a change that the racing itself would notice."""

    def __init__(self, people: People, stables: Stables) -> None:
        self._people = people
        self._stables = stables

    def choose(self, number: int, day: date, plan: Plan, runners: list[Runner]) -> list[Runner]:
        """The reserves of the race of that number, mostly none."""
        rng = Random(f"{number} reserves")
        if len(runners) < _FULL or rng.random() > _SHARE:
            return []
        race, wanted = plan.conditions, rng.choice((1, 1, 2))
        lightest = min(runner.lbs for runner in runners)
        found: list[Horse] = []
        for horse in rng.choices(self._stables.active, k=_LOOKS):
            if len(found) == wanted:
                break
            if horse not in found and self._would_wait(horse, race, plan.course, day):
                found.append(horse)
        rides = self._people.riders["F" if race.letter in "FY" else "J"]
        return [
            Runner(
                horse,
                lightest,
                jockey=rides.draw(rng) if rng.random() < 0.6 else None,
                status=RESERVE,
                number=place,
                chance=rng.uniform(0.015, 0.05),
            )
            for place, horse in enumerate(found, 1)
        ]

    def let_in(self, number: int, runners: list[Runner]) -> bool:
        """Whether the last of the runners is a reserve that has got a run."""
        last = max(runners, key=lambda runner: runner.number)
        out = any(runner.status == WITHDRAWN for runner in runners)
        return out and last.status == RAN and Random(f"{number} let in").random() < 0.3

    def _would_wait(self, horse: Horse, race: Conditions, course: int, day: date) -> bool:
        letter = "F" if race.letter == "Y" else race.letter
        return (
            horse.code == letter
            and horse.died is None
            # It has no other engagement on the day itself.
            and 0 < horse.ready - day.toordinal() <= _READY
            and (rating_code(letter) in horse.rating or not race.handicap)
            and travels(horse, course, "ire")
            and suits(horse, race, day)
        )
