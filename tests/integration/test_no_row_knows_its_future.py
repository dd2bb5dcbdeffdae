"""What a row says of a runner is what could be said before its race.

Races before a day are corrected and withdrawn, and those of the day go otherwise than their cards
said: other riders, another going, class, name and weight, one horse less and one more. Of their
runners tables that are built of all say what they say when only what there was on the evening
before is there: results up to then, and the cards of the next day. STUDBOOK_DAYS=20 tries so many
days, STUDBOOK_SEED=7 begins with other ones, and STUDBOOK_RACES=12 lets so many races a day be run.
"""

from __future__ import annotations

import os
import re
from datetime import date, timedelta
from random import Random
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from loaders.inventory.columns import read_tables
from tests.integration.conftest import Warehouse

TABLES = (
    *("ra_runner_statistics", "ra_runner_changes", "ra_runner_connections"),
    "ra_features",
)
# When a row's payloads were landed, of which its own result is one.
LANDED = {"created_at", "updated_at"}
# Figures with the horse's rider, who is known at the off, as the off itself is that prices were
# given before.
LATER = {
    "ra_runner_statistics": re.compile("jockey_.*"),
    "ra_features": re.compile("horse_jockey_.*|.*_price|price_.*|target_.*"),
}
FIRST_SEED = int(os.environ.get("STUDBOOK_SEED", "1"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(os.environ.get("STUDBOOK_DAYS", "1")))
CUT = (
    "delete from raw.results where race_date > %(day)s",
    "delete from raw.racecards where race_date > %(day)s + 1",
)
COLUMNS = {
    table.name: [
        column.name
        for column in table.columns
        if column.name not in LANDED
        and not (table.name in LATER and LATER[table.name].fullmatch(column.name))
    ]
    for table in read_tables()
    if table.name in TABLES
}


def a_day(season: Warehouse, rng: Random) -> date:
    """A day of some racing that had cards."""
    with season.connect() as connection:
        found = connection.execute(
            "select race_date from raw.racecards"
            " inner join raw.results using (race_id, race_date)"
            " group by race_date having count(*) >= 3 order by race_date"
        ).fetchall()
    day: date = rng.choice(found)[0]
    return day


def rows(warehouse: Warehouse, table: str, day: date) -> dict[Any, dict[str, Any]]:
    """The rows of a day's declared runners, by their id."""
    with warehouse.connect() as connection:
        columns = ", ".join(f"rows.{column}" for column in COLUMNS[table])
        found = connection.execute(
            f"select {columns} from racing.{table} as rows"
            " inner join racing.ra_runners as runners on runners.id = rows.runner_id"
            " where runners.race_date = %s and runners.has_card",
            [day],
        ).fetchall()
    named = [dict(zip(COLUMNS[table], row, strict=True)) for row in found]
    return {row["runner_id"]: row for row in named}


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_built_on_the_evening_before_is_what_is_built_of_all(
    seed: int, season: Warehouse, season_copy: Warehouse
) -> None:
    rng = Random(seed)
    race_day = a_day(season, rng)
    build = ("--quiet", "run", "-s", *(f"+{table}" for table in TABLES), "ra_runners")
    with season_copy.connect() as connection:
        correct_and_withdraw(connection, race_day, rng)
        let_it_go_otherwise(connection, race_day)
        season_copy.dbt(*build)
        told = {table: rows(season_copy, table, race_day) for table in TABLES}
        for cut in CUT:
            connection.execute(cut, {"day": race_day - timedelta(days=1)})
    season_copy.dbt(*build)

    print(f"\n{race_day}: built of everything, and of what there was on the evening before:")
    compared = 0
    for table in TABLES:
        known = rows(season_copy, table, race_day)
        assert known.keys() == told[table].keys()
        differing = {
            (runner, column, value, told[table][runner][column])
            for runner, row in known.items()
            for column, value in row.items()
            if value != told[table][runner][column]
        }
        assert not differing, f"{race_day}, {table}: {sorted(map(str, differing))[:10]}"
        values = sum(len(row) for row in known.values())
        print(f"  {table}: {len(COLUMNS[table])} columns, {values:,} values compared, 0 differ")
        compared += values
    assert compared > 1000


def correct_and_withdraw(connection: psycopg.Connection[Any], day: date, rng: Random) -> None:
    """Let the stewards turn ten earlier results round, and two be taken back."""
    earlier = connection.execute(
        "select race_id, payload from raw.results where race_date < %s order by race_id", [day]
    ).fetchall()
    *corrected, first, second = rng.sample(earlier, 12)
    for race_id, payload in corrected:
        runners = payload["runners"]
        positions = [runner["position"] for runner in runners]
        for runner, position in zip(runners, reversed(positions), strict=True):
            runner["position"] = position
        connection.execute(
            "update raw.results set payload = %s, changed_at = now() where race_id = %s",
            [Jsonb(payload), race_id],
        )
    connection.execute("delete from raw.results where race_id in (%s, %s)", [first[0], second[0]])


def let_it_go_otherwise(connection: psycopg.Connection[Any], day: date) -> None:
    """Change what the results of a day say beside the cards."""
    results = connection.execute(
        "select race_id, payload from raw.results where race_date = %s", [day]
    ).fetchall()
    for race_id, payload in results:
        payload |= {"going": "Heavy", "class": "Class 1", "race_name": "Another Handicap Chase"}
        # Who was to run and did not, and a horse that no card has.
        *payload["runners"], gone = payload["runners"]
        payload["runners"].append({**gone, "horse_id": f"hrs_{race_id.removeprefix('rac_')}"})
        for runner in payload["runners"]:
            runner |= {
                "jockey": "A Late",
                "jockey_id": "jky_1",
                "trainer": "A New",
                "trainer_id": "trn_1",
                "owner": "Late Owner",
                "owner_id": "own_1",
                "weight_lbs": "100",
                "headgear": "tbp",
                "or": "111",
                "age": "9",
                "draw": "21",
            }
        connection.execute(
            "update raw.results set payload = %s, changed_at = now() where race_id = %s",
            [Jsonb(payload), race_id],
        )
