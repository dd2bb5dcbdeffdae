"""ra_runner_connections, every column, from the feed: a runner's connections before its race."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from itertools import accumulate

from tests.oracle.entities import PARENTS, Entities, parents, with_entities
from tests.oracle.entries import Entry, declared, entries
from tests.oracle.ground import going_group, is_all_weather
from tests.oracle.racing import Conditions, Feed, Run, known, rounded
from tests.oracle.rows import Row, keyed

PEOPLE = ("trainer", "jockey", "owner")
YOUNG = (2, 3)
# Where each band of distances ends, in furlongs, and the name of what is beyond the last.
BANDS = {
    "Flat": ({"sprint": Decimal(7), "mile": Decimal("9.5"), "middle": Decimal(13)}, "staying"),
    "NH": (
        {"two miles": Decimal("19.5"), "two and a half miles": Decimal("23.5")},
        "three miles",
    ),
}
# The sets that also stand for the last so many days.
SPANS = {
    "trainer": (365, 42, 14),
    "jockey": (365, 42, 14),
    "trainer_jockey": (365,),
    "owner": (365,),
    **dict.fromkeys(PARENTS, (365,)),
}
FIGURES = ("runs", "wins", "places", "expected_wins", "prb")
SUMMED: dict[str, Callable[[Run], Decimal]] = {
    "wins": lambda run: Decimal(run.won),
    "places": lambda run: Decimal(run.placed),
    "expected_wins": lambda run: run.expected_wins or Decimal(0),
    "beaten": lambda run: run.rivals_beaten or Decimal(0),
    "with_rivals": lambda run: Decimal(run.rivals_beaten is not None),
}

# What the runs of a set have in common.
Group = tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Occasion:
    """One horse in one race: what decides which sets it is part of, or is told of."""

    entities: Entities
    course_id: str | None
    race: Conditions
    age: int | None
    is_debut: bool


class Record:
    """Some runs in order of days, and what they come to from one day to another."""

    def __init__(self, own_runs: Sequence[Run] = ()) -> None:
        self._days = [run.conditions.day for run in own_runs]
        self._sums = {
            name: list(accumulate(map(figure, own_runs), initial=Decimal(0)))
            for name, figure in SUMMED.items()
        }

    def before(self, day: date, span: int | None) -> Row:
        """The figures of the runs before that day, all or those of so many days."""
        first = bisect_left(self._days, day - timedelta(span)) if span else 0
        end = bisect_left(self._days, day)
        come_to = {name: sums[end] - sums[first] for name, sums in self._sums.items()}
        with_rivals = come_to["with_rivals"]
        return {
            "runs": end - first,
            "wins": int(come_to["wins"]),
            "places": int(come_to["places"]),
            "expected_wins": rounded(come_to["expected_wins"], 4),
            "prb": rounded(come_to["beaten"] / with_rivals, 4) if with_rivals else None,
        }


NO_RUNS = Record()


@dataclass(frozen=True, slots=True)
class World:
    """What the rows are worked out from: the record of each set's runs, the day of each horse's
    first run, the parents of each horse, and the entries that have a card as no more than that
    tells of them."""

    records: Mapping[tuple[str, Group], Record]
    first_days: Mapping[str, date]
    parents_of: Mapping[str, Entities]
    declared: Mapping[tuple[str, str], Entry]


def table(feed: Feed) -> dict[str, Row]:
    """The table by race and horse, without the id of the runner."""
    live = feed.live()
    found = list(entries(live))
    all_runs = sorted(with_entities(live), key=lambda run: run[0].conditions.when)
    first_runs: dict[str, Run] = {}
    for run, who in all_runs:
        if "horse" in who:
            first_runs.setdefault(who["horse"], run)
    world = World(
        records=_records(_occasions(all_runs, first_runs, found)),
        first_days={horse_id: run.conditions.day for horse_id, run in first_runs.items()},
        parents_of=parents(live),
        declared=declared(live),
    )
    return keyed((_row(entry, world) for entry in found), "race_id", "horse_id")


def distance_band(race: Conditions) -> str | None:
    """The name of a distance within its code."""
    if race.code is None or race.distance is None:
        return None
    ends, beyond = BANDS[race.code]
    return next((name for name, end in ends.items() if race.distance < end), beyond)


def _occasions(
    all_runs: Iterable[tuple[Run, Entities]],
    first_runs: Mapping[str, Run],
    found: Iterable[Entry],
) -> Iterator[tuple[Run, Occasion]]:
    """Each run as what it actually was, for the owner whose id its result sent."""
    ages, owners = {}, {}
    for entry in found:
        ages[entry.key] = entry.age
        owners[entry.key] = known(entry.result.get("owner_id"))
    for run, who in all_runs:
        horse_id = who.get("horse", "")
        key = (run.conditions.race_id, horse_id)
        sent = owners.get(key)
        occasion = Occasion(
            entities={kind: who[kind] for kind in who if kind != "owner"}
            | ({"owner": sent} if sent else {}),
            course_id=run.conditions.course_id,
            race=run.conditions,
            age=ages.get(key),
            is_debut=first_runs.get(horse_id) is run,
        )
        yield run, occasion


def _records(occasions: Iterable[tuple[Run, Occasion]]) -> dict[tuple[str, Group], Record]:
    members: dict[tuple[str, Group], list[Run]] = {}
    for run, occasion in occasions:
        for name, group in _groups(occasion).items():
            if group is not None:
                members.setdefault((name, group), []).append(run)
    return {key: Record(own_runs) for key, own_runs in members.items()}


def _groups(occasion: Occasion) -> dict[str, Group | None]:
    """Of each set what its runs have in common with the occasion; None if that is not known."""
    race, who = occasion.race, occasion.entities
    trainer, jockey = who.get("trainer"), who.get("jockey")
    groups: dict[str, Group] = {
        "trainer": (trainer,),
        "trainer_course": (trainer, occasion.course_id),
        "trainer_code": (trainer, race.code),
        "trainer_debut": (trainer, occasion.is_debut or None),
        "jockey": (jockey,),
        "jockey_course": (jockey, occasion.course_id),
        "jockey_code": (jockey, race.code),
        "trainer_jockey": (trainer, jockey),
        "owner": (who.get("owner"),),
    }
    going, band, surface = going_group(race), distance_band(race), _surface(race)
    age = occasion.age if occasion.age in YOUNG else None
    for kind in PARENTS:
        parent = who.get(kind)
        groups |= {
            kind: (parent,),
            f"{kind}_going": (parent, going),
            f"{kind}_distance": (parent, band),
            f"{kind}_surface": (parent, surface),
            f"{kind}_age": (parent, age),
        }
    return {name: None if None in group else group for name, group in groups.items()}


def _surface(race: Conditions) -> str:
    return "aw" if is_all_weather(race) else "turf"


def _row(entry: Entry, world: World) -> Row:
    day, asked = entry.conditions.day, _asked(entry, world)
    return {
        "race_id": entry.conditions.race_id,
        "horse_id": entry.horse_id,
        "race_date": day,
        **{f"{kind}_id": asked.entities.get(kind) for kind in (*PEOPLE, *PARENTS)},
        "course_id": asked.course_id,
        "code": asked.race.code,
        "going_group": going_group(asked.race),
        "distance_band": distance_band(asked.race),
        "surface": _surface(asked.race),
        "age": asked.age,
        "is_debut": asked.is_debut,
        **_sets(asked, day, world),
        "created_at": min(landed.first_landed_at for landed in entry.payloads),
        "updated_at": max(landed.changed_at for landed in entry.payloads),
    }


def _asked(entry: Entry, world: World) -> Occasion:
    """What was known before the race of an entry that has a card. A course that the card names
    without its id is known all the same; an owner whose id other races tell of is not."""
    known_before = world.declared.get(entry.key, entry)
    asked = {
        "trainer": known_before.told("trainer_id"),
        "jockey": known_before.jockey_id,
        "owner": known_before.told("owner_id"),
        **world.parents_of.get(entry.horse_id, {}),
    }
    first_day = world.first_days.get(entry.horse_id)
    return Occasion(
        entities={kind: entity_id for kind, entity_id in asked.items() if entity_id},
        course_id=known_before.conditions.course_id or entry.conditions.course_id,
        race=known_before.conditions,
        age=known_before.age,
        is_debut=first_day is None or first_day >= entry.conditions.day,
    )


def _sets(asked: Occasion, day: date, world: World) -> Row:
    row: Row = {}
    for name, group in _groups(asked).items():
        record = None if group is None else world.records.get((name, group), NO_RUNS)
        for span in (None, *SPANS.get(name, ())):
            prefix = name if span is None else f"{name}_{span}d"
            figures = record.before(day, span) if record else dict.fromkeys(FIGURES)
            row |= {f"{prefix}_{figure}": value for figure, value in figures.items()}
    return row
