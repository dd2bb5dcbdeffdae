"""Declarations: weights, jockeys, draw, and what everybody can think of the chances."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.contest import SCALE
from simulator.racing.market import beliefs
from simulator.racing.records import ENTERED, RAN, WITHDRAWN
from simulator.racing.runners import Plan, Runner, Today
from simulator.scene.ability import day_level
from simulator.scene.conditions import FAMILY, Conditions, rating_code
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.meetings import SOFTNESS
from simulator.scene.people import Jockey, People


class Declarations:
    """Turns the horses of a planned race into runners."""

    def __init__(self, rng: Random, people: People) -> None:
        self._rng = rng
        self._people = people

    def declare(self, today: Today, plan: Plan, status: int) -> list[Runner]:
        """The runners in racecard order, with what everybody can think of their chances."""
        rng, day, race = self._rng, today.day, plan.conditions
        runners = list(map(Runner, plan.horses, _weights(race, plan.horses, day)))
        home = COURSES[plan.course].home
        if status != ENTERED:
            self._book_jockeys(runners, race, today.riding, plan.course)
            spare = len(runners) - 4
            for runner in runners:
                if spare > 0 and home and rng.random() < (0.02 if today.ahead > 0 else 0.055):
                    runner.status = WITHDRAWN
                    spare -= 1
        softness = SOFTNESS[plan.going]
        scale = SCALE[race.letter]
        for runner in runners:
            runner.level, hidden = day_level(runner.horse, race, runner.horse.age(day), softness)
            if runner.jockey:
                runner.level += 0.8 * runner.jockey.edge
            runner.seen = (runner.level - 0.75 * hidden - runner.lbs + runner.claim) / scale
        going_in = [runner for runner in runners if runner.status == RAN]
        believed = beliefs([runner.seen for runner in going_in], rng)
        for runner, chance in zip(going_in, believed, strict=True):
            runner.chance = chance
        runners.sort(key=lambda runner: (-runner.lbs, runner.horse.name))
        draws = list(range(1, len(runners) + 1))
        rng.shuffle(draws)
        for number, (runner, draw) in enumerate(zip(runners, draws, strict=True), 1):
            runner.number = number
            runner.draw = draw if race.letter in "FY" and status != ENTERED else 0
        return runners

    def _book_jockeys(
        self, runners: list[Runner], race: Conditions, riding: dict[Jockey, int], course: int
    ) -> None:
        """A jockey for each runner; hardly anybody rides at two courses on one day."""
        rng = self._rng
        family = FAMILY[race.letter]
        taken: set[Jockey] = set()
        for runner in runners:
            stable = runner.horse.trainer.jockeys
            jockey = stable[0 if family == "F" else 1] if stable and rng.random() < 0.5 else None
            tries = 0
            while (
                jockey is None
                or jockey in taken
                or (tries < 40 and riding.get(jockey, course) != course)
            ):
                jockey = self._people.riders[family].draw(rng)
                tries += 1
            taken.add(jockey)
            if COURSES[course].home:
                riding[jockey] = course
            runner.jockey = jockey
            runner.claim = 0 if race.pattern else jockey.claim


def _weights(race: Conditions, horses: list[Horse], day: date) -> list[int]:
    """Pounds to carry before claims."""
    flat = race.letter in "FY"
    if race.handicap:
        top, least = (136, 112) if flat else (166, 140)
        ratings = [horse.rating.get(rating_code(race.letter), race.low) for horse in horses]
        best = max(ratings)
        return [max(least, round(top - (best - rating))) for rating in ratings]
    lbs = []
    for horse in horses:
        weight = 131 if flat else 158
        if horse.age(day) == 3 and race.ages[1] > 3:
            weight -= 8
        if not horse.male and not race.sex_rule:
            weight -= 5 if flat else 7
        if not race.pattern and horse.distance_wins:
            weight += 6
        lbs.append(weight)
    return lbs
