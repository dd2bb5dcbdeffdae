"""The pedigree tables of a simulated season agree with the oracle, value by value."""

from __future__ import annotations

from itertools import islice
from typing import Any

import psycopg
import pytest

from tests.oracle import pedigree, warehouse

SHOWN = 10


@pytest.fixture(scope="module")
def expected(built_season: psycopg.Connection[Any]) -> dict[str, dict[str, dict[str, Any]]]:
    return pedigree.tables(warehouse.feed(built_season))


@pytest.mark.parametrize("name", pedigree.PARENTS)
def test_every_value_of_a_pedigree_table_is_the_oracles(
    name: str,
    built_season: psycopg.Connection[Any],
    expected: dict[str, dict[str, dict[str, Any]]],
) -> None:
    found = warehouse.table(built_season, name, "id")

    first = list(islice(warehouse.differences(expected[name], found), SHOWN))
    assert not first, "\n".join([f"{name} and the oracle differ, first of all in:", *first])


@pytest.mark.parametrize("name", pedigree.PARENTS)
def test_the_season_has_something_to_say_in_every_column(
    name: str, expected: dict[str, dict[str, dict[str, Any]]]
) -> None:
    rows = expected[name].values()
    columns = next(iter(rows)).keys()

    silent = [column for column in columns if all(row[column] is None for row in rows)]
    assert not silent, f"The season leaves these columns of {name} null throughout: {silent}"
