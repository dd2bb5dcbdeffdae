"""A race on its way from a plan to a record: its day, its plan and its runners."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from simulator.racing.contest import Finish
from simulator.racing.records import RAN, Rated
from simulator.scene.conditions import Conditions
from simulator.scene.horses import Horse
from simulator.scene.people import Jockey

# From so many days before a race there are entries only: no jockeys, numbers or draw.
_ENTRIES_ONLY = 3


class Today(NamedTuple):
    """A day, `ahead` of the world's last, and at which course each jockey rides on it."""

    day: date
    ahead: int
    riding: dict[Jockey, int]

    @property
    def entries_only(self) -> bool:
        """Whether nobody has been declared yet."""
        return self.ahead >= _ENTRIES_ONLY


class Plan(NamedTuple):
    """A race that will be held: where, on what ground, when (`minute` of the day) and for whom."""

    course: int
    going: str
    minute: int
    conditions: Conditions
    horses: list[Horse]


@dataclass(slots=True)
class Runner:
    """A horse in a race that is being made up and run."""

    horse: Horse
    lbs: int
    jockey: Jockey | None = None
    claim: int = 0
    status: int = RAN
    number: int = 0
    draw: int = 0
    level: float = 0.0
    seen: float = 0.0
    chance: float = 0.0
    price: int | None = None
    finish: Finish = field(default_factory=Finish)
    figure: int | None = None
    speed: int | None = None
    earned: Rated = (None, None)
    prize: float = 0.0
