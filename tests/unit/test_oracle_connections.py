"""The oracle's records of a runner's connections before its race, worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle import racing, runner_connections
from tests.oracle.racing import Feed, Landed
from tests.oracle.rows import Row
from tests.unit.test_oracle import LANDED, horse, race, runner
from tests.unit.test_oracle_statistics import AS_OF, LATER, days_before

UNKNOWN = (None, None, None, None, None)
NONE_YET = (0, 0, 0, 0, None)


def connections_of(race_id: int, horse: str = "1", **rows: Iterable[Landed]) -> Row:
    feed = Feed(**{name: list(landed) for name, landed in rows.items()})
    return runner_connections.table(feed)[f"rac_{race_id} hrs_{horse}"]


def figures(row: Row, prefix: str) -> tuple[Any, ...]:
    return tuple(row[f"{prefix}_{figure}"] for figure in runner_connections.FIGURES)


def runs_in(row: Row, *prefixes: str) -> list[int | None]:
    return [row[f"{prefix}_runs"] for prefix in prefixes]


def coming(*runners: dict[str, str], **fields: str) -> Landed:
    """A card of race 99, on the day asked about."""
    return race(99, runners, AS_OF, None, **fields)


def test_a_record_is_of_all_runs_on_earlier_days() -> None:
    ours = {"trainer_id": "trn_1"}
    field = [
        runner("1", "1", "4.00", **ours),
        runner("2", "2", "2.00", trainer_id="trn_2"),
        runner("3", "4", "3.00", **ours),
        runner("4", "3", "SP", **ours),
    ]
    results = [
        race(1, field, days_before(2)),
        race(2, [runner("5", "PU", "5.00", **ours)], days_before(1)),
        race(3, [runner("6", "VOI", "5.00", **ours)], days_before(1)),
        race(4, [runner("3", "1", "2.00", **ours)], AS_OF),
        race(5, [runner("1", "2", "2.00", **ours)], AS_OF),
    ]
    row = connections_of(5, results=results)

    # 1/4 + 1/3 + 1/5 expected; 1, 0 and 1/3 of three rivals beaten, and one that had no rival.
    assert figures(row, "trainer") == (4, 1, 2, Decimal("0.7833"), Decimal("0.4444"))
    assert (row["race_date"], row["trainer_id"]) == (AS_OF, "trn_1")
    assert figures(connections_of(1, results=results), "trainer") == NONE_YET
    alone = connections_of(99, results=results[1:2], racecards=[coming(horse("1", **ours))])
    assert figures(alone, "trainer") == (1, 0, 0, Decimal("0.2000"), None)


def test_a_record_of_the_last_n_days_begins_with_the_nth_day_before() -> None:
    told = {"trainer_id": "trn_1", "jockey_id": "jky_1", "owner_id": "own_1"}
    told |= {"dam_id": "dam_1", "damsire_id": "dsi_1"}
    results = [
        race(age, [runner(str(age), "1", "2.00", "1", **told)], days_before(age))
        for age in (366, 365, 43, 42, 15, 14, 1, 0, -1)
    ]
    row = connections_of(99, results=results, racecards=[coming(horse("1", "1", **told))])

    for person in ("trainer", "jockey"):
        spans = ("", "_365d", "_42d", "_14d")
        assert runs_in(row, *(f"{person}{span}" for span in spans)) == [7, 6, 4, 2]
    for name in ("trainer_jockey", "owner", "sire", "dam", "damsire"):
        assert runs_in(row, name, f"{name}_365d") == [7, 6]
        assert figures(row, f"{name}_365d") == (6, 6, 6, Decimal(3), None)


def test_a_runner_is_asked_about_as_its_card_had_it_and_counts_as_it_ran() -> None:
    results = [
        race(1, [runner("2", "1", "2.00", trainer_id="trn_1", jockey_id="jky_1")], days_before(3)),
        race(2, [runner("1", "1", "2.00", trainer_id="trn_2", jockey_id="jky_2")], days_before(2)),
    ]

    def with_card(**fields: str) -> Row:
        cards = [race(2, [horse("1", **fields)], days_before(2))]
        return connections_of(2, results=results, racecards=cards)

    row = with_card(trainer_id="trn_1", jockey_id="jky_1")
    assert (row["trainer_id"], row["jockey_id"]) == ("trn_1", "jky_1")
    assert runs_in(row, "trainer", "jockey", "trainer_jockey") == [1, 1, 1]
    silent = with_card()
    assert (silent["trainer_id"], silent["jockey_id"]) == (None, None)
    assert runs_in(silent, "trainer", "jockey", "trainer_jockey") == [None, None, None]
    cardless = connections_of(2, results=results)
    assert (cardless["trainer_id"], cardless["jockey_id"]) == ("trn_2", "jky_2")
    assert runs_in(cardless, "trainer", "jockey", "trainer_jockey") == [0, 0, 0]

    cards = [
        race(2, [horse("1", trainer_id="trn_1")], days_before(2)),
        coming(horse("8", trainer_id="trn_1"), horse("9", trainer_id="trn_2", jockey_id="jky_1")),
    ]
    rows = {"results": results, "racecards": cards}
    assert runs_in(connections_of(99, "8", **rows), "trainer", "trainer_jockey") == [1, None]
    assert runs_in(connections_of(99, "9", **rows), "trainer", "trainer_jockey") == [1, 0]


def test_a_race_is_as_its_card_had_it() -> None:
    ours = {"trainer_id": "trn_1", "jockey_id": "jky_1"}
    flat = {"type": "Flat", "course_id": "crs_1", "dist_f": "8f"}
    results = [
        race(1, [runner("2", "1", "2.00", **ours)], days_before(3), None, **flat),
        race(2, [runner("2", "2", "2.00", **ours)], days_before(2), type="Chase"),
        race(3, [runner("1", "1", "2.00", **ours)], AS_OF, None, **flat, surface="AW"),
    ]
    planned = {"type": "NH Flat", "course_id": "crs_2", "distance_f": "16.0"}
    card = race(3, [horse("1", **ours)], AS_OF, None, **planned)
    row = connections_of(3, results=results, racecards=[card])

    for person in ("trainer", "jockey"):
        assert figures(row, f"{person}_course") == (0, 0, 0, Decimal(0), None)
        assert figures(row, f"{person}_code") == (1, 0, 1, Decimal("0.5"), None)
    assert (row["distance_band"], row["surface"]) == ("two miles", "turf")
    cardless = connections_of(3, results=results)
    assert figures(cardless, "trainer_course") == (1, 1, 1, Decimal("0.5"), None)
    assert (cardless["distance_band"], cardless["surface"]) == ("mile", "aw")

    nowhere = connections_of(99, results=results, racecards=[coming(horse("1", **ours))])
    assert figures(nowhere, "trainer_course") == figures(nowhere, "jockey_code") == UNKNOWN
    assert nowhere["distance_band"] is None


def test_a_debutant_is_told_of_its_trainers_first_runs_of_horses() -> None:
    ours, theirs = {"trainer_id": "trn_1"}, {"trainer_id": "trn_2"}
    results = [
        race(1, [runner("2", "1", "4.00", **ours)], days_before(9)),
        race(2, [runner("2", "1", "2.00", **ours)], days_before(9)),
        race(3, [runner("2", "1", "2.00", **ours)], days_before(8)),
        race(4, [runner("3", "2", "5.00", **ours)], days_before(7)),
        race(5, [runner("4", "1", "2.00", **theirs)], days_before(6)),
        race(6, [runner("4", "1", "2.00", **ours)], days_before(5)),
        race(7, [runner("1", "1", "2.00", **ours)], AS_OF),
    ]
    card = coming(horse("1", **ours), horse("2", **ours), horse("9", trainer_id="trn_3"))

    def debut_of(horse_id: str) -> tuple[Any, ...]:
        return figures(
            connections_of(99, horse_id, results=results, racecards=[card]), "trainer_debut"
        )

    # Another run on the same day is no earlier one.
    assert debut_of("1") == (2, 1, 2, Decimal("0.45"), None)
    assert debut_of("2") == UNKNOWN
    assert debut_of("9") == NONE_YET


def test_a_card_without_a_result_has_rows_and_its_non_runners_no_jockey() -> None:
    told = {"trainer_id": "trn_1", "jockey_id": "jky_1", "owner_id": "own_1"}
    past = race(1, [runner("2", "1", "2.00", **told)], days_before(1))
    card = coming(horse("1", **told), horse("3", **told, number="NR"), horse("4"))
    rows = {"results": [past], "racecards": [card]}

    row = connections_of(99, "1", **rows)
    assert runs_in(row, "trainer", "jockey", "trainer_jockey", "owner") == [1, 1, 1, 1]
    scratched = connections_of(99, "3", **rows)
    assert runs_in(scratched, "trainer", "jockey", "trainer_jockey") == [1, None, None]
    nobodys = connections_of(99, "4", **rows)
    for prefix in ("trainer", "trainer_42d", "trainer_debut", "owner_365d", "sire", "dam_surface"):
        assert figures(nobodys, prefix) == UNKNOWN


def test_an_owner_is_who_the_race_itself_names_with_an_id() -> None:
    results = [
        race(1, [runner("1", "1", "2.00", owner_id="own_1", owner="A & B Fenn")], days_before(3)),
        race(2, [runner("2", "2", "2.00", owner_id="", owner="A B Fenn")], days_before(2)),
        race(99, [runner("4", "2", "2.00", owner_id="own_2", owner="Green")], AS_OF),
    ]
    card = coming(
        horse("4", owner="Mr A. & B. Fenn"), horse("5", owner="A & B Fenn", owner_id="own_1")
    )
    named = connections_of(99, "4", results=results, racecards=[card])
    assert (named["owner_id"], figures(named, "owner")) == (None, UNKNOWN)

    row = connections_of(99, "5", results=results, racecards=[card])
    assert row["owner_id"] == "own_1"
    assert figures(row, "owner") == (1, 1, 1, Decimal("0.5"), None)
    assert connections_of(99, "4", results=results)["owner_id"] == "own_2"
    assert connections_of(2, "2", results=results)["owner_id"] is None


@pytest.mark.parametrize(
    ("kind", "furlongs", "band"),
    [
        ("Flat", "6.5", "sprint"),
        ("Flat", "7", "mile"),
        ("Flat", "9", "mile"),
        ("Flat", "9.5", "middle"),
        ("Flat", "12.5", "middle"),
        ("Flat", "13", "staying"),
        ("NH Flat", "19", "two miles"),
        ("Hurdle", "19.5", "two and a half miles"),
        ("Chase", "23", "two and a half miles"),
        ("Chase", "23.5", "three miles"),
        ("Flat", "-", None),
        ("?", "8", None),
    ],
)
def test_distance_band(kind: str, furlongs: str, band: str | None) -> None:
    card = coming(type=kind, distance_f=furlongs)
    assert runner_connections.distance_band(racing.conditions(None, card)) == band


def test_progeny_on_such_ground_over_such_a_distance_and_of_that_age() -> None:
    past: list[tuple[dict[str, str], str]] = [
        ({"type": "Flat", "dist_f": "8f", "going": "Firm"}, "2"),
        ({"type": "Flat", "dist_f": "9f", "going": "Good To Firm"}, "3"),
        ({"type": "Flat", "dist_f": "7f", "going": "Standard"}, "2"),
        ({"type": "Flat", "dist_f": "10f", "surface": "AW"}, "4"),
        ({"type": "Hurdle", "dist_f": "16f", "going": "Soft"}, "4"),
    ]
    results = [
        race(n, [runner("2", "1", "2.00", "1", age=age)], days_before(9 - n), None, **fields)
        for n, (fields, age) in enumerate(past)
    ]

    def asked(age: str, **fields: str) -> list[int | None]:
        card = coming(horse("1", "1", age=age), **fields)
        row = connections_of(99, results=results, racecards=[card])
        assert (row["sire_id"], figures(row, "dam_age")) == ("sir_1", UNKNOWN)
        conditions = ("going", "distance", "surface", "age")
        return runs_in(row, "sire", *(f"sire_{name}" for name in conditions))

    assert asked("2", type="Flat", distance_f="8.5", going="Hard") == [5, 2, 3, 3, 2]
    assert asked("3", type="Flat", distance_f="8", going="Slow") == [5, None, 3, 2, 1]
    assert asked("4", type="Chase", distance_f="17", going="Heavy") == [5, 0, 1, 3, None]
    assert asked("-") == [5, None, None, 3, None]


def test_a_horse_has_the_same_parents_in_all_its_rows() -> None:
    results = [race(1, [runner("1", "1", "2.00", "1")], days_before(2))]
    card = coming(horse("1", "2", dam_id="dam_1"))
    rows = {"results": results, "racecards": [card]}

    assert connections_of(1, "1", **rows)["sire_id"] == "sir_2"
    assert connections_of(1, "1", **rows)["dam_id"] == "dam_1"
    assert runs_in(connections_of(99, "1", **rows), "sire", "dam", "damsire") == [1, 1, None]


def test_a_rows_times_are_of_its_own_payloads() -> None:
    times = {"first_landed_at": LATER, "changed_at": LATER + timedelta(days=1)}
    history = race(1, [runner("1", "1", "2.00", trainer_id="trn_1")], days_before(1))
    card = race(2, [horse("1", trainer_id="trn_1")], AS_OF, times)
    row = connections_of(2, results=[history], racecards=[card])
    assert (row["created_at"], row["updated_at"]) == (LATER, LATER + timedelta(days=1))

    result = race(2, [runner("1", "1", "2.00")], AS_OF)
    row = connections_of(2, results=[history, result], racecards=[card])
    assert (row["created_at"], row["updated_at"]) == (LANDED, LATER + timedelta(days=1))


def test_the_columns() -> None:
    row = connections_of(99, racecards=[coming(horse("1"))])
    told = (
        "race_id",
        "horse_id",
        "race_date",
        "course_id",
        "code",
        "going_group",
        "distance_band",
        "surface",
        "age",
        "is_debut",
    )
    ids = ("trainer_id", "jockey_id", "owner_id", "sire_id", "dam_id", "damsire_id")
    sets = {
        *("trainer", "trainer_365d", "trainer_42d", "trainer_14d"),
        *("trainer_course", "trainer_code", "trainer_debut"),
        *("jockey", "jockey_365d", "jockey_42d", "jockey_14d", "jockey_course", "jockey_code"),
        *("trainer_jockey", "trainer_jockey_365d", "owner", "owner_365d"),
    }
    for parent in ("sire", "dam", "damsire"):
        conditions = ("365d", "going", "distance", "surface", "age")
        sets |= {parent, *(f"{parent}_{name}" for name in conditions)}
    figured = {f"{name}_{figure}" for name in sets for figure in runner_connections.FIGURES}
    assert row.keys() == {*told, *ids, *figured, "created_at", "updated_at"}
