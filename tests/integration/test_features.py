"""ra_features beside the tables that it joins, and where its runners stand in their fields."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from loaders.inventory.columns import read_tables
from tests.integration.conftest import Warehouse
from tests.oracle import racing, warehouse
from tests.oracle.entries import declared, entries

# Each figure that is ranked, the name of its rank, and whether the highest is the best.
STANDINGS = {
    "official_rating": ("rating", True),
    "weight_lbs": ("weight", True),
    "closing_price": ("price", False),
    "last_prb": ("prb", True),
}
# What stands before the names of another table's columns.
JOINED = {
    "ra_runner_statistics": "horse_",
    "ra_runner_changes": "",
    "ra_runner_connections": "",
}
COLUMNS = {table.name: [column.name for column in table.columns] for table in read_tables()}
OF_ROWS = {"id", "runner_id", "race_id", "horse_id", "race_date", "created_at", "updated_at"}
TARGETS = {
    "position": "target_position",
    "position = 1": "target_won",
    "position <= 3": "target_placed",
    "prb": "target_prb",
    "sp_decimal": "target_sp",
    "bsp": "target_bsp",
}


@pytest.fixture(scope="module")
def rows(built_season: psycopg.Connection[Any]) -> Iterator[list[dict[str, Any]]]:
    with built_season.cursor(row_factory=dict_row) as cursor:
        yield cursor.execute("select * from racing.ra_features").fetchall()


def test_every_runner_is_there_once_with_what_the_other_tables_say_of_it(
    built_season: psycopg.Connection[Any], rows: list[dict[str, Any]]
) -> None:
    joined = 0
    for table, prefix in JOINED.items():
        names = [
            name
            for name in COLUMNS[table]
            if name not in OF_ROWS and prefix + name in COLUMNS["ra_features"]
        ]
        there = ", ".join(names)
        told = built_season.execute(f"select runner_id, {there} from racing.{table}").fetchall()
        found = {(row["runner_id"], *(row[prefix + name] for name in names)) for row in rows}
        assert len(told) == len(rows) > 10_000
        assert found == {(runner, *values) for runner, *values in told}, table
        joined += len(names)
    assert joined > 260


def test_targets_are_what_became_of_a_runner_and_null_until_then(
    built_season: psycopg.Connection[Any], rows: list[dict[str, Any]]
) -> None:
    there = ", ".join(f"coalesce({how}, false)" if " " in how else how for how in TARGETS)
    told = {
        runner_id: tuple(values)
        for runner_id, *values in built_season.execute(
            f"select id, {there} from racing.ra_race_results where is_run"
        )
    }

    to_come = 0
    for row in rows:
        values = tuple(row[here] for here in TARGETS.values())
        assert values == told.get(row["runner_id"], (None,) * len(TARGETS))
        to_come += row["runner_id"] not in told
    assert 100 < to_come < len(rows) / 2


def test_a_field_is_who_was_declared_and_everyone_stands_somewhere_in_it(
    built_season: psycopg.Connection[Any], rows: list[dict[str, Any]]
) -> None:
    live = warehouse.feed(built_season).live()
    cards = declared(live)
    in_field = {
        entry.key: entry.key not in cards
        or (
            racing.known(entry.card.get("jockey")) is not None
            and not racing.is_non_runner(entry.card)
            and not racing.is_reserve(entry.card)
        )
        for entry in entries(live)
    }
    fields = defaultdict(list)
    for row in rows:
        assert row["is_in_field"] == in_field[row["race_id"], row["horse_id"]]
        fields[row["race_id"]].append(row)

    ranked: dict[str, int] = defaultdict(int)
    for field in fields.values():
        running = [row for row in field if row["is_in_field"]]
        assert {row["field_size"] for row in field} == {len(running) or None}
        for figure, (name, highest) in STANDINGS.items():
            figures = [row[figure] for row in running if row[figure] is not None]
            for row in field:
                expected: tuple[int | None, int | Decimal | None] = (None, None)
                if row["is_in_field"] and row[figure] is not None:
                    better = [
                        each
                        for each in figures
                        if (each > row[figure] if highest else each < row[figure])
                    ]
                    best = max(figures) if highest else min(figures)
                    expected = (1 + len(better), abs(best - row[figure]))
                    ranked[figure] += 1
                assert (row[f"{name}_rank"], row[f"{name}_to_best"]) == expected
    assert min(ranked[figure] for figure in STANDINGS) > 100


def test_a_runner_whose_connections_came_later_is_there_as_if_they_had_been(
    season_copy: Warehouse,
) -> None:
    """A build of a selection made its declaration, and the next one its connections."""
    build = ("--quiet", "run", "-s", "+ra_features")
    withdrawn = "race_id = (select max(race_id) from raw.results where race_date < '2026-06-01')"

    def features() -> str:
        return season_copy.fingerprints("racing", only="ra_features")["ra_features"]

    before = features()
    with season_copy.connect() as connection:
        for table in ("results", "racecards"):
            connection.execute(f"update raw.{table} set withdrawn_at = now() where {withdrawn}")
        season_copy.dbt(*build)
        assert features() != before
        for table in ("results", "racecards"):
            connection.execute(
                f"update raw.{table} set withdrawn_at = null, changed_at = now() where {withdrawn}"
            )

    season_copy.dbt(*build, "--exclude", "int_parents_before")
    assert features() != before
    season_copy.dbt(*build)
    assert features() == before
