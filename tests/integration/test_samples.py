"""Real responses, served over HTTP, loaded and built; the values were read off them by hand."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import psycopg
import pytest

from loaders.postgres.embedded import EmbeddedServer
from tests.api import Api
from tests.conftest import fresh_database
from tests.integration.conftest import BUILD, Warehouse
from tests.shared import SAMPLES, needs_racing_api

pytestmark = needs_racing_api


@pytest.fixture(scope="module")
def samples(
    server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[psycopg.Connection[Any]]:
    """A connection to a warehouse of the real samples."""
    with fresh_database(server.environment()) as database, Api() as api:
        api.regions = _sample("regions")
        api.courses = _sample("courses_page")["courses"]
        southwell, fairyhouse = _sample("results_today_free_2026")["results"]
        api.results = {
            "2025-10-07": _sample("results_page")["results"],
            "2026-10-08": [southwell],
            "2026-10-10": [fairyhouse],
        }
        api.racecards = {"2025-10-13": _sample("racecards_pro_page")["racecards"]}
        warehouse = Warehouse({**database, **api.environment()}, tmp_path_factory.mktemp("samples"))
        warehouse.run("studbook", "load", "reference")
        warehouse.run("studbook", "load", "results", "--from", "2025-10-07", "--to", "2025-10-07")
        warehouse.run("studbook", "load", "results", "--from", "2026-10-08", "--to", "2026-10-10")
        warehouse.run("studbook", "load", "racecards", "--from", "2025-10-13", "--to", "2025-10-13")
        warehouse.dbt(*BUILD)
        with warehouse.connect() as connection:
            yield connection


@pytest.mark.parametrize(
    ("table", "rows"),
    [
        ("racing.ra_races", 9),
        ("racing.ra_race_results", 57),
        ("racing.ra_runners", 70),
        ("racing_staging.int_runs", 57),
        ("racing_staging.stg_racing_api__racecard_odds", 364),
        ("racing.ra_mst_bookmakers", 28),
        ("racing.ra_mst_regions", 55),
        ("racing.ra_mst_courses", 4),
    ],
)
def test_every_row_arrives(samples: psycopg.Connection[Any], table: str, rows: int) -> None:
    assert samples.execute(f"select count(*) from {table}").fetchone() == (rows,)


def test_a_race_from_a_result(samples: psycopg.Connection[Any]) -> None:
    race = _row(samples, "ra_races", "id = 'rac_11745682'")

    assert (
        race
        | {
            "course_name": "Southwell (AW)",
            "date": date(2025, 10, 7),
            "off_time": time(20, 30),
            "off_dt": datetime(2025, 10, 7, 19, 30, tzinfo=UTC),
            "race_number": 5,
            "distance": "1m13y",
            "distance_f": "8f",
            "distance_m": 1621,
            "race_class": "Class 6",
            "code": "Flat",
            "is_handicap": True,
            "prize": Decimal("3245.08"),
            "prize_currency": "GBP",
            "prize_total_paid": Decimal("6098.94"),
            "field_size": 6,
            "winning_time": "1:43.25",
            "has_result": True,
            "meet_id": "crs_10244_2025-10-07",
        }
        == race
    )


def test_a_race_from_a_racecard(samples: psycopg.Connection[Any]) -> None:
    race = _row(samples, "ra_races", "id = 'rac_11744499'")

    assert (
        race
        | {
            "course_name": "Hereford",
            "off_time": time(14, 42),
            "off_dt": datetime(2025, 10, 13, 13, 42, tzinfo=UTC),
            "race_number": 2,
            "distance": "2m53y",
            "distance_f": "16f",
            "code": "NH",
            "is_handicap": False,
            "prize": Decimal("4193.00"),
            "field_size": 4,
            "has_result": False,
            "winning_time": None,
        }
        == race
    )


def test_a_winner(samples: psycopg.Connection[Any]) -> None:
    runner = _row(
        samples, "ra_race_results", "race_id = 'rac_11745682' and horse_id = 'hrs_30455194'"
    )

    assert (
        runner
        | {
            "horse_name": "Create",
            "position": 1,
            "margin": "½",
            "sp": "9/4",
            "sp_decimal": Decimal("3.25"),
            "weight_lbs": 122,
            "weight_st_lbs": "8-10",
            "time_seconds": Decimal("103.25"),
            "official_rating": 47,
            "rpr": 57,
            "tsr": 2,
            "prize_won": Decimal("3245.08"),
            "jockey_claim_lbs": 0,
            "headgear": "p",
            "sex": "M",
        }
        == runner
    )
    horse = _row(samples, "ra_mst_horses", "id = 'hrs_30455194'")
    assert (horse["name"], horse["region"], horse["sex"]) == ("Create", "IRE", "mare")


def test_a_time_with_one_digit_of_seconds(samples: psycopg.Connection[Any]) -> None:
    race = _row(samples, "ra_races", "id = 'rac_11745656'")
    seconds = samples.execute(
        "select time_seconds from racing.ra_race_results"
        " where race_id = 'rac_11745656' and position = 1"
    ).fetchone()

    assert (race["winning_time"], seconds) == ("3:5.82", (Decimal("185.82"),))


def test_a_claimer_and_a_non_runner_on_a_card(samples: psycopg.Connection[Any]) -> None:
    claimer = _row(samples, "ra_runners", "horse_id = 'hrs_54712259'")
    scratched = _row(samples, "ra_runners", "horse_name = 'Spartan Times'")

    assert (
        claimer
        | {
            "jockey_name": "Luke Scott",
            "jockey_claim_lbs": 3,
            "weight_allotted_lbs": 157,
            "weight_lbs": 154,
            "weight_st_lbs": "11-0",
            "morning_line_odds": "7/2",
            "ofr": None,
            "is_scratched": None,
        }
        == claimer
    )
    assert (
        scratched
        | {
            "number": None,
            "jockey_name": None,
            "jockey_id": None,
            "is_scratched": True,
            "last_run": "128 (9F)",
            "last_run_days": 9,
            "rpr": 101,
            "morning_line_odds": "11/2",
        }
        == scratched
    )


def test_a_sire_with_one_winner_from_one_run(samples: psycopg.Connection[Any]) -> None:
    sire = _row(samples, "ra_mst_sires", "id = 'sir_7013188'")

    # Harry Angel, sire of Create: one run, one win, so its A/E is the decimal price.
    assert (
        sire
        | {
            "horse_id": "hrs_7013188",
            "total_runners": 1,
            "total_wins": 1,
            "overall_win_percent": Decimal("100.00"),
            "overall_ae_index": Decimal("3.250"),
            "best_class": "Class 6",
            "best_distance": "8f",
            "best_distance_is_reliable": False,
            "profit_loss_1u": Decimal("2.25"),
            "data_quality_score": Decimal("0.60"),
        }
        == sire
    )


def test_a_runner_of_a_free_result_of_october_2026(samples: psycopg.Connection[Any]) -> None:
    winner = _row(samples, "ra_race_results", "horse_id = 'hrs_57439256'")
    race = _row(samples, "ra_races", "id = 'rac_32300262787'")

    # The free plan sends neither prices nor times nor ratings but the official one.
    assert (
        winner
        | {
            "horse_name": "Montezin",
            "position": 1,
            "draw": "4",
            "weight_lbs": 135,
            "weight_st_lbs": "9-9",
            "headgear": "tp",
            "official_rating": 77,
            "owner_id": "own_1183828",
            "owner_id_is_inferred": False,
            "sp_decimal": None,
            "bsp": None,
            "performance_rating": None,
            "time_seconds": None,
            "margin": None,
        }
        == winner
    )
    assert (
        race
        | {
            # Nor an id of the course, whose name another race has with its id.
            "course_id": "crs_10244",
            "course_name": "Southwell (AW)",
            "distance_f": "7f",
            "going": "Standard",
            "is_handicap": True,
            "race_class": "Class 4",
            "field_size": 12,
            "has_result": True,
            "off_time": time(20, 30),
        }
        == race
    )


def _sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def _row(connection: psycopg.Connection[Any], table: str, where: str) -> dict[str, Any]:
    """The one row of a table of the racing schema that meets a condition."""
    cursor = connection.execute(f"select * from racing.{table} where {where}")
    (row,) = cursor.fetchall()
    return dict(zip((column.name for column in cursor.description or ()), row, strict=True))
