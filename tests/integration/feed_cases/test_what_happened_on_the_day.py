"""Placings changed, races put back, non-runners that ran, reserves, dead heats, races that were
none, and markets that are none."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.integration.feed_cases.races import (
    NAVAN,
    TODAY,
    Feed,
    card,
    dam_id,
    entry,
    horse_id,
    jockey_id,
    moment,
    non_runner,
    owner_id,
    price,
    race_id,
    ran,
    result,
    rider,
    sire_id,
    trainer_id,
)
from tests.integration.feed_cases.warehouse import Built

STEWARDS, OFFS, WITHDRAWN = date(2026, 8, 10), date(2026, 8, 11), date(2026, 8, 12)
SHARED, VOIDED = date(2026, 8, 13), date(2026, 8, 14)
SOON = TODAY + timedelta(days=2)

LATE = {"put back": ("13:00", "13:30"), "brought forward": ("15:00", "14:50")}
SIX = ["Kerry Blue", "Kerry Gold", "Kerry Hill", "Kerry Pippin", "Kerry Dance", "Kerry Bog"]
SEVEN = [
    "Clare Coast",
    "Clare Glens",
    "Clare Island",
    "Clare Abbey",
    "Clare Burren",
    "Clare Castle",
]
# Place, horse, price, lengths behind the winners.
HEATED = [
    (1, "Castor", "5/1", "0"),
    (1, "Pollux", "9/1", "0"),
    (3, "Remus", "2/1F", "1.75"),
    (4, "Romulus", "4/1", "2.75"),
    (5, "Cain", "9/1", "3.75"),
    (6, "Abel", "19/1", "4.75"),
    (7, "Esau", "19/1", "5.75"),
    (8, "Jacob", "19/1", "6.75"),
]
CHASE = {"type": "Chase", "dist": "2m4f", "dist_y": "4400", "dist_m": "4023", "dist_f": "20f"}
UNTIMED = {"winning_time_detail": ""}


def _voided(horse: str) -> dict[str, str]:
    return ran(horse, "VOI", performance_rating="-", speed_rating="-")


def _given(day: date, *prices: tuple[str, str, str]) -> list[dict[str, object]]:
    """Prices of a day: bookmaker, decimal, clock."""
    return [
        price(bookmaker, decimal, decimal, f"{day} {clock}:00")
        for bookmaker, decimal, clock in prices
    ]


FEED = Feed(
    results=[
        result(
            "placings reversed",
            STEWARDS,
            [
                ran("Promoted", btn="0.1", ovr_btn="0.1"),
                ran("Demoted", btn="0", ovr_btn="0"),
                ran("Close Third", btn="1", ovr_btn="1.1"),
                ran("Far Fourth", btn="4", ovr_btn="5.1"),
            ],
            comments="After a stewards' inquiry the placings of the first two were reversed.",
        ),
        result(
            "second disqualified",
            STEWARDS,
            [
                ran("Clear Of All", btn="0", ovr_btn="0"),
                ran("Next In Line", 2, btn="0.75", ovr_btn="3.75"),
                ran("Third In Line", 3, btn="2", ovr_btn="5.75"),
                ran("Weighed Light", "DSQ", btn="3", ovr_btn="3"),
            ],
            off="14:35",
        ),
        result(
            "first disqualified",
            STEWARDS,
            [
                ran("Inherits", 1, btn="1.5", ovr_btn="1.5"),
                ran("Gains A Place", 2, btn="0.2", ovr_btn="1.7"),
                ran("Lost It All", "DSQ", btn="0", ovr_btn="0"),
            ],
            off="15:10",
        ),
        *(
            result(key, OFFS, [f"Waits {key}", f"Follows {key}", f"Trails {key}"], off=off)
            for key, (_, off) in LATE.items()
        ),
        result("no time on its card", OFFS, ["Sudden", "Abrupt", "Prompt"], off="15:30"),
        result(
            "put in again",
            WITHDRAWN,
            [ran("Changed Mind", number="4", jockey="Nat Prowse"), "Made Up", "Of One Mind"],
            non_runners="Out Of Mind (vet's certificate), Absent Mind (going)",
        ),
        result("reserves stay out", WITHDRAWN, SIX, course=NAVAN, going="Yielding"),
        result(
            "a reserve gets in",
            WITHDRAWN,
            [*SEVEN[:5], ran("Kept In Reserve", number="7")],
            course=NAVAN,
            off="14:35",
            going="Yielding",
            non_runners="Clare Castle (going)",
        ),
        result(
            "first shared",
            SHARED,
            [ran(horse, place, sp=sp, ovr_btn=lengths) for place, horse, sp, lengths in HEATED],
        ),
        result(
            "second shared",
            SHARED,
            [
                ran("Alone In Front", ovr_btn="0"),
                ran("Shares A", 2, sp="8/1", ovr_btn="2"),
                ran("Shares B", 2, sp="4/1", ovr_btn="2"),
                ran("After Both", 4, ovr_btn="3"),
                ran("Well After", 5, ovr_btn="4"),
                ran("Long After", 6, ovr_btn="5"),
            ],
            off="14:35",
        ),
        result(
            "third shared",
            SHARED,
            [
                *("Gold Medal", "Silver Medal"),
                ran("Bronze A", 3, sp="10/1", ovr_btn="2"),
                ran("Bronze B", 3, sp="5/1", ovr_btn="2"),
                *(ran(f"No Medal {place}", place, ovr_btn=str(place)) for place in (5, 6, 7, 8)),
            ],
            off="15:10",
        ),
        result(
            "walked over",
            SHARED,
            [
                ran(
                    "Lone Walker",
                    sp="",
                    sp_dec="-",
                    bsp="",
                    time="-",
                    prize="2640.00",
                    performance_rating="-",
                    speed_rating="-",
                )
            ],
            off="15:45",
            **UNTIMED,
            tote_win="",
            tote_pl="",
        ),
        result(
            "declared void",
            VOIDED,
            [_voided(horse) for horse in ("Null", "Nil", "Nought", "Nothing", "None Such")],
            comments="Race declared void after a false start",
            **CHASE,
            **UNTIMED,
        ),
        result(
            "one void run",
            VOIDED,
            [
                "Valid A",
                ran("Valid B", sp="4/1"),
                *("Valid C", "Valid D", "Valid E"),
                _voided("Invalid"),
            ],
            off="14:35",
            **CHASE,
        ),
        result(
            "void today",
            TODAY,
            [_voided("False Start"), _voided("Wrong Course"), _voided("Lost Flag")],
            off="00:10",
            comments="Race declared void",
            **UNTIMED,
        ),
    ],
    racecards=[
        card(
            "put back",
            OFFS,
            [
                entry(
                    "Waits put back",
                    odds=[
                        price(
                            "Bet365",
                            "5/1",
                            "6",
                            f"{OFFS} 13:12:00",
                            [(moment(OFFS, "13:10"), "11"), (moment(OFFS, "09:00"), "9")],
                        ),
                        *_given(OFFS, ("William Hill", "7", "12:40"), ("Coral", "15", "13:40")),
                        *_given(OFFS, ("Betfair Exchange", "7.4", "13:20")),
                    ],
                ),
                "Follows put back",
                "Trails put back",
            ],
            off=LATE["put back"][0],
        ),
        card(
            "brought forward",
            OFFS,
            [
                entry(
                    "Waits brought forward",
                    odds=_given(OFFS, ("Bet365", "3", "14:55"), ("Coral", "4.5", "14:45")),
                ),
                "Follows brought forward",
                "Trails brought forward",
            ],
            off=LATE["brought forward"][0],
        ),
        card(
            "no time on its card",
            OFFS,
            [
                entry(
                    "Sudden", odds=_given(OFFS, ("Bet365", "5", "15:20"), ("Coral", "2.5", "15:36"))
                ),
                "Abrupt",
                "Prompt",
            ],
            off=None,
        ),
        card(
            "put in again",
            WITHDRAWN,
            [
                non_runner("Changed Mind"),
                entry("Made Up", number="2"),
                # Only the number says that it is out, and it is not.
                entry("Of One Mind", number="NR"),
                non_runner("Out Of Mind"),
                # Only the jockey says that it is out, and it is.
                non_runner("Absent Mind", number="5"),
            ],
        ),
        card(
            "reserves stay out",
            WITHDRAWN,
            [*SIX, entry("Kerry Reserve", number="R1"), entry("Kerry Spare", number="R2")],
            course=NAVAN,
            going="Yielding",
        ),
        card(
            "a reserve gets in",
            WITHDRAWN,
            [*SEVEN[:5], non_runner(SEVEN[5]), entry("Kept In Reserve", number="R1")],
            course=NAVAN,
            off="14:35",
            going="Yielding",
        ),
        card(
            "reserves wait",
            SOON,
            [
                *(f"Ready {word}" for word in "ABCDEF"),
                entry("Waiting A", number="R1"),
                entry("Waiting B", number="R2"),
                non_runner("Gone Home"),
            ],
            course=NAVAN,
            off="15:10",
        ),
        card(
            "declared void",
            VOIDED,
            ["Null", "Nil", "Nought", "Nothing", "None Such"],
            type="Chase",
            distance="2m4f",
            distance_f="20.0",
        ),
        card("it is on", SOON, [f"Runs {word}" for word in "ABCDE"], off="14:00"),
        card(
            "frozen",
            SOON,
            [f"Frozen {word}" for word in "ABCDE"],
            off="14:35",
            is_abandoned=True,
        ),
        card(
            "abandoned today",
            TODAY,
            ["Waterlogged", "Fogbound"],
            off="23:58",
            is_abandoned=True,
        ),
        card("void today", TODAY, ["False Start", "Wrong Course", "Lost Flag"], off="00:10"),
    ],
)


@pytest.mark.parametrize(
    ("key", "horse", "margin"),
    [
        # A short head between the first two, whichever is first.
        ("placings reversed", "Promoted", "shd"),
        ("placings reversed", "Demoted", "shd"),
        # 1.1 behind the first past the post, who is second now: a length.
        ("placings reversed", "Close Third", "1"),
        ("placings reversed", "Far Fourth", "4"),
        # 3¾ lengths between the first two that kept their places.
        ("second disqualified", "Clear Of All", "3¾"),
        ("second disqualified", "Next In Line", "3¾"),
        ("second disqualified", "Third In Line", "2"),
        # A head between those that were second and third past the post.
        ("first disqualified", "Inherits", "hd"),
        ("first disqualified", "Gains A Place", "hd"),
    ],
)
def test_a_margin_is_between_two_who_kept_their_places(
    cases: Built, key: str, horse: str, margin: str
) -> None:
    assert cases.result(key, horse, "margin") == margin


@pytest.mark.parametrize(
    ("key", "horse", "distance"),
    [
        ("placings reversed", "Far Fourth", "shd"),
        ("second disqualified", "Third In Line", "3¾"),
        ("first disqualified", "Gains A Place", "hd"),
    ],
)
def test_a_winning_distance_is_between_the_placed(
    cases: Built, key: str, horse: str, distance: str
) -> None:
    assert cases.historical(key, horse, "winning_distance") == distance


@pytest.mark.parametrize(
    ("horse", "rides", "wins"),
    [
        ("Promoted", 1, 1),
        ("Demoted", 1, 0),
        ("Weighed Light", 1, 0),
        ("Lost It All", 1, 0),
        ("Inherits", 1, 1),
    ],
)
def test_a_win_is_who_was_placed_first(cases: Built, horse: str, rides: int, wins: int) -> None:
    assert cases.master("jockeys", rider(horse), "total_rides") == rides
    assert cases.master("jockeys", rider(horse), "total_wins") == wins


@pytest.mark.parametrize(
    ("key", "horse"),
    [("second disqualified", "Weighed Light"), ("first disqualified", "Lost It All")],
)
def test_a_disqualified_horse_has_no_position_and_no_margin(
    cases: Built, key: str, horse: str
) -> None:
    assert cases.result(key, horse, "position") is None
    assert cases.result(key, horse, "position_str") == "DSQ"
    assert cases.result(key, horse, "margin") is None


@pytest.mark.parametrize(
    ("key", "horse", "lowest", "highest"),
    [
        # The off was 13:30: 13:12, 13:10, 12:40 and 09:00 count, 13:40 was in running.
        ("put back", "Waits put back", 6, 11),
        # The off was 14:50: 14:45 counts, 14:55 was in running.
        ("brought forward", "Waits brought forward", Decimal("4.5"), Decimal("4.5")),
        # The off was 15:30, as the result says.
        ("no time on its card", "Sudden", 5, 5),
    ],
)
def test_a_price_before_the_race_is_one_before_it_went_off(
    cases: Built, key: str, horse: str, lowest: Decimal, highest: Decimal
) -> None:
    assert cases.historical(key, horse, "pre_race_min") == lowest
    assert cases.historical(key, horse, "pre_race_max") == highest


def test_an_exchange_is_apart_from_the_bookmakers(cases: Built) -> None:
    lowest = cases.historical("put back", "Waits put back", "pre_race_min_exchange")
    assert lowest == Decimal("7.4")


@pytest.mark.parametrize(
    ("key", "off"),
    [("put back", "13:30"), ("brought forward", "14:50"), ("no time on its card", "15:30")],
)
def test_a_race_went_off_when_its_result_says(cases: Built, key: str, off: str) -> None:
    clock = "to_char({} at time zone 'Europe/London', 'HH24:MI')"
    horse = "Sudden" if key.startswith("no") else f"Waits {key}"
    assert cases.historical(key, horse, clock.format("date_of_race")) == off
    assert cases.race(key, clock.format("off_dt")) == off


@pytest.mark.parametrize("horse", ["Changed Mind", "Of One Mind"])
def test_a_horse_in_the_result_ran_whatever_its_card_said(cases: Built, horse: str) -> None:
    assert cases.runner("put in again", horse, "is_scratched") is False
    assert cases.runner("put in again", horse, "has_result") is True


def test_a_horse_that_ran_after_all_has_the_results_number_and_jockey(cases: Built) -> None:
    assert cases.runner("put in again", "Changed Mind", "number") == "4"
    assert cases.runner("put in again", "Changed Mind", "jockey_name") == "Nat Prowse"
    assert cases.runner("put in again", "Changed Mind", "jockey_id") == jockey_id("Nat Prowse")


@pytest.mark.parametrize("horse", ["Out Of Mind", "Absent Mind"])
def test_a_non_runner_by_number_or_by_jockey_names_nobody(cases: Built, horse: str) -> None:
    assert cases.runner("put in again", horse, "is_scratched") is True
    assert cases.runner("put in again", horse, "is_non_runner") is True
    for column in ("number", "jockey_name", "jockey_id"):
        assert cases.runner("put in again", horse, column) is None


def test_who_declared_and_ran_was_no_non_runner(cases: Built) -> None:
    assert cases.runner("put in again", "Made Up", "is_scratched") is False
    assert cases.runner("put in again", "Made Up", "is_non_runner") is False


def test_nobody_ran_and_was_scratched(cases: Built) -> None:
    assert cases.count("ra_runners", "is_scratched and has_result") == 0


def test_the_placeholder_of_a_non_runner_is_no_jockey(cases: Built) -> None:
    assert cases.count("ra_mst_jockeys", "id = 'jky_224913' or name ~ '^NON-RUNNER'") == 0


def test_a_non_runner_of_a_later_day_is_scratched_at_once_and_has_no_price(cases: Built) -> None:
    assert cases.runner("reserves wait", "Gone Home", "is_scratched") is True
    assert cases.count("ra_odds_live", "horse_id = %s", horse_id("Gone Home")) == 0


def test_reserves_that_stay_out_were_not_scratched(cases: Built) -> None:
    race = race_id("reserves stay out")
    assert cases.count("ra_runners", "race_id = %s and is_scratched", race) == 0
    assert cases.count("ra_runners", "race_id = %s and is_reserve", race) == 2
    assert cases.runner("reserves stay out", "Kerry Spare", "is_scratched") is None


@pytest.mark.parametrize("key", ["reserves stay out", "a reserve gets in", "reserves wait"])
def test_reserves_are_none_of_the_field(cases: Built, key: str) -> None:
    assert cases.race(key, "field_size") == 6


def test_a_reserve_that_gets_in_is_a_runner_like_any_other(cases: Built) -> None:
    key, horse = "a reserve gets in", "Kept In Reserve"
    assert cases.runner(key, horse, "has_result") is True
    assert cases.runner(key, horse, "number") == "7"
    assert cases.runner(key, horse, "is_scratched") is False
    assert cases.runner(key, "Clare Castle", "is_scratched") is True


@pytest.mark.parametrize("horse", ["Waiting A", "Waiting B"])
def test_a_reserve_of_a_later_day_waits(cases: Built, horse: str) -> None:
    assert cases.runner("reserves wait", horse, "is_reserve") is True
    assert cases.runner("reserves wait", horse, "is_scratched") is None


def test_a_declared_horse_is_no_reserve(cases: Built) -> None:
    assert cases.runner("reserves wait", "Ready A", "is_reserve") is False


@pytest.mark.parametrize(("horse", "profit"), [("Castor", 2), ("Pollux", 4)])
def test_a_shared_win_is_a_win_at_half_the_stake(cases: Built, horse: str, profit: int) -> None:
    assert cases.master("jockeys", rider(horse), "total_wins") == 1
    assert cases.master("jockeys", rider(horse), "profit_loss_1u") == profit  # 6/2 - 1, 10/2 - 1


def test_the_fair_chances_of_a_race_with_two_winners_are_two(cases: Built) -> None:
    # The prices 6, 10, 3, 5, 10, 20, 20, 20 expect 1.05: 1 / (2 * (1/6) / 1.05).
    assert cases.master("jockeys", rider("Castor"), "ae_fair") == Decimal("3.15")


@pytest.mark.parametrize(
    ("key", "horse", "place_return", "each_way"),
    [
        # Of eight, three places at a fifth: 1 + 5/5, and half of that and of 6 / 2.
        ("first shared", "Castor", "2", "2.5"),
        # Of six, two places at a quarter, one left for two: (1 + 8/4) / 2 and (1 + 4/4) / 2.
        ("second shared", "Shares A", "1.5", "0.75"),
        ("second shared", "Shares B", "1", "0.5"),
        ("second shared", "After Both", "0", "0"),
        # Of eight, one place left for two: (1 + 10/5) / 2 and (1 + 5/5) / 2.
        ("third shared", "Bronze A", "1.5", "0.75"),
        ("third shared", "Bronze B", "1", "0.5"),
    ],
)
def test_those_who_share_a_place_share_what_is_left_of_it(
    cases: Built, key: str, horse: str, place_return: str, each_way: str
) -> None:
    assert cases.historical(key, horse, "place_return") == Decimal(place_return)
    assert cases.historical(key, horse, "ew_return") == Decimal(each_way)


@pytest.mark.parametrize(
    ("key", "horse", "margin"),
    [
        ("first shared", "Castor", "dht"),
        ("first shared", "Pollux", "dht"),
        ("first shared", "Remus", "1¾"),
        ("second shared", "Alone In Front", "2"),
        ("second shared", "Shares A", "dht"),
        ("second shared", "Shares B", "dht"),
        ("second shared", "After Both", "1"),
    ],
)
def test_a_dead_heat_is_a_margin(cases: Built, key: str, horse: str, margin: str) -> None:
    assert cases.result(key, horse, "margin") == margin


def test_two_can_be_second(cases: Built) -> None:
    assert cases.master("jockeys", rider("Shares A"), "total_seconds") == 1
    assert cases.master("jockeys", rider("Shares B"), "total_seconds") == 1


def test_a_walkover_is_a_win(cases: Built) -> None:
    assert cases.master("jockeys", rider("Lone Walker"), "total_wins") == 1
    assert cases.master("trainers", trainer_id("Trainer Of Lone Walker"), "total_wins") == 1
    assert cases.master("owners", owner_id("Owner Of Lone Walker"), "total_wins") == 1
    assert cases.master("sires", sire_id("Sire Of Lone Walker"), "total_wins") == 1
    assert cases.master("dams", dam_id("Dam Of Lone Walker"), "total_wins") == 1
    assert cases.race("walked over", "field_size") == 1
    assert cases.result("walked over", "Lone Walker", "prize_won") == 2640


@pytest.mark.parametrize("figure", ["ae_index", "profit_loss_1u", "ae_fair"])
def test_nobody_could_bet_on_a_walkover(cases: Built, figure: str) -> None:
    assert cases.master("jockeys", rider("Lone Walker"), figure) is None
    parent = {"ae_index": "overall_ae_index"}.get(figure, figure)
    assert cases.master("sires", sire_id("Sire Of Lone Walker"), parent) is None


@pytest.mark.parametrize("column", ["sp_win_return", "place_return", "ew_return", "industry_sp"])
def test_a_walkover_has_no_price_and_no_return(cases: Built, column: str) -> None:
    assert cases.historical("walked over", "Lone Walker", column) is None


@pytest.mark.parametrize("column", ["margin", "time_seconds"])
def test_a_walkover_is_won_by_nothing_in_no_time(cases: Built, column: str) -> None:
    assert cases.result("walked over", "Lone Walker", column) is None


@pytest.mark.parametrize("key", ["declared void", "void today"])
def test_a_void_race_was_not_run(cases: Built, key: str) -> None:
    assert cases.race(key, "is_void") is True
    assert cases.race(key, "has_result") is False
    assert cases.count("ra_odds_historical", "race_id = %s", race_id(key)) == 0


def test_a_void_race_is_in_nobodys_record(cases: Built) -> None:
    assert cases.master("jockeys", rider("Null"), "total_rides") == 0
    assert cases.master("sires", sire_id("Sire Of Null"), "total_runners") == 0
    assert cases.master("owners", owner_id("Owner Of Null"), "total_runners") == 0


def test_a_void_run_is_none_and_the_race_around_it_counts(cases: Built) -> None:
    race = race_id("one void run")
    assert cases.race("one void run", "is_void") is False
    assert cases.race("one void run", "has_result") is True
    assert cases.race("one void run", "field_size") == 5
    assert cases.count("ra_odds_historical", "race_id = %s", race) == 5
    assert cases.master("jockeys", rider("Invalid"), "total_rides") == 0
    assert cases.master("jockeys", rider("Valid A"), "total_wins") == 1


def test_a_void_run_is_none_of_those_that_decide_how_many_places_are_paid(cases: Built) -> None:
    # Of five, two places at a quarter: 1 + 4/4.
    assert cases.historical("one void run", "Valid B", "place_return") == 2


@pytest.mark.parametrize("table", ["ra_odds_live", "ra_odds_live_latest"])
@pytest.mark.parametrize(
    ("key", "prices"),
    [
        ("it is on", 20),  # five horses, four prices each
        ("frozen", 0),
        ("abandoned today", 0),
        ("void today", 0),
    ],
)
def test_a_race_that_is_not_run_has_no_market(
    cases: Built, table: str, key: str, prices: int
) -> None:
    assert cases.count(table, "race_id = %s", race_id(key)) == prices


def test_a_market_is_open_until_the_off(cases: Built) -> None:
    query = "select distinct market_status from racing.ra_odds_live where race_id = %s"
    assert cases.ask(query, race_id("it is on")) == "OPEN"


@pytest.mark.parametrize("key", ["frozen", "abandoned today"])
def test_an_abandoned_race_says_so(cases: Built, key: str) -> None:
    assert cases.race(key, "is_abandoned") is True
