"""The statistics of a simulated season agree with the oracle, value by value."""

from __future__ import annotations

from itertools import islice
from typing import Any

import psycopg
import pytest

from loaders.settings import ROOT
from tests.integration.conftest import SEASON_END
from tests.oracle import (
    people,
    performance,
    runner_changes,
    runner_connections,
    runner_statistics,
    warehouse,
)
from tests.oracle.rows import Row

SHOWN = 10
RATES = ROOT / "dbt_project" / "seeds" / "eur_gbp_rates.csv"

OF_RUNNERS = ("ra_runner_changes", "ra_runner_connections")
TABLES = [*people.KINDS, *performance.KEYS, "ra_runner_statistics", *OF_RUNNERS]


def found_in(connection: psycopg.Connection[Any], name: str) -> dict[str, Row]:
    if name == "ra_runner_statistics":
        return warehouse.runner_statistics(connection)
    if name in OF_RUNNERS:
        return warehouse.of_runners(connection, name)
    if name in performance.KEYS:
        return warehouse.table(connection, name, *performance.KEYS[name], without=["id"])
    return warehouse.table(connection, name, "id")


@pytest.fixture(scope="module")
def expected(built_season: psycopg.Connection[Any]) -> dict[str, dict[str, Row]]:
    feed = warehouse.feed(built_season)
    return {
        **people.tables(feed, SEASON_END),
        **performance.tables(feed),
        "ra_runner_changes": runner_changes.table(feed),
        "ra_runner_connections": runner_connections.table(feed),
        "ra_runner_statistics": runner_statistics.table(feed, runner_statistics.rates(RATES)),
    }


@pytest.mark.parametrize("name", TABLES)
def test_every_value_of_a_table_is_the_oracles(
    name: str, built_season: psycopg.Connection[Any], expected: dict[str, dict[str, Row]]
) -> None:
    found = found_in(built_season, name)

    first = list(islice(warehouse.differences(expected[name], found), SHOWN))
    assert not first, "\n".join([f"{name} and the oracle differ, first of all in:", *first])


@pytest.mark.parametrize("name", TABLES)
def test_the_season_has_something_to_say_in_every_column(
    name: str, expected: dict[str, dict[str, Row]]
) -> None:
    rows = expected[name].values()
    columns = next(iter(rows)).keys()

    silent = [column for column in columns if all(row[column] in (None, 0) for row in rows)]
    assert not silent, f"The season leaves these columns of {name} empty throughout: {silent}"
