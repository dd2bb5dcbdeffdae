"""One horse in one race, run or still to be run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.oracle.racing import Conditions, Feed, Landed, conditions, is_non_runner, known, number


@dataclass(frozen=True, slots=True)
class Entry:
    """One horse in one race, run or to be run, as its result and its card have it."""

    horse_id: str
    conditions: Conditions
    result: Mapping[str, Any]
    card: Mapping[str, Any]
    payloads: Sequence[Landed]

    @property
    def key(self) -> tuple[str, str]:
        """Its race and its horse."""
        return (self.conditions.race_id, self.horse_id)

    @property
    def jockey_id(self) -> str | None:
        """Who rode it, else who is declared to."""
        declared = {} if is_non_runner(self.card) else self.card
        return known(self.result.get("jockey_id")) or known(declared.get("jockey_id"))

    @property
    def age(self) -> int | None:
        """In years on the day of the race."""
        years = number(self.result.get("age"))
        years = number(self.card.get("age")) if years is None else years
        return None if years is None else int(years)

    def told(self, field: str) -> str | None:
        """What the result says, else the card."""
        return known(self.result.get(field)) or known(self.card.get(field))


def entries(feed: Feed) -> Iterator[Entry]:
    """Every horse of every result and card."""
    results = {race.payload["race_id"]: race for race in feed.results}
    cards = {race.payload["race_id"]: race for race in feed.racecards}
    for race_id in results.keys() | cards.keys():
        result, card = results.get(race_id), cards.get(race_id)
        run_in = conditions(result, card)
        ran, declared = _by_horse(result), _by_horse(card)
        for horse_id in ran.keys() | declared.keys():
            payloads = [
                landed
                for landed, horses in ((result, ran), (card, declared))
                if landed and horse_id in horses
            ]
            yield Entry(
                horse_id, run_in, ran.get(horse_id, {}), declared.get(horse_id, {}), payloads
            )


def declared(feed: Feed) -> dict[tuple[str, str], Entry]:
    """Every horse of a race that has a card, by its key, as no more than the card tells of it; of
    one that only the result has, the race is as the card had it."""
    on_cards = {entry.key: entry for entry in entries(Feed(racecards=feed.racecards))}
    races = {race_id: entry.conditions for (race_id, _), entry in on_cards.items()}
    return {
        entry.key: replace(entry, conditions=races[entry.conditions.race_id])
        for entry in entries(feed)
        if entry.conditions.race_id in races
    } | on_cards


def _by_horse(race: Landed | None) -> dict[str, Mapping[str, Any]]:
    runners = race.payload["runners"] if race else []
    return {horse_id: runner for runner in runners if (horse_id := known(runner.get("horse_id")))}
