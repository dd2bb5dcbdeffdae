"""Racecards and odds: what is known of a race before it is run."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from simulator.feed import rewording, texts
from simulator.feed.editions import Feed
from simulator.feed.entries import Entries
from simulator.feed.quotes import OddsBoard
from simulator.feed.registry import Registry
from simulator.feed.writing import (
    LONDON,
    card_prize,
    distance_exact,
    distance_round,
    jumps,
    off_instant,
    off_time,
)
from simulator.racing.market import BOOKMAKER_FRACTIONS, FRACTIONS
from simulator.racing.records import ABANDONED, ENTERED, RAN, Race
from simulator.scene.conditions import TYPES
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.people import People


class Cards:
    """Turns records into racecards; the same record always gives the same card."""

    def __init__(
        self,
        seed: int,
        feed: Feed,
        registry: Registry,
        horses: list[Horse],
        people: People,
        end: date,
        clock: int,
    ) -> None:
        self._seed = seed
        self._feed = feed
        self._registry = registry
        self._horses = horses
        self._entries = Entries(registry, horses, people)
        self._end = end
        midnight = datetime(end.year, end.month, end.day, tzinfo=LONDON)
        self._clock = midnight + timedelta(minutes=clock)

    def card(self, race: Race, day: date) -> dict[str, Any]:
        """A RacecardOddsPro."""
        rng = Random(f"{self._seed} {race.number} card")
        course = COURSES[race.course]
        home = course.home
        new = self._feed.is_new(day)
        board = self._board(race, day, BOOKMAKER_FRACTIONS if new else FRACTIONS)
        going_in = [run for run in race.runs if run.status == RAN]
        told = home and race.status != ENTERED
        forecast = texts.forecast([(self._horses[r.horse].name, r.chance) for r in going_in])
        best = max(going_in, key=lambda run: run.chance)
        likely = self._horses[best.horse].name
        field_size = len(going_in)
        if race.status == ENTERED:
            field_size = 0 if rng.random() < 0.5 else len(race.runs)
        runners = [self._entries.entry(race, run, day, rng, board) for run in race.runs]
        surface = race.surface if home or rng.random() < 0.5 else ""
        payload: dict[str, Any] = {
            "race_id": f"rac_{self._registry.race(race.number, day)}",
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
            payload["race_status"] = ""
        payload["runners"] = runners
        if new:
            runners += [self._entries.entry(race, run, day, rng, board) for run in race.reserves]
            self._reword(payload, race)
        return payload

    def _reword(self, payload: dict[str, Any], race: Race) -> None:
        rewording.card(payload, race)
        ownerless = rewording.without_owner_id(self._seed, race)
        runners = payload["runners"]
        for entry, run in zip(runners, (*race.runs, *race.reserves), strict=True):
            rewording.entry(entry, run)
            if run.horse in ownerless:
                entry["owner_id"] = ""
        # One that was let in since is shown as it was while it waited.
        first = len(race.runs) - race.let_in
        for place, entry in enumerate(runners[first:], 1):
            entry["number"] = f"R{place}"

    def odds(self, race: Race, day: date, horse_id: str) -> dict[str, Any] | None:
        """A RaceRunnerOdds, or None when the horse has none in this race."""
        for entry in self.card(race, day)["runners"]:
            if entry["horse_id"] == horse_id and entry["odds"]:
                return {
                    "race_id": f"rac_{self._registry.race(race.number, day)}",
                    "horse_id": horse_id,
                    "horse": entry["horse"],
                    "odds": entry["odds"],
                }
        return None

    def _board(self, race: Race, day: date, fractions: tuple[str, ...]) -> OddsBoard | None:
        course = COURSES[race.course]
        if not course.home:
            return None
        off = datetime(day.year, day.month, day.day, tzinfo=LONDON) + timedelta(minutes=race.minute)
        grand = race.race_class in ("Class 1", "Class 2")
        return OddsBoard(
            Random(f"{self._seed} {race.number} odds"),
            off,
            self._clock,
            (day - self._end).days,
            grand,
            fractions,
        )
