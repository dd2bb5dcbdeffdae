"""The oracle's statistics of people, performance and runners, on races worked out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle import people, performance, racing, runner_statistics
from tests.oracle.racing import Feed, Landed
from tests.oracle.rows import Row
from tests.unit.test_oracle import LANDED, landed, race, runner

AS_OF = date(2026, 6, 30)
RATES = {2024: Decimal("0.8"), 2025: Decimal("0.85700")}
LATER = LANDED + timedelta(days=1)


def days_before(days: int) -> date:
    return AS_OF - timedelta(days)


def people_of(table: str, **rows: Iterable[Landed]) -> dict[str, Row]:
    feed = Feed(**{name: list(landed) for name, landed in rows.items()})
    return people.tables(feed, AS_OF)[table]


def performance_of(table: str, *results: Landed) -> dict[str, Row]:
    return performance.tables(Feed(results=results))[table]


def statistics_of(race_id: int, horse: str = "1", **rows: Iterable[Landed]) -> Row:
    feed = Feed(**{name: list(landed) for name, landed in rows.items()})
    return runner_statistics.table(feed, RATES)[f"rac_{race_id} hrs_{horse}"]


def figures(row: Row, group: str) -> tuple[Any, ...]:
    return tuple(row[f"{group}_{figure}"] for figure in ("runs", "wins", "2nds", "3rds"))


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1:14.19", Decimal("74.19")),
        ("0:59.78", Decimal("59.78")),
        ("1:0.48", Decimal("60.48")),
        ("-", None),
        (None, None),
    ],
)
def test_running_time(text: str | None, seconds: Decimal | None) -> None:
    assert racing.seconds(text) == seconds


@pytest.mark.parametrize(
    ("given", "off"),
    [
        ({"off_dt": "2025-07-01T14:30:00+01:00", "off": "3:30"}, datetime(2025, 7, 1, 13, 30)),
        ({"off_dt": None, "off": "2:45"}, datetime(2025, 7, 1, 13, 45)),
        ({"off_dt": "", "off_time": "9:05"}, datetime(2025, 7, 1, 20, 5)),
        ({"off_dt": "", "off": "12:10"}, datetime(2025, 7, 1, 11, 10)),
        ({"off_dt": "", "off": "10:50"}, datetime(2025, 7, 1, 9, 50)),
    ],
)
def test_off_is_the_clock_of_the_afternoon_in_london_where_no_more_is_known(
    given: dict[str, Any], off: datetime
) -> None:
    assert racing.off(given, date(2025, 7, 1)) == off.replace(tzinfo=UTC)


def test_off_that_nothing_tells() -> None:
    assert racing.off({"off_dt": "-"}, AS_OF) is None


def test_the_last_n_days_end_with_as_of_and_later_runs_count_in_totals_alone() -> None:
    ages_and_positions = [(30, "1"), (29, "2"), (14, "1"), (13, "3"), (0, "1"), (-1, "4")]
    results = [
        race(n, [runner("1", position, "2.00", jockey_id="jky_1")], days_before(age))
        for n, (age, position) in enumerate(ages_and_positions)
    ]
    row = people_of("ra_mst_jockeys", results=results)["jky_1"]

    assert (row["total_rides"], row["total_wins"]) == (6, 3)
    assert (row["total_places"], row["total_seconds"], row["total_thirds"]) == (5, 1, 1)
    assert (row["win_rate"], row["place_rate"]) == (Decimal("50.00"), Decimal("83.33"))
    assert (row["recent_14d_rides"], row["recent_14d_wins"]) == (2, 1)
    assert (row["recent_30d_rides"], row["recent_30d_wins"]) == (4, 2)
    assert row["recent_30d_win_rate"] == Decimal("50.00")
    assert (row["last_ride_date"], row["days_since_last_ride"]) == (days_before(-1), 0)
    assert (row["last_win_date"], row["days_since_last_win"]) == (AS_OF, 0)


def test_a_non_runner_names_no_jockey_yet_its_trainer_and_owner() -> None:
    connections = {"jockey_id": "jky_1", "trainer_id": "trn_1", "owner_id": "own_1"}
    scratched = [
        {"horse_id": "hrs_1", "number": "NR", "jockey": "Luke Scott(3)", **connections},
        {"horse_id": "hrs_2", "number": "4", "jockey": "NON-RUNNER(5)", **connections},
    ]
    card = race(1, scratched, AS_OF)

    assert people_of("ra_mst_jockeys", racecards=[card]) == {}
    trainer = people_of("ra_mst_trainers", racecards=[card])["trn_1"]
    assert (trainer["total_runners"], trainer["win_rate"]) == (0, None)
    assert trainer["last_runner_date"] is None
    assert trainer["has_card"] is True
    owner = people_of("ra_mst_owners", racecards=[card])["own_1"]
    assert (owner["total_horses"], owner["active_last_30d"]) == (0, False)


def test_names_are_the_newest_but_a_card_spells_an_owner_and_a_claim_is_no_part_of_one() -> None:
    told = {"jockey_id": "jky_1", "owner_id": "own_1"}
    card = race(
        1,
        [{"horse_id": "hrs_1", "jockey": "Luke Scott(3)", "owner": "S & G Clayton", **told}],
        days_before(9),
    )
    result = race(
        2,
        [runner("1", "1", "2.00", jockey="Luke Scott Jr", owner="S G Clayton", **told)],
        days_before(1),
    )

    assert people_of("ra_mst_jockeys", racecards=[card])["jky_1"]["name"] == "Luke Scott"
    both = {"racecards": [card], "results": [result]}
    assert people_of("ra_mst_jockeys", **both)["jky_1"]["name"] == "Luke Scott Jr"
    assert people_of("ra_mst_owners", **both)["own_1"]["name"] == "S & G Clayton"
    assert people_of("ra_mst_owners", results=[result])["own_1"]["name"] == "S G Clayton"


def test_a_trainers_location_is_the_newest_that_a_card_gives() -> None:
    places = {9: "Lambourn", 5: "Newmarket", 1: "-"}
    cards = [
        race(
            age,
            [{"horse_id": "hrs_1", "trainer_id": "trn_1", "trainer_location": place}],
            days_before(age),
        )
        for age, place in places.items()
    ]
    assert people_of("ra_mst_trainers", racecards=cards)["trn_1"]["location"] == "Newmarket"


def test_times_of_people_are_of_the_payloads_and_of_their_statistics_of_the_runs() -> None:
    told = {"jockey_id": "jky_1"}
    card = race(
        1, [{"horse_id": "hrs_1", **told}], AS_OF, {"first_landed_at": LATER, "changed_at": LATER}
    )
    result = race(2, [runner("1", "1", "2.00", **told)], days_before(1))
    row = people_of("ra_mst_jockeys", racecards=[card], results=[result])["jky_1"]
    assert (row["created_at"], row["updated_at"]) == (LANDED, LATER)
    assert row["stats_updated_at"] == LANDED

    unraced = people_of("ra_mst_jockeys", racecards=[card])["jky_1"]
    assert unraced["stats_updated_at"] == LATER


def test_performance_stands_once_over_all_runs_and_once_under_each_code() -> None:
    flat = {"type": "Flat", "dist_f": "8.0f", "going": "Good"}
    results = [
        race(1, [runner("1", "1", "4.00", time="1:40.10")], days_before(3), **flat),
        race(2, [runner("1", "2", "4.00", time="1:39.15")], days_before(2), **flat),
        race(3, [runner("1", "PU", "4.00", time="1:00.00")], days_before(1), **flat),
        race(4, [runner("1", "3", "5.00", time="1:50.00")], AS_OF, type="NH Flat", dist_f="8f"),
    ]
    rows = performance_of("ra_performance_by_distance", *results)
    assert set(rows) == {
        "horse hrs_1 1760 {}",
        "horse hrs_1 1760 {'code': 'Flat'}",
        "horse hrs_1 1760 {'code': 'NH'}",
    }

    overall = rows["horse hrs_1 1760 {}"]
    assert (overall["total_runs"], overall["wins"]) == (4, 1)
    assert (overall["win_percent"], overall["place_percent"]) == (25, 75)
    # 0.25 + 0.25 + 0.25 + 0.20 wins expected; +3 and three times -1.
    assert (overall["expected_wins"], overall["ae_index"]) == (Decimal("0.95"), Decimal("1.053"))
    assert overall["profit_loss_1u"] == 0
    assert overall["distance_display"] == "8f"
    times = ("best_time_seconds", "avg_time_seconds", "last_time_seconds")
    assert [overall[column] for column in times] == [None, None, None]
    assert overall["going_breakdown"] == {"Good": {"runs": 3, "wins": 1}}

    of_flat = rows["horse hrs_1 1760 {'code': 'Flat'}"]
    # (100.10 + 99.15) / 2 = 99.625: the pulled up are not timed.
    assert [of_flat[column] for column in times] == [
        Decimal("99.15"),
        Decimal("99.63"),
        Decimal("99.15"),
    ]
    of_jumps = rows["horse hrs_1 1760 {'code': 'NH'}"]
    assert (of_jumps["going_breakdown"], of_jumps["total_runs"]) == ({}, 1)
    assert of_jumps["last_time_seconds"] == Decimal("110.00")


def test_the_last_time_is_of_the_newest_race_and_of_two_in_it_the_faster() -> None:
    told = {"trainer_id": "trn_1"}
    field = [
        runner("1", "2", "2.00", time="1:41.00", **told),
        runner("2", "1", "2.00", time="1:40.00", **told),
    ]
    fast = [runner("1", "1", "2.00", time="1:30.00", **told)]
    results = [
        race(1, field, AS_OF, type="Flat", dist_f="8f"),
        race(2, fast, days_before(1), type="Flat", dist_f="8f"),
    ]
    rows = performance_of("ra_performance_by_distance", *results)
    row = rows["trainer trn_1 1760 {'code': 'Flat'}"]
    assert row["last_time_seconds"] == Decimal("100.00")


def test_performance_at_a_course_is_of_everyone_concerned() -> None:
    connections = {"jockey_id": "jky_1", "trainer_id": "-", "owner_id": "own_1", "dam_id": "dam_1"}
    result = race(1, [runner("1", "1", "2.00", "1", **connections)], type="?", course_id="crs_1")
    assert set(performance_of("ra_performance_by_venue", result)) == {
        "horse hrs_1 crs_1 {}",
        "jockey jky_1 crs_1 {}",
        "owner own_1 crs_1 {}",
        "sire sir_1 crs_1 {}",
        "dam dam_1 crs_1 {}",
    }


def test_each_pair_stands_once_in_its_order() -> None:
    connections = {
        "jockey_id": "jky_1",
        "trainer_id": "trn_1",
        "owner_id": "own_1",
        "dam_id": "dam_1",
        "damsire_id": "dsi_1",
    }
    result = race(1, [runner("1", "1", "2.00", "1", **connections)], type="Chase")
    rows = performance_of("ra_entity_combinations", result)
    assert {key for key in rows if key.endswith(" {}")} == {
        "jockey jky_1 trainer trn_1 {}",
        "jockey jky_1 owner own_1 {}",
        "trainer trn_1 owner own_1 {}",
        "horse hrs_1 jockey jky_1 {}",
        "horse hrs_1 trainer trn_1 {}",
        "sire sir_1 damsire dsi_1 {}",
    }
    assert {key for key in rows if not key.endswith(" {}")} == {
        key.replace("{}", "{'code': 'NH'}") for key in rows if key.endswith(" {}")
    }


def test_a_first_run_has_counts_and_no_rates() -> None:
    row = statistics_of(1, results=[race(1, [runner("1", "1", "2.00")], AS_OF)])

    assert (row["career_runs"], row["career_wins"], row["career_prize"]) == (0, 0, 0)
    assert figures(row, "course") == figures(row, "last_10") == (0, 0, 0, 0)
    assert figures(row, "jockey") == (None, None, None, None)
    unknown = ("career_win_percent", "career_place_percent", "last_raced", "last_won")
    assert [row[column] for column in unknown] == [None] * 4
    assert row["min_winning_distance_yards"] is None


def test_history_is_what_ran_on_earlier_days() -> None:
    results = [
        race(1, [runner("1", "1", "2.00", prize="€1,000")], date(2026, 6, 28), dist_y="1782"),
        race(2, [runner("1", "2", "2.00", prize="£250.55")], date(2026, 6, 29)),
        race(3, [runner("1", "VOI", "2.00", prize="999")], date(2026, 6, 29)),
        race(4, [runner("1", "1", "2.00")], AS_OF, dist_y="1100"),
        race(5, [runner("1", "3", "2.00")], AS_OF),
    ]
    row = statistics_of(5, results=results)

    assert (row["career_runs"], row["career_wins"]) == (2, 1)
    # No rate for 2026: that of 2025.
    assert row["career_prize"] == Decimal("1107.55")
    assert (row["career_win_percent"], row["career_place_percent"]) == (50, 100)
    assert (row["last_raced"], row["last_won"]) == (date(2026, 6, 29), date(2026, 6, 28))
    assert (row["min_winning_distance_yards"], row["max_winning_distance_yards"]) == (1782, 1782)


def test_history_in_the_rows_own_course_distance_going_and_code() -> None:
    past = [
        ("1", {"type": "Flat", "course_id": "crs_1", "dist_f": "8f", "going": "Good To Firm"}),
        ("2", {"type": "Flat", "course_id": "crs_1", "dist_f": "9f", "surface": "AW"}),
        ("3", {"type": "Hurdle", "course_id": "crs_1", "dist_f": "8f", "going": "Firm"}),
        ("1", {"type": "Flat", "course_id": "crs_2", "dist_f": "8f", "going": "Standard To Slow"}),
        ("2", {"type": "NH Flat", "course_id": "crs_2", "surface": "Turf", "going": "Slow"}),
    ]
    results = [
        race(n, [runner("1", position, "2.00")], days_before(9 - n), **fields)
        for n, (position, fields) in enumerate(past)
    ]
    card = race(9, [{"horse_id": "hrs_1"}], AS_OF, type="Flat", course_id="crs_1", distance_f="8.0")
    row = statistics_of(9, results=results, racecards=[card])

    assert figures(row, "course") == (3, 1, 1, 1)
    assert figures(row, "distance") == (2, 2, 0, 0)
    assert figures(row, "course_distance") == (1, 1, 0, 0)
    assert figures(row, "firm") == (1, 1, 0, 0)
    assert figures(row, "good") == (0, 0, 0, 0)
    assert figures(row, "aw") == (2, 1, 1, 0)
    assert figures(row, "jumps") == (1, 0, 0, 1)


def test_the_last_ten_runs_and_the_last_twelve_months() -> None:
    results = [
        race(n, [runner("1", "1" if n == 1 else "2", "2.00")], date(2023, 2, n))
        for n in range(1, 11)
    ]
    results += [
        race(20, [runner("1", "3", "2.00")], date(2023, 2, 28)),
        race(21, [runner("1", "4", "2.00")], date(2023, 2, 27)),
    ]
    card = race(30, [{"horse_id": "hrs_1"}], date(2024, 2, 29))
    row = statistics_of(30, results=results, racecards=[card])

    assert row["career_runs"] == 12
    assert figures(row, "last_10") == (10, 0, 8, 1)
    assert figures(row, "last_12m") == (1, 0, 0, 1)


def test_runs_with_the_jockey_who_rides_or_is_declared() -> None:
    results = [
        race(1, [runner("1", "1", "2.00", jockey_id="jky_1")], days_before(3)),
        race(2, [runner("1", "2", "2.00", jockey_id="jky_2")], days_before(2)),
        race(3, [runner("1", "5", "2.00", jockey_id="jky_1")], days_before(1)),
    ]

    def with_declared(**fields: str) -> tuple[Any, ...]:
        card = race(3, [{"horse_id": "hrs_1", **fields}], days_before(1))
        coming = race(4, [{"horse_id": "hrs_1", **fields}], AS_OF)
        cards = [card, coming]
        rows = [statistics_of(n, results=results, racecards=cards) for n in (3, 4)]
        return tuple(figures(row, "jockey") for row in rows)

    assert with_declared(jockey_id="jky_2") == ((1, 1, 0, 0), (1, 0, 1, 0))
    nobody = (None, None, None, None)
    assert with_declared(jockey_id="") == ((1, 1, 0, 0), nobody)
    assert with_declared(jockey_id="jky_2", number="NR") == ((1, 1, 0, 0), nobody)


@pytest.mark.parametrize(
    ("first_landed", "dob", "age", "complete"),
    [
        (date(2025, 1, 1), "2023-04-01", "", True),
        (date(2025, 1, 2), "2023-04-01", "", False),
        (date(2025, 1, 2), "2024-04-01", "", True),
        (date(2025, 1, 1), "-", "3", True),
        (date(2025, 1, 1), "-", "4", False),
        (date(2025, 1, 1), "-", "-", None),
    ],
)
def test_history_is_complete_when_landed_from_the_year_the_horse_was_two(
    first_landed: date, dob: str, age: str, complete: bool | None
) -> None:
    first = race(1, [runner("9", "1", "2.00")], first_landed)
    card = race(2, [{"horse_id": "hrs_1", "dob": dob, "age": age}], AS_OF)
    row = statistics_of(2, results=[first], racecards=[card])
    assert (row["history_from"], row["history_complete"]) == (first_landed, complete)

    born_long_ago = landed({"id": "hrs_1", "dob": "2010-02-01"})
    row = statistics_of(2, results=[first], racecards=[card], horses=[born_long_ago])
    assert row["history_complete"] is False


def test_a_rows_times_are_of_its_own_payloads_and_of_its_history() -> None:
    later = {"first_landed_at": LATER, "changed_at": LATER}
    history = race(1, [runner("1", "1", "2.00")], days_before(1))
    own = race(2, [{"horse_id": "hrs_1"}], AS_OF, later)
    without_it = race(2, [runner("2", "1", "2.00")], AS_OF)

    row = statistics_of(2, results=[history], racecards=[own])
    assert (row["created_at"], row["updated_at"]) == (LANDED, LATER)
    row = statistics_of(2, results=[without_it], racecards=[own])
    assert (row["created_at"], row["updated_at"]) == (LATER, LATER)
