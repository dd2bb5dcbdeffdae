"""An ordinary evening, a morning with entries only, what the feed says otherwise the next time,
and that the build goes through with all that this folder tells of."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from tests.integration.feed_cases.races import (
    TODAY,
    WOLVERHAMPTON,
    Feed,
    card,
    dam_id,
    entry,
    horse_id,
    race_id,
    ran,
    result,
    sire_id,
)
from tests.integration.feed_cases.warehouse import Built

EVENING = date(2026, 8, 15)
BLOOD_TEST, AFTER_IT = date(2026, 8, 16), date(2026, 8, 22)
AHEAD = TODAY + timedelta(days=4)

PIPER, CURLEW = "Evening Piper", "Stone Curlew"
# Prices and sires in the order of the finish.
ORDINARY = {
    "first of the evening": [
        *(("4/1", CURLEW), ("2/1F", PIPER), ("10/1", CURLEW), ("5/1", PIPER)),
        *(("12/1", CURLEW), ("10/1", PIPER), ("33/1", CURLEW), ("20/1", PIPER)),
    ],
    "second of the evening": [
        *(("6/4F", PIPER), ("4/1", PIPER), ("7/2", CURLEW), ("10/1", PIPER)),
        *(("7/1", CURLEW), ("20/1", PIPER), ("14/1", CURLEW), ("25/1", CURLEW)),
    ],
    "third of the evening": [
        *(("5/2F", CURLEW), ("5/1", PIPER), ("9/1", PIPER), ("3/1", PIPER)),
        *(("11/1", CURLEW), ("7/1", CURLEW), ("40/1", CURLEW), ("25/1", PIPER)),
    ],
}
LENGTHS = ("0", "0.5", "1.75", "2.05", "4.05", "4.15", "7.65", "8.4")
ENTRIES = [f"{ordinal} entries" for ordinal in ("first", "second", "third")]
MISTAKEN, RIGHT = "Wrong Stallion", "Right Stallion"


def _of_evening(key: str) -> list[str]:
    return [f"{key.split()[0].title()} Nightjar {place}" for place in range(1, 9)]


def _claiming(key: str) -> dict[str, str]:
    """The last of each race is ridden by a claimer."""
    return {"jockey": f"Boy Of The {key.split()[0].title()}"}


FEED = Feed(
    results=[
        *(
            result(
                key,
                EVENING,
                [
                    ran(
                        horse,
                        sp=sp,
                        sire=sire,
                        ovr_btn=lengths,
                        **(
                            {**_claiming(key), "jockey_claim_lbs": "3"}
                            if lengths == LENGTHS[-1]
                            else {}
                        ),
                    )
                    for horse, (sp, sire), lengths in zip(
                        _of_evening(key), ORDINARY[key], LENGTHS, strict=True
                    )
                ],
                course=WOLVERHAMPTON,
                off=f"{17 + number}:30",
                going="Standard",
                surface="AW",
            )
            for number, key in enumerate(ORDINARY)
        ),
        result(
            "before the blood test",
            BLOOD_TEST,
            [ran("Twice Covered", sire=MISTAKEN), "Half Brother", "Half Sister"],
        ),
    ],
    racecards=[
        *(
            card(
                key,
                EVENING,
                [
                    entry(
                        horse,
                        sire=sire,
                        **(
                            {"jockey": f"{_claiming(key)['jockey']}(3)", "lbs": "134"}
                            if place == 7
                            else {}
                        ),
                    )
                    for place, (horse, (_, sire)) in enumerate(
                        zip(_of_evening(key), ORDINARY[key], strict=True)
                    )
                ],
                course=WOLVERHAMPTON,
                off=f"{17 + number}:30",
                going="Standard",
                surface="AW",
            )
            for number, key in enumerate(ORDINARY)
        ),
        *(
            card(
                key,
                AHEAD,
                [
                    entry(
                        f"{key.split()[0].title()} Entry {number}",
                        number="",
                        draw="0",
                        jockey="",
                        trainer_rtf="",
                        comment="",
                    )
                    for number in range(10)
                ],
                off=f"{13 + place}:50",
                field_size="10",
                going="",
                race_status="entry",
            )
            for place, key in enumerate(ENTRIES)
        ),
    ],
    later=Feed(
        results=[
            result(
                "after the blood test",
                AFTER_IT,
                ["Half Aunt", ran("Twice Covered", sire=RIGHT), "Half Uncle"],
            )
        ],
        horses=[
            {
                "id": horse_id("Twice Covered"),
                "name": "Twice Covered (GB)",
                "dob": "2022-03-11",
                "sex": "gelding",
                "sex_code": "G",
                "colour": "b",
                "colour_code": "B",
                "breeder": "Withy Brook Stud",
                "sire": f"{RIGHT} (GB)",
                "sire_id": sire_id(RIGHT),
                "dam": "Dam Of Twice Covered (GB)",
                "dam_id": dam_id("Dam Of Twice Covered"),
                "damsire": "Damsire Of Twice Covered (GB)",
                "damsire_id": sire_id("Damsire Of Twice Covered").replace("sir", "dsi"),
            }
        ],
    ),
)


def test_the_build_goes_through_and_no_test_fails(cases: Built) -> None:
    assert not cases.failures, "\n".join(cases.failures)


def test_every_runner_of_an_ordinary_evening_is_there(cases: Built) -> None:
    assert cases.count("ra_race_results", "race_date = %s", EVENING) == 24
    for key in ORDINARY:
        assert cases.race(key, "field_size") == 8


def test_a_sires_record_is_the_sum_of_its_runners(cases: Built) -> None:
    piper = sire_id(PIPER)
    assert cases.master("sires", piper, "total_runners") == 12
    assert cases.master("sires", piper, "total_wins") == 1
    # 1/3 + 1/6 + 1/11 + 1/21, 1/2.5 + 1/5 + 1/11 + 1/21 and 1/6 + 1/10 + 1/4 + 1/26: 1.9322
    # wins were expected.
    assert cases.master("sires", piper, "overall_ae_index") == Decimal("0.518")
    # 2.5 - 1 for the win, and eleven units lost.
    assert cases.master("sires", piper, "profit_loss_1u") == Decimal("-9.5")


@pytest.mark.parametrize(
    ("place", "margin"),
    [(1, "½"), (2, "½"), (3, "1¼"), (4, "nk"), (5, "2"), (6, "shd"), (7, "3½"), (8, "¾")],
)
def test_margins_of_an_ordinary_race(cases: Built, place: int, margin: str) -> None:
    horse = f"First Nightjar {place}"
    assert cases.result("first of the evening", horse, "margin") == margin


@pytest.mark.parametrize(
    ("place", "place_return", "each_way"),
    [
        # Of eight, three places at a fifth of the odds.
        (1, "1.8", "3.4"),  # 1 + 4/5; half of that and of 5
        (2, "1.4", "0.7"),  # 1 + 2/5
        (3, "3", "1.5"),  # 1 + 10/5
        (4, "0", "0"),
    ],
)
def test_returns_of_an_ordinary_race(
    cases: Built, place: int, place_return: str, each_way: str
) -> None:
    key, horse = "first of the evening", f"First Nightjar {place}"
    assert cases.historical(key, horse, "place_return") == Decimal(place_return)
    assert cases.historical(key, horse, "ew_return") == Decimal(each_way)


def test_a_claim_of_an_ordinary_race(cases: Built) -> None:
    key, horse = "first of the evening", "First Nightjar 8"
    assert cases.runner(key, horse, "jockey_claim_lbs") == 3
    assert cases.runner(key, horse, "jockey_name") == "Boy Of The First"
    assert cases.runner(key, horse, "weight_lbs") == 131  # 134 - 3


def test_an_ordinary_race_is_neither_void_nor_incomplete(cases: Built) -> None:
    for key in ORDINARY:
        assert cases.race(key, "is_void") is False
        assert cases.race(key, "is_incomplete") is False
        assert cases.race(key, "has_result") is True


@pytest.mark.parametrize("key", ENTRIES)
def test_an_entry_is_no_declared_runner(cases: Built, key: str) -> None:
    entered = (
        "race_id = %s and jockey_name is null and jockey_id is null and number is null"
        " and draw is null and is_scratched is null"
    )
    assert cases.count("ra_runners", entered, race_id(key)) == 10
    assert cases.race(key, "field_size") == 0
    assert cases.race(key, "race_status") == "entry"
    assert cases.race(key, "going") is None


@pytest.mark.parametrize("key", ENTRIES)
def test_the_market_of_entries_is_open(cases: Built, key: str) -> None:
    # Ten horses, four prices each.
    opened = "race_id = %s and market_status = 'OPEN'"
    assert cases.count("ra_odds_live", opened, race_id(key)) == 40


def test_a_corrected_sire_has_all_of_the_horses_runs(cases: Built) -> None:
    assert cases.master("horses", horse_id("Twice Covered"), "sire_id") == sire_id(RIGHT)
    pedigree = "select sire from racing.ra_horse_pedigree where horse_id = %s"
    assert cases.ask(pedigree, horse_id("Twice Covered")) == RIGHT
    assert cases.master("sires", sire_id(RIGHT), "total_runners") == 2
    runs = "select coalesce(max(total_runners), 0) from racing.ra_mst_sires where id = %s"
    assert cases.ask(runs, sire_id(MISTAKEN)) == 0
