"""A runner as the world remembers it."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.records import WITHDRAWN, Run
from simulator.racing.runners import Runner
from simulator.scene import form
from simulator.scene.conditions import FAMILY, Conditions, rating_code
from simulator.scene.geography import COURSES

_REASONS = (
    "going",
    "vet's certificate",
    "self certificate, lame",
    "self certificate, off feed",
    "self certificate, temperature",
    "travel problems",
    "unsuitable ground",
    "transport",
    "withdrawn, vet's advice",
    "ruled out by stewards",
)


def record(rng: Random, runner: Runner, race: Conditions, course: int, day: date) -> Run:
    """A runner as it stood that morning, and what it did."""
    horse, finish = runner.horse, runner.finish
    code, family = rating_code(race.letter), FAMILY[race.letter]
    today = day.toordinal()
    rating = horse.rating.get(code)
    least = 1 if family == "F" else 50
    known = COURSES[course].home
    return Run(
        horse=horse.index,
        trainer=horse.trainer.index,
        owner=horse.owner.index,
        jockey=runner.jockey.index if runner.jockey else None,
        status=runner.status,
        reason=rng.choice(_REASONS) if runner.status == WITHDRAWN else "",
        number=runner.number,
        draw=runner.draw,
        age=horse.age(day),
        sex=horse.sex_code(day),
        lbs=runner.lbs,
        claim=runner.claim,
        headgear=horse.headgear,
        headgear_run=horse.headgear_runs,
        wind_run=horse.wind_run,
        ofr=max(least, round(rating)) if rating is not None and known else None,
        rpr=horse.rpr.get(family),
        ts=horse.ts.get(family),
        rated=horse.rated.get(family, (None, None)),
        last_run=form.last_run(horse, family, today),
        form=form.figures(horse, family, today),
        flags=form.flags(horse, course, code, race.furlongs),
        fortnight=horse.trainer.fortnight(today),
        chance=runner.chance,
        price=runner.price,
        position=finish.position,
        code=finish.code,
        btn=finish.btn,
        ovr=finish.ovr,
        time=finish.time,
        figure=runner.figure,
        speed=runner.speed,
        earned=runner.earned,
        prize=runner.prize,
    )
