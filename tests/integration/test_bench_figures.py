"""What the benchmark says of a built warehouse: DuckDB's figures beside it, and look-ups."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.bench.asking import QUESTIONS, look_up
from tests.bench.rival import GROUPINGS, SUBJECTS, Rival
from tests.integration.conftest import SEASON_END

# One group of each subject is made false.
FALSIFIED = {
    "venues": (
        "update racing.ra_performance_by_venue set wins = wins + 1"
        " where id = (select min(id) from racing.ra_performance_by_venue)"
    ),
    "distances": (
        "update racing.ra_performance_by_distance set expected_wins = expected_wins + 0.0001"
        " where id = (select min(id) from racing.ra_performance_by_distance where ae_index > 0)"
    ),
    "goings of distances": (
        "update racing.ra_performance_by_distance"
        """ set going_breakdown = going_breakdown || '{"Sand": {"runs": 1, "wins": 0}}'"""
        " where id = (select max(id) from racing.ra_performance_by_distance)"
    ),
    "pairs": (
        "delete from racing.ra_entity_combinations"
        " where id = (select min(id) from racing.ra_entity_combinations)"
    ),
    "people": (
        "update racing.ra_mst_jockeys set ae_fair = ae_fair + 0.001"
        " where id = (select min(id) from racing.ra_mst_jockeys where ae_fair > 0)"
    ),
    "parents": (
        "update racing.ra_mst_dams set class_1_runners = class_1_runners + 1"
        " where id = (select min(id) from racing.ra_mst_dams where class_1_runners > 0)"
    ),
}
GROUPS = {
    "venues": "select count(*) from racing.ra_performance_by_venue",
    "distances": "select count(*) from racing.ra_performance_by_distance",
    "pairs": "select count(*) from racing.ra_entity_combinations",
}


def test_duckdb_makes_the_same_figures_of_the_payloads_and_finds_each_false_one(
    built_season: psycopg.Connection[Any], tmp_path: Path
) -> None:
    rival = Rival(built_season, tmp_path)
    rival.take_payloads()
    took = rival.work(SEASON_END)

    assert set(took) == {"unpack", "runs", *GROUPINGS}
    assert min(took.values()) > 0
    found = {each.subject: each for each in rival.compare()}
    assert {subject: each.differing for subject, each in found.items()} == dict.fromkeys(
        SUBJECTS, 0
    )
    assert min(each.groups for each in found.values()) > 1000
    for subject, query in GROUPS.items():
        assert built_season.execute(query).fetchone() == (found[subject].groups,)
    with built_season.transaction(force_rollback=True):
        for falsify in FALSIFIED.values():
            assert built_season.execute(falsify).rowcount == 1
        false = {each.subject: each.differing for each in rival.compare()}
    rival.close()
    assert false == dict.fromkeys(SUBJECTS, 1)


@pytest.mark.parametrize(
    ("what", "table", "column"),
    [
        ("runners of a horse", "ra_runners", "horse_id"),
        ("runners of a race", "ra_runners", "race_id"),
        ("results of a jockey", "ra_race_results", "jockey_id"),
        ("venues of a sire", "ra_performance_by_venue", "entity_id"),
        ("odds of a race", "ra_runner_odds", "race_id"),
    ],
)
def test_every_row_of_what_is_looked_up_is_found(
    built_season: psycopg.Connection[Any], what: str, table: str, column: str
) -> None:
    whom = "where entity_type = 'sire'" if what == "venues of a sire" else ""
    sizes = [
        size
        for (size,) in built_season.execute(
            f"select count(*) from racing.{table} {whom}"
            f" group by {column} having {column} is not null order by md5({column}) limit 200"
        )
    ]

    found = look_up(built_season, what)

    assert what in QUESTIONS
    assert 10 <= found.asked <= len(sizes)
    asked = sizes[: found.asked]
    assert found.rows == pytest.approx(sum(asked) / len(asked))
    assert 0 < found.median <= found.worst < 10
