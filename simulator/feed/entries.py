"""The runners of a racecard."""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Any

from simulator.feed import texts
from simulator.feed.quotes import OddsBoard
from simulator.feed.registry import Registry
from simulator.feed.writing import number_or, silk
from simulator.racing.records import ENTERED, WITHDRAWN, Race, Run
from simulator.scene.geography import COURSES
from simulator.scene.horses import SEX_WORDS, Horse
from simulator.scene.people import People, Trainer

NON_RUNNER = ("NON-RUNNER(5)", "jky_224913")


class Entries:
    """Turns the runners of a record into those of a racecard."""

    def __init__(self, registry: Registry, horses: list[Horse], people: People) -> None:
        self._registry = registry
        self._horses = horses
        self._people = people

    def entry(
        self, race: Race, run: Run, day: date, rng: Random, board: OddsBoard | None
    ) -> dict[str, Any]:
        """A RunnerOddsPro; `board` prices it, None where nobody does."""
        registry = self._registry
        home = COURSES[race.course].home
        horse = self._horses[run.horse]
        trainer = self._people.trainers[run.trainer]
        owner = self._people.owners[run.owner]
        today = day.toordinal()
        known = home or rng.random() < 0.7
        jockey, jockey_id = self._rider(run)
        number = str(run.number) if race.status != ENTERED else ""
        priced = True
        if run.status == WITHDRAWN:
            form = rng.random()
            priced = form > 0.88
            if form < 0.8:
                jockey, jockey_id = NON_RUNNER
            if not 0.7 < form < 0.8:
                number = "NR"
        runs, wins, good = run.fortnight
        percent = str(round(100 * wins / runs)) if runs else "None"
        changes = [c for c in horse.changes if c[0] <= today][::-1]
        draw = str(run.draw) if race.status != ENTERED else ""
        gear = run.headgear if rng.random() < 0.3 else ""
        words = known and home and rng.random() < 0.86
        return {
            "horse_id": f"hrs_{registry.horse(horse)}",
            "horse": horse.name,
            "dob": date.fromordinal(horse.born).isoformat() if known else "",
            "age": str(run.age),
            "sex": SEX_WORDS[run.sex],
            "sex_code": run.sex,
            "colour": horse.colour if known else "",
            "region": horse.country if known else "",
            "breeder": horse.breeder if known else "",
            "dam": horse.dam.name,
            "dam_id": f"dam_{registry.horse(horse.dam)}",
            "dam_region": horse.dam.country if known else "",
            "sire": horse.sire.name,
            "sire_id": f"sir_{registry.horse(horse.sire)}",
            "sire_region": horse.sire.country if known else "",
            "damsire": horse.damsire.name,
            "damsire_id": f"dsi_{registry.horse(horse.damsire)}",
            "damsire_region": horse.damsire.country if known else "",
            "trainer": trainer.name,
            "trainer_id": f"trn_{trainer.number}",
            "trainer_location": trainer.location,
            "trainer_14_days": {"runs": str(runs), "wins": str(wins), "percent": percent},
            "owner": registry.owner_name(owner),
            "owner_id": f"own_{registry.owner(owner)}",
            "prev_trainers": [
                {
                    "trainer": left.name,
                    "trainer_id": f"trn_{left.number}",
                    "change_date": date.fromordinal(when).isoformat(),
                }
                for when, left, _ in changes
                if left is not None
            ],
            "prev_owners": [
                {
                    "owner": registry.owner_name(left),
                    "owner_id": f"own_{registry.owner(left)}",
                    "change_date": date.fromordinal(when).isoformat(),
                }
                for when, _, left in changes
                if left is not None
            ],
            "comment": texts.comment(rng, run) if words else "",
            "spotlight": texts.spotlight(rng, run, race.going) if words else "",
            "quotes": _quotes(horse, trainer, today),
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

    def _rider(self, run: Run) -> tuple[str, str]:
        """Name and id, both empty before there is a jockey."""
        if run.jockey is None:
            return "", ""
        rider = self._people.jockeys[run.jockey]
        name = f"{rider.name}({run.claim})" if run.claim else rider.name
        return name, f"jky_{rider.number}"


def _quotes(horse: Horse, trainer: Trainer, today: int) -> list[dict[str, str]]:
    """What was said after the wins before today, the newest first."""
    return [
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
    ]
