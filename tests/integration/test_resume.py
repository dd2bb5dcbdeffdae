"""What a load asks for again, what it leaves alone, and what it withdraws."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from typing import Any

import psycopg
import pytest

from loaders.loading.agenda import RegionError
from loaders.loading.request import Request
from loaders.loading.run import today_in_london
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.api import PATHS, Answer, Api
from tests.integration.conftest import Warehouse
from tests.integration.loading import (
    TODAY,
    column,
    command,
    days_between,
    load,
    one_a_day,
    race,
    read_on,
)

FIRST, LAST = date(2025, 10, 1), date(2025, 10, 7)
DAY = "2025-10-07"
ONLY_DAY = Request("results", LAST, LAST)
AGAIN = Request("results", LAST, LAST, refresh=True)


def test_days_that_are_complete_are_not_asked_for_again_unless_refreshed(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = one_a_day("2025-10-01", "2025-10-07")
    failing = Answer(500, "oops")
    api.instead = lambda path, query: failing if query.get("start_date") == "2025-10-03" else None
    load(api, raw, Request("results", FIRST, LAST))
    api.instead = lambda path, query: None

    api.asked.clear()
    load(api, raw, Request("results", FIRST, LAST))
    assert api.days("results") == ["2025-10-03"]

    api.asked.clear()
    load(api, raw, Request("results", FIRST, LAST, refresh=True))
    assert api.days("results") == days_between("2025-10-01", "2025-10-07")


def test_a_day_is_asked_for_until_it_was_read_five_days_after_it(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = one_a_day("2025-10-01", "2025-10-07")
    load(api, raw, Request("results", FIRST, LAST))
    read_on(raw, "2025-10-07 23:30:00+01")
    api.asked.clear()

    load(api, raw, Request("results", FIRST, LAST))

    # On the 7th in London, the 1st and the 2nd lay five days back.
    assert api.days("results") == days_between("2025-10-03", "2025-10-07")


def test_without_a_range_what_was_read_too_early_is_asked_for_too(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = one_a_day("2024-10-15", "2025-10-15")
    load(api, raw, Request("results", date(2024, 10, 15), date(2025, 10, 14)))
    read_on(raw, "2025-10-03 12:00:00+01", ["2025-10-01", "2025-10-03"])
    api.asked.clear()

    load(api, raw, Request("results"))

    # The 14th counts as read in the year this test runs in, and so for good.
    assert api.days("results") == ["2025-10-01", "2025-10-03", "2025-10-15"]


def test_how_many_days_are_complete_already_is_told(api: Api, database: dict[str, str]) -> None:
    api.results = one_a_day("2025-10-01", "2025-10-08")
    dates = ("--from", "2025-10-01", "--to", "2025-10-07")
    command(database, api.environment(), "results", *dates)

    again = command(
        database, api.environment(), "results", "--from", "2025-10-01", "--to", "2025-10-08"
    )

    assert "results: 2025-10-08 to 2025-10-08, 7 more complete already" in again.stderr


def test_what_no_longer_comes_is_withdrawn_and_kept_until_it_comes_again(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    races = [race(f"rac_{n}", DAY, region="GB") for n in range(3)]
    api.results = {DAY: races}
    load(api, raw, ONLY_DAY)

    api.results = {DAY: races[1:]}
    gone = load(api, raw, AGAIN)
    assert [summary.objects.withdrawn for summary in gone.summaries] == [1]
    live = "select race_id from raw.results where withdrawn_at is null order by 1"
    assert column(raw, live) == ["rac_1", "rac_2"]
    assert column(raw, "select count(*) from raw.results") == [3]
    logged = "select objects_withdrawn from raw.load_days order by load_id"
    assert column(raw, logged) == [0, 1]

    api.results = {DAY: races}
    load(api, raw, AGAIN)
    assert column(raw, live) == ["rac_0", "rac_1", "rac_2"]


def test_what_is_missing_from_one_answer_only_is_not_withdrawn(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: [race(f"rac_{n}", DAY, region="GB") for n in range(3)]}
    load(api, raw, ONLY_DAY)
    api.answers[PATHS["results"]] = [Answer(body='{"results": [], "total": 0}')]

    report = load(api, raw, AGAIN)

    assert report.clean
    assert column(raw, "select count(*) from raw.results where withdrawn_at is null") == [3]


def test_a_day_that_is_empty_all_at_once_stays_until_somebody_says_that_it_is(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    day = f"{TODAY}"
    api.results = {day: [race(f"rac_{n}", day, region="GB") for n in range(3)]}
    load(api, raw, Request("results", TODAY, TODAY))
    read_on(raw, f"{day} 12:00:00+01")
    api.results = {day: []}

    report = load(api, raw, Request("results", TODAY, TODAY))

    assert not report.clean
    live = "select count(*) from raw.results where withdrawn_at is null"
    assert column(raw, live) == [3]
    [complete, error] = raw.execute(
        "select complete, error from raw.load_days order by load_id desc limit 1"
    ).fetchone()
    assert not complete
    assert error == (
        f"The Racing API has 3 of the 3 results of {day} no more that have landed, and they stay: "
        f"load with --from {day} --to {day} --refresh if that is right."
    )

    assert load(api, raw, Request("results", TODAY, TODAY, refresh=True)).clean
    assert column(raw, live) == [0]


def test_a_race_that_comes_twice_does_not_stand_for_one_that_is_missing(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    races = [race(f"rac_{n}", DAY, region="GB") for n in range(2)]
    api.results = {DAY: races}
    load(api, raw, ONLY_DAY)
    api.results = {DAY: [races[0], races[0]]}

    assert load(api, raw, AGAIN).clean

    assert column(raw, "select count(*) from raw.results where withdrawn_at is null") == [2]
    # It was asked for three times before.
    assert len(api.asked) == 1 + 3


def test_nothing_is_withdrawn_that_was_not_asked_for(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: [race("rac_1", DAY, region="GB"), race("rac_2", DAY, region="IRE")]}
    api.racecards = {DAY: [race("rac_1", DAY, region="GB")]}
    load(api, raw, ONLY_DAY)
    load(api, raw, Request("racecards", LAST, LAST))
    api.results = {DAY: []}

    load(api, raw, AGAIN, RACING_API_REGIONS="ire")

    assert column(raw, "select race_id from raw.results where withdrawn_at is null") == ["rac_1"]
    assert column(raw, "select race_id from raw.racecards where withdrawn_at is null") == ["rac_1"]


@pytest.mark.parametrize(
    "rejected",
    [
        pytest.param(json.dumps({"date": DAY, "region": "GB"}), id="without its key"),
        pytest.param('{"race_id": "rac_2", "date": "2025-10-07", "n": NaN}', id="with its key"),
        *(
            pytest.param(f'{{"race_id": {key}, "date": "2025-10-07"}}', id=f"with the key {key}")
            for key in ("2", '""', '["rac_2"]', '"rac_2\\n"', '" rac_2"')
        ),
    ],
)
def test_what_is_rejected_withdraws_nothing(
    api: Api, raw: psycopg.Connection[Any], rejected: str
) -> None:
    api.results = {DAY: [race("rac_1", DAY, region="GB"), race("rac_2", DAY, region="GB")]}
    load(api, raw, ONLY_DAY)
    api.results = {DAY: [race("rac_1", DAY, region="GB"), rejected]}

    report = load(api, raw, AGAIN)

    assert not report.clean
    assert column(raw, "select count(*) from raw.results where withdrawn_at is null") == [2]


def test_a_correction_and_a_withdrawal_reach_races_and_results_with_the_next_build(
    season_copy: Warehouse, api: Api
) -> None:
    with season_copy.connect() as connection:
        day, payloads = connection.execute(
            """
            select race_date, array_agg(payload order by race_id)
            from raw.results
            where race_date > '2026-06-01'
            group by race_date
            having count(*) >= 3
            order by race_date
            limit 1
            """
        ).fetchone()
    withdrawn, corrected, *others = payloads
    winner = next(runner for runner in corrected["runners"] if runner["position"] == "1")
    winner["position"] = "DSQ"
    api.results = {str(day): [corrected, *others]}
    api.world = season_copy.environment["RACING_API_BASE_URL"].rpartition("/")[2]
    season_copy.environment.update(api.environment(RACING_API_REGIONS="gb,ire"))

    season_copy.run(
        "studbook", "load", "results", "--from", f"{day}", "--to", f"{day}", "--refresh"
    )
    season_copy.dbt("run", "-s", "+ra_race_results", "+ra_races")

    with season_copy.connect() as connection:
        position = connection.execute(
            "select position, position_str from racing.ra_race_results"
            " where race_id = %s and horse_id = %s",
            [corrected["race_id"], winner["horse_id"]],
        ).fetchone()
        assert position == (None, "DSQ")
        kept = connection.execute(
            "select count(*) from raw.results where race_id = %s", [withdrawn["race_id"]]
        ).fetchone()
        assert kept == (1,)
        left = connection.execute(
            "select"
            " (select count(*) from racing.ra_race_results where race_id = %(id)s),"
            " (select count(*) from racing_staging.int_runs where race_id = %(id)s),"
            " (select count(*) from racing.ra_races where id = %(id)s and has_result)",
            {"id": withdrawn["race_id"]},
        ).fetchone()
        assert left == (0, 0, 0)


def test_more_than_a_year_is_loaded_day_by_day(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = one_a_day("2024-02-28", "2025-04-02")

    report = load(api, raw, Request("results", date(2024, 2, 28), date(2025, 4, 2)))

    assert report.clean
    # 2024 had a leap day: 28 and 29 February, 306 days to the year's end, and 92 of 2025.
    assert len(api.days("results")) == 2 + 306 + 92
    assert "2024-02-29" in api.days("results")


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        (datetime(2026, 1, 1, 0, 0, tzinfo=UTC), date(2026, 1, 1)),
        (datetime(2026, 3, 28, 23, 59, tzinfo=UTC), date(2026, 3, 28)),
        (datetime(2026, 3, 29, 23, 0, tzinfo=UTC), date(2026, 3, 30)),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2026, 10, 25, 23, 30, tzinfo=UTC), date(2026, 10, 25)),
    ],
)
def test_the_racing_day_ends_at_midnight_in_london(moment: datetime, day: date) -> None:
    assert today_in_london(moment) == day


@pytest.mark.parametrize("given", ["setting", "option"])
def test_an_unknown_region_is_refused_before_the_first_request(
    api: Api, database: dict[str, str], given: str
) -> None:
    settings = {"RACING_API_REGIONS": "gb,xx"} if given == "setting" else {}
    options = ("--region", "xx") if given == "option" else ()

    result = command(database, {**api.environment(), **settings}, "results", *options)

    assert result.exit_code == 1
    assert result.stderr.startswith(
        "Error: The Racing API has no region xx: correct RACING_API_REGIONS or --region to some of "
        "arg, aus, "
    )
    assert api.asked == []


def test_a_region_that_the_api_has_told_of_is_known(api: Api, raw: psycopg.Connection[Any]) -> None:
    with pytest.raises(RegionError):
        load(api, raw, ONLY_DAY, RACING_API_REGIONS="xx")
    api.regions = [{"region": "Xanadu", "region_code": "xx"}]
    load(api, raw, Request("reference"))

    assert load(api, raw, ONLY_DAY, RACING_API_REGIONS="xx").clean


def test_a_plan_that_does_not_reach_back_ends_the_load_at_once_with_what_it_allows(
    database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    today = today_in_london()
    world = World(seed=3, seasons=0.1, races_per_day=2, end=today)
    earliest = date.fromordinal(today.toordinal() - 365)
    asked = date.fromordinal(earliest.toordinal() - 35)
    with SimulatorServer(world, history=False) as simulator:
        result = command(database, simulator.environment(), "results", "--from", f"{asked}")

    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1] == (
        f"Error: The account's plan has no results of {asked} (422: query.start_date: start_date "
        f"must not be before {earliest}): it allows those from {earliest} to {today}. Load "
        f"with --from {earliest}, or add historical results to the plan."
    )
    assert column(raw, "select outcome from raw.loads") == ["failed"]
    assert column(raw, "select count(*) from raw.load_days") == [1]


def test_a_refusal_for_another_reason_is_told_as_the_api_told_it(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.refuse = lambda path, query: True

    report = load(api, raw, Request("results", date(2020, 1, 1), TODAY))

    assert not report.clean
    errors = column(raw, "select error from raw.load_days order by day")
    assert re.search(r"refused /v1/results.*\(422: query: refused\)", errors[0])
    # After twenty in a row the others are left for the next load.
    assert len(errors) == 20
