"""A feed that changes: what dries up is told with its day, and nothing of it stops a build."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from loaders.postgres.embedded import EmbeddedServer
from tests.api import Api
from tests.conftest import fresh_database
from tests.integration.conftest import BUILD, Warehouse

FIRST, CHANGED, LAST = date(2026, 5, 26), date(2026, 6, 1), date(2026, 6, 6)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
TOLD = "ra_race_results.rpr: filled in 0 % of runners since 2026-06-01, 75 % before"
# What tells of the feed, and all that it is told from.
OF_THE_FEED = ("run", "-s", "+ra_feed_changes", "+ra_feed_population")
# What hangs on the clock, and all that is made of it; the rest is passed over when nothing landed.
ON_THE_CLOCK = (*BUILD, "-s", "config.materialized:table+", "int_landed_stretches+")
# They tell of the builds, not of what is built.
LOGS = ("build_log", "builds", "running_builds", "int_feed_population__changes")
# Counts and days, but not the moments of loads and builds.
CLOCKS = ("ra_metadata_tracking",)


def result(day: date, number: int, *, rpr: bool) -> dict[str, Any]:
    """A race of four runners, of which three have an rpr where `rpr`; else it lacks nothing."""
    race_id = f"rac_{day:%m%d}{number}"
    runners = [
        {
            "horse_id": f"hrs_{number}{place}",
            "horse": f"Horse {number} {'ABCD'[place - 1]} (GB)",
            "sp": "3/1",
            "sp_dec": "4.0",
            "number": str(place),
            "position": str(place),
            "draw": str(place),
            "btn": str((place - 1) and 1),
            "ovr_btn": str(place - 1),
            "age": "4",
            "sex": "G",
            "weight": "9-2",
            "weight_lbs": "128",
            "headgear": "p" if place == 1 else "",
            "time": f"1:1{place}.00",
            "or": "70",
            "rpr": "75" if rpr and place < 4 else "",
            "tsr": "60",
            "performance_rating": "71",
            "speed_rating": "62",
            "bsp": "4.60",
            "prize": "3000",
            "jockey": f"Jockey {place}",
            "jockey_id": f"jky_{place}",
            "jockey_claim_lbs": "0",
            "trainer": f"Trainer {place}",
            "trainer_id": f"trn_{place}",
            "owner": f"Owner {place}",
            "owner_id": f"own_{place}",
            "sire": "Sire (GB)",
            "sire_id": "sir_8001",
            "dam": f"Dam {place} (GB)",
            "dam_id": f"dam_80{place}2",
            "damsire": "Damsire",
            "damsire_id": "dsi_8003",
            "comment": "ran on",
            "silk_url": "https://example.org/silk.svg",
        }
        for place in range(1, 5)
    ]
    return {
        "race_id": race_id,
        "date": f"{day}",
        "region": "GB",
        "course": "York",
        "course_id": "crs_1",
        "off": f"{number + 1}:00",
        "off_dt": f"{day}T{number + 13}:00:00+01:00",
        "race_name": "Made-up Stakes",
        "type": "Flat",
        "class": "Class 4",
        "pattern": "",
        "rating_band": "",
        "age_band": "3yo+",
        "sex_rest": "",
        "dist": "6f",
        "dist_y": "1320",
        "dist_m": "1207",
        "dist_f": "6f",
        "going": "Good",
        "surface": "Turf",
        "jumps": "",
        "winning_time_detail": "1m 11.00s (slow by 1.00s)",
        "comments": "Stewards' inquiry" if number == 1 else "",
        "non_runners": "Late Horse (lame)" if number == 1 else "",
        "tote_win": "£4.00",
        "tote_pl": "£1.50 £1.60",
        "tote_ex": "£12.00",
        "tote_csf": "£14.00",
        "tote_tricast": "",
        "tote_trifecta": "£40.00",
        "runners": runners,
    }


def entries(day: date) -> list[dict[str, Any]]:
    """A card on which nothing is declared yet: no jockey, number, draw or going; with prices."""
    price = {"fractional": "5/1", "decimal": "6", "ew_places": "3", "ew_denom": "5"}
    return [
        {
            "race_id": f"rac_{day:%m%d}{number}",
            "course": "York",
            "course_id": "crs_1",
            "date": f"{day}",
            "off_time": f"{number + 1}:00",
            "off_dt": f"{day}T{number + 13}:00:00+01:00",
            "race_name": "Entries Stakes",
            "distance_round": "6f",
            "distance": "6f",
            "distance_f": "6.0",
            "region": "GB",
            "pattern": "",
            "race_class": "Class 4",
            "type": "Flat",
            "age_band": "3yo+",
            "prize": "£4,187",
            "going": "",
            "surface": "Turf",
            "big_race": False,
            "is_abandoned": False,
            "runners": [
                {
                    "horse_id": f"hrs_{number}{place}",
                    "horse": f"Horse {number} {'ABCD'[place - 1]}",
                    "region": "GB",
                    "age": "4",
                    "sex": "gelding",
                    "sex_code": "G",
                    "number": "",
                    "draw": "",
                    "jockey": "",
                    "jockey_id": "",
                    "trainer": f"Trainer {place}",
                    "trainer_id": f"trn_{place}",
                    "owner": f"Owner {place}",
                    "owner_id": f"own_{place}",
                    "past_results_flags": [],
                    "odds": [
                        {**price, "bookmaker": name, "updated": f"{LAST} 08:00:00", "history": []}
                        for name in ("Bet365", "Tote")
                    ],
                }
                for place in range(1, 5)
            ],
        }
        for number in range(1, 5)
    ]


def at(warehouse: Warehouse, day: date, *arguments: str, **variables: Any) -> Any:
    """dbt at noon of a day, whatever comes of it."""
    moment = {"as_of_date": f"{day}", "as_of_time": f"{day} 12:00:00+01:00"}
    return warehouse.run(
        "dbt", *arguments, "--vars", json.dumps({**moment, **variables}), check=False
    )


def load(warehouse: Warehouse, resource: str, first: date, last: date, *options: str) -> None:
    days = ("--from", f"{first}", "--to", f"{last}")
    warehouse.run("studbook", "load", resource, *days, *options)


def failed(warehouse: Warehouse) -> list[str]:
    """The nodes of the last run that stopped it."""
    fine = ("success", "pass", "warn")
    return [result["unique_id"] for result in warehouse.results() if result["status"] not in fine]


@pytest.fixture(scope="module")
def feed() -> Iterator[Api]:
    """Four races a day; rpr for three of four runners, and from CHANGED on for none."""
    with Api() as api:
        api.regions = [{"region": "Great Britain", "region_code": "gb"}]
        api.courses = [
            {"id": "crs_1", "course": "York", "region_code": "gb", "region": "Great Britain"}
        ]
        api.results = {
            f"{day}": [result(day, number, rpr=day < CHANGED) for number in range(1, 5)]
            for day in DAYS
        }
        yield api


@pytest.fixture(scope="module")
def warehouse(
    feed: Api, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Warehouse]:
    """The days before the change, loaded and counted, then those after it."""
    with fresh_database(server.environment()) as database:
        scratch: Path = tmp_path_factory.mktemp("feed")
        warehouse = Warehouse({**database, **feed.environment()}, scratch)
        warehouse.run("studbook", "load", "reference")
        load(warehouse, "results", FIRST, CHANGED - timedelta(days=1))
        warehouse.dbt("seed")
        assert at(warehouse, CHANGED - timedelta(days=1), *OF_THE_FEED).returncode == 0
        load(warehouse, "results", CHANGED, LAST)
        yield warehouse


def test_a_field_that_stops_is_told_once_with_its_day_and_stops_nothing(
    warehouse: Warehouse,
) -> None:
    done = at(warehouse, LAST, *BUILD)

    assert (done.returncode, failed(warehouse)) == (0, []), done.stdout
    assert re.findall(r"ra_race_results\.rpr\b.*", done.stdout) == [TOLD]
    assert TOLD in warehouse.run("studbook", "status").stdout.splitlines()
    assert f"- {TOLD}. Since 2026-06-01;" in warehouse.run("studbook", "alert").stdout
    with warehouse.connect() as connection:
        months = connection.execute(
            "select month, eligible, filled, share, races, last_filled_on"
            " from racing.ra_feed_population"
            " where table_name = 'ra_race_results' and column_name = 'rpr' order by month"
        ).fetchall()
        dried_up = connection.execute(
            "select table_name, column_name from racing_staging.int_feed_changes where is_dried_up"
        ).fetchall()
    # Six days of four races of four runners each, on each side.
    assert months == [
        (date(2026, 5, 1), 96, 72, 75, 24, date(2026, 5, 31)),
        (date(2026, 6, 1), 96, 0, 0, 24, None),
    ]
    assert dried_up == [("ra_race_results", "rpr")]


def test_days_that_are_counted_again_equal_a_full_refresh(warehouse: Warehouse, feed: Api) -> None:
    def counted() -> Any:
        with warehouse.connect() as connection:
            return connection.execute(
                "select race_date, count(distinct xmin::text), min(xmin::text) as made"
                " from racing_staging.int_feed_population where table_name = 'ra_race_results'"
                " group by race_date order by race_date"
            ).fetchall()

    assert at(warehouse, LAST, *OF_THE_FEED).returncode == 0
    before = counted()
    # A correction brings an rpr, another takes a race away.
    corrected, shrunken = f"{DAYS[7]}", f"{DAYS[3]}"
    feed.results[corrected][0]["runners"][0]["rpr"] = "88"
    withdrawn = feed.results[shrunken].pop()
    # The next runs of its horses come after a longer absence.
    horses = {runner["horse_id"] for runner in withdrawn["runners"]}
    next_days = {
        min(days)
        for horse in horses
        if (
            days := [
                str(day)
                for day in DAYS
                if str(day) > shrunken
                and any(
                    runner["horse_id"] == horse
                    for race in feed.results[str(day)]
                    for runner in race["runners"]
                )
            ]
        )
    }
    load(warehouse, "results", DAYS[3], DAYS[7], "--refresh")
    try:
        assert at(warehouse, LAST, *OF_THE_FEED).returncode == 0
        changed = {str(now[0]) for then, now in zip(before, counted(), strict=True) if then != now}
        step_by_step = {
            **warehouse.fingerprints("racing", without=CLOCKS),
            **warehouse.fingerprints("racing_staging", without=LOGS),
        }
        assert at(warehouse, LAST, *OF_THE_FEED, "--full-refresh").returncode == 0
        whole = {
            **warehouse.fingerprints("racing", without=CLOCKS),
            **warehouse.fingerprints("racing_staging", without=LOGS),
        }
    finally:
        feed.results[corrected][0]["runners"][0]["rpr"] = ""
        feed.results[shrunken].append(withdrawn)
        # What has been read for good is not asked for again without it.
        load(warehouse, "results", DAYS[3], DAYS[7], "--refresh")

    assert changed == {corrected, shrunken} | next_days
    feed_models = {name for name in whole if "feed" in name}
    assert len(feed_models) >= 3
    assert {name: step_by_step[name] for name in feed_models} == {
        name: whole[name] for name in feed_models
    }


def test_entries_only_a_day_without_racing_and_a_day_in_the_past_build_clean(
    warehouse: Warehouse, feed: Api
) -> None:
    morning = LAST + timedelta(days=1)
    feed.racecards = {f"{morning}": entries(morning)}
    load(warehouse, "racecards", morning, morning)

    for day, build in (
        (morning, BUILD),
        (morning + timedelta(days=1), ON_THE_CLOCK),
        (FIRST - timedelta(days=400), ON_THE_CLOCK),
    ):
        done = at(warehouse, day, *build)
        assert (done.returncode, failed(warehouse)) == (0, []), done.stdout
        assert not re.findall(r"ra_odds_live\w*\.\w+ is filled in", done.stdout)


def test_only_todays_cards_build_clean(feed: Api, warehouse: Warehouse, tmp_path: Path) -> None:
    morning = LAST + timedelta(days=1)
    feed.racecards = {f"{morning}": entries(morning)}
    with fresh_database(warehouse.environment) as database:
        alone = Warehouse({**database, **feed.environment()}, tmp_path)
        alone.run("studbook", "load", "reference")
        load(alone, "racecards", morning, morning)
        done = at(alone, morning, *BUILD)

        assert (done.returncode, failed(alone)) == (0, []), done.stdout


@pytest.mark.parametrize("kind", ["walkover", "void"])
def test_a_warehouse_of_one_race_builds_clean(
    kind: str, feed: Api, database: dict[str, str], tmp_path: Path
) -> None:
    race = result(FIRST, 9, rpr=False)
    if kind == "walkover":
        race["runners"] = [
            {**race["runners"][0], "sp": "", "sp_dec": "-", "time": "-", "btn": "-", "ovr_btn": "-"}
        ]
    else:
        for runner in race["runners"]:
            runner |= {"position": "VOI", "sp": "", "sp_dec": "-", "btn": "-", "ovr_btn": "-"}
    day = date(2026, 5, 20)
    feed.results[f"{day}"] = [{**race, "date": f"{day}"}]
    alone = Warehouse({**database, **feed.environment()}, tmp_path)
    alone.run("studbook", "load", "reference")
    load(alone, "results", day, day)
    del feed.results[f"{day}"]

    done = at(alone, day, *BUILD)

    assert (done.returncode, failed(alone)) == (0, []), done.stdout


def test_an_undocumented_stop_fails_only_where_shares_are_enforced(warehouse: Warehouse) -> None:
    """rpr stopped on the day that its sent_before says, so nothing about it is an error."""
    only = ("test", "-s", "expected_population_ra_race_results_*")
    assert at(warehouse, LAST, "run", "-s", "+int_feed_changes").returncode == 0
    done = at(warehouse, LAST, *only, enforce_expected_population=True)

    assert (done.returncode, failed(warehouse)) == (0, []), done.stdout
    assert "1 of 1 PASS" in done.stdout
    with warehouse.connect() as connection:
        connection.execute(
            "update racing_staging.int_feed_changes set changed_on = '2026-05-20'"
            " where column_name = 'rpr'"
        )
    done = at(warehouse, LAST, *only, enforce_expected_population=True)
    assert done.returncode == 1
    assert done.stdout.count(TOLD) == 1
