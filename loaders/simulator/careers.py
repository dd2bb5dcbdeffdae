"""Horses in training: their ability on a day, their ratings, their changes and their retirement."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import date
from random import Random

from loaders.simulator.bloodstock import Bloodstock, Horse
from loaders.simulator.conditions import Conditions, trip_penalty
from loaders.simulator.people import People

FAMILY = {"F": "F", "Y": "F", "H": "J", "C": "J", "N": "J"}
_BASE = {"F": (59.0, 14.5), "Y": (59.0, 14.5), "H": (102.0, 15.0), "C": (107.0, 15.0),
         "N": (99.0, 14.0)}  # fmt: skip
_GROUP = 8
UNRATED = -1
_FLAT_EXIT = {2: 0.08, 3: 0.26, 4: 0.26, 5: 0.24, 6: 0.26, 7: 0.3, 8: 0.38, 9: 0.5}
_JUMP_EXIT = {3: 0.08, 4: 0.12, 5: 0.15, 6: 0.19, 7: 0.22, 8: 0.27, 9: 0.33, 10: 0.43, 11: 0.55,
              12: 0.7}  # fmt: skip
_HEADGEAR = ("", "p", "t", "h", "b", "v", "e", "tp", "ht", "tb", "hp", "e/s")
_HEADGEAR_SHARES = (62, 13, 9, 5, 5, 2, 0.4, 2.5, 0.8, 0.7, 0.5, 0.3)


def ability(horse: Horse, letter: str, age: int) -> float:
    """Pounds, on the scale of the code's ratings, without the day's distance and ground."""
    base, spread = _BASE[letter]
    merit = horse.merit
    if letter in "FY":
        growth = -9.0 if age == 2 else -3.0 if age == 3 else 0.0 if age < 8 else -1.5 * (age - 7)
        if not horse.flat_bred:
            base -= 6
    else:
        merit += horse.jumping
        growth = {3: -10.0, 4: -6.0, 5: -3.0, 6: -1.0}.get(
            age, 0.0 if age < 10 else 3.0 * (9 - age)
        )
        if letter == "C":
            merit += horse.fencing
        if horse.flat_bred:
            base -= 4
    hidden = 1.5 * horse.sire.edge + 0.9 * horse.trainer.edge
    return base + spread * merit + growth + hidden + horse.form_state


def best_trip(horse: Horse, letter: str) -> float:
    """The furlongs at which a horse is best in a code."""
    if letter in "FY":
        return horse.stamina if horse.flat_bred else 0.75 * horse.stamina
    if horse.flat_bred:
        return 16 + 0.8 * max(0.0, horse.stamina - 9)
    return horse.stamina * (1.06 if letter == "C" else 1.0)


class Stables:
    """Every horse of the world, and which of them look for a race."""

    def __init__(
        self, rng: Random, stock: Bloodstock, people: People, count: int, first: date
    ) -> None:
        self._rng = rng
        self._stock = stock
        self._people = people
        self._count = count
        self.horses: list[Horse] = []
        self._returning: defaultdict[int, list[int]] = defaultdict(list)
        self._waiting: dict[str, defaultdict[int, list[int]]] = {
            letter: defaultdict(list) for letter in "FYHCN"
        }
        self._abroad: dict[str, list[Horse]] = {}
        self._active: list[int] = []
        for _ in range(count):
            self._active.append(self._veteran(first).index)

    # ----------------------------------------------------------------- arrivals and departures

    def _register(self, horse: Horse, region: str, day: int) -> Horse:
        rng = self._rng
        horse.index = len(self.horses)
        self.horses.append(horse)
        horse.trainer = self._people.yard(region)
        horse.owner = self._people.owner(horse.name)
        horse.silk = rng.randrange(1000, 500_000)
        horse.changes, horse.medical, horse.quotes, horse.tour = [], [], [], []
        horse.rating, horse.rpr, horse.ts = {}, {}, {}
        horse.runs, horse.figures, horse.last_day = {}, {}, {}
        horse.form, horse.form_season = {}, {}
        horse.course_wins, horse.distance_wins = set(), set()
        horse.last_favourite_beaten = False
        horse.form_state = rng.gauss(0, 3)
        horse.headgear = rng.choices(_HEADGEAR, _HEADGEAR_SHARES)[0]
        horse.headgear_runs = rng.randint(0, 6)
        horse.wind_run = 0
        horse.retired = horse.died = None
        horse.point = None
        horse.entered = 0
        horse.ready = day
        return horse

    def _veteran(self, first: date) -> Horse:
        """A horse in training when the world begins, with a past that nobody can look up."""
        rng = self._rng
        jumper = rng.random() < 0.36
        ages = range(3, 13) if jumper else range(1, 11)
        shares = (
            (3, 13, 18, 18, 15, 12, 9, 6, 3, 1)
            if jumper
            else (26, 25, 20, 13, 9, 6, 4, 2.5, 1.5, 1)
        )
        age = rng.choices(ages, shares)[0]
        horse = self._stock.foal(first.year - age, jumper)
        today = first.toordinal()
        horse = self._register(horse, "gb" if rng.random() < 0.72 else "ire", today)
        age = horse.age(first)
        self._geld(horse, today, 0.93 if age > 3 else 0.8 if age == 3 else 0.35)
        if jumper:
            horse.code = "N" if age <= 4 else "H" if age <= 6 and rng.random() < 0.75 else "C"
            if rng.random() < 0.25:
                horse.point = today - rng.randint(60, 700)
        else:
            horse.code = "H" if age >= 3 and rng.random() < 0.2 else "F"
            if age <= 2:
                horse.ready = max(today, self._debut(first.year if age == 2 else first.year + 1))
        if age >= 3 and not (jumper and age <= 4):
            self._invent_past(horse, age, today)
        horse.ready = max(horse.ready, today + rng.randint(0, 55))
        self._returning[horse.ready].append(horse.index)
        return horse

    def _debut(self, year: int) -> int:
        return date(year, 1, 1).toordinal() + self._rng.randint(85, 330)

    def _invent_past(self, horse: Horse, age: int, today: int) -> None:
        rng = self._rng
        letters = {"F": "F", "N": "N", "H": "H", "C": "HC"}[horse.code]
        if horse.flat_bred and horse.code != "F":
            letters = "F" + letters
        for letter in letters:
            level = ability(horse, letter, age) - horse.form_state
            horse.rating[letter] = level + rng.gauss(-1, 5) if letter != "N" else None
            if horse.rating[letter] is None:
                del horse.rating[letter]
            horse.runs[letter] = rng.randint(3, 4 * age)
            family = FAMILY[letter]
            horse.rpr[family] = round(level + rng.gauss(5, 4))
            horse.ts[family] = round(level - abs(rng.gauss(8, 8)))
            current = letter == horse.code
            ago = rng.randint(8, 170) if current else rng.randint(150, 900)
            horse.last_day[family] = today - ago
            past = "".join(rng.choices("1234567890PF", (9, 10, 10, 10, 10, 9, 8, 7, 6, 18, 2, 1),
                                       k=rng.randint(2, 6)))  # fmt: skip
            horse.form[family] = past if family == "J" else past.replace("P", "7").replace("F", "8")
            horse.form_season[family] = season(family, today - ago)
        if age >= 4 and rng.random() < 0.3:
            horse.changes.append((today - rng.randint(20, 700), self._people.yard("gb"),
                                  self._people.owner(horse.name)))  # fmt: skip
        if not horse.flat_bred and rng.random() < 0.08:
            horse.medical.append((today - rng.randint(60, 900), "Wind Surgery"))

    def _newcomer(self, day: date) -> None:
        rng = self._rng
        jumper = rng.random() < 0.36
        age = rng.choices((3, 4, 5), (2, 6, 2))[0] if jumper else rng.choices((2, 3), (8, 2))[0]
        horse = self._stock.foal(day.year - age, jumper)
        self._register(horse, "gb" if rng.random() < 0.72 else "ire", day.toordinal())
        horse.code = "N" if jumper else "F"
        if jumper and rng.random() < 0.35:
            horse.point = day.toordinal() - rng.randint(20, 300)
        self._geld(horse, day.toordinal(), 0.3 if age == 2 else 0.8)
        debut = self._debut(day.year) if age == 2 else day.toordinal() + rng.randint(0, 330)
        horse.ready = debut
        self._returning[debut].append(horse.index)
        self._active.append(horse.index)

    def _geld(self, horse: Horse, day: int, chance: float) -> None:
        if horse.male and horse.cut is None and self._rng.random() < chance:
            horse.cut = day - self._rng.randint(1, 60)

    def new_year(self, day: date) -> None:
        """Retire the old and the slow, and bring in a new crop."""
        rng = self._rng
        staying = []
        for index in self._active:
            horse = self.horses[index]
            age = horse.age(day) - 1
            table = _FLAT_EXIT if horse.code == "F" else _JUMP_EXIT
            chance = table.get(age, 0.02 if age < 3 else 0.75)
            best = max(horse.rating.values(), default=0.0)
            if horse.code == "F" and age >= 3:
                chance *= 1.35 if best < 58 else 0.8
            if horse.died is not None or rng.random() < chance:
                self._to_stud(horse, day.year)
                horse.retire(day)
            else:
                staying.append(index)
        self._active = staying
        waiting = [i for groups in self._waiting.values() for g in groups.values() for i in g]
        for groups in self._waiting.values():
            groups.clear()
        for index in waiting:
            if self.horses[index].retired is None:
                self._wait(self.horses[index], day)
        while len(self._active) < self._count:
            self._newcomer(day)

    def _to_stud(self, horse: Horse, year: int) -> None:
        if horse.died is None and horse.runs:
            wanted = horse.cut is None and horse.merit > 1.9 if horse.male else horse.merit > -0.5
            if wanted and self._rng.random() < 0.6:
                self._stock.retire(horse, year)

    # ----------------------------------------------------------------- who looks for a race

    def wake(self, day: date) -> None:
        """Put the horses that are ready again among those that look for a race."""
        today = day.toordinal()
        for index in dict.fromkeys(self._returning.pop(today, ())):
            horse = self.horses[index]
            if horse.ready == today and horse.retired is None and horse.died is None:
                self._between_races(horse, day)
                self._wait(horse, day)

    def _wait(self, horse: Horse, day: date) -> None:
        letter = horse.code
        if (letter == "F" and horse.age(day) == 2) or (letter != "F" and horse.age(day) < 3):
            letter = "Y"
        rating = horse.rating.get("F" if letter == "Y" else letter)
        group = UNRATED if rating is None else int(rating // _GROUP)
        self._waiting[letter][group].append(horse.index)

    def waiting(self, letter: str) -> int:
        """How many horses look for a race of this kind."""
        return sum(map(len, self._waiting[letter].values()))

    def seed(self, letter: str) -> tuple[Horse, int] | None:
        """A horse looking for a race, and the group it waits in; it stays where it is."""
        groups = self._waiting[letter]
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
                return self.horses[members[pick]], group
            pick -= len(members)
        raise AssertionError("a pick is below the total")

    def enter(
        self, letter: str, group: int, wanted: int, accept: Callable[[Horse], bool], keep: bool
    ) -> list[Horse]:
        """Up to `wanted` acceptable horses of a group and its neighbours.

        They stop looking for a race unless `keep`.
        """
        rng = self._rng
        groups = self._waiting[letter]
        near = (group,) if group == UNRATED else (group, group - 1, group + 1, group - 2)
        lists = [groups[g] for g in near if groups.get(g)]
        found: list[Horse] = []
        seen: set[int] = set()
        for _ in range(10 * wanted + 20):
            total = sum(map(len, lists))
            if not total or len(found) >= wanted:
                break
            pick = int(rng.random() * total)
            for members in lists:
                if pick < len(members):
                    break
                pick -= len(members)
            index = members[pick]
            if index in seen:
                continue
            horse = self.horses[index]
            if not accept(horse):
                continue
            if keep:
                seen.add(index)
            else:
                members[pick] = members[-1]
                members.pop()
            found.append(horse)
        return found

    def abroad(self, region: str, day: date) -> list[Horse]:
        """The horses trained in a region abroad; they race for its pattern races only."""
        stable = self._abroad.setdefault(region, [])
        stable[:] = [h for h in stable if h.age(day) <= 7]
        while len(stable) < 16:
            horse = self._stock.foal(day.year - self._rng.randint(3, 5), False)
            horse = self._register(horse, region, day.toordinal())
            horse.code = "F"
            horse.merit = 3.2 + self._rng.gauss(0, 0.4)
            self._invent_past(horse, horse.age(day), day.toordinal())
            stable.append(horse)
        return stable

    def rest(self, horse: Horse, day: date, days: int) -> None:
        """Send a horse home; it looks for a race again after so many days."""
        horse.ready = day.toordinal() + days
        self._returning[horse.ready].append(horse.index)

    # ----------------------------------------------------------------- between two races

    def _between_races(self, horse: Horse, day: date) -> None:
        rng = self._rng
        today = day.toordinal()
        horse.form_state = 0.6 * horse.form_state + rng.gauss(0, 3)
        if horse.male and horse.cut is None and rng.random() < 0.14:
            horse.cut = today - 1
            if rng.random() < 0.2:
                horse.medical.append((today - 1, "Gelded"))
        if rng.random() < 0.035:
            before, horse.trainer = horse.trainer, self._people.yard(horse.trainer.region)
            sold = horse.owner if rng.random() < 0.75 else None
            if sold or before is not horse.trainer:
                left = before if before is not horse.trainer else None
                horse.changes.append((today, left, sold))
            if sold:
                horse.owner = self._people.owner(horse.name)
        elif rng.random() < 0.03:
            horse.changes.append((today, None, horse.owner))
            horse.owner = self._people.owner(horse.name)
        if rng.random() < 0.08:
            horse.headgear = rng.choices(_HEADGEAR, _HEADGEAR_SHARES)[0]
            horse.headgear_runs = 0
        if horse.code != "F" and rng.random() < 0.012:
            # Since the last run: no earlier card can have known.
            rested = today - max(horse.last_day.values(), default=today - 60)
            horse.medical.append((today - rng.randint(1, max(1, rested - 1)), "Wind Surgery"))
            horse.wind_run = 1
        if rng.random() < 0.02:
            horse.tour.append((today - 1, rng.randrange(1 << 30)))
        self._change_code(horse, day)

    def _change_code(self, horse: Horse, day: date) -> None:
        rng = self._rng
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

    # ----------------------------------------------------------------- after a race

    def after(
        self, horse: Horse, race: Conditions, day: date, *, course: int, place: int, char: str,
        figure: float | None, rpr: int | None, ts: int | None, field: int, favourite: bool,
    ) -> None:  # fmt: skip
        """Note a run: ratings move towards what was shown, form gets its character."""
        rng = self._rng
        letter = "F" if race.letter == "Y" else race.letter
        family = FAMILY[letter]
        today = day.toordinal()
        runs = horse.runs[letter] = horse.runs.get(letter, 0) + 1
        horse.last_day[family] = today
        now = season(family, today)
        past = horse.form.get(family, "")
        if past:
            past += gap_mark(horse.form_season[family], now)
        horse.form[family] = (past + char)[-9:]
        horse.form_season[family] = now
        horse.last_favourite_beaten = favourite and place != 1
        if horse.headgear:
            horse.headgear_runs += 1
        if horse.wind_run:
            horse.wind_run = (horse.wind_run + 1) % 4
        if place == 1:
            horse.course_wins.add(course)
            horse.distance_wins.add((letter, race.furlongs))
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
            if len(shown) >= 3 or (runs >= 2 and (place == 1 or rng.random() < 0.4)):
                horse.rating[letter] = sorted(shown)[len(shown) // 2] + rng.gauss(0, 2.5)
                del horse.figures[letter]
            return
        move = 0.22 * (figure - rating)
        if place == 1:
            move = max(move, 2.0 if race.handicap else 0.0)
        elif place > 4 and field > 7:
            move = min(move, 0.0)
        horse.rating[letter] = rating + max(-3.0, min(8.0, move))

    def next_rest(self, horse: Horse) -> int:
        """Days until a horse that has just run looks for a race again."""
        rng = self._rng
        chance = rng.random()
        if chance < 0.015:
            return rng.randint(1, 4)
        if chance < 0.03:
            return rng.randint(220, 480)
        if chance < 0.13:
            return rng.randint(70, 190)
        shortest = 7 if horse.code == "F" else 11
        return shortest + int(rng.expovariate(1 / (12 if horse.code == "F" else 16)))

    def active(self) -> Iterator[Horse]:
        """Horses in training."""
        return (self.horses[index] for index in self._active)


def season(family: str, day: int) -> int:
    """The racing season of a day: the year on the flat, from May over jumps."""
    when = date.fromordinal(day)
    return when.year - (1 if family == "J" and when.month < 5 else 0)


def gap_mark(before: int, now: int) -> str:
    """What form figures show between two seasons."""
    return "" if before == now else "-" if now == before + 1 else "/"


def travels(horse: Horse, course: int, region: str) -> bool:
    """Whether a horse's trainer would send it there: seldom across the Irish Sea."""
    return horse.trainer.region == region or (horse.number + 5 * course) % 9 == 0


def suits(horse: Horse, race: Conditions, day: date) -> bool:
    """Whether a horse may run in a race and its trainer would want it to."""
    age = horse.age(day)
    if not race.ages[0] <= age <= race.ages[1]:
        return False
    if day.toordinal() - horse.entered < 2:
        return False
    rule = race.sex_rule
    if rule and (horse.male if rule != "C&F" else horse.cut is not None and horse.male):
        return False
    rating = horse.rating.get("F" if race.letter == "Y" else race.letter)
    if rating is not None and not race.low <= rating <= race.high:
        return False
    best = best_trip(horse, race.letter)
    if abs(math.log2(race.furlongs / best)) > 0.5:
        return False
    return not (race.surface == "AW" and horse.surface < -1.3) and not (
        race.surface == "Turf" and race.letter in "FY" and horse.surface > 1.6
    )


def day_level(horse: Horse, race: Conditions, age: int, softness: float) -> tuple[float, float]:
    """Ability in pounds for this race, and the part of it that the market does not see."""
    level = ability(horse, race.letter, age)
    level -= trip_penalty(race.furlongs, best_trip(horse, race.letter))
    if race.surface == "AW":
        level += 2.5 * horse.surface
    else:
        level += 2.2 * horse.going * softness
    return level, 1.5 * horse.sire.edge + 0.9 * horse.trainer.edge
