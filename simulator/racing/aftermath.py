"""What a race changes for its horses, their trainers and jockeys."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.records import RAN
from simulator.racing.runners import Runner
from simulator.scene.conditions import FAMILY, Conditions, rating_code
from simulator.scene.form import gap_mark, season
from simulator.scene.horses import Horse
from simulator.scene.stables import Stables

# What form figures show for a position code.
_FORM_CHARS = {
    "PU": "P",
    "F": "F",
    "UR": "U",
    "BD": "B",
    "DSQ": "D",
    "RR": "R",
    "REF": "R",
    "RO": "O",
    "SU": "S",
    "CO": "C",
    "LFT": "R",
    "DIED": "P",
}


def note(
    rng: Random, runners: list[Runner], race: Conditions, course: int, day: date, race_id: int
) -> None:
    """Note a race that was run; ratings move towards what was shown, form gets its characters."""
    today = day.toordinal()
    field_ = [runner for runner in runners if runner.status == RAN]
    shortest = min((r.price for r in field_ if r.price is not None), default=None)
    for runner in field_:
        horse, finish = runner.horse, runner.finish
        rating = horse.rating.get(rating_code(race.letter))
        _shape_form(runner, race, course, today)
        horse.last_favourite_beaten = (
            runner.price is not None and runner.price == shortest and finish.position != 1
        )
        _rate(rng, runner, race, len(field_))
        figure = runner.figure
        to_form = figure is not None and rating is not None and figure >= rating
        horse.trainer.recent.append((today, finish.position == 1, to_form))
        if finish.position == 1:
            assert runner.jockey is not None
            runner.jockey.won()
            if rng.random() < 0.12:
                said = (today, race_id, course, race.name, race.stated, race.yards)
                horse.quotes.append(said)
        if finish.code == "DIED":
            horse.died = today


def _shape_form(runner: Runner, race: Conditions, course: int, today: int) -> None:
    horse, place = runner.horse, runner.finish.position
    letter, family = rating_code(race.letter), FAMILY[race.letter]
    horse.runs[letter] = horse.runs.get(letter, 0) + 1
    horse.last_day[family] = today
    now = season(family, today)
    past = horse.form.get(family, "")
    if past:
        past += gap_mark(horse.form_season[family], now)
    char = str(place if place < 10 else 0) if place else _FORM_CHARS[runner.finish.code]
    horse.form[family] = (past + char)[-9:]
    horse.form_season[family] = now
    if horse.headgear:
        horse.headgear_runs += 1
    if horse.wind_run:
        horse.wind_run = (horse.wind_run + 1) % 4
    if place == 1:
        horse.course_wins.add(course)
        horse.distance_wins.add((letter, race.furlongs))


def _rate(rng: Random, runner: Runner, race: Conditions, field: int) -> None:
    """Move the ratings of a horse towards what it has shown."""
    horse, place, figure = runner.horse, runner.finish.position, runner.finish.figure
    letter, family = rating_code(race.letter), FAMILY[race.letter]
    rpr, ts = runner.figure, runner.speed
    horse.rated[family] = runner.earned
    if rpr is not None:
        horse.rpr[family] = max(rpr, horse.rpr.get(family, rpr) - 4)
        if ts is not None:
            horse.ts[family] = max(ts, horse.ts.get(family, ts) - 5)
    if figure is None or letter == "N":
        return
    rating = horse.rating.get(letter)
    if rating is None:
        shown = horse.figures.setdefault(letter, [])
        shown.append(figure)
        if len(shown) >= 3 or (horse.runs[letter] >= 2 and (place == 1 or rng.random() < 0.4)):
            horse.rating[letter] = sorted(shown)[len(shown) // 2] + rng.gauss(0, 2.5)
            del horse.figures[letter]
        return
    move = 0.22 * (figure - rating)
    if place == 1:
        move = max(move, 2.0 if race.handicap else 0.0)
    elif place > 4 and field > 7:
        move = min(move, 0.0)
    horse.rating[letter] = rating + max(-3.0, min(8.0, move))


def send_home(
    rng: Random, stables: Stables, runners: list[Runner], day: date, *, ran: bool
) -> None:
    """Let the horses of a race rest: those that ran longer than those that did not."""
    for runner in runners:
        if runner.horse.died is None:
            if ran and runner.status == RAN:
                rest = _next_rest(rng, runner.horse)
            else:
                rest = rng.randint(2, 15)
            stables.rest(runner.horse, day, rest)


def _next_rest(rng: Random, horse: Horse) -> int:
    """Days until a horse that has just run looks for a race again."""
    chance = rng.random()
    if chance < 0.015:
        return rng.randint(1, 4)
    if chance < 0.03:
        return rng.randint(220, 480)
    if chance < 0.13:
        return rng.randint(70, 190)
    shortest = 7 if horse.code == "F" else 11
    return shortest + int(rng.expovariate(1 / (12 if horse.code == "F" else 16)))
