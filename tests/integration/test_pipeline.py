"""The main job on a simulated season: what has landed arrives, whole and the same every time."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from tests.integration.conftest import SeasonBuild, Warehouse

# What the API stopped sending in June 2026, when the season is in its last month.
DRIED_UP = (
    "ra_race_results.rpr",
    "ra_race_results.tsr",
    "ra_races.betting_forecast",
    "ra_runners.rpr",
    "ra_runners.spotlight",
    "ra_runners.ts",
)


def test_a_build_passes_every_test_and_warns_of_what_the_feed_stopped_sending(
    season: Warehouse, season_build: SeasonBuild
) -> None:
    by_status: dict[str, set[str]] = {}
    for result in season_build.results:
        by_status.setdefault(result["status"], set()).add(result["unique_id"].split(".")[2])
    assert by_status.keys() == {"success", "pass", "warn"}
    assert by_status["warn"] == {"feed_fields_dried_up"}
    told = "(ra_[a-z_.]+): filled in 0 % of [a-z]+ since 2026-06-01, [0-9]+ % before"
    assert sorted(re.findall(f" {told}$", season_build.printed, re.MULTILINE)) == list(DRIED_UP)
    status = season.run("studbook", "status").stdout
    assert sorted(re.findall(f"^{told}$", status, re.MULTILINE)) == list(DRIED_UP)


def test_every_landed_race_runner_and_price_arrives(
    built_season: psycopg.Connection[Any],
) -> None:
    results = [row[0] for row in built_season.execute("select payload from raw.results")]
    cards = [row[0] for row in built_season.execute("select payload from raw.racecards")]
    in_results = {(race["race_id"], r["horse_id"]) for race in results for r in race["runners"]}
    on_cards = {(race["race_id"], r["horse_id"]) for race in cards for r in race["runners"]}
    prices = sum(len(r["odds"] or []) for race in cards for r in race["runners"])

    assert _rows(built_season, "racing.ra_races", "id") == {
        (race["race_id"],) for race in results + cards
    }
    assert _rows(built_season, "racing.ra_race_results", "race_id, horse_id") == in_results
    assert _rows(built_season, "racing.ra_runners", "race_id, horse_id") == in_results | on_cards
    (landed_prices,) = built_season.execute(
        "select count(*) from racing_staging.stg_racing_api__racecard_odds"
    ).fetchone()
    assert landed_prices == prices


def test_the_market_as_a_whole_loses_the_margin_and_nothing_else(
    built_season: psycopg.Connection[Any],
) -> None:
    priced_wins, expected, fair_wins, fair_expected = built_season.execute(
        "select count(expected_wins) filter (where is_win), sum(expected_wins) / 10000000000,"
        " count(expected_fair) filter (where is_win), sum(expected_fair) / 10000000000"
        " from racing_staging.int_runs"
    ).fetchone()

    assert Decimal("0.80") < priced_wins / expected < Decimal("0.92")
    assert round(fair_wins / fair_expected, 3) == 1


def test_loading_a_range_again_changes_no_row_of_raw_but_the_log(season_copy: Warehouse) -> None:
    log = ("loads", "load_days")
    before = season_copy.fingerprints("raw", without=log)

    season_copy.run("studbook", "load", "reference")
    season_copy.run("studbook", "load", "results", "--from", "2026-05-01", "--to", "2026-06-30")
    season_copy.run("studbook", "load", "racecards", "--from", "2026-06-01", "--to", "2026-07-03")

    assert season_copy.fingerprints("raw", without=log) == before
    with season_copy.connect() as connection:
        received, unchanged = connection.execute(
            "select sum(objects_received), sum(objects_unchanged) from raw.load_days"
            " where load_id > (select max(load_id) - 3 from raw.loads)"
        ).fetchone()
    assert received == unchanged > 0


def test_building_again_gives_the_same_tables(season_copy: Warehouse) -> None:
    log = ("ra_metadata_tracking",)
    before = season_copy.fingerprints("racing", without=log)

    season_copy.dbt("run")

    assert season_copy.fingerprints("racing", without=log) == before


def test_the_log_of_a_build_holds_the_build_itself(built_season: psycopg.Connection[Any]) -> None:
    rows = built_season.execute(
        "select operation, status, records_inserted = (select count(*) from racing.ra_races)"
        " from racing.ra_metadata_tracking where table_name = 'ra_races' limit 1"
    ).fetchall()

    assert rows == [("build", "success", True)]


def test_the_log_of_a_build_that_failed_says_why_and_obeys_nothing_in_it(
    season_copy: Warehouse,
) -> None:
    payload = "O'Hara\\'), (''); drop schema raw cascade; -- %s {{ 1 }}"
    with season_copy.connect() as connection:
        connection.execute(
            "alter table racing_staging.stg_racing_api__regions rename to regions_before"
        )
        connection.execute(
            sql.SQL(
                "create view racing_staging.stg_racing_api__regions as"
                " select region_code, (region || {})::int::text as region, first_landed_at"
                " from racing_staging.regions_before"
            ).format(sql.Literal(payload))
        )

    done = season_copy.dbt("run", "-s", "ra_mst_regions", check=False)

    assert done.returncode == 1
    with season_copy.connect() as connection:
        [(status, message)] = connection.execute(
            "select status, message from racing_staging.build_log"
            " where table_name = 'ra_mst_regions' order by finished_at desc limit 1"
        ).fetchall()
        assert connection.execute("select count(*) > 0 from raw.results").fetchone() == (True,)
    assert status == "failed"
    assert payload in message


def test_one_table_can_be_built_with_what_depends_on_it(season: Warehouse) -> None:
    season.dbt("run", "-s", "ra_mst_dams+")

    ids = {result["unique_id"] for result in season.results()}
    built = {node for node in ids if not node.startswith("operation.")}
    # How full its columns are is counted in the second one.
    assert built == {"model.studbook.ra_mst_dams", "model.studbook.int_table_population"}


def test_a_category_can_be_built_with_all_that_it_needs_where_nothing_is_built(
    season_copy: Warehouse,
) -> None:
    with season_copy.connect() as connection:
        connection.execute("drop schema racing cascade")
        connection.execute("drop schema racing_staging cascade")

    season_copy.dbt("build", "--selector", "pedigree")

    assert {result["status"] for result in season_copy.results()} == {"success", "pass"}
    with season_copy.connect() as connection:
        built = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'racing'"
        ).fetchall()
    assert set(built) == {("ra_mst_sires",), ("ra_mst_dams",), ("ra_mst_damsires",)}


def test_live_prices_follow_a_card_while_the_rest_stays_as_it_was_built(
    season_copy: Warehouse,
) -> None:
    with season_copy.connect() as connection:
        [(race_id, horse_id, price_id, payload)] = connection.execute(
            "select live.race_id, live.horse_id, live.id, landed.payload"
            " from racing.ra_odds_live as live"
            " inner join raw.racecards as landed on landed.race_id = live.race_id"
            " where live.bookmaker_name = 'Bet365' order by live.id limit 1"
        ).fetchall()
        [runner] = [each for each in payload["runners"] if each["horse_id"] == horse_id]
        for entry in runner["odds"]:
            if entry["bookmaker"] == "Bet365":
                entry |= {"decimal": "151", "fractional": "150/1"}
        connection.execute(
            "update raw.racecards set payload = %s, changed_at = now() where race_id = %s",
            [Jsonb(payload), race_id],
        )

    season_copy.dbt("run", "--selector", "live")

    with season_copy.connect() as connection:
        prices = connection.execute(
            "select odds_decimal, odds_fractional,"
            " fetched_at > (select max(captured_at) from racing.ra_runner_odds)"
            " from racing.ra_odds_live where id = %s",
            [price_id],
        ).fetchall()
    assert prices == [(151, "150/1", True)]


def test_what_tables_are_joined_by_is_compared_alike_so_that_indexes_serve(
    built_season: psycopg.Connection[Any],
) -> None:
    found = built_season.execute(
        "select relname, attname from pg_attribute"
        " inner join pg_class on pg_class.oid = attrelid"
        " inner join pg_namespace on pg_namespace.oid = relnamespace"
        " where nspname in ('racing', 'racing_staging') and relkind = 'r' and attnum > 0"
        " and attcollation not in (0, (select oid from pg_collation where collname = 'default'))"
        " and (attname like '%\\_id' or attname in ('id', 'group_name', 'distance', 'code'))"
    ).fetchall()

    assert found == []


def test_every_selector_names_the_tables_of_its_category(season: Warehouse) -> None:
    def tables(selector: str) -> set[str]:
        listed = season.dbt("--quiet", "ls", "--selector", selector, "--resource-type", "model")
        names = {line.rsplit(".", 1)[-1] for line in listed.stdout.split()}
        return {name for name in names if name.startswith("ra_")}

    # How full the feed was is counted in the tables that it fills.
    fed = {"ra_races", "ra_runners", "ra_race_results", "ra_runner_odds", "ra_odds_historical"}
    named = {"ra_mst_regions", "ra_metadata_tracking", "ra_feed_population", "ra_feed_changes"}
    assert tables("system") == named | fed
    assert tables("pedigree") == {"ra_mst_sires", "ra_mst_dams", "ra_mst_damsires"}
    people = {"ra_mst_jockeys", "ra_mst_trainers", "ra_mst_owners"}
    assert people | tables("pedigree") | tables("supplementary") == tables("statistics")
    assert people < tables("core")
    assert tables("live") == {"ra_odds_live", "ra_odds_live_latest"}
    assert len(tables("core")) == 10
    assert len(tables("supplementary")) == 7
    assert tables("features") == {
        *("ra_runner_changes", "ra_runner_connections", "ra_features"),
        # What they are made of.
        *("ra_runner_statistics", "ra_odds_movements"),
    }
    assert {name for name in tables("odds") if name.startswith("ra_odds")} == {
        "ra_odds_live",
        "ra_odds_live_latest",
        "ra_odds_movements",
        "ra_odds_historical",
        "ra_odds_statistics",
    }


def test_a_database_without_landed_data_says_what_to_do(warehouse: Warehouse) -> None:
    done = warehouse.dbt("build", check=False)

    assert done.returncode != 0
    assert "holds no landed data: run `make load` first" in done.stdout


def test_a_load_that_was_refused_leaves_nothing_to_build(
    warehouse: Warehouse, season_api: dict[str, str]
) -> None:
    refused = Warehouse(
        {**warehouse.environment, **season_api, "RACING_API_PASSWORD": "wrong"}, warehouse.scratch
    )
    assert refused.run("studbook", "load", "reference", check=False).returncode != 0

    done = refused.dbt("build", check=False)

    assert done.returncode != 0
    assert "holds no landed data: run `make load` first" in done.stdout


def _rows(connection: psycopg.Connection[Any], table: str, columns: str) -> set[tuple[Any, ...]]:
    return set(connection.execute(f"select {columns} from {table}").fetchall())
