"""What happens to a horse between two races: new hands, operations, another code."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.scene.horses import Horse
from simulator.scene.people import People

_HEADGEAR = ("", "p", "t", "h", "b", "v", "e", "tp", "ht", "tb", "hp", "e/s")
_HEADGEAR_SHARES = (62, 13, 9, 5, 5, 2, 0.4, 2.5, 0.8, 0.7, 0.5, 0.3)


def draw_headgear(rng: Random) -> str:
    """What a horse wears, most often nothing."""
    return rng.choices(_HEADGEAR, _HEADGEAR_SHARES)[0]


def between_races(rng: Random, people: People, horse: Horse, day: date) -> None:
    """Change a horse that is about to look for a race again."""
    today = day.toordinal()
    horse.form_state = 0.6 * horse.form_state + rng.gauss(0, 3)
    if horse.male and horse.cut is None and rng.random() < 0.14:
        horse.cut = today - 1
        if rng.random() < 0.2:
            horse.medical.append((today - 1, "Gelded"))
    if rng.random() < 0.035:
        before, horse.trainer = horse.trainer, people.yard(horse.trainer.region)
        sold = horse.owner if rng.random() < 0.75 else None
        if sold or before is not horse.trainer:
            left = before if before is not horse.trainer else None
            horse.changes.append((today, left, sold))
        if sold:
            horse.owner = people.owner(horse.name, today)
    elif rng.random() < 0.03:
        horse.changes.append((today, None, horse.owner))
        horse.owner = people.owner(horse.name, today)
    if rng.random() < 0.08:
        horse.headgear = draw_headgear(rng)
        horse.headgear_runs = 0
    if horse.code != "F" and rng.random() < 0.012:
        # Since the last run: no earlier card can have known.
        rested = today - max(horse.last_day.values(), default=today - 60)
        horse.medical.append((today - rng.randint(1, max(1, rested - 1)), "Wind Surgery"))
        horse.wind_run = 1
    if rng.random() < 0.02:
        horse.tour.append((today - 1, rng.randrange(1 << 30)))
    _change_code(rng, horse, day)


def _change_code(rng: Random, horse: Horse, day: date) -> None:
    age = horse.age(day)
    runs = horse.runs.get(horse.code, 0)
    if horse.code == "F":
        if (age > 3 or (age == 3 and day.month >= 7)) and rng.random() < (
            0.05 if horse.stamina > 9 else 0.008
        ):
            horse.code = "H"
    elif horse.code == "N":
        if runs >= 2 and rng.random() < 0.6:
            horse.code = "H"
    elif horse.code == "H":
        if age >= 5 and runs >= 4 and rng.random() < (0.04 if horse.flat_bred else 0.16):
            horse.code = "C"
            if "C" not in horse.rating and rng.random() < 0.6 and "H" in horse.rating:
                horse.rating["C"] = horse.rating["H"] + 3 + rng.gauss(0, 4)
        elif horse.flat_bred and rng.random() < 0.08:
            horse.code = "F"
    elif rng.random() < 0.03:
        horse.code = "H"
