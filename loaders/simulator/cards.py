"""Racecards and odds: what is known of a race before it is run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from loaders.simulator import texts
from loaders.simulator.bloodstock import SEX_WORDS, Horse
from loaders.simulator.conditions import TYPES
from loaders.simulator.geography import COURSES
from loaders.simulator.people import People
from loaders.simulator.quotes import OddsBoard
from loaders.simulator.records import ABANDONED, DECLARED, ENTERED, RAN, WITHDRAWN, Race, Run
from loaders.simulator.writing import (
    LONDON,
    card_prize,
    distance_exact,
    distance_round,
    jumps,
    number_or,
    off_instant,
    off_time,
    silk,
)

NON_RUNNER = ("NON-RUNNER(5)", "jky_224913")


class Cards:
    """Turns records into racecards; the same record always gives the same card."""

    def __init__(
        self, seed: int, horses: list[Horse], people: People, end: date, clock: int
    ) -> None:
        self._seed = seed
        self._horses = horses
        self._people = people
        self._end = end
        midnight = datetime(end.year, end.month, end.day, tzinfo=LONDON)
        self._clock = midnight + timedelta(minutes=clock)

    def card(self, race: Race, day: date) -> dict[str, Any]:
        """A RacecardOddsPro."""
        rng = Random(f"{self._seed} {race.race_id} card")
        course = COURSES[race.course]
        home = course.home
        entered = race.status == ENTERED
        board = self._board(race, day)
        going_in = [run for run in race.runs if run.status == RAN]
        told = home and race.status != ENTERED
        forecast = texts.forecast([(self._horses[r.horse].name, r.chance) for r in going_in])
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
            "off_dt": off_instant(race, day, "card"),
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
            "ofr": number_or(run.ofr, "-"),
            "rpr": number_or(run.rpr, "-"),
            "ts": number_or(run.ts, "-"),
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
        if not course.home:
            return None
        off = datetime(day.year, day.month, day.day, tzinfo=LONDON) + timedelta(minutes=race.minute)
        grand = race.race_class in ("Class 1", "Class 2")
        return OddsBoard(
            Random(f"{self._seed} {race.race_id} odds"),
            off,
            self._clock,
            (day - self._end).days,
            grand,
        )
