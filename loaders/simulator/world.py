"""The simulated world: a seed, a size and a last day make the same racing every time."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Any

from loaders.simulator import conditions, contest, market
from loaders.simulator.bloodstock import Bloodstock, Horse, Parent
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
from loaders.simulator.geography import COURSES, REGIONS
from loaders.simulator.names import Names
from loaders.simulator.payloads import Renderer
from loaders.simulator.people import Jockey, People
from loaders.simulator.programme import SOFTNESS, Meeting, Programme, days
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
    pack,
    unpack,
)

AHEAD = timedelta(days=7)
# Days that a horse needs to get over a race abroad.
JOURNEY = 9
_FIELD = ((4, 3), (5, 8), (6, 11), (7, 14), (8, 15), (9, 12), (10, 10), (11, 8), (12, 7), (13, 4),
          (14, 4), (15, 1.5), (16, 1.5), (18, 0.7), (20, 0.5))  # fmt: skip
_FIELD_SIZES = [size for size, _ in _FIELD]
_FIELD_SHARES = [share for _, share in _FIELD]
_REASONS = ("going", "vet's certificate", "self certificate, lame", "self certificate, off feed",
            "travel problems", "unsuitable ground", "self certificate, temperature", "transport",
            "withdrawn, vet's advice", "trainer's, ruled out by stewards")  # fmt: skip


class Occasional:
    """Something that happens once in so many opportunities, and never much later than that."""

    def __init__(self, rng: Random, every: int) -> None:
        self._rng = rng
        self._every = every
        self._left = rng.randint(every // 3, every)

    def __call__(self) -> bool:
        self._left -= 1
        if self._left > 0:
            return False
        self._left = self._rng.randint(self._every // 2, self._every * 3 // 2)
        return True


@dataclass(frozen=True)
class Listed:
    """Where a race stands: enough to find, filter and count it without rendering it."""

    race_id: int
    course: int
    has_result: bool


class World:
    """A deterministic racing world from `start` to `end` with cards a week beyond.

    It stands at four in the afternoon of `end`: later races of that day have no result yet.
    """

    CLOCK = 16 * 60

    def __init__(
        self, seed: int = 1, seasons: float = 1.0, races_per_day: float = 8,
        end: date | None = None,
    ) -> None:  # fmt: skip
        self.seed = seed
        self.end = end or date.today()
        self.start = self.end - timedelta(days=max(1, round(365 * seasons)) - 1)
        self.last_card = self.end + AHEAD
        rng = self._rng = Random(f"studbook {seed} {seasons} {races_per_day} {self.end}")
        horses = max(160, round(620 * races_per_day))
        self._names = Names(rng)
        self._stock = Bloodstock(rng, self._names, round(horses * (1 + 0.22 * seasons)),
                                 self.start.year)  # fmt: skip
        self._people = People(rng, self._names, horses)
        self._stables = Stables(rng, self._stock, self._people, horses, self.start)
        self._programme = Programme(rng, races_per_day)
        self._days: dict[date, bytes] = {}
        self._listed: dict[date, tuple[Listed, ...]] = {}
        self._found: dict[int, date] = {}
        self._next_race = 11_000_000
        self._double_due = False
        self._events = {
            name: Occasional(rng, every)
            for name, every in {
                "abroad": 36, "dead heat": 800, "void": 1700, "DSQ": 600, "LFT": 900, "CO": 1100,
                "DIED": 700, "RR": 700, "REF": 500, "SU": 500, "RO": 500, "BD": 400,
                "late": 45, "no price": 260, "abandoned": 60, "cut short": 90, "untimed": 55,
                "again": 1500, "ante-post": 14,
            }.items()
        }  # fmt: skip
        self._simulate()
        self._renderer = Renderer(self)
        self._unpacked: OrderedDict[date, list[Race]] = OrderedDict()

    # ----------------------------------------------------------------- what the API can ask

    @property
    def horses(self) -> list[Horse]:
        """Every racehorse there ever was, by index."""
        return self._stables.horses

    @property
    def people(self) -> People:
        """Trainers, jockeys and owners, by index."""
        return self._people

    def regions(self) -> list[dict[str, Any]]:
        """The payload of /v1/courses/regions."""
        return [{"region": name, "region_code": code} for code, name in REGIONS.items()]

    def courses(self) -> list[dict[str, Any]]:
        """The courses of /v1/courses."""
        return [
            {"id": c.id, "course": c.name, "region_code": c.region, "region": REGIONS[c.region]}
            for c in COURSES
        ]

    def listed(self, day: date) -> tuple[Listed, ...]:
        """The day's races in the order the API gives them."""
        return self._listed.get(day, ())

    def racecards(self, day: date) -> list[dict[str, Any]]:
        """The day's racecards, as /v1/racecards/pro gives them."""
        return [self._renderer.card(race, day) for race in self.races(day)]

    def results(self, day: date) -> list[dict[str, Any]]:
        """The day's results, newest first, as /v1/results gives them."""
        return [
            self._renderer.result(race, day)
            for race in reversed(self.races(day))
            if race.status in (RUN, VOID)
        ]

    def racecard(self, race_id: str) -> dict[str, Any] | None:
        """One racecard by its id."""
        found = self._race(race_id)
        return found and self._renderer.card(*found)

    def result(self, race_id: str) -> dict[str, Any] | None:
        """One result by its race's id."""
        found = self._race(race_id)
        if found is None or found[0].status not in (RUN, VOID):
            return None
        return self._renderer.result(*found)

    def horse(self, horse_id: str) -> dict[str, Any] | None:
        """The profile of a racehorse, or of a sire, dam or damsire under hrs_ and its digits."""
        number = _digits(horse_id, "hrs_")
        if number is None:
            return None
        horse = self._stables.by_number.get(number) or self._parents.get(number)
        return horse and self._renderer.profile(horse)

    def odds(self, race_id: str, horse_id: str) -> dict[str, Any] | None:
        """The odds of one runner, as /v1/odds gives them; None where there are none."""
        found = self._race(race_id)
        return found and self._renderer.odds(*found, horse_id)

    def races(self, day: date) -> list[Race]:
        """The day's races as records, by course and off time."""
        if day not in self._days:
            return []
        if day not in self._unpacked:
            self._unpacked[day] = unpack(self._days[day])
            if len(self._unpacked) > 4:
                self._unpacked.popitem(last=False)
        return self._unpacked[day]

    def _race(self, race_id: str) -> tuple[Race, date] | None:
        number = _digits(race_id, "rac_")
        day = self._found.get(number) if number is not None else None
        if day is None:
            return None
        return next(race for race in self.races(day) if race.race_id == number), day

    # ----------------------------------------------------------------- making it happen

    def _simulate(self) -> None:
        for day in days(self.start, self.last_card):
            if day.month == 1 and day.day == 1 and day != self.start and day <= self.end:
                self._stables.new_year(day)
            self._stables.wake(day)
            races = self._day(day)
            if not races:
                continue
            self._days[day] = pack(races)
            self._listed[day] = tuple(
                Listed(race.race_id, race.course, race.status in (RUN, VOID)) for race in races
            )
            for race in races:
                self._found[race.race_id] = day
        parents: dict[int, Parent] = {}
        for horse in self.horses:
            for parent in (horse.sire, horse.dam, horse.dam.sire):
                if parent is not None:
                    parents[parent.number] = parent
        self._parents = parents

    def _day(self, day: date) -> list[Race]:
        races: list[Race] = []
        riding: dict[Jockey, int] = {}
        for meeting in self._programme.meetings(day):
            lost = self._events["abandoned"]() and day.month in (11, 12, 1, 2, 3, 4)
            cut = self._events["cut short"]()
            ran_here: list[Horse] = []
            for place, minute in enumerate(meeting.minutes):
                off = lost or (cut and place >= len(meeting.minutes) - 2)
                race = self._home_race(day, meeting, minute, off, riding, ran_here)
                if race:
                    races.append(race)
                if day <= self.end and self._events["abroad"]():
                    race = self._foreign_race(day)
                    if race and all(race.course != other.course for other in races):
                        races.append(race)
        return sorted(races, key=lambda race: (race.course, race.minute, race.race_id))

    def _letter(self, kind: str, day: date) -> str:
        stables = self._stables
        if kind == "J":
            options = "HHHCCN" if stables.waiting("N") > 60 else "HHHHHCCCC"
            return self._rng.choice(options)
        young = stables.waiting("Y") if day.month > 3 else 0
        return "Y" if self._rng.random() < young / (young + stables.waiting("F") + 1) else "F"

    def _home_race(
        self, day: date, meeting: Meeting, minute: int, off: bool, riding: dict[Jockey, int],
        ran_here: list[Horse],
    ) -> Race | None:  # fmt: skip
        rng = self._rng
        surface = "AW" if meeting.kind == "A" else "Turf"
        region = COURSES[meeting.course].region
        ahead = (day - self.end).days
        for _ in range(6):
            letter = self._letter(meeting.kind, day)
            seeded = self._stables.seed(letter)
            if seeded is None:
                continue
            horse, group = seeded
            code = "F" if letter == "Y" else letter
            race = conditions.write(
                rng, self._names, letter=letter, course=meeting.course, surface=surface,
                age=horse.age(day), rating=horse.rating.get(code),
                best=best_trip(horse, letter), female=not horse.male,
            )  # fmt: skip
            wanted = rng.choices(_FIELD_SIZES, _FIELD_SHARES)[0]
            if race.handicap and letter in "FHC":
                wanted = min(20, wanted + rng.choice((0, 1, 1, 2)))
            wanted += rng.choice((0, 0, 1, 1, 1, 2))
            early = ahead >= 3
            if early:
                big = race.race_class in ("Class 1", "Class 2") or self._events["ante-post"]()
                wanted = rng.randint(25, 66) if big else wanted + rng.randint(2, 12)
            field = self._stables.enter(
                letter,
                group,
                wanted,
                lambda h, race=race: travels(h, meeting.course, region) and suits(h, race, day),
                ahead > 0,
            )
            if len(field) >= 4:
                break
            for entered in field:
                if ahead <= 0:
                    self._stables.rest(entered, day, 1)
        else:
            return None
        if ahead <= 0:
            self._double_due = self._double_due or self._events["again"]()
            if self._double_due:
                double = next((h for h in ran_here if suits_again(h, race, day)), None)
                if double:
                    field.append(double)
                    self._double_due = False
        for entered in field:
            entered.entered = day.toordinal() if ahead <= 0 else 0
        if ahead > 0 or (ahead == 0 and minute + 6 > self.CLOCK):
            status = ENTERED if ahead >= 3 else DECLARED
        elif off:
            status = ABANDONED
        else:
            status = VOID if self._events["void"]() else RUN
        ran_here.extend(field)
        return self._hold(day, meeting.course, meeting.going, minute, race, field, status, riding)

    def _foreign_race(self, day: date) -> Race | None:
        rng = self._rng
        course = rng.choice([i for i, c in enumerate(COURSES) if c.region not in ("gb", "ire")])
        place = COURSES[course]
        if place.kinds == "J":
            return None
        visitors = [
            h for h in self._stables.active()
            if h.code == "F" and h.rating.get("F", 0) > 96 and h.ready <= day.toordinal() - 5
        ] if rng.random() < 0.25 else []  # fmt: skip
        stable = [h for h in self._stables.abroad(place.region, day)
                  if h.last_day.get("F", 0) < day.toordinal() - 13]  # fmt: skip
        if len(stable) < 5:
            return None
        lead = rng.choice(stable)
        race = conditions.write(
            rng, self._names, letter="F", course=course,
            surface="AW" if place.region in ("usa", "uae") and rng.random() < 0.5 else "Turf",
            age=lead.age(day), rating=107.0, best=min(12.0, lead.stamina), female=False,
        )  # fmt: skip
        field = rng.sample(stable, min(len(stable), rng.randint(6, 11)))
        field = [h for h in field if race.ages[0] <= h.age(day) <= race.ages[1]
                 and not (race.sex_rule and h.male)]  # fmt: skip
        field += [
            h
            for h in visitors[:2]
            if race.ages[0] <= h.age(day) and h.entered < day.toordinal() - 5
        ]
        if len(field) < 5:
            return None
        for horse in field:
            horse.entered = day.toordinal() + JOURNEY
        going = rng.choice(("Good", "Good", "Good To Soft", "Soft", "Very Soft", "Good To Firm"))
        if race.surface == "AW":
            going = rng.choice(("Fast", "Fast", "Standard", "Sloppy", "Muddy"))
        minute = rng.choice((13, 14, 15, 16)) * 60 + 5 * rng.randrange(12)
        if place.region == "usa":
            minute = rng.choice((19, 20, 21)) * 60 + 7 * rng.randrange(8)
        status = DECLARED if day == self.end and minute + 6 > self.CLOCK else RUN
        return self._hold(day, course, going, minute, race, field, status, {})

    def _hold(
        self, day: date, course: int, going: str, minute: int, race: Conditions,
        field: list[Horse], status: int, riding: dict[Jockey, int],
    ) -> Race:  # fmt: skip
        rng = self._rng
        self._next_race += 13
        today = day.toordinal()
        home = COURSES[course].region in ("gb", "ire")
        ahead = today > self.end.toordinal()
        states = [RAN] * len(field)
        if status != ENTERED:
            spare = len(field) - 4
            for i in range(len(field)):
                if spare > 0 and home and rng.random() < (0.02 if ahead else 0.055):
                    states[i] = WITHDRAWN
                    spare -= 1
        lbs = self._weights(race, field, day)
        jockeys = self._jockeys(race, field, riding, course, home) if status != ENTERED else None
        claims = [0 if race.pattern or not jockeys else jockeys[i].claim for i in range(len(field))]
        softness = SOFTNESS[going]
        scale = contest.SCALE[race.letter]
        levels, strengths = [], []
        for i, horse in enumerate(field):
            level, hidden = day_level(horse, race, horse.age(day), softness)
            level += 0.8 * jockeys[i].edge if jockeys else 0.0
            levels.append(level)
            strengths.append((level - 0.75 * hidden - lbs[i] + claims[i]) / scale)
        taking_part = [i for i, state in enumerate(states) if state == RAN]
        chances = dict(zip(taking_part, market.beliefs([strengths[i] for i in taking_part], rng),
                           strict=True))  # fmt: skip
        prices: dict[int, int | None] = {}
        finishes: dict[int, contest.Finish] = {}
        slow, untimed = 0.0, ""
        if status in (RUN, VOID):
            given = market.starting_prices([chances[i] for i in taking_part], rng)
            prices = dict(zip(taking_part, given, strict=True))
            if self._events["late"]() and len(taking_part) > 5 and home:
                out = min(taking_part, key=lambda i: abs(chances[i] - 0.28))
                if 0.15 < chances[out] < 0.45:
                    states[out] = WITHDRAWN_LATE
                    taking_part.remove(out)
                    del prices[out]
            if home and self._events["no price"]():
                prices[rng.choice(taking_part)] = None
            elif not home and rng.random() < 0.3:
                prices = dict.fromkeys(taking_part, None)
            special = next(
                (name for name in self._specials(race.letter) if self._events[name]()), ""
            )
            done, slow = contest.run(
                rng, letter=race.letter, furlongs=race.furlongs, yards=race.yards, going=going,
                levels=[levels[i] for i in taking_part],
                weights=[lbs[i] - claims[i] for i in taking_part],
                dead_heat=self._events["dead heat"](), special=special,
            )  # fmt: skip
            finishes = dict(zip(taking_part, done, strict=True))
            if status == VOID:
                finishes = {i: contest.Finish(code="VOI") for i in taking_part}
        if home and self._events["untimed"]():
            untimed = rng.choice(("card", "result", "both"))
        draws = list(range(1, len(field) + 1))
        rng.shuffle(draws)
        flat = race.letter in "FY"
        order = sorted(range(len(field)), key=lambda i: (-lbs[i], field[i].name))
        numbers = {i: n for n, i in enumerate(order, 1)}
        shares = _prize_money(race, finishes)
        marked = min((p for p in prices.values() if p is not None), default=None)
        runs = []
        for i in order:
            horse = field[i]
            family = FAMILY[race.letter]
            code = "F" if race.letter == "Y" else race.letter
            rating = horse.rating.get(code)
            finish = finishes.get(i)
            figure = speed = None
            if finish and finish.figure is not None and finish.position:
                figure = max(1, round(finish.figure + 6 + rng.gauss(0, 1.2)))
                if rng.random() < 0.26:
                    figure = None
                elif rng.random() < 0.93:
                    speed = max(1, round(figure - abs(rng.gauss(4, 12)) - 4 * max(0.0, slow - 4)))
            flags = _flags(horse, course, code, race.furlongs)
            runs.append(Run(
                horse.index, horse.trainer.index, horse.owner.index,
                jockeys[i].index if jockeys else None,
                states[i], rng.choice(_REASONS) if states[i] != RAN else "",
                numbers[i], draws[i] if flat and status != ENTERED else 0, horse.age(day),
                horse.sex_code(day), lbs[i], claims[i], horse.headgear, horse.headgear_runs,
                horse.wind_run, None if rating is None else max(1 if flat else 50, round(rating)),
                horse.rpr.get(family), horse.ts.get(family), _last_run(horse, family, today),
                _form(horse, family, today), flags, horse.trainer.fortnight(today),
                chances.get(i, 0.0), prices.get(i),
                finish.position if finish else 0, finish.code if finish else "",
                finish.btn if finish else 0.0, finish.ovr if finish else 0.0,
                finish.time if finish else 0.0, figure, speed, shares.get(i, 0.0),
            ))  # fmt: skip
            if status == RUN and finish:
                char = (
                    str(finish.position % 100 if finish.position < 10 else 0)
                    if finish.position
                    else _FORM_CHARS.get(finish.code, finish.code[0])
                )
                self._stables.after(
                    horse, race, day, course=course, place=finish.position, char=char,
                    figure=finish.figure, rpr=figure, ts=speed, field=len(taking_part),
                    favourite=prices.get(i) is not None and prices[i] == marked,
                )  # fmt: skip
                won = finish.position == 1
                horse.trainer.recent.append((today, won, figure is not None and rating is not None
                                             and figure >= rating))  # fmt: skip
                if won:
                    jockeys[i].won()
                    if rng.random() < 0.12:
                        horse.quotes.append((today, self._next_race, course, race.name,
                                             race.furlongs, race.yards))  # fmt: skip
                if finish.code == "DIED":
                    horse.died = today
            if not ahead and horse.died is None and home:
                self._stables.rest(
                    horse, day,
                    self._stables.next_rest(horse, day) if status in (RUN, VOID)
                    and states[i] == RAN else rng.randint(2, 15),
                )  # fmt: skip
        return Race(
            self._next_race, course, minute, status, race.name, race.letter, race.surface, going,
            race.yards, race.furlongs, race.jumps, race.handicap, race.race_class, race.pattern,
            race.band, race.age_band, race.sex_rule, race.prizes, slow, untimed, tuple(runs),
        )  # fmt: skip

    def _weights(self, race: Conditions, field: list[Horse], day: date) -> list[int]:
        """Pounds to carry before claims."""
        flat = race.letter in "FY"
        code = "F" if race.letter == "Y" else race.letter
        if race.handicap:
            top, least = (136, 112) if flat else (166, 140)
            ratings = [horse.rating.get(code, race.low) for horse in field]
            best = max(ratings)
            return [max(least, round(top - (best - rating))) for rating in ratings]
        lbs = []
        for horse in field:
            weight = 131 if flat else 158
            age = horse.age(day)
            if age == 3 and race.ages[1] > 3:
                weight -= 8
            if not horse.male and not race.sex_rule:
                weight -= 5 if flat else 7
            if not race.pattern and horse.distance_wins:
                weight += 6
            lbs.append(weight)
        return lbs

    def _jockeys(
        self, race: Conditions, field: list[Horse], riding: dict[Jockey, int], course: int,
        home: bool,
    ) -> list[Jockey]:  # fmt: skip
        """A jockey for each runner; nobody rides at two courses on one day."""
        rng = self._rng
        family = FAMILY[race.letter]
        taken: set[Jockey] = set()
        booked = []
        for horse in field:
            stable = horse.trainer.jockeys
            jockey = stable[0 if family == "F" else 1] if stable and rng.random() < 0.5 else None
            tries = 0
            while (
                jockey is None or jockey in taken
                or (tries < 40 and riding.get(jockey, course) != course)
            ):  # fmt: skip
                jockey = self._people.riders[family].draw(rng)
                tries += 1
            taken.add(jockey)
            if home:
                riding[jockey] = course
            booked.append(jockey)
        return booked

    @staticmethod
    def _specials(letter: str) -> tuple[str, ...]:
        if letter in "FY":
            return ("DSQ", "LFT")
        if letter == "N":
            return ("CO",)
        return ("DIED", "RR", "REF", "SU", "RO", "BD", "CO")


_FORM_CHARS = {"PU": "P", "F": "F", "UR": "U", "BD": "B", "DSQ": "D", "RR": "R", "REF": "R",
               "RO": "O", "SU": "S", "CO": "C", "LFT": "R", "DIED": "P", "VOI": "V"}  # fmt: skip


def suits_again(horse: Horse, race: Conditions, day: date) -> bool:
    """Whether a horse that has run today could run once more, in this race."""
    entered, horse.entered = horse.entered, 0
    fits = horse.died is None and horse.code == race.letter and suits(horse, race, day)
    horse.entered = entered
    return fits


def _prize_money(race: Conditions, finishes: dict[int, contest.Finish]) -> dict[int, float]:
    """What each runner wins; those who dead-heat share what their places are worth."""
    places: dict[int, list[int]] = {}
    for i, finish in finishes.items():
        if finish.position:
            places.setdefault(finish.position, []).append(i)
    money = {}
    for position, sharing in places.items():
        pot = sum(race.prizes[position - 1 : position - 1 + len(sharing)])
        for i in sharing:
            if pot:
                money[i] = round(pot / len(sharing), 2)
    return money


def _flags(horse: Horse, course: int, letter: str, furlongs: float) -> str:
    here = course in horse.course_wins
    far = (letter, furlongs) in horse.distance_wins
    flags = ["C"] if here else []
    flags += ["D"] if far else []
    flags += ["CD"] if here and far else []
    flags += ["BF"] if horse.last_favourite_beaten else []
    return " ".join(flags)


def _last_run(horse: Horse, family: str, today: int) -> str:
    """Days since the last run, with a more recent one under the other code in brackets."""
    own = horse.last_day.get(family)
    other = horse.last_day.get("J" if family == "F" else "F")
    text = "" if own is None else str(today - own)
    if other is not None and (own is None or other > own):
        text += f" ({today - other}{'J' if family == 'F' else 'F'})"
    elif own is None and family == "J" and horse.point is not None:
        text = f"({today - horse.point}P)"
    return text.strip()


def _form(horse: Horse, family: str, today: int) -> str:
    past = horse.form.get(family, "")
    return past and past + gap_mark(horse.form_season[family], season(family, today))


def _digits(text: str, prefix: str) -> int | None:
    digits = text.removeprefix(prefix)
    return int(digits) if digits != text and digits.isascii() and digits.isdigit() else None
