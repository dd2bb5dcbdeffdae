"""Results: what a race that was started came to."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from simulator.feed import rewording, texts
from simulator.feed.editions import Feed
from simulator.feed.registry import Registry
from simulator.feed.writing import (
    EN_DASH,
    clock_time,
    distance_round,
    jumps,
    lengths,
    number_or,
    off_instant,
    off_time,
    plain_owner,
    result_prize,
    silk,
    time_detail,
    with_country,
)
from simulator.racing.market import DECIMALS, FRACTIONS, favourites
from simulator.racing.records import RAN, VOID, Race, Run
from simulator.scene.conditions import TYPES
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.people import People


class Results:
    """Turns records into results; the same record always gives the same result."""

    def __init__(
        self,
        seed: int,
        feed: Feed,
        registry: Registry,
        horses: list[Horse],
        people: People,
        end: date,
    ) -> None:
        self._seed = seed
        self._feed = feed
        self._registry = registry
        self._end = end
        self._horses = horses
        self._people = people

    def result(self, race: Race, day: date) -> dict[str, Any]:
        """A ResultStandard."""
        rng = Random(f"{self._seed} {race.number} result")
        course = COURSES[race.course]
        ran = sorted(
            (run for run in race.runs if run.status == RAN),
            key=lambda run: (run.position or 99, run.code == "VOI", run.number),
        )
        out = [run for run in race.runs if run.status != RAN]
        marks = favourites([run.price for run in ran])
        winner = ran[0]
        payload = {
            "race_id": f"rac_{self._registry.race(race.number, day)}",
            "date": day.isoformat(),
            "region": course.region.upper(),
            "course": course.result_name,
            "course_id": course.id,
            "off": off_time(race.minute),
            "off_dt": off_instant(race, day, "result"),
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
                self._runner(run, mark, rng, course.region)
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
        if self._feed.is_new(day):
            self._reword(payload, race, ran, settled=day < self._end)
        return payload

    def _reword(
        self, payload: dict[str, Any], race: Race, ran: list[Run], *, settled: bool
    ) -> None:
        rng = Random(f"{self._seed} {race.number} reworded")
        rewording.result(payload, race, rng)
        ownerless = rewording.without_owner_id(self._seed, race)
        for runner, run in zip(payload["runners"], ran, strict=True):
            rewording.runner(runner, run, rng, settled=settled)
            if run.horse in ownerless:
                runner["owner_id"] = ""

    def _runner(self, run: Run, mark: str, rng: Random, region: str) -> dict[str, Any]:
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
        owner, known = self._people.owners[run.owner], self._registry
        return {
            "horse_id": f"hrs_{known.horse(horse)}",
            "horse": with_country(horse),
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
            "or": number_or(run.ofr, "-"),
            "rpr": number_or(run.figure, EN_DASH),
            "tsr": number_or(run.speed, EN_DASH),
            "prize": result_prize(run.prize, region),
            "jockey": rider.name,
            "jockey_claim_lbs": str(run.claim),
            "jockey_id": f"jky_{rider.number}",
            "trainer": trainer.name,
            "trainer_id": f"trn_{trainer.number}",
            "owner": plain_owner(known.owner_name(owner)),
            "owner_id": f"own_{known.owner(owner)}",
            "sire": with_country(horse.sire),
            "sire_id": f"sir_{known.horse(horse.sire)}",
            "dam": with_country(horse.dam),
            "dam_id": f"dam_{known.horse(horse.dam)}",
            "damsire": horse.damsire.name,
            "damsire_id": f"dsi_{known.horse(horse.damsire)}",
            "comment": texts.in_running(rng, run) if rng.random() < 0.95 else "",
            "silk_url": silk(horse.silk + run.owner % 7),
        }
