"""Distances, margins, goings, prices, names and countries in all the ways that they are written."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.integration.feed_cases.races import (
    DEAUVILLE,
    NAVAN,
    SARATOGA,
    TODAY,
    WOLVERHAMPTON,
    Feed,
    card,
    dam_id,
    entry,
    horse_id,
    jockey_id,
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

OLD = date(2026, 5, 11)
LENGTHS = date(2026, 8, 3)
MARGINS = date(2026, 8, 5)
SLOW = (date(2026, 8, 6), date(2026, 8, 7), date(2026, 8, 8))
NAMES = date(2026, 8, 9)
SOON = TODAY + timedelta(days=2)
ABROAD = TODAY + timedelta(days=3)

# A distance of a result, its furlongs, and what they say: yards, metres, furlongs.
# A mile is 1760 yards, a furlong 220; a yard is 0.9144 m.
OF_RESULTS = {
    "7½f": ("7½f", 1650, 1509, "7.5f"),  # 1508.8 m
    "1m½f": ("8½f", 1870, 1710, "8.5f"),  # 1709.9 m
    "1m3½f": ("11½f", 2530, 2313, "11.5f"),  # 1760 + 3.5 * 220; 2313.4 m
    "2m½f": ("16.5f", 3630, 3319, "16.5f"),  # 3319.3 m
    "7f1y": ("7f", 1541, 1409, "7f"),  # 1409.1 m
    "1m4f": ("12f", 2640, 2414, "12f"),  # 2414.0 m
}
# A distance of a card, its furlongs, and what they say.
OF_CARDS = {
    "1m3½f": ("11.5", 2530, 2313, "11.5f"),
    "0m7f6y": ("7.0", 1546, 1414, "7f"),  # 7 * 220 + 6; 1413.7 m
    "2m53y": ("16.0", 3573, 3267, "16f"),  # 3267.2 m
    "2m": ("16.0", 3520, 3219, "16f"),  # miles: 3218.7 m
    "2125m": ("10.5", 2324, 2125, "10.5f"),  # metres: 2323.9 yards
    "1200m": ("6.0", 1312, 1200, "6f"),  # 1312.3 yards
    "1m2f abt": ("10.0", None, None, "10f"),
    "about 6f": ("6.0", None, None, "6f"),
}
# Lengths behind the winner, and the margin of the horse to the one before it.
NECK_BY_NECK = [
    ("0", "nk"),  # the winner's is the second's
    ("0.25", "nk"),
    ("0.6", "nk"),  # 0.35
    ("0.9", "nk"),  # 0.3
    ("2.15", "1¼"),
    ("2.2", "nse"),  # 0.05
    ("2.3", "shd"),  # 0.1
    ("2.5", "hd"),  # 0.2
    ("3", "½"),
    ("3.75", "¾"),
    ("6.15", "2½"),  # 2.4
    ("6.55", None),  # 0.4, of which below
]
FIELD = [f"Neck {place}" for place in range(len(NECK_BY_NECK))]
EN_DASH = "\N{EN DASH}"
BENT = "\N{LEFT SINGLE QUOTATION MARK}\N{RIGHT SINGLE QUOTATION MARK}"
MEXICAN = {"sire": "Jinete Negro (MEX)", "dam": "Floare Alba (ROM)"}


FEED = Feed(
    results=[
        *(
            result(
                f"result over {dist}",
                LENGTHS,
                [f"{word} Over {dist}" for word in ("First", "Second", "Third")],
                off=f"{13 + number}:05",
                dist=dist,
                dist_y="",
                dist_m="",
                dist_f=furlongs,
            )
            for number, (dist, (furlongs, *_)) in enumerate(OF_RESULTS.items())
        ),
        result(
            "metres on its card",
            LENGTHS,
            [
                ran(horse, prize=prize)
                for horse, prize in zip(
                    ["Metre Maid", "Metronome Bell", "Parking Metre"],
                    ["13200", "5100", "3700"],
                    strict=True,
                )
            ],
            course=DEAUVILLE,
            dist_y="",
            dist_m="",
        ),
        result(
            "euros",
            LENGTHS,
            [ran("Punt Gun", prize="€5900"), ran("Farthing", prize="€1900"), "Groat"],
            course=NAVAN,
        ),
        result(
            "neck by neck",
            MARGINS,
            [
                ran(horse, ovr_btn=lengths)
                for horse, (lengths, _) in zip(FIELD, NECK_BY_NECK, strict=True)
            ],
        ),
        result(
            "slow, in one spelling",
            SLOW[0],
            ["Slow Coach", "Slow Worm", "Slow Loris"],
            course=WOLVERHAMPTON,
            going="Standard / Slow",
            surface="",
        ),
        result(
            "slow, in the other",
            SLOW[1],
            ["Slow Worm", "Slow Coach", "Slow Loris"],
            course=WOLVERHAMPTON,
            going="Standard To Slow",
            surface="AW",
        ),
        result(
            "not slow",
            SLOW[2],
            ["Slow Loris", "Slow Worm", "Slow Coach"],
            dist="6f",
            dist_y="1320",
            dist_m="1207",
            dist_f="6f",
        ),
        result(
            "evens before",
            OLD,
            [ran("Even Keel", sp="EvensF"), ran("Odd Job"), ran("Odd Sock")],
            old=True,
        ),
        result(
            "evens since",
            NAMES,
            [ran("Even Song", sp="1/1F"), ran("Odd Fellow", sp="10/3"), ran("Odd Couple")],
        ),
        result(
            "evens for two",
            NAMES,
            [ran("Even Stevens", sp="1/1"), ran("Even Tide", sp="1/1"), ran("Odd Man Out")],
            off="14:35",
        ),
        result(
            "a forecast",
            OLD,
            [
                *("Who's The Baker", "O'Grady's Pride", "Harbour Bell (IRE)"),
                *("Plain Tale", "Won't Tell", "D'Artagnan"),
            ],
            off="14:35",
            old=True,
        ),
        result(
            "names before",
            OLD,
            [
                ran(
                    "Copper Beech",
                    trainer="P J Wexcombe",
                    jockey="Dan Orrell",
                    jockey_claim_lbs="3",
                    owner="T M Farrow 2",
                    owner_id=owner_id("T & M Farrow 2"),
                ),
                ran("Silver Birch", jockey="R S Tolland"),
            ],
            off="15:10",
            old=True,
        ),
        result(
            "names since",
            NAMES,
            [
                ran(
                    "Weeping Willow",
                    trainer="P. J. Wexcombe",
                    trainer_id=trainer_id("P J Wexcombe"),
                    jockey="Dan Orrell",
                    owner="T M Farrow 2",
                    owner_id=owner_id("T & M Farrow 2"),
                ),
                ran("Holm Oak", jockey="R. S. Tolland", jockey_id=jockey_id("R S Tolland")),
            ],
            off="15:10",
        ),
        result(
            "from far away",
            NAMES,
            [
                ran("Fuego Lento (MEX)", **MEXICAN),
                ran("Kumo No Ue (JPN)", dam="Tulpenhof (HOL)"),
                ran("Yoake (JAP)"),
                ran("Stays At Home"),
            ],
            course=WOLVERHAMPTON,
            off="15:45",
        ),
        result(
            "rated before",
            OLD,
            [ran("Old Mark", rpr="74", tsr="55"), "Old Hand"],
            off="15:45",
            old=True,
        ),
        result(
            "rated since",
            NAMES,
            [
                ran("New Mark", performance_rating="91", speed_rating="73", bsp="3.15"),
                ran(
                    "No Mark",
                    performance_rating="-",
                    speed_rating=EN_DASH,
                    bsp="",
                    official=EN_DASH,
                ),
                ran("Long Mark", bsp="130.00", official="-"),
                ran("Late Mark", performance_rating="66"),
            ],
            off="16:20",
        ),
    ],
    racecards=[
        *(
            card(
                f"card over {dist}",
                SOON,
                [f"{word} On {dist}" for word in ("One", "Two", "Three")],
                course=DEAUVILLE if dist in ("2125m", "1200m") else WOLVERHAMPTON,
                off=f"{12 + number}:05",
                distance=dist,
                distance_round=dist,
                distance_f=furlongs,
                going="Standard / Slow",
                surface="AW",
            )
            for number, (dist, (furlongs, *_)) in enumerate(OF_CARDS.items())
        ),
        card(
            "metres on its card",
            LENGTHS,
            ["Metre Maid", "Metronome Bell", "Parking Metre"],
            course=DEAUVILLE,
            distance="1600m",
        ),
        card(
            "evens since",
            NAMES,
            [
                entry("Even Song", odds=[price(fractional="Evens", updated="2026-08-09 09:00:00")]),
                entry("Odd Fellow", odds=[price(fractional="10/3", updated="2026-08-09 09:00:00")]),
                "Odd Couple",
            ],
        ),
        card(
            "a forecast",
            OLD,
            [
                *("Who's The Baker", "O'Grady's Pride", entry("Harbour Bell", region="IRE")),
                *("Plain Tale", "Won't Tell", "D'Artagnan"),
            ],
            off="14:35",
            old=True,
            betting_forecast=f"5/2 Whos The Baker, Evs O{BENT[1]}Grady{BENT[1]}s Pride, "
            f"9/1 Harbour Bell (IRE),  Plain Tale, Evens WON{BENT[0]}T TELL, 20/1 D`Artagnan, "
            "25/1 bar",
        ),
        card(
            "names before",
            OLD,
            [
                entry(
                    "Copper Beech",
                    trainer="P J Wexcombe",
                    jockey="Dan Orrell(3)",
                    lbs="134",
                    owner="T & M Farrow 2",
                ),
                entry("Silver Birch", jockey="R S Tolland"),
            ],
            off="15:10",
            old=True,
        ),
        card(
            "from far away",
            NAMES,
            [
                entry(
                    "Fuego Lento",
                    region="MEX",
                    sire="Jinete Negro",
                    sire_region="MEX",
                    dam="Floare Alba",
                    dam_region="ROM",
                ),
                entry("Kumo No Ue", region="JPN", dam="Tulpenhof", dam_region="HOL"),
                entry("Yoake", region="JPN"),
                "Stays At Home",
            ],
            course=WOLVERHAMPTON,
            off="15:45",
        ),
        card(
            "rated before",
            OLD,
            [entry("Old Mark", rpr="79", ts="61"), "Old Hand"],
            off="15:45",
            old=True,
        ),
        card(
            "rated since",
            NAMES,
            [
                entry("New Mark", performance_rating="84", speed_rating="62"),
                entry("No Mark", performance_rating="-", speed_rating=EN_DASH),
                "Long Mark",
            ],
            off="16:20",
        ),
        card(
            "coupled",
            ABROAD,
            [entry("Stable Mate", number="1"), entry("Stable Door", number="1A"), "Loose Box"],
            course=SARATOGA,
            off="18:40",
            going="Fast",
            surface="",
        ),
    ],
)


@pytest.mark.parametrize("dist", OF_RESULTS)
def test_a_result_writes_half_furlongs_as_a_fraction(cases: Built, dist: str) -> None:
    key, (_, yards, metres, furlongs) = f"result over {dist}", OF_RESULTS[dist]
    assert cases.race(key, "distance_yards") == yards
    assert cases.race(key, "distance_m") == metres
    assert cases.race(key, "distance_f") == furlongs


@pytest.mark.parametrize("dist", OF_CARDS)
def test_a_card_writes_metres_no_miles_or_what_nobody_understands(cases: Built, dist: str) -> None:
    key, (_, yards, metres, furlongs) = f"card over {dist}", OF_CARDS[dist]
    assert cases.race(key, "distance_yards") == yards
    assert cases.race(key, "distance_m") == metres
    assert cases.race(key, "distance_f") == furlongs


def test_half_furlongs_are_one_distance_in_every_record(cases: Built) -> None:
    horse = "First Over 7½f"
    shown = (
        "select array_agg(distinct distance_display) from racing.ra_performance_by_distance"
        " where entity_type = 'horse' and entity_id = %s"
    )
    assert cases.ask(shown, horse_id(horse)) == ["7.5f"]
    assert cases.master("dams", dam_id(f"Dam Of {horse}"), "distance_1_name") == "7.5f"
    runs = (
        "select total_runs from racing.ra_performance_by_distance where entity_type = 'jockey'"
        " and entity_id = %s and distance_yards = 1650 and query_filters = '{}'"
    )
    assert cases.ask(runs, rider(horse)) == 1


def test_the_metres_of_a_card_go_before_the_miles_of_its_result(cases: Built) -> None:
    assert cases.race("metres on its card", "distance_m") == 1600
    assert cases.race("metres on its card", "distance_yards") == 1750  # 1749.8


@pytest.mark.parametrize(
    ("course", "name"),
    [(DEAUVILLE, "Deauville"), (NAVAN, "Navan"), (WOLVERHAMPTON, "Wolverhampton (AW)")],
)
def test_a_courses_name_is_without_its_region_and_with_its_surface(
    cases: Built, course: tuple[str, str, str, str], name: str
) -> None:
    assert cases.master("courses", course[2], "name") == name
    assert (
        cases.ask(
            "select distinct course_name from racing.ra_races where course_id = %s", course[2]
        )
        == name
    )


@pytest.mark.parametrize(
    ("key", "paid", "currency"), [("metres on its card", 22000, "GBP"), ("euros", 7800, "EUR")]
)
def test_only_irish_prizes_are_in_euros(cases: Built, key: str, paid: int, currency: str) -> None:
    query = "from racing.ra_race_results where race_id = %s and prize_won > 0"
    assert cases.ask(f"select sum(prize_won) {query}", race_id(key)) == paid
    assert cases.ask(f"select distinct prize_currency {query}", race_id(key)) == currency


@pytest.mark.parametrize("place", range(len(FIELD) - 1))
def test_racing_writes_no_quarter_below_a_neck(cases: Built, place: int) -> None:
    assert cases.result("neck by neck", FIELD[place], "margin") == NECK_BY_NECK[place][1]


def test_a_long_neck_is_a_neck_or_a_half_and_no_quarter(cases: Built) -> None:
    assert cases.result("neck by neck", FIELD[-1], "margin") in ("nk", "½")


@pytest.mark.parametrize("key", ["slow, in one spelling", "slow, in the other", "card over 2m"])
def test_a_going_has_one_name(cases: Built, key: str) -> None:
    assert cases.race(key, "going") == "Standard To Slow"


def test_a_going_has_one_name_beside_the_prices(cases: Built) -> None:
    going = cases.historical("slow, in one spelling", "Slow Coach", "going")
    assert going == "Standard To Slow"


def test_two_spellings_of_a_going_are_one_group(cases: Built) -> None:
    query = (
        "select going_breakdown from racing.ra_performance_by_distance where entity_type = 'horse'"
        " and entity_id = %s and distance_yards = 1760 and query_filters = '{}'"
    )
    assert cases.ask(query, horse_id("Slow Coach")) == {"Standard To Slow": {"runs": 2, "wins": 1}}


@pytest.mark.parametrize(("key", "runs"), [("slow, in the other", 1), ("not slow", 2)])
def test_either_spelling_is_an_all_weather_run_even_without_a_surface(
    cases: Built, key: str, runs: int
) -> None:
    assert cases.statistics(key, "Slow Coach", "aw_runs") == runs


@pytest.mark.parametrize(
    ("key", "horse", "sp", "decimal"),
    [
        ("evens before", "Even Keel", "EvensF", "2"),
        ("evens since", "Even Song", "1/1F", "2"),
        ("evens for two", "Even Stevens", "1/1", "2"),
        ("evens since", "Odd Fellow", "10/3", "4.33"),
    ],
)
def test_evens_stays_as_it_was_sent_and_is_two(
    cases: Built, key: str, horse: str, sp: str, decimal: str
) -> None:
    assert cases.result(key, horse, "sp") == sp
    assert cases.result(key, horse, "sp_decimal") == Decimal(decimal)


@pytest.mark.parametrize(
    ("key", "horse"),
    [
        ("evens before", "Even Keel"),
        ("evens since", "Even Song"),
        ("evens for two", "Even Stevens"),
        ("evens for two", "Even Tide"),
    ],
)
def test_the_shortest_price_is_the_favourites_marked_or_not(
    cases: Built, key: str, horse: str
) -> None:
    assert cases.historical(key, horse, "sp_favorite_position") == 1


@pytest.mark.parametrize("horse", ["Even Keel", "Even Song"])
def test_a_win_at_evens_is_an_ae_of_two_and_a_profit_of_one(cases: Built, horse: str) -> None:
    assert cases.master("jockeys", rider(horse), "ae_index") == 2
    assert cases.master("jockeys", rider(horse), "profit_loss_1u") == 1


@pytest.mark.parametrize(("horse", "decimal"), [("Even Song", "2"), ("Odd Fellow", "4.33")])
def test_a_price_of_a_card_is_its_decimal(cases: Built, horse: str, decimal: str) -> None:
    query = (
        "select round(decimal_odds, 2) from racing.ra_runner_odds"
        " where race_id = %s and horse_id = %s"
    )
    assert cases.ask(query, race_id("evens since"), horse_id(horse)) == Decimal(decimal)


@pytest.mark.parametrize(
    ("horse", "written", "decimal"),
    [
        ("Who's The Baker", "5/2", "3.5"),  # the forecast leaves the apostrophe out
        ("O'Grady's Pride", "1/1", "2"),  # bends it
        ("Harbour Bell", "9/1", "10"),  # adds a country
        ("Plain Tale", "9/1", "10"),  # has the price before it
        ("Won't Tell", "1/1", "2"),  # bends it the other way, in capitals
        ("D'Artagnan", "20/1", "21"),  # writes a grave accent
    ],
)
def test_an_apostrophe_or_a_country_parts_no_horse_from_its_forecast(
    cases: Built, horse: str, written: str, decimal: str
) -> None:
    assert cases.runner("a forecast", horse, "morning_line_odds") == written
    assert cases.historical("a forecast", horse, "forecasted_odds") == Decimal(decimal)


def test_a_trainer_with_and_without_periods_is_one_as_last_seen(cases: Built) -> None:
    trainer = trainer_id("P J Wexcombe")
    assert cases.master("trainers", trainer, "name") == "P. J. Wexcombe"
    assert cases.master("trainers", trainer, "total_runners") == 2
    assert cases.count("ra_mst_trainers", "replace(name, '.', '') = 'P J Wexcombe'") == 1


def test_a_jockey_with_and_without_periods_is_one(cases: Built) -> None:
    assert cases.master("jockeys", jockey_id("R S Tolland"), "name") == "R. S. Tolland"
    assert cases.master("jockeys", jockey_id("R S Tolland"), "total_rides") == 2


def test_an_owner_is_spelled_as_on_the_card(cases: Built) -> None:
    owner = owner_id("T & M Farrow 2")
    assert cases.master("owners", owner, "name") == "T & M Farrow 2"
    assert cases.master("owners", owner, "total_runners") == 2


def test_a_claim_is_no_part_of_a_name(cases: Built) -> None:
    assert cases.master("jockeys", jockey_id("Dan Orrell"), "name") == "Dan Orrell"
    assert cases.runner("names before", "Copper Beech", "jockey_claim_lbs") == 3
    assert cases.runner("names before", "Copper Beech", "weight_lbs") == 131  # 134 - 3


@pytest.mark.parametrize(
    ("horse", "region"),
    [("Fuego Lento", "MEX"), ("Kumo No Ue", "JPN"), ("Yoake", "JPN"), ("Stays At Home", "GB")],
)
def test_a_country_behind_a_horses_name_is_no_part_of_it(
    cases: Built, horse: str, region: str
) -> None:
    assert cases.result("from far away", horse, "horse_name") == horse
    assert cases.runner("from far away", horse, "horse_name") == horse
    assert cases.master("horses", horse_id(horse), "name") == horse
    assert cases.master("horses", horse_id(horse), "region") == region


def test_a_country_behind_a_parents_name_is_no_part_of_it(cases: Built) -> None:
    assert cases.master("sires", sire_id("Jinete Negro"), "name") == "Jinete Negro"
    assert cases.master("dams", dam_id("Floare Alba"), "name") == "Floare Alba"
    pedigree = "select dam from racing.ra_horse_pedigree where horse_id = %s"
    assert cases.ask(pedigree, horse_id("Kumo No Ue")) == "Tulpenhof"


@pytest.mark.parametrize(
    ("code", "name", "races"),
    [("MEX", "Mexico", False), ("ROM", "Romania", False), ("JPN", "Japan", True)],
)
def test_a_region_says_whether_there_is_racing(
    cases: Built, code: str, name: str, races: bool
) -> None:
    region = "from racing.ra_mst_regions where code = %s"
    assert cases.ask(f"select name {region}", code) == name
    assert cases.ask(f"select is_racing_region {region}", code) is races


def test_two_codes_of_a_country_are_one_region(cases: Built) -> None:
    assert cases.count("ra_mst_regions", "code in ('JPN', 'JAP')") == 1


def test_a_number_with_a_letter_is_a_text_and_its_number(cases: Built) -> None:
    assert cases.runner("coupled", "Stable Door", "number") == "1A"
    number = (
        "select distinct horse_number from racing.ra_odds_live where race_id = %s and horse_id = %s"
    )
    for horse in ("Stable Mate", "Stable Door"):
        assert cases.ask(number, race_id("coupled"), horse_id(horse)) == 1
    unnumbered = "race_id = %s and horse_number is null"
    assert cases.count("ra_odds_live", unnumbered, race_id("coupled")) == 0


@pytest.mark.parametrize(
    ("horse", "column", "value"),
    [
        ("New Mark", "performance_rating", 91),
        ("New Mark", "speed_rating", 73),
        ("New Mark", "bsp", Decimal("3.15")),
        ("New Mark", "rpr", None),
        ("New Mark", "tsr", None),
        ("No Mark", "performance_rating", None),
        ("No Mark", "speed_rating", None),
        ("No Mark", "bsp", None),
        ("No Mark", "official_rating", None),
        ("Long Mark", "official_rating", None),
        ("Long Mark", "bsp", 130),
    ],
)
def test_a_result_since_june_has_its_own_ratings_and_none_of_before(
    cases: Built, horse: str, column: str, value: object
) -> None:
    assert cases.result("rated since", horse, column) == value


@pytest.mark.parametrize(
    ("column", "value"),
    [("rpr", 74), ("tsr", 55), ("performance_rating", None), ("speed_rating", None), ("bsp", None)],
)
def test_a_result_of_before_has_the_ratings_of_then(
    cases: Built, column: str, value: int | None
) -> None:
    assert cases.result("rated before", "Old Mark", column) == value


@pytest.mark.parametrize(
    ("key", "horse", "column", "value"),
    [
        ("rated since", "New Mark", "performance_rating", 84),
        ("rated since", "New Mark", "speed_rating", 62),
        ("rated since", "New Mark", "rpr", None),
        ("rated since", "No Mark", "performance_rating", None),
        ("rated since", "No Mark", "speed_rating", None),
        ("rated since", "Late Mark", "performance_rating", None),  # no card: earned in the race
        ("rated before", "Old Mark", "rpr", 79),
        ("rated before", "Old Mark", "ts", 61),
        ("rated before", "Old Mark", "performance_rating", None),
    ],
)
def test_a_runner_has_the_ratings_of_its_card(
    cases: Built, key: str, horse: str, column: str, value: int | None
) -> None:
    assert cases.runner(key, horse, column) == value


def test_the_betfair_sp_stands_beside_the_prices(cases: Built) -> None:
    assert cases.historical("rated since", "New Mark", "bsp") == Decimal("3.15")


@pytest.mark.parametrize(("key", "status"), [("rated since", "declared"), ("rated before", None)])
def test_a_card_says_what_it_is_since_june(cases: Built, key: str, status: str | None) -> None:
    assert cases.race(key, "race_status") == status
