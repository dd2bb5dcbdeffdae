"""Payloads: the world's records in the words, spellings and gaps of the Racing API."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from loaders.simulator import texts
from loaders.simulator.bloodstock import SEX_WORDS, Horse, Parent
from loaders.simulator.conditions import TYPES
from loaders.simulator.geography import COURSES
from loaders.simulator.market import DECIMALS, FRACTIONS, favourites
from loaders.simulator.people import People
from loaders.simulator.quotes import OddsBoard
from loaders.simulator.records import (
    ABANDONED,
    DECLARED,
    ENTERED,
    RAN,
    VOID,
    WITHDRAWN,
    Race,
    Run,
)

LONDON = ZoneInfo("Europe/London")
# Results write an en dash for a figure that nobody has.
UNKNOWN = "\u2013"
NON_RUNNER = ("NON-RUNNER(5)", "jky_224913")


class Renderer:
    """Turns records into payloads; the same record always gives the same payload."""

    def __init__(
        self, seed: int, horses: list[Horse], people: People, end: date, clock: int
    ) -> None:
        self._seed = seed
        self._horses = horses
        self._people = people
        self._end = end
        midnight = datetime(end.year, end.month, end.day, tzinfo=LONDON)
        self._clock = midnight + timedelta(minutes=clock)

    def _rng(self, race: Race, what: str) -> Random:
        return Random(f"{self._seed} {race.race_id} {what}")

    # ----------------------------------------------------------------- racecards

    def card(self, race: Race, day: date) -> dict[str, Any]:
        """A RacecardOddsPro."""
        rng = self._rng(race, "card")
        course = COURSES[race.course]
        home = course.region in ("gb", "ire")
        entered = race.status == ENTERED
        board = self._board(race, day)
        going_in = [run for run in race.runs if run.status == RAN]
        told = home and race.status != ENTERED
        forecast = texts.forecast(rng, [(self._horses[r.horse].name, r.chance) for r in going_in])
        best = max(going_in, key=lambda run: run.chance)
        likely = self._horses[best.horse].name
        field_size = len(going_in)
        if entered:
            field_size = 0 if rng.random() < 0.5 else len(race.runs)
        runners = [self._entry(race, run, day, rng, board, home) for run in race.runs]
        surface = race.surface if home or rng.random() < 0.5 else ""
        payload = {
            "race_id": f"rac_{race.race_id}",
            "course": course.name,
            "course_id": course.id,
            "date": day.isoformat(),
            "off_time": off_time(race.minute),
            "off_dt": self._off_dt(race, day, "card"),
            "race_name": race.name,
            "distance_round": distance_round(race.furlongs),
            "distance": distance_exact(race.yards),
            "distance_f": f"{race.furlongs:.1f}",
            "region": course.region.upper(),
            "pattern": race.pattern,
            "sex_restriction": race.sex_rule,
            "race_class": race.race_class,
            "type": TYPES[race.letter],
            "age_band": race.age_band,
            "rating_band": race.band,
            "prize": card_prize(race.prizes[0], course.region),
            "field_size": str(field_size),
            "going_detailed": "",
            "rail_movements": "",
            "stalls": "",
            "weather": "",
            "going": race.going,
            "surface": surface,
            "jumps": jumps(race),
            "big_race": race.pattern in ("Group 1", "Grade 1"),
            "is_abandoned": race.status == ABANDONED,
            "tip": likely if told else "",
            "verdict": texts.verdict(rng, likely) if told else "",
            "betting_forecast": forecast if told else "",
        }
        if told and rng.random() < 0.04:
            payload["going_detailed"] = f"{race.going}, {race.going.lower()} in places"
            payload["weather"] = rng.choice(("Overcast", "Sunny spells", "Light rain"))
            payload["rail_movements"] = "Rails moved out 4yds"
            payload["stalls"] = rng.choice(("Inside", "Outside", "Centre"))
        if rng.random() < 0.3:
            payload["race_status"] = {ABANDONED: "abandoned", DECLARED: "", ENTERED: ""}.get(
                race.status, "result"
            )
        payload["runners"] = runners
        return payload

    def _entry(
        self, race: Race, run: Run, day: date, rng: Random, board: OddsBoard | None, home: bool
    ) -> dict[str, Any]:
        horse = self._horses[run.horse]
        trainer = self._people.trainers[run.trainer]
        owner = self._people.owners[run.owner]
        today = day.toordinal()
        known = home or rng.random() < 0.7
        jockey = jockey_id = ""
        number = str(run.number) if race.status != ENTERED else ""
        if run.jockey is not None:
            rider = self._people.jockeys[run.jockey]
            jockey = f"{rider.name}({run.claim})" if run.claim else rider.name
            jockey_id = f"jky_{rider.number}"
        priced = run.status == RAN or race.status == ENTERED
        if run.status == WITHDRAWN:
            form = rng.random()
            priced = form > 0.88
            if form < 0.8:
                jockey, jockey_id = NON_RUNNER
            if not 0.7 < form < 0.8:
                number = "NR"
        elif run.status != RAN:
            priced = True
        runs, wins, good = run.fortnight
        percent = str(round(100 * wins / runs)) if runs else "None"
        changes = [c for c in horse.changes if c[0] <= today][::-1]
        draw = str(run.draw) if race.status != ENTERED else ""
        gear = run.headgear if rng.random() < 0.3 else ""
        words = known and home and rng.random() < 0.86
        return {
            "horse_id": f"hrs_{horse.number}",
            "horse": horse.name,
            "dob": date.fromordinal(horse.born).isoformat() if known else "",
            "age": str(run.age),
            "sex": SEX_WORDS[run.sex],
            "sex_code": run.sex,
            "colour": horse.colour if known else "",
            "region": horse.country if known else "",
            "breeder": horse.breeder if known else "",
            "dam": horse.dam.name,
            "dam_id": f"dam_{horse.dam.number}",
            "dam_region": horse.dam.country if known else "",
            "sire": horse.sire.name,
            "sire_id": f"sir_{horse.sire.number}",
            "sire_region": horse.sire.country if known else "",
            "damsire": horse.dam.sire.name,
            "damsire_id": f"dsi_{horse.dam.sire.number}",
            "damsire_region": horse.dam.sire.country if known else "",
            "trainer": trainer.name,
            "trainer_id": f"trn_{trainer.number}",
            "trainer_location": trainer.location,
            "trainer_14_days": {"runs": str(runs), "wins": str(wins), "percent": percent},
            "owner": owner.name,
            "owner_id": f"own_{owner.number}",
            "prev_trainers": [
                {
                    "trainer": before.name,
                    "trainer_id": f"trn_{before.number}",
                    "change_date": date.fromordinal(when).isoformat(),
                }
                for when, before, _ in changes
                if before is not None
            ],
            "prev_owners": [
                {
                    "owner": before.name,
                    "owner_id": f"own_{before.number}",
                    "change_date": date.fromordinal(when).isoformat(),
                }
                for when, _, before in changes
                if before is not None
            ],
            "comment": texts.comment(rng, run) if words else "",
            "spotlight": texts.spotlight(rng, run, race.going) if words else "",
            "quotes": [
                {
                    "date": date.fromordinal(when).isoformat(),
                    "horse": horse.name,
                    "horse_id": f"hrs_{horse.number}",
                    "race": name,
                    "race_id": f"rac_{race_id}",
                    "course": COURSES[course].name,
                    "course_id": COURSES[course].id,
                    "distance_f": f"{furlongs:g}",
                    "distance_y": str(yards),
                    "quote": texts.quote(Random(race_id), horse.name, trainer.name),
                }
                for when, race_id, course, name, furlongs, yards in reversed(horse.quotes)
                if when < today
            ],
            "stable_tour": [
                {"quote": texts.tour(Random(text), date.fromordinal(when))}
                for when, text in horse.tour
                if when < today
            ],
            "medical": [
                {"date": date.fromordinal(when).isoformat(), "type": what}
                for when, what in reversed(horse.medical)
                if when < today
            ],
            "number": number,
            "draw": draw,
            "headgear": gear,
            "headgear_run": str(run.headgear_run + 1) if gear and run.headgear_run < 2 else "",
            "wind_surgery": "w" if run.wind_run in (1, 2) else "",
            "wind_surgery_run": str(run.wind_run) if run.wind_run in (1, 2) else "",
            "past_results_flags": run.flags.split(),
            "lbs": str(run.lbs),
            "ofr": _or_dash(run.ofr, "-"),
            "rpr": _or_dash(run.rpr, "-"),
            "ts": _or_dash(run.ts, "-"),
            "jockey": jockey,
            "jockey_id": jockey_id,
            "silk_url": silk(horse.silk + run.owner % 7),
            "last_run": run.last_run,
            "form": run.form,
            "trainer_rtf": str(round(100 * good / runs)) if runs else "",
            "odds": board.odds(run, priced) if board else [],
        }

    def _board(self, race: Race, day: date) -> OddsBoard | None:
        course = COURSES[race.course]
        if course.region not in ("gb", "ire"):
            return None
        off = datetime(day.year, day.month, day.day, tzinfo=LONDON) + timedelta(minutes=race.minute)
        grand = race.race_class in ("Class 1", "Class 2")
        return OddsBoard(self._rng(race, "odds"), off, self._clock, (day - self._end).days, grand)

    def odds(self, race: Race, day: date, horse_id: str) -> dict[str, Any] | None:
        """A RaceRunnerOdds, or None when the horse has none in this race."""
        for entry in self.card(race, day)["runners"]:
            if entry["horse_id"] == horse_id and entry["odds"]:
                return {
                    "race_id": f"rac_{race.race_id}",
                    "horse_id": horse_id,
                    "horse": entry["horse"],
                    "odds": entry["odds"],
                }
        return None

    # ----------------------------------------------------------------- results

    def result(self, race: Race, day: date) -> dict[str, Any]:
        """A ResultStandard."""
        rng = self._rng(race, "result")
        course = COURSES[race.course]
        ran = sorted(
            (run for run in race.runs if run.status == RAN),
            key=lambda run: (run.position or 99, run.code == "VOI", run.number),
        )
        out = [run for run in race.runs if run.status != RAN]
        marks = favourites([run.price for run in ran])
        winner = ran[0]
        return {
            "race_id": f"rac_{race.race_id}",
            "date": day.isoformat(),
            "region": course.region.upper(),
            "course": course.result_name,
            "course_id": course.id,
            "off": off_time(race.minute),
            "off_dt": self._off_dt(race, day, "result"),
            "race_name": race.name,
            "type": TYPES[race.letter],
            "class": race.race_class,
            "pattern": race.pattern,
            "rating_band": race.band,
            "age_band": race.age_band,
            "sex_rest": race.sex_rule,
            "dist": distance_round(race.furlongs),
            "dist_y": str(race.yards),
            "dist_m": str(round(race.yards * 0.9144)),
            "dist_f": f"{race.furlongs:g}f",
            "going": race.going,
            "surface": race.surface,
            "jumps": jumps(race),
            "runners": [
                self._runner(race, run, mark, rng, course.region)
                for run, mark in zip(ran, marks, strict=True)
            ],
            "winning_time_detail": (
                time_detail(winner.time, race.slow) if winner.time and race.status != VOID else ""
            ),
            "comments": texts.remark(rng) if rng.random() < 0.06 else "",
            "non_runners": ", ".join(
                f"{self._horses[run.horse].name} ({run.reason or 'withdrawn at start'})"
                for run in out
            ),
            **texts.tote(rng, ran, course.region, race.status == VOID),
        }

    def _runner(self, race: Race, run: Run, mark: str, rng: Random, region: str) -> dict[str, Any]:
        horse = self._horses[run.horse]
        trainer = self._people.trainers[run.trainer]
        rider = self._people.jockeys[run.jockey or 0]
        placed = run.position > 0 or run.code == "DSQ"
        unpriced = rng.choice(("", "-"))
        sp = sp_dec = unpriced
        if run.price is not None:
            step = FRACTIONS[run.price]
            sp = ("Evens" if step == "1/1" else step) + mark
            sp_dec = f"{DECIMALS[run.price]:.2f}"
        lbs = run.lbs - run.claim
        payload = {
            "horse_id": f"hrs_{horse.number}",
            "horse": f"{horse.name} ({horse.country})",
            "sp": sp,
            "sp_dec": sp_dec,
            "number": str(run.number),
            "position": str(run.position) if run.position else run.code,
            "draw": str(run.draw) if run.draw else rng.choice(("", "0")),
            "btn": lengths(run.btn) if placed else "-",
            "ovr_btn": lengths(run.ovr) if placed else "-",
            "age": str(run.age),
            "sex": run.sex,
            "weight": f"{lbs // 14}-{lbs % 14}",
            "weight_lbs": str(lbs),
            "headgear": run.headgear,
            "time": clock_time(run.time) if placed else "-",
            "or": _or_dash(run.ofr, UNKNOWN),
            "rpr": _or_dash(run.figure, UNKNOWN),
            "tsr": _or_dash(run.speed, UNKNOWN),
            "prize": result_prize(run.prize, region),
            "jockey": rider.name,
            "jockey_claim_lbs": str(run.claim),
            "jockey_id": f"jky_{rider.number}",
            "trainer": trainer.name,
            "trainer_id": f"trn_{trainer.number}",
            "owner": plain_owner(self._people.owners[run.owner].name),
            "owner_id": f"own_{self._people.owners[run.owner].number}",
            "sire": f"{horse.sire.name} ({horse.sire.country})",
            "sire_id": f"sir_{horse.sire.number}",
            "dam": f"{horse.dam.name} ({horse.dam.country})",
            "dam_id": f"dam_{horse.dam.number}",
            "damsire": horse.dam.sire.name,
            "damsire_id": f"dsi_{horse.dam.sire.number}",
            "comment": texts.in_running(rng, run) if rng.random() < 0.95 else "",
            "silk_url": silk(horse.silk + run.owner % 7),
        }
        if race.race_id % 3 == 0 and run.price is not None:
            payload["bsp"] = f"{1 + (DECIMALS[run.price] - 1) * rng.uniform(0.97, 1.3):.2f}"
        return payload

    # ----------------------------------------------------------------- profiles

    def profile(self, horse: Horse | Parent) -> dict[str, Any]:
        """A HorsePro, of a racehorse or of a parent."""
        dam = horse.dam
        damsire = dam.sire if dam is not None else None
        if isinstance(horse, Horse):
            dob = date.fromordinal(horse.born).isoformat()
            code = horse.sex_code(self._end)
        else:
            month, day = 1 + horse.number % 5 + 1, 1 + horse.number % 28
            dob = f"{horse.born}-{month:02}-{day:02}"
            code = "H" if horse.stallion else "M"
        return {
            "id": f"hrs_{horse.number}",
            "breeder": horse.breeder,
            "colour": horse.colour,
            "colour_code": horse.colour.upper(),
            "dam": _suffixed(dam),
            "dam_id": f"dam_{dam.number}" if dam else "",
            "damsire": _suffixed(damsire),
            "damsire_id": f"dsi_{damsire.number}" if damsire else "",
            "dob": dob,
            "name": f"{horse.name} ({horse.country})",
            "sex": SEX_WORDS[code],
            "sex_code": code,
            "sire": _suffixed(horse.sire),
            "sire_id": f"sir_{horse.sire.number}" if horse.sire else "",
        }

    def found(self, horse: Horse) -> dict[str, str]:
        """A Horse, as a search gives it."""
        profile = self.profile(horse)
        keys = ("id", "dam", "dam_id", "damsire", "damsire_id", "name", "sire", "sire_id")
        return {key: profile[key] for key in keys}

    def _off_dt(self, race: Race, day: date, side: str) -> str | None:
        if race.untimed in (side, "both"):
            return None if race.race_id % 2 else ""
        hour, minute = divmod(race.minute, 60)
        return f"{day.isoformat()}T{hour:02}:{minute:02}:00{offset(day)}"


def _suffixed(parent: Parent | None) -> str:
    return f"{parent.name} ({parent.country})" if parent else ""


def _or_dash(value: int | None, unknown: str) -> str:
    return unknown if value is None else str(value)


@lru_cache(maxsize=512)
def offset(day: date) -> str:
    """London's offset from UTC at noon: "+00:00" or "+01:00"."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    return noon.isoformat()[-6:]


def off_time(minute: int) -> str:
    """The time of day on a twelve-hour clock without a.m. or p.m.: "2:12"."""
    hour, rest = divmod(minute, 60)
    return f"{(hour - 1) % 12 + 1}:{rest:02}"


def distance_round(furlongs: float) -> str:
    """Miles and furlongs: "2m", "1m3f", "2m½f"."""
    miles, rest = divmod(furlongs, 8)
    half = "½" if rest % 1 else ""
    whole = str(int(rest)) if rest >= 1 else ""
    text = f"{int(miles)}m" if miles else ""
    return text + (f"{whole}{half}f" if whole or half else "")


def distance_exact(yards: int) -> str:
    """Miles, furlongs and yards: "2m53y"."""
    miles, rest = divmod(yards, 1760)
    furlongs, rest = divmod(rest, 220)
    parts = ((miles, "m"), (furlongs, "f"), (rest, "y"))
    return "".join(f"{value}{unit}" for value, unit in parts if value)


def jumps(race: Race) -> str:
    """Such as "10 hurdles" or "15 fences", or nothing on the level."""
    if not race.jumps:
        return ""
    return f"{race.jumps} {'hurdles' if race.letter == 'H' else 'fences'}"


def card_prize(first: float, region: str) -> str:
    """The first prize as a card shows it: "£4,193", "€7,080"."""
    return f"{'€' if region == 'ire' else '£'}{first:,.0f}"


def result_prize(amount: float, region: str) -> str:
    """Prize money as a result shows it: "3245.08", "€7080", or nothing."""
    if not amount:
        return ""
    if region == "ire":
        return f"€{amount:.0f}"
    return f"{amount:.2f}"


def lengths(value: float) -> str:
    """Lengths: "0", "0.3", ".5", "1.25", "11"."""
    if value in (0.5, 0.75):
        return f"{value:g}"[1:]
    return f"{value:g}"


def clock_time(seconds: float) -> str:
    """Minutes and seconds, the seconds of one digit or two: "1:43.25", "3:5.82", "0:59.78"."""
    minutes = int(seconds // 60)
    return f"{minutes}:{seconds - 60 * minutes:.2f}"


def time_detail(seconds: float, slow: float) -> str:
    """Such as "1m 43.25s (slow by 5.55s)"."""
    minutes = int(seconds // 60)
    text = f"{minutes}m " if minutes else ""
    pace = "slow" if slow >= 0 else "fast"
    return f"{text}{seconds - 60 * minutes:.2f}s ({pace} by {abs(slow):.2f}s)"


def plain_owner(name: str) -> str:
    """An owner as a result spells it: without "&" and commas."""
    return " ".join(name.replace("&", " ").replace(",", " ").split())


def silk(number: int) -> str:
    """The address of a set of colours."""
    text = str(number)
    a, b, c = text[-1], text[-2], text[-3]
    return f"https://www.rp-assets.com/svg/{a}/{b}/{c}/{text}.svg"
