"""Racehorses, and the stallions and mares that they come from."""

from __future__ import annotations

import math
from datetime import date
from random import Random

from simulator.scene.people import Owner, Trainer

COLOURS = ("b", "ch", "gr", "br", "b/br", "bl", "ro", "gr/ro")
COLOUR_SHARES = (74, 14, 7, 4, 0.5, 0.2, 0.2, 0.1)

SEX_WORDS = {"G": "gelding", "C": "colt", "H": "horse", "R": "rig", "F": "filly", "M": "mare"}
# What a racehorse needs in training only.
_IN_TRAINING = (
    "course_wins",
    "distance_wins",
    "figures",
    "form",
    "form_season",
    "last_day",
    "rated",
    "rating",
    "rpr",
    "runs",
    "ts",
)


class Parent:
    """A stallion or a mare. `merit` is in standard deviations, `stamina` in furlongs.

    `edge` is what the market does not see in the offspring, in pounds; `jumper` marks National
    Hunt stock, `debut` is that of one that raced here. The parent's own parents are known for most.
    """

    __slots__ = (
        "born",
        "breeder",
        "colour",
        "country",
        "dam",
        "debut",
        "edge",
        "first_foal",
        "going",
        "jumper",
        "merit",
        "name",
        "number",
        "sire",
        "stallion",
        "stamina",
        "surface",
    )

    def __init__(
        self,
        rng: Random,
        number: int,
        name: str,
        country: str,
        born: int,
        sire: Parent | None,
        dam: Parent | None,
        *,
        jumper: bool,
        stallion: bool,
    ) -> None:
        self.number = number
        self.name = name
        self.country = country
        self.born = born
        self.first_foal = born + 4
        self.sire = sire
        self.dam = dam
        self.jumper = jumper
        self.stallion = stallion
        self.merit = rng.gauss(0, 1)
        self.edge = rng.gauss(0, 1)
        self.stamina = rng.gauss(19, 1.8) if jumper else math.exp(rng.gauss(math.log(8.6), 0.27))
        self.surface = rng.gauss(0, 1)
        self.going = rng.gauss(0.35 if jumper else 0, 0.8)
        self.colour = rng.choices(COLOURS, COLOUR_SHARES)[0]
        self.breeder = ""
        self.debut: int | None = None


class Horse:
    """A racehorse, as it stands after the last simulated day.

    Days are proleptic ordinals; `debut` is when a horse without a past first stood on a card.
    `changes` holds (day, trainer left, owner left), None for who stays; ratings and records are
    kept per family ("F" flat, "J" jumps) or per code letter (F, H, C, N).
    """

    __slots__ = (
        "born",
        "breeder",
        "changes",
        "code",
        "colour",
        "country",
        "course_wins",
        "cut",
        "dam",
        "debut",
        "died",
        "distance_wins",
        "entered",
        "fencing",
        "figures",
        "flat_bred",
        "form",
        "form_season",
        "form_state",
        "going",
        "headgear",
        "headgear_runs",
        "index",
        "jumping",
        "last_day",
        "last_favourite_beaten",
        "male",
        "medical",
        "merit",
        "name",
        "number",
        "owner",
        "point",
        "quotes",
        "rated",
        "rating",
        "ready",
        "retired",
        "rpr",
        "runs",
        "silk",
        "sire",
        "southern",
        "stamina",
        "surface",
        "tour",
        "trainer",
        "ts",
        "wind_run",
        "year",
    )

    index: int
    number: int
    name: str
    country: str
    born: int
    year: int
    southern: bool
    male: bool
    cut: int | None
    colour: str
    breeder: str
    sire: Parent
    dam: Parent
    trainer: Trainer
    owner: Owner
    silk: int
    debut: int | None
    retired: int | None
    died: int | None
    point: int | None
    entered: int
    ready: int
    code: str
    merit: float
    stamina: float
    surface: float
    going: float
    jumping: float
    fencing: float
    flat_bred: bool
    form_state: float
    headgear: str
    headgear_runs: int
    wind_run: int
    last_favourite_beaten: bool
    changes: list[tuple[int, Trainer | None, Owner | None]]
    medical: list[tuple[int, str]]
    quotes: list[tuple[int, int, int, str, float, int]]
    tour: list[tuple[int, int]]
    rating: dict[str, float]
    rpr: dict[str, int]
    ts: dict[str, int]
    rated: dict[str, tuple[int | None, int | None]]
    runs: dict[str, int]
    figures: dict[str, list[float]]
    last_day: dict[str, int]
    form: dict[str, str]
    form_season: dict[str, int]
    course_wins: set[int]
    distance_wins: set[tuple[str, float]]

    @property
    def damsire(self) -> Parent:
        """The dam's sire, who is known for each dam of a racehorse."""
        assert self.dam.sire is not None
        return self.dam.sire

    def age(self, day: date) -> int:
        """Years old on `day`; every horse of a crop ages together."""
        years = day.year - self.year
        return years - 1 if self.southern and day.month < 8 else years

    def retire(self, day: date) -> None:
        """Leave training: what only a racehorse needs is forgotten, its history is kept."""
        self.retired = day.toordinal()
        for name in _IN_TRAINING:
            delattr(self, name)

    def sex_code(self, day: date) -> str:
        """G, C, H, R, F or M, as the horse is on `day`."""
        age = self.age(day)
        if not self.male:
            return "M" if age >= 5 else "F"
        if self.cut is not None and self.cut <= day.toordinal():
            return "G"
        if self.number % 199 == 0:
            return "R"
        return "H" if age >= 5 else "C"
