"""Racing day by day: fields are made up, backed, run, and leave their mark on every career."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from random import Random
from typing import NamedTuple

from loaders.simulator import conditions, contest, market
from loaders.simulator.bloodstock import Horse
from loaders.simulator.careers import (
    FAMILY,
    Stables,
    best_trip,
    day_level,
    gap_mark,
    season,
    suits,
    travels,
)
from loaders.simulator.conditions import Conditions
from loaders.simulator.geography import COURSES
from loaders.simulator.names import Names
from loaders.simulator.people import Jockey, People
from loaders.simulator.programme import SOFTNESS, Meeting, Programme
from loaders.simulator.records import (
    ABANDONED,
    DECLARED,
    ENTERED,
    RAN,
    RUN,
    VOID,
    WITHDRAWN,
    WITHDRAWN_LATE,
    Race,
    Run,
)

# Days that a horse needs to get over a race abroad.
JOURNEY = 9
# From so many days before a race there are entries only: no jockeys, numbers or draw.
ENTRIES_ONLY = 3

_FIELD = {4: 3, 5: 8, 6: 11, 7: 14, 8: 15, 9: 12, 10: 10, 11: 8, 12: 7, 13: 4, 14: 4, 15: 1.5,
          16: 1.5, 18: 0.7, 20: 0.5}  # fmt: skip
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
_FORM_CHARS = {"PU": "P", "F": "F", "UR": "U", "BD": "B", "DSQ": "D", "RR": "R", "REF": "R",
               "RO": "O", "SU": "S", "CO": "C", "LFT": "R", "DIED": "P"}  # fmt: skip
_SPECIALS = {
    "F": ("DSQ", "LFT"),
    "Y": ("DSQ", "LFT"),
    "N": ("CO",),
    "H": ("DIED", "RR", "REF", "SU", "RO", "BD", "CO"),
    "C": ("DIED", "RR", "REF", "SU", "RO", "BD", "CO"),
}
# How many opportunities go by, about, between two of what happens seldom.
_SELDOM = {
    "race abroad": 36, "dead heat": 800, "void": 1700, "late withdrawal": 45, "no price": 260,
    "meeting lost": 60, "meeting cut short": 90, "off time missing": 55, "twice in a day": 1500,
    "ante-post": 14, "DSQ": 600, "LFT": 900, "CO": 1100, "DIED": 700, "RR": 700, "REF": 500,
    "SU": 500, "RO": 500, "BD": 400,
}  # fmt: skip


class Occasional:
    """Something that happens once in so many opportunities, and never much later than that."""

    def __init__(self, rng: Random, every: int) -> None:
        self._rng = rng
        self._every = every
        self._left = rng.randint(every // 3, every)

    def __call__(self) -> bool:
        """Whether it happens now."""
        self._left -= 1
        if self._left > 0:
            return False
        self._left = self._rng.randint(self._every // 2, self._every * 3 // 2)
        return True


class Today(NamedTuple):
    """A day and who is engaged on it: `riding` says at which course a jockey rides."""

    day: date
    ahead: int
    riding: dict[Jockey, int]


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
    finish: contest.Finish = field(default_factory=contest.Finish)
    figure: int | None = None
    speed: int | None = None
    prize: float = 0.0


class Racing:
    """Holds the races of one day after the other; days must come in order.

    Up to `end` they are run (on that day only those off before `clock`, in minutes after
    midnight); later days have entries and declarations.
    """

    def __init__(
        self,
        rng: Random,
        names: Names,
        people: People,
        stables: Stables,
        races_per_day: float,
        end: date,
        clock: int,
    ) -> None:
        self._rng = rng
        self._names = names
        self._people = people
        self._stables = stables
        self._programme = Programme(rng, races_per_day)
        self._end = end
        self._clock = clock
        self._next_race = 11_000_000
        self._seldom = {name: Occasional(rng, every) for name, every in _SELDOM.items()}
        self._double_due = False
        self._sizes, self._shares = list(_FIELD), list(_FIELD.values())

    def day(self, day: date) -> list[Race]:
        """The races of a day by course and off time."""
        if (day.month, day.day) == (1, 1) and day <= self._end:
            self._stables.new_year(day)
        self._stables.wake(day)
        today = Today(day, (day - self._end).days, {})
        races: list[Race] = []
        for meeting in self._programme.meetings(day):
            lost = self._seldom["meeting lost"]()
            cut = self._seldom["meeting cut short"]()
            ran_here: list[Horse] = []
            for place, minute in enumerate(meeting.minutes):
                off = lost or (cut and place >= len(meeting.minutes) - 2)
                race = self._race_at(today, meeting, minute, off, ran_here)
                if race:
                    races.append(race)
                if today.ahead <= 0 and self._seldom["race abroad"]():
                    race = self._race_abroad(today, {race.course for race in races})
                    if race:
                        races.append(race)
        return sorted(races, key=lambda race: (race.course, race.minute, race.race_id))

    # ----------------------------------------------------------------- making up a field

    def _letter(self, kind: str, day: date) -> str:
        stables = self._stables
        if kind == "J":
            options = "HHHCCN" if stables.waiting("N") > 60 else "HHHHHCCCC"
            return self._rng.choice(options)
        # Races for two-year-olds are fewer than they are, and begin in April.
        young = 0.55 * stables.waiting("Y") if day.month > 3 else 0
        return "Y" if self._rng.random() < young / (young + stables.waiting("F") + 1) else "F"

    def _race_at(
        self, today: Today, meeting: Meeting, minute: int, off: bool, ran_here: list[Horse]
    ) -> Race | None:
        ahead = today.ahead
        made = next(filter(None, (self._attempt(today, meeting) for _ in range(6))), None)
        if made is None:
            return None
        race, horses = made
        if ahead <= 0:
            double = self._second_run(race, ran_here, today.day)
            horses += [double] if double else []
            for horse in horses:
                horse.entered = today.day.toordinal()
            ran_here += horses
        if ahead > 0 or (ahead == 0 and minute + 6 > self._clock):
            status = ENTERED if ahead >= ENTRIES_ONLY else DECLARED
        elif off:
            status = ABANDONED
        else:
            status = VOID if self._seldom["void"]() else RUN
        return self._hold(today, meeting.course, meeting.going, minute, race, horses, status)

    def _attempt(self, today: Today, meeting: Meeting) -> tuple[Conditions, list[Horse]] | None:
        """A race written for a horse that looks for one, if others would run in it too."""
        rng = self._rng
        day, ahead = today.day, today.ahead
        letter = self._letter(meeting.kind, day)
        seeded = self._stables.seed(letter)
        if seeded is None:
            return None
        horse, group = seeded
        race = conditions.write(
            rng,
            self._names,
            letter=letter,
            course=meeting.course,
            surface="AW" if meeting.kind == "A" else "Turf",
            age=horse.age(day),
            rating=horse.rating.get(_code(letter)),
            best=best_trip(horse, letter),
            female=not horse.male,
        )
        region = COURSES[meeting.course].region
        horses = self._stables.enter(
            letter,
            group,
            self._wanted(race, ahead),
            lambda h: travels(h, meeting.course, region) and suits(h, race, day),
            keep=ahead > 0,
        )
        if len(horses) >= 4:
            return race, horses
        if ahead <= 0:
            for horse in horses:
                self._stables.rest(horse, day, 1)
        return None

    def _wanted(self, race: Conditions, ahead: int) -> int:
        rng = self._rng
        wanted = rng.choices(self._sizes, self._shares)[0]
        if race.handicap:
            wanted = min(20, wanted + rng.choice((0, 1, 1, 2)))
        wanted += rng.choice((0, 1, 1, 1, 2, 2))
        if ahead < ENTRIES_ONLY:
            return wanted
        if race.race_class in ("Class 1", "Class 2") or self._seldom["ante-post"]():
            return rng.randint(25, 66)
        return wanted + rng.randint(2, 12)

    def _second_run(self, race: Conditions, ran_here: list[Horse], day: date) -> Horse | None:
        """A horse that turns out again at a meeting where it has run already."""
        self._double_due = self._double_due or self._seldom["twice in a day"]()
        if not self._double_due:
            return None
        for horse in ran_here:
            entered, horse.entered = horse.entered, 0
            fits = horse.died is None and horse.code == race.letter and suits(horse, race, day)
            horse.entered = entered
            if fits:
                self._double_due = False
                return horse
        return None

    def _race_abroad(self, today: Today, taken: set[int]) -> Race | None:
        rng, day = self._rng, today.day
        now = day.toordinal()
        course = rng.choice([i for i, c in enumerate(COURSES) if not c.home and i not in taken])
        region = COURSES[course].region
        stable = [
            horse
            for horse in self._stables.abroad(region, day)
            if horse.last_day.get("F", 0) < now - 13
        ]
        if len(stable) < 5:
            return None
        lead = rng.choice(stable)
        race = conditions.write(
            rng,
            self._names,
            letter="F",
            course=course,
            surface="AW" if region in ("usa", "uae") and rng.random() < 0.5 else "Turf",
            age=lead.age(day),
            rating=105.0,
            best=min(12.0, lead.stamina),
            female=False,
        )
        horses = rng.sample(stable, min(len(stable), rng.randint(6, 11)))
        if rng.random() < 0.3:
            horses += self._visitors(now)
        horses = [
            horse
            for horse in horses
            if race.ages[0] <= horse.age(day) <= race.ages[1] and not (race.sex_rule and horse.cut)
        ]
        if len(horses) < 5:
            return None
        for horse in horses:
            horse.entered = now + JOURNEY
        goings = ("Good", "Good", "Good To Soft", "Soft", "Very Soft", "Good To Firm")
        if race.surface == "AW":
            goings = ("Fast", "Fast", "Standard", "Sloppy", "Muddy")
        hours = (19, 20, 21) if region == "usa" else (13, 14, 15, 16)
        minute = rng.choice(hours) * 60 + 5 * rng.randrange(12)
        status = DECLARED if today.ahead == 0 and minute + 6 > self._clock else RUN
        return self._hold(today, course, rng.choice(goings), minute, race, horses, status)

    def _visitors(self, now: int) -> list[Horse]:
        """At most two of the best British and Irish horses, fresh enough to travel."""
        fresh = (
            horse
            for horse in self._stables.active()
            if horse.code == "F"
            and horse.died is None
            and horse.rating.get("F", 0) > 96
            and horse.ready <= now - 5
            and horse.entered < now - 5
        )
        return [horse for horse, _ in zip(fresh, range(2), strict=False)]

    # ----------------------------------------------------------------- holding a race

    def _hold(
        self,
        today: Today,
        course: int,
        going: str,
        minute: int,
        race: Conditions,
        horses: list[Horse],
        status: int,
    ) -> Race:
        self._next_race += 13
        runners = self._declare(today, course, going, race, horses, status)
        slow = 0.0
        if status in (RUN, VOID):
            self._back(runners, course)
            slow = self._run(runners, race, going, void=status == VOID)
        untimed = ""
        if COURSES[course].home and self._seldom["off time missing"]():
            untimed = self._rng.choice(("card", "result", "both"))
        # What the card tells is noted before the race changes anything.
        runs = tuple(self._record(runner, race, course, today.day) for runner in runners)
        if status == RUN:
            self._note(runners, race, course, today.day)
        if today.ahead <= 0 and COURSES[course].home:
            self._send_home(runners, today.day, ran=status in (RUN, VOID))
        return Race(
            self._next_race, course, minute, status, race.name, race.letter, race.surface, going,
            race.yards, race.furlongs, race.jumps, race.handicap, race.race_class, race.pattern,
            race.band, race.age_band, race.sex_rule, race.prizes, slow, untimed, runs,
        )  # fmt: skip

    def _declare(
        self,
        today: Today,
        course: int,
        going: str,
        race: Conditions,
        horses: list[Horse],
        status: int,
    ) -> list[Runner]:
        """The runners in racecard order, with what everybody can think of their chances."""
        rng, day = self._rng, today.day
        runners = list(map(Runner, horses, self._weights(race, horses, day)))
        home = COURSES[course].home
        if status != ENTERED:
            self._book_jockeys(runners, race, today.riding, course, home)
            spare = len(runners) - 4
            for runner in runners:
                if spare > 0 and home and rng.random() < (0.02 if today.ahead > 0 else 0.055):
                    runner.status = WITHDRAWN
                    spare -= 1
        softness = SOFTNESS[going]
        scale = contest.SCALE[race.letter]
        for runner in runners:
            runner.level, hidden = day_level(runner.horse, race, runner.horse.age(day), softness)
            if runner.jockey:
                runner.level += 0.8 * runner.jockey.edge
            runner.seen = (runner.level - 0.75 * hidden - runner.lbs + runner.claim) / scale
        going_in = [runner for runner in runners if runner.status == RAN]
        believed = market.beliefs([runner.seen for runner in going_in], rng)
        for runner, chance in zip(going_in, believed, strict=True):
            runner.chance = chance
        runners.sort(key=lambda runner: (-runner.lbs, runner.horse.name))
        draws = list(range(1, len(runners) + 1))
        rng.shuffle(draws)
        for number, (runner, draw) in enumerate(zip(runners, draws, strict=True), 1):
            runner.number = number
            runner.draw = draw if race.letter in "FY" and status != ENTERED else 0
        return runners

    def _weights(self, race: Conditions, horses: list[Horse], day: date) -> list[int]:
        """Pounds to carry before claims."""
        flat = race.letter in "FY"
        if race.handicap:
            top, least = (136, 112) if flat else (166, 140)
            ratings = [horse.rating.get(_code(race.letter), race.low) for horse in horses]
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

    def _book_jockeys(
        self,
        runners: list[Runner],
        race: Conditions,
        riding: dict[Jockey, int],
        course: int,
        home: bool,
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
            if home:
                riding[jockey] = course
            runner.jockey = jockey
            runner.claim = 0 if race.pattern else jockey.claim

    def _back(self, runners: list[Runner], course: int) -> None:
        """Starting prices; a late withdrawal leaves those of the others too long."""
        rng = self._rng
        home = COURSES[course].home
        field_ = [runner for runner in runners if runner.status == RAN]
        prices = market.starting_prices([runner.chance for runner in field_], rng)
        for runner, price in zip(field_, prices, strict=True):
            runner.price = price
        if home and len(field_) > 5 and self._seldom["late withdrawal"]():
            out = min(field_, key=lambda runner: abs(runner.chance - 0.28))
            if 0.15 < out.chance < 0.45:
                out.status, out.price = WITHDRAWN_LATE, None
                field_.remove(out)
        if home and self._seldom["no price"]():
            rng.choice(field_).price = None
        elif not home and rng.random() < 0.3:
            for runner in field_:
                runner.price = None

    def _run(self, runners: list[Runner], race: Conditions, going: str, *, void: bool) -> float:
        """Run the race; returns seconds behind standard."""
        rng = self._rng
        field_ = [runner for runner in runners if runner.status == RAN]
        special = next((code for code in _SPECIALS[race.letter] if self._seldom[code]()), "")
        finishes, slow = contest.run(
            rng,
            letter=race.letter,
            furlongs=race.furlongs,
            yards=race.yards,
            going=going,
            levels=[runner.level for runner in field_],
            weights=[runner.lbs - runner.claim for runner in field_],
            dead_heat=self._seldom["dead heat"](),
            special=special,
        )
        if void:
            for runner in field_:
                runner.finish = contest.Finish(code="VOI")
            return slow
        for runner, finish in zip(field_, finishes, strict=True):
            runner.finish = finish
            if finish.figure is not None and finish.position and rng.random() < 0.74:
                runner.figure = max(1, round(finish.figure + 6 + rng.gauss(0, 1.2)))
                if rng.random() < 0.93:
                    lost = abs(rng.gauss(4, 12)) + 4 * max(0.0, slow - 4)
                    runner.speed = max(1, round(runner.figure - lost))
        _share_prizes(race, field_)
        return slow

    def _record(self, runner: Runner, race: Conditions, course: int, day: date) -> Run:
        horse, finish = runner.horse, runner.finish
        code, family = _code(race.letter), FAMILY[race.letter]
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
            reason=self._rng.choice(_REASONS) if runner.status == WITHDRAWN else "",
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
            last_run=_last_run(horse, family, today),
            form=_form(horse, family, today),
            flags=_flags(horse, course, code, race.furlongs),
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
            prize=runner.prize,
        )

    # ----------------------------------------------------------------- after a race

    def _note(self, runners: list[Runner], race: Conditions, course: int, day: date) -> None:
        """What a race changes for its horses, their trainers and jockeys."""
        today = day.toordinal()
        field_ = [runner for runner in runners if runner.status == RAN]
        shortest = min((r.price for r in field_ if r.price is not None), default=None)
        for runner in field_:
            horse, finish = runner.horse, runner.finish
            rating = horse.rating.get(_code(race.letter))
            char = str(finish.position if finish.position < 10 else 0)
            self._stables.after(
                horse,
                race,
                day,
                course=course,
                place=finish.position,
                char=char if finish.position else _FORM_CHARS[finish.code],
                figure=finish.figure,
                rpr=runner.figure,
                ts=runner.speed,
                field=len(field_),
                favourite=runner.price is not None and runner.price == shortest,
            )
            to_form = None not in (runner.figure, rating) and runner.figure >= rating
            horse.trainer.recent.append((today, finish.position == 1, to_form))
            if finish.position == 1:
                runner.jockey.won()
                if self._rng.random() < 0.12:
                    said = (today, self._next_race, course, race.name, race.furlongs, race.yards)
                    horse.quotes.append(said)
            if finish.code == "DIED":
                horse.died = today

    def _send_home(self, runners: list[Runner], day: date, *, ran: bool) -> None:
        for runner in runners:
            if runner.horse.died is None:
                if ran and runner.status == RAN:
                    rest = self._stables.next_rest(runner.horse)
                else:
                    rest = self._rng.randint(2, 15)
                self._stables.rest(runner.horse, day, rest)


def _code(letter: str) -> str:
    """The code letter that ratings are kept under: two-year-olds race on the flat."""
    return "F" if letter == "Y" else letter


def _share_prizes(race: Conditions, runners: list[Runner]) -> None:
    """Prize money by position; those who dead-heat share what their places are worth."""
    places: dict[int, list[Runner]] = {}
    for runner in runners:
        if runner.finish.position:
            places.setdefault(runner.finish.position, []).append(runner)
    for position, sharing in places.items():
        pot = sum(race.prizes[position - 1 : position - 1 + len(sharing)])
        for runner in sharing:
            runner.prize = round(pot / len(sharing), 2)


def _flags(horse: Horse, course: int, code: str, furlongs: float) -> str:
    here = course in horse.course_wins
    far = (code, furlongs) in horse.distance_wins
    flags = ["C"] if here else []
    flags += ["D"] if far else []
    flags += ["CD"] if here and far else []
    flags += ["BF"] if horse.last_favourite_beaten else []
    return " ".join(flags)


def _last_run(horse: Horse, family: str, today: int) -> str:
    """Days since the last run, with a more recent one under the other code in brackets."""
    other_family = "J" if family == "F" else "F"
    own, other = horse.last_day.get(family), horse.last_day.get(other_family)
    text = "" if own is None else str(today - own)
    if other is not None and (own is None or other > own):
        text += f" ({today - other}{other_family})"
    elif own is None and family == "J" and horse.point is not None:
        text = f"({today - horse.point}P)"
    return text.strip()


def _form(horse: Horse, family: str, today: int) -> str:
    past = horse.form.get(family, "")
    return past and past + gap_mark(horse.form_season[family], season(family, today))
