"""The oracle itself, on races small enough to work out by hand."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.oracle import owners, pedigree, racing, warehouse
from tests.oracle.racing import Feed, Landed

LANDED = datetime(2025, 7, 1, 6, tzinfo=UTC)
DAY = date(2025, 5, 1)


def landed(payload: dict[str, Any], day: date | None = None, **times: datetime) -> Landed:
    return Landed(
        payload=payload,
        race_date=day,
        first_landed_at=times.get("first_landed_at", LANDED),
        changed_at=times.get("changed_at", LANDED),
        withdrawn_at=times.get("withdrawn_at"),
    )


def horse(horse_id: str, by: str | None = None, **fields: str) -> dict[str, str]:
    """A horse by the sire of that number, or by one that is not known."""
    parent = {"sire_id": f"sir_{by}", "sire": f"Sire {by}"} if by else {"sire_id": "-"}
    return {"horse_id": f"hrs_{horse_id}", **parent, **fields}


def runner(
    horse_id: str, position: str, sp: str, by: str | None = None, **fields: str
) -> dict[str, str]:
    return horse(horse_id, by, position=position, sp_dec=sp, **fields)


def race(
    race_id: int,
    runners: Iterable[dict[str, str]],
    day: date = DAY,
    times: dict[str, datetime] | None = None,
    **fields: str,
) -> Landed:
    payload = {
        "race_id": f"rac_{race_id}",
        "off_dt": f"{day}T14:{race_id % 60:02}:00+01:00",
        "runners": list(runners),
        **fields,
    }
    return landed(payload, day, **(times or {}))


def profile(horse_id: str, by: str, changed_at: datetime = LANDED, **fields: str) -> Landed:
    payload = {"id": f"hrs_{horse_id}"} | horse(horse_id, by, **fields)
    return landed(payload, changed_at=changed_at)


def sires(**rows: Iterable[Landed]) -> dict[str, dict[str, Any]]:
    feed = Feed(**{name: list(landed) for name, landed in rows.items()})
    return pedigree.tables(feed)["ra_mst_sires"]


def alone(first_id: int, wins: int, losses: int, sp: str, **fields: str) -> list[Landed]:
    """Races in each of which sire 1's horse 1 is the only runner with a place or without one."""
    positions = ["1"] * wins + ["PU"] * losses
    return [
        race(first_id + count, [runner("1", position, sp, "1")], DAY, None, **fields)
        for count, position in enumerate(positions)
    ]


@pytest.mark.parametrize(
    ("text", "odds"),
    [
        ("3.25", Decimal("3.25")),
        ("1.01", Decimal("1.01")),
        ("1", None),
        ("0", None),
        ("SP", None),
        ("-", None),
        ("\N{EN DASH}", None),
        ("", None),
        ("None", None),
        (None, None),
    ],
)
def test_only_odds_above_one_are_a_price(text: str | None, odds: Decimal | None) -> None:
    assert racing.price(text) == odds


@pytest.mark.parametrize(
    ("text", "place", "ran"),
    [
        ("1", 1, True),
        (" 12 ", 12, True),
        ("PU", None, True),
        ("DSQ", None, True),
        ("XYZ", None, True),
        ("VOI", None, False),
        ("VOID", None, False),
        ("", None, False),
        ("-", None, False),
        (None, None, False),
    ],
)
def test_position_and_whether_it_was_a_run(text: str | None, place: int | None, ran: bool) -> None:
    assert racing.position(text) == place
    assert racing.ran({"position": text}) is ran


@pytest.mark.parametrize(
    ("text", "prize"),
    [
        ("3245.08", (Decimal("3245.08"), "GBP")),
        ("€7080", (Decimal(7080), "EUR")),
        ("£3,921", (Decimal(3921), "GBP")),
        ("-", None),
    ],
)
def test_prize_money_and_its_currency(text: str, prize: tuple[Decimal, str] | None) -> None:
    assert racing.prize(text) == prize


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("Zapata I (IRE)", "Zapata I"),
        ("Pivotal", "Pivotal"),
        ("Volcan Rojo (MEX)", "Volcan Rojo"),
        ("Newmarket (July)", "Newmarket (July)"),
        ("(IRE)", "(IRE)"),
        ("Twice (GB) (IRE)", "Twice (GB)"),
    ],
)
def test_a_country_is_taken_off_a_name(name: str, bare: str) -> None:
    assert racing.without_country(name) == bare


def test_owners_without_an_id() -> None:
    def owned(race_id: int, horse: str, owner_id: str, owner: str) -> Landed:
        fields = {"horse_id": f"hrs_{horse}", "position": "1", "owner_id": owner_id, "owner": owner}
        return landed({"race_id": f"rac_{race_id}", "runners": [fields]}, DAY)

    feed = Feed(
        results=[
            owned(1, "1", "own_1", "Green Syndicate"),
            owned(2, "2", "own_2", "Green Syndicate"),
            owned(3, "1", "", "GREEN Syndicate"),
            owned(4, "3", "", "Green Syndicate"),
            owned(5, "4", "", "Mr J. & A. Fenn"),
            owned(6, "5", "", "Nobody"),
        ],
        racecards=[owned(7, "9", "own_3", "J A Fenn")],
    )

    # Its own owner; either of two; the only one of that name; nobody.
    assert owners.ids(feed) == {
        ("rac_1", "hrs_1"): "own_1",
        ("rac_2", "hrs_2"): "own_2",
        ("rac_3", "hrs_1"): "own_1",
        ("rac_5", "hrs_4"): "own_3",
    }


@pytest.mark.parametrize(
    ("result", "card", "expected"),
    [
        ({"class": "Class 4"}, {"race_class": "Class 5"}, "Class 4"),
        ({"class": "", "pattern": "Group 3"}, {"race_class": "Class 5"}, "Class 5"),
        ({"class": "", "pattern": "Group 3"}, {}, "Class 1"),
        ({"class": "", "pattern": ""}, {"pattern": "Listed"}, "Class 1"),
        ({"class": "-", "pattern": ""}, {}, None),
    ],
)
def test_class_of_a_race(
    result: dict[str, str], card: dict[str, str], expected: str | None
) -> None:
    assert racing.race_class(result, card) == expected


@pytest.mark.parametrize(
    ("result", "card", "name"),
    [
        ({"dist_f": "8f"}, {"distance_f": "9.0"}, "8f"),
        ({"dist_f": ""}, {"distance_f": "10.0"}, "10f"),
        ({"dist_f": "16.5f"}, {}, "16.5f"),
        ({"dist_f": "16.25f"}, {}, "16.5f"),
        ({"dist_f": "16.2f"}, {}, "16f"),
    ],
)
def test_distance_of_a_race(result: dict[str, str], card: dict[str, str], name: str) -> None:
    furlongs = racing.distance(result, card)
    assert furlongs is not None
    assert racing.distance_name(furlongs) == name


def test_distance_that_nothing_tells() -> None:
    assert racing.distance({"dist_f": "-"}, {}) is None


def test_one_run_and_one_win_give_the_decimal_sp() -> None:
    field = [runner("1", "1", "3.25", "1"), runner("2", "2", "1.50", "2")]
    row = sires(results=[race(1, field)])["sir_1"]

    assert row["overall_ae_index"] == Decimal("3.250")
    assert row["profit_loss_1u"] == Decimal("2.25")
    assert row["expected_wins"] == Decimal("0.3077")
    assert row["overall_win_percent"] == Decimal("100.00")


def test_figures_over_a_whole_race() -> None:
    field = [
        runner("1", "1", "2.50", "1"),
        runner("2", "2", "2.00", "1"),
        runner("3", "3", "4.00", "1"),
    ]
    row = sires(results=[race(1, field)])["sir_1"]

    # The book is 0.4 + 0.5 + 0.25 = 1.15, and archie 0.15 squared * 3 / (1.15 * 1.85).
    assert row["expected_wins"] == Decimal("1.1500")
    assert row["overall_ae_index"] == Decimal("0.870")
    assert row["ae_fair"] == Decimal("1.000")
    assert row["archie"] == Decimal("0.032")
    assert row["profit_loss_1u"] == Decimal("-0.50")
    assert row["overall_win_percent"] == Decimal("33.33")
    assert (row["total_runners"], row["total_wins"]) == (3, 1)
    assert (row["total_places_2nd"], row["total_places_3rd"]) == (1, 1)
    assert (row["total_progeny"], row["total_progeny_winners"]) == (3, 1)


def test_fair_share_of_one_runner() -> None:
    field = [
        runner("1", "1", "2.50", "1"),
        runner("2", "2", "2.00", "2"),
        runner("3", "3", "4.00", "3"),
    ]
    # 1.15 / 0.4
    assert sires(results=[race(1, field)])["sir_1"]["ae_fair"] == Decimal("2.875")


def test_dead_heaters_each_win_and_halve_the_return() -> None:
    field = [
        runner("1", "1", "3.00", "1"),
        runner("2", "1", "5.00", "2"),
        runner("3", "3", "4.00", "3"),
    ]
    rows = sires(results=[race(1, field)])

    assert [rows[key]["total_wins"] for key in ("sir_1", "sir_2", "sir_3")] == [1, 1, 0]
    assert rows["sir_1"]["profit_loss_1u"] == Decimal("0.50")
    assert rows["sir_2"]["profit_loss_1u"] == Decimal("1.50")
    # 20/60 of a book of 47/60, twice because two horses won: 40/47 of a win was expected.
    assert rows["sir_1"]["ae_fair"] == Decimal("1.175")


def test_a_run_without_sp_counts_as_a_run_but_not_against_the_market() -> None:
    field = [runner("1", "1", "SP", "1"), runner("2", "2", "4.00", "1")]
    row = sires(results=[race(1, field)])["sir_1"]

    assert row["overall_win_percent"] == Decimal("50.00")
    assert row["overall_ae_index"] == Decimal("0.000")
    assert row["expected_wins"] == Decimal("0.2500")
    assert row["profit_loss_1u"] == Decimal("-1.00")
    # 0.25 squared * 1 / (0.25 * 0.75)
    assert row["archie"] == Decimal("0.333")
    assert row["ae_fair"] is None


def test_no_archie_where_the_market_was_certain() -> None:
    row = sires(results=alone(1, wins=1, losses=0, sp="1.00000000001"))["sir_1"]

    assert row["expected_wins"] == Decimal("1.0000")
    assert row["archie"] is None


def test_a_void_runner_is_no_run_and_no_part_of_the_book() -> None:
    field = [
        runner("1", "1", "2.00", "1"),
        runner("2", "2", "2.00", "2"),
        runner("3", "VOI", "4.00", "3"),
    ]
    rows = sires(results=[race(1, field)])

    assert rows["sir_1"]["ae_fair"] == Decimal("2.000")
    assert rows["sir_3"]["total_runners"] == 0


def test_a_parent_without_runs_has_counts_and_no_rates() -> None:
    row = sires(racecards=[race(1, [horse("1", "7")])])["sir_7"]

    counts = {
        "total_runners",
        "total_wins",
        "total_places_2nd",
        "total_places_3rd",
        "total_progeny",
        "total_progeny_winners",
        "data_quality_score",
    }
    assert {row[column] for column in counts} == {0}
    assert {column for column, value in row.items() if value is not None} - counts == {
        "id",
        "name",
        "horse_id",
        "created_at",
        "updated_at",
        "analysis_last_updated",
    }
    assert row["horse_id"] == "hrs_7"


def test_classes_rank_by_wins_then_ae_and_the_best_needs_five_expected_wins() -> None:
    results = [
        *alone(100, wins=6, losses=6, sp="2.00", **{"class": "Class 4"}),
        *alone(200, wins=6, losses=4, sp="2.00", **{"class": "Class 5"}),
        *alone(300, wins=1, losses=0, sp="4.00", **{"class": "Class 2"}),
    ]
    row = sires(results=results)["sir_1"]

    ranking = [(row[f"class_{n}_name"], row[f"class_{n}_ae"]) for n in (1, 2, 3)]
    assert ranking == [("Class 5", Decimal("1.2")), ("Class 4", 1), ("Class 2", 4)]
    assert (row["class_1_runners"], row["class_1_wins"]) == (10, 6)
    assert row["class_1_win_percent"] == Decimal("60.00")
    assert (row["best_class"], row["best_class_ae"]) == ("Class 5", Decimal("1.2"))
    assert row["best_class_is_reliable"] is True

    one_short = [result for result in results if result.payload["race_id"] != "rac_209"]
    assert sires(results=one_short)["sir_1"]["best_class"] == "Class 4"


def test_without_a_reliable_best_the_first_ranked_stands() -> None:
    results = [
        *alone(100, wins=1, losses=0, sp="4.00", dist_f="8f"),
        *alone(200, wins=2, losses=0, sp="2.00", dist_f="9f"),
    ]
    row = sires(results=results)["sir_1"]

    assert (row["best_distance"], row["best_distance_ae"]) == ("9f", Decimal("2.000"))
    assert row["best_distance_is_reliable"] is False
    assert (row["best_class"], row["best_class_is_reliable"]) == (None, None)


def test_ranking_ties_go_to_known_ae_then_runs_then_name() -> None:
    results = [
        *alone(100, wins=0, losses=3, sp="SP", dist_f="8f"),
        *alone(200, wins=0, losses=1, sp="2.00", dist_f="6f"),
        *alone(300, wins=0, losses=2, sp="2.00", dist_f="5f"),
        *alone(400, wins=0, losses=1, sp="2.00", dist_f="10f"),
    ]
    row = sires(results=results)["sir_1"]

    assert [row[f"distance_{n}_name"] for n in (1, 2, 3)] == ["5f", "10f", "6f"]


def test_of_two_reliable_groups_with_the_same_ae_the_better_ranked_is_best() -> None:
    results = [
        *alone(100, wins=5, losses=5, sp="2.00", dist_f="6f"),
        *alone(200, wins=6, losses=6, sp="2.00", dist_f="8f"),
    ]
    assert sires(results=results)["sir_1"]["best_distance"] == "8f"


def test_quality_is_out_of_what_the_parent_could_reach() -> None:
    def quality(*results: Landed) -> Any:
        return sires(results=results)["sir_1"]["data_quality_score"]

    three = [
        *alone(100, wins=1, losses=0, sp="2.00", dist_f="8f", **{"class": "Class 1"}),
        *alone(200, wins=1, losses=0, sp="2.00", dist_f="9f", **{"class": "Class 2"}),
        *alone(300, wins=1, losses=0, sp="2.00", dist_f="10f", **{"class": "Class 3"}),
    ]
    assert quality(*three) == Decimal("1.00")
    # 0.20 runs, 0.10 for a class, 0.10 for a distance: no price, so nothing for any A/E.
    unpriced = alone(100, wins=1, losses=0, sp="-", dist_f="8f", **{"class": "Class 1"})
    assert quality(*unpriced) == Decimal("0.40")
    # 0.20 + 0.10 + 0.10 + 0.05 out of 0.65
    assert quality(*alone(100, wins=1, losses=0, sp="2.00", dist_f="8f")) == Decimal("0.69")


def test_a_horse_has_the_parent_of_its_profile_else_newest_card_else_newest_result() -> None:
    results = [
        race(1, [runner("1", "1", "2.00", "1")], date(2025, 5, 1)),
        race(2, [runner("1", "2", "2.00", "2")], date(2025, 5, 2)),
        race(3, [runner("1", "3", "2.00")], date(2025, 5, 3)),
    ]
    cards = [
        race(4, [horse("1", "3")], date(2025, 4, 1)),
        race(5, [horse("1", "4")], date(2025, 4, 2)),
        race(6, [horse("1")], date(2025, 4, 3)),
    ]

    def runs_of(**rows: Iterable[Landed]) -> dict[str, int]:
        return {key: row["total_runners"] for key, row in sires(**rows).items()}

    assert runs_of(results=results) == {"sir_1": 0, "sir_2": 3}
    with_cards = {"sir_1": 0, "sir_2": 0, "sir_3": 0, "sir_4": 3}
    assert runs_of(results=results, racecards=cards) == with_cards
    with_profile = with_cards | {"sir_4": 0, "sir_5": 3}
    horses = [profile("1", "5")]
    assert runs_of(results=results, racecards=cards, horses=horses) == with_profile


def test_of_two_cards_of_one_day_the_later_off_is_newer_and_an_unknown_off_the_oldest() -> None:
    result = race(1, [runner("1", "1", "2.00")])
    early = race(30, [horse("1", "1")], off_dt="2025-05-01T13:30:00+01:00")
    late = race(20, [horse("1", "2")], off_dt="2025-05-01T12:45:00+00:00")
    unknown = race(40, [horse("1", "3")], off_dt="")
    day_before = race(50, [horse("1", "4")], date(2025, 4, 30))

    def sire_of(*cards: Landed) -> list[str]:
        rows = sires(results=[result], racecards=cards)
        return [key for key, row in rows.items() if row["total_runners"]]

    assert sire_of(early, late, unknown, day_before) == ["sir_2"]
    assert sire_of(unknown, day_before) == ["sir_3"]


def test_a_runner_without_an_id_names_a_parent_but_is_nobodys_progeny() -> None:
    nobody = runner("1", "1", "2.00", "1") | {"horse_id": ""}
    assert sires(results=[race(1, [nobody])])["sir_1"]["total_runners"] == 0


def test_the_name_is_the_newest_and_a_card_spells_before_a_result() -> None:
    result = race(1, [horse("1", "1", sire="Result (IRE)")], date(2025, 6, 30))
    card = race(1, [horse("1", "1", sire="Card")], date(2025, 6, 30))
    late_evening = datetime(2025, 6, 30, 22, 59, tzinfo=UTC)
    past_midnight = datetime(2025, 6, 30, 23, 1, tzinfo=UTC)

    def name(**rows: Iterable[Landed]) -> Any:
        return sires(**rows)["sir_1"]["name"]

    assert name(results=[result]) == "Result"
    assert name(results=[result], racecards=[card]) == "Card"
    other_race = race(2, [horse("0", "1", sire="Greater race")], date(2025, 6, 30))
    assert name(results=[result], racecards=[other_race, card]) == "Greater race"
    nameless = race(3, [horse("1", "1", sire="-")], date(2025, 7, 1))
    assert name(results=[result], racecards=[card, nameless]) == "Card"
    same_day = [profile("1", "1", late_evening, sire="Profile (GB)")]
    assert name(results=[result], horses=same_day) == "Result"
    next_day = [profile("1", "1", past_midnight, sire="Profile (GB)")]
    assert name(results=[result], racecards=[card], horses=next_day) == "Profile"


def test_withdrawn_rows_are_as_if_they_had_never_landed() -> None:
    gone = {"withdrawn_at": LANDED}
    results = [
        race(1, [runner("1", "1", "2.00", "1")]),
        race(2, [runner("1", "1", "2.00", "1"), runner("2", "2", "2.00", "2")], times=gone),
    ]
    rows = sires(results=results)

    assert rows.keys() == {"sir_1"}
    assert rows["sir_1"]["total_runners"] == 1


def test_times_come_from_the_mentions_and_the_runs_counted() -> None:
    first, second, third, fourth = (datetime(2025, 7, day, tzinfo=UTC) for day in (1, 2, 3, 4))
    results = [
        race(
            1,
            [runner("1", "1", "2.00", "1")],
            times={"first_landed_at": second, "changed_at": third},
        )
    ]
    cards = [
        race(2, [horse("1", "1")], times={"first_landed_at": first, "changed_at": fourth}),
        race(3, [horse("2", "2")], times={"first_landed_at": first, "changed_at": second}),
    ]
    rows = sires(results=results, racecards=cards)

    assert rows["sir_1"]["created_at"] == first
    assert rows["sir_1"]["updated_at"] == fourth
    assert rows["sir_1"]["analysis_last_updated"] == third
    assert rows["sir_2"]["analysis_last_updated"] == second


def test_dams_and_damsires_are_told_apart_from_sires() -> None:
    parents = {"dam_id": "dam_2", "dam": "Mare", "damsire_id": "dsi_3", "damsire": "Elder"}
    tables = pedigree.tables(Feed(results=[race(1, [runner("1", "1", "2.00", "1", **parents)])]))

    names = {table: {key: row["name"] for key, row in tables[table].items()} for table in tables}
    assert names == {
        "ra_mst_sires": {"sir_1": "Sire 1"},
        "ra_mst_dams": {"dam_2": "Mare"},
        "ra_mst_damsires": {"dsi_3": "Elder"},
    }


def test_differences_name_the_row_the_column_and_both_values() -> None:
    expected: warehouse.Table = {"a": {"n": 1, "m": 2}, "b": {"n": 1}, "d": {"n": Decimal("1.50")}}
    found: warehouse.Table = {"a": {"n": 3, "o": 2}, "c": {"n": 1}, "d": {"n": Decimal("1.5")}}

    assert list(warehouse.differences(expected, found)) == [
        "a.m: no such column in the table",
        "a.n: expected 1, found 3",
        "a.o: a column that the oracle does not know",
        "b: missing from the table",
        "c: in the table, not in the oracle",
    ]
