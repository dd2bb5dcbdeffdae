"""Zeros that nobody measured, owners without an id, races without an off, results cut short."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.integration.feed_cases.races import (
    TODAY,
    Feed,
    card,
    entry,
    horse_id,
    jockey_id,
    owner_id,
    race_id,
    ran,
    result,
    rider,
    sire_id,
)
from tests.integration.feed_cases.warehouse import Built

ZEROS, ZEROS_AFTER = date(2026, 8, 3), date(2026, 8, 4)
OWNERS, OWNERS_AFTER = date(2026, 8, 5), date(2026, 8, 6)
CUT_SHORT = date(2026, 8, 7)
ANOTHER_YEAR = date(2025, 1, 1)
SOON = TODAY + timedelta(days=2)

UNMEASURED = {
    "age": "0",
    "weight": "0-0",
    "weight_lbs": "0",
    "performance_rating": "0",
    "speed_rating": "0",
    "rpr": "0",
    "tsr": "0",
}
NO_DISTANCE = {"dist": "", "dist_y": "0", "dist_m": "0", "dist_f": "0f"}
SEVEN_FURLONGS = {"dist": "7f", "dist_y": "1540", "dist_m": "1408", "dist_f": "7f"}
FERRYMEN, PARGETER = "The Ferryman Partnership", "Mr J Pargeter"
WEBB, HOLLOWAY, QUILL = "Webb & Marsh, Dale", "D E Holloway", "L Quill"
BLUE = "Blue Syndicate"
BLUE_IDS = (owner_id("Blue Syndicate of the north"), owner_id("Blue Syndicate of the south"))

NINE = ["Short Straw", "Long Straw", "Last Straw", *(f"Unseen {word}" for word in "ABCDEF")]
TWELVE = [*(f"Shown {word}" for word in "ABCDE"), *(f"Hidden {word}" for word in "ABCDEFG")]
SIX_NAMED = ["Thin Ice", "Black Ice", *(f"Withdrawn {word}" for word in "ABCD")]
SIX_HALF = ["Half Crown", "Half Penny", "Half Moon", *(f"Absent {word}" for word in "ABC")]

FEED = Feed(
    results=[
        result(
            "nobody timed it",
            ZEROS,
            [
                ran("Sundial", official="0", time="0:00.00", jockey="Ada Thorne", **UNMEASURED),
                ran("Hourglass", time="-"),
                ran("Water Clock", time="-", sp="SP", sp_dec="0"),
            ],
            winning_time_detail="0m 0.00s (slow by 0.00s)",
        ),
        result(
            "somebody timed it",
            ZEROS,
            [ran("Stopwatch", jockey="Ada Thorne", time="1:40.52"), "Pendulum", "Metronome"],
            off="14:35",
        ),
        result(
            "no distance",
            ZEROS,
            ["Far And Wide", "Milestone", "Signpost"],
            off="15:10",
            **NO_DISTANCE,
        ),
        result(
            "seven furlongs",
            ZEROS_AFTER,
            ["Tape Measure", "Yardstick", "Far And Wide"],
            **SEVEN_FURLONGS,
        ),
        result(
            "owners before",
            OWNERS,
            [
                ran("Calm Water", owner=PARGETER),
                ran("Ferry Bell", owner=FERRYMEN),
                ran("Holloway Hill", owner=HOLLOWAY),
                ran("Dale End", owner=WEBB),
                ran("Goose Quill", owner=QUILL),
                ran("Blue North", owner=BLUE, owner_id=BLUE_IDS[0]),
                ran("Blue South", owner=BLUE, owner_id=BLUE_IDS[1]),
                ran("Blue Again", owner=BLUE, owner_id=""),
                ran("Sold On", owner="The Old Owner"),
            ],
        ),
        result(
            "owners after",
            OWNERS_AFTER,
            [
                ran("Calm Water", owner=PARGETER, owner_id=""),
                ran("Ferry Whistle", owner=FERRYMEN.upper(), owner_id=""),
                ran("Holloway Road", owner="Mr D. E. Holloway", owner_id=""),
                ran("Dale Head", owner="Webb Marsh Dale", owner_id=""),
                ran("Swan Quill", owner="Mrs L Quill", owner_id=""),
                ran("Blue North", owner=BLUE, owner_id=""),
                ran("Blue Stranger", owner=BLUE, owner_id=""),
                ran("Blue Again", owner=BLUE, owner_id=BLUE_IDS[1]),
                ran("Sold On", owner="A Buyer Never Met", owner_id=""),
                ran("First Timer", owner="Nobody Met Before", owner_id=""),
            ],
        ),
        result("three of nine", CUT_SHORT, [ran(NINE[0], sp="5/2F"), ran(NINE[1]), ran(NINE[2])]),
        result("five of twelve", CUT_SHORT, [ran(TWELVE[0], sp="4/1"), *TWELVE[1:5]], off="14:35"),
        result(
            "two of six, four named",
            CUT_SHORT,
            SIX_NAMED[:2],
            off="15:10",
            non_runners="Withdrawn A (going), Withdrawn B (vet's certificate), Withdrawn C (lame), "
            "Withdrawn D (self certificate, lame)",
        ),
        result("three of six", CUT_SHORT, SIX_HALF[:3], off="15:45"),
        result(
            "new year's day",
            ANOTHER_YEAR,
            ["Hangover", "Resolution", "Auld Acquaintance"],
            off="13:00",
            old=True,
        ),
    ],
    racecards=[
        card("three of nine", CUT_SHORT, NINE),
        card("five of twelve", CUT_SHORT, TWELVE, off="14:35"),
        card("two of six, four named", CUT_SHORT, SIX_NAMED, off="15:10"),
        card("three of six", CUT_SHORT, SIX_HALF, off="15:45"),
        card(
            "zeros on a card",
            SOON,
            [
                entry(
                    "Naught",
                    age="0",
                    lbs="0",
                    ofr="0",
                    rpr="0",
                    ts="0",
                    performance_rating="0",
                    speed_rating="0",
                ),
                entry("Ought", owner=PARGETER, owner_id=""),
                "Aught",
            ],
            off="16:00",
        ),
        card("no off yet", SOON, ["Patience", "Prudence", "Temperance"], off=None),
        card("a clock and no moment", SOON, ["Cuckoo", "Grandfather"], off=None, off_time="2:12"),
        card("before noon", SOON, ["Early Bird", "Lark"], off=None, off_time="11:40"),
    ],
)


@pytest.mark.parametrize(
    "column",
    [
        *("time_seconds", "time_display", "official_rating", "age", "weight_lbs"),
        *("weight_st_lbs", "performance_rating", "speed_rating", "rpr", "tsr"),
    ],
)
def test_a_zero_of_a_result_is_not_measured(cases: Built, column: str) -> None:
    assert cases.result("nobody timed it", "Sundial", column) is None


@pytest.mark.parametrize("column", ["weight_lbs", "weight_st_lbs"])
def test_a_runner_without_a_card_weighs_no_zero_either(cases: Built, column: str) -> None:
    assert cases.runner("nobody timed it", "Sundial", column) is None


def test_a_race_whose_winner_was_not_timed_has_no_winning_time(cases: Built) -> None:
    assert cases.race("nobody timed it", "winning_time") is None


def test_a_winner_is_beaten_by_nothing_and_a_claim_may_be_nothing(cases: Built) -> None:
    beaten, claim = (
        cases.result("nobody timed it", "Sundial", column)
        for column in ("ovr_btn", "jockey_claim_lbs")
    )
    assert (beaten, claim) == (0, 0)


@pytest.mark.parametrize("figure", ["best_time_seconds", "avg_time_seconds", "last_time_seconds"])
def test_a_time_of_zero_makes_no_record(cases: Built, figure: str) -> None:
    query = (
        f"select {figure} from racing.ra_performance_by_distance where entity_type = 'jockey'"
        ' and entity_id = %s and distance_yards = 1760 and query_filters = \'{"code": "Flat"}\''
    )
    # 1:40.52, the only time that was taken.
    assert cases.ask(query, jockey_id("Ada Thorne")) == Decimal("100.52")


def test_a_horse_that_was_never_timed_has_no_best_time(cases: Built) -> None:
    timed = "entity_id = %s and best_time_seconds is not null"
    assert cases.count("ra_performance_by_distance", timed, horse_id("Sundial")) == 0
    assert cases.count("ra_performance_by_distance", "best_time_seconds = 0") == 0


def test_a_decimal_price_of_zero_is_no_price(cases: Built) -> None:
    assert cases.result("nobody timed it", "Water Clock", "sp_decimal") is None
    jockey = rider("Water Clock")
    assert cases.master("jockeys", jockey, "total_rides") == 1
    assert cases.master("jockeys", jockey, "profit_loss_1u") is None


@pytest.mark.parametrize("column", ["distance", "distance_f", "distance_m", "distance_yards"])
def test_a_distance_of_zero_is_not_known(cases: Built, column: str) -> None:
    assert cases.race("no distance", column) is None


def test_a_distance_of_zero_is_no_group_of_its_own(cases: Built) -> None:
    assert cases.count("ra_performance_by_distance", "distance_yards = 0") == 0
    # Its other run, unplaced, was over seven furlongs.
    assert cases.master("sires", sire_id("Sire Of Far And Wide"), "distance_1_name") == "7f"
    assert cases.master("sires", sire_id("Sire Of Far And Wide"), "distance_2_name") is None


def test_a_win_over_no_known_distance_is_a_run_and_no_winning_distance(cases: Built) -> None:
    key, horse = "seven furlongs", "Far And Wide"
    assert cases.statistics(key, horse, "career_runs") == 1
    assert cases.statistics(key, horse, "career_wins") == 1
    assert cases.statistics(key, horse, "min_winning_distance_yards") is None
    assert cases.statistics(key, horse, "max_winning_distance_yards") is None


@pytest.mark.parametrize(
    "column",
    ["weight_lbs", "weight_st_lbs", "ofr", "rpr", "ts", "performance_rating", "speed_rating"],
)
def test_a_zero_of_a_card_is_not_measured(cases: Built, column: str) -> None:
    assert cases.runner("zeros on a card", "Naught", column) is None


def test_no_runner_is_no_year_old(cases: Built) -> None:
    assert cases.count("ra_runners", "age = 0") == 0


@pytest.mark.parametrize(
    ("horse", "ident"),
    [
        ("Calm Water", owner_id(PARGETER)),  # its own owner of the day before
        ("Ferry Whistle", owner_id(FERRYMEN)),  # one name, in capitals
        ("Holloway Road", owner_id(HOLLOWAY)),  # Mr and periods
        ("Dale Head", owner_id(WEBB)),  # & and a comma
        ("Swan Quill", owner_id(QUILL)),  # Mrs
        ("Blue North", BLUE_IDS[0]),  # the name of two owners, but its own owner's
        ("Blue Stranger", None),  # could be either's
        ("Sold On", None),  # its owner of before is another one
        ("First Timer", None),
    ],
)
def test_an_owner_without_an_id_is_the_horses_own_or_the_one_of_that_name(
    cases: Built, horse: str, ident: str | None
) -> None:
    assert cases.result("owners after", horse, "owner_id") == ident
    assert cases.runner("owners after", horse, "owner_id") == ident


def test_a_later_race_tells_an_owners_id_as_well(cases: Built) -> None:
    assert cases.result("owners before", "Blue Again", "owner_id") == BLUE_IDS[1]
    assert cases.result("owners before", "Blue Again", "owner_id_is_inferred") is True


def test_a_card_learns_its_owners_id_from_a_result(cases: Built) -> None:
    assert cases.runner("zeros on a card", "Ought", "owner_id") == owner_id(PARGETER)
    assert cases.runner("zeros on a card", "Ought", "owner_id_is_inferred") is True


def test_an_owners_id_says_whether_it_was_inferred(cases: Built) -> None:
    inferred = "owner_id_is_inferred"
    assert cases.result("owners after", "Calm Water", inferred) is True
    assert cases.result("owners before", "Calm Water", inferred) is False
    assert cases.runner("owners before", "Calm Water", inferred) is False


def test_an_owner_nobody_knows_keeps_the_name(cases: Built) -> None:
    assert cases.result("owners after", "First Timer", "owner_name") == "Nobody Met Before"
    assert cases.runner("owners after", "First Timer", "owner_name") == "Nobody Met Before"


def test_an_owners_record_counts_the_runs_whose_id_was_inferred(cases: Built) -> None:
    for column in ("total_runners", "total_wins"):
        assert cases.master("owners", owner_id(PARGETER), column) == 2
    assert cases.master("owners", owner_id(FERRYMEN), "total_horses") == 2
    assert cases.master("owners", owner_id(FERRYMEN), "total_runners") == 2


def test_a_race_of_a_later_day_without_an_off_has_not_gone_off(cases: Built) -> None:
    race = race_id("no off yet")
    assert cases.race("no off yet", "off_time") is None
    # Three horses, four prices each.
    opened = "race_id = %s and market_status = 'OPEN'"
    assert cases.count("ra_odds_live", opened, race) == 12
    assert cases.count("ra_odds_live", "race_id = %s", race) == 12


@pytest.mark.parametrize(
    ("key", "clock"), [("a clock and no moment", "14:12"), ("before noon", "11:40")]
)
def test_a_clock_alone_tells_the_off_and_the_hours_one_to_nine_are_after_noon(
    cases: Built, key: str, clock: str
) -> None:
    assert cases.race(key, "to_char(off_time, 'HH24:MI')") == clock
    status = "select distinct market_status from racing.ra_odds_live where race_id = %s"
    assert cases.ask(status, race_id(key)) == "OPEN"


@pytest.mark.parametrize(
    ("key", "incomplete"),
    [
        ("three of nine", True),
        ("five of twelve", True),
        ("two of six, four named", False),
        ("three of six", False),  # half of them is not fewer than half
    ],
)
def test_a_result_of_fewer_than_half_is_incomplete_unless_non_runners_explain_it(
    cases: Built, key: str, incomplete: bool
) -> None:
    assert cases.race(key, "is_incomplete") is incomplete


@pytest.mark.parametrize("winner", ["Short Straw", "Shown A"])
def test_an_incomplete_result_has_no_fair_market(cases: Built, winner: str) -> None:
    assert cases.master("jockeys", rider(winner), "ae_fair") is None
    assert cases.master("sires", sire_id(f"Sire Of {winner}"), "ae_fair") is None


@pytest.mark.parametrize("key", ["three of nine", "five of twelve"])
def test_an_incomplete_result_tells_no_places_paid(cases: Built, key: str) -> None:
    returned = "race_id = %s and coalesce(place_return, ew_return) is not null"
    assert cases.count("ra_odds_historical", returned, race_id(key)) == 0


@pytest.mark.parametrize(
    ("key", "scratched"),
    [
        ("three of nine", 0),
        ("five of twelve", 0),
        ("two of six, four named", 4),
        ("three of six", 3),
    ],
)
def test_nobody_is_scratched_for_being_absent_from_an_incomplete_result(
    cases: Built, key: str, scratched: int
) -> None:
    where = "race_id = %s and is_scratched"
    assert cases.count("ra_runners", where, race_id(key)) == scratched


def test_what_did_happen_in_an_incomplete_result_counts(cases: Built) -> None:
    # One run and one win: the A/E is the decimal price, 5/2 and 4/1.
    assert cases.master("jockeys", rider("Short Straw"), "ae_index") == Decimal("3.5")
    assert cases.historical("five of twelve", "Shown A", "sp_win_return") == 5


def test_a_small_field_whose_non_runners_are_named_has_a_fair_market(cases: Built) -> None:
    assert cases.master("jockeys", rider("Thin Ice"), "ae_fair") is not None


def test_one_day_of_another_year_makes_no_history_complete(cases: Built) -> None:
    assert cases.statistics("seven furlongs", "Far And Wide", "history_complete") is False
    assert cases.ask("select bool_or(history_complete) from racing.ra_runner_statistics") is False
