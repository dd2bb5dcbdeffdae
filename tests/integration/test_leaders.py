"""Who leads, what is believed of it, and the thirds of the stalls, worked out in Python."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

Row = dict[str, Any]

KINDS = ("sire", "dam", "damsire", "trainer", "jockey", "owner")


def rows_of(connection: psycopg.Connection[Any], query: str) -> list[Row]:
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query).fetchall()


@pytest.fixture(scope="module")
def leaders(built_season: psycopg.Connection[Any]) -> list[Row]:
    return rows_of(built_season, "select * from racing.ra_leaders")


def poisson_up_to(wins: int, mean: float) -> float:
    """The chance of so many wins or fewer."""
    return math.fsum(
        math.exp(n * math.log(mean) - mean - math.lgamma(n + 1)) for n in range(wins + 1)
    )


def mean_at(chance: Callable[[float], float], share: float) -> float:
    """The mean at which a chance that falls with it is that share, by halving."""
    low, high = 1e-9, 3000.0
    while high - low > 1e-6:
        middle = (low + high) / 2
        low, high = (middle, high) if chance(middle) > share else (low, middle)
    return low


@cache
def exact_limits(wins: int) -> tuple[float, float]:
    """The means beyond which so few, or so many, wins come in less than 2.5 of 100 cases each."""
    lower = mean_at(lambda mean: poisson_up_to(wins - 1, mean), 0.975) if wins else 0.0
    return lower, mean_at(lambda mean: poisson_up_to(wins, mean), 0.025)


def test_an_interval_is_what_the_exact_poisson_limits_leave(leaders: list[Row]) -> None:
    assert exact_limits(3) == pytest.approx((0.6187, 8.7673), abs=1e-3)
    assert len({row["fair_wins"] for row in leaders}) > 10
    for row in leaders:
        wins, expected = row["fair_wins"], float(row["fair_expected_wins"])
        lower, upper = exact_limits(wins)
        # Byar's approximation is within a fortieth of a win of the exact limit.
        tolerance = 0.025 / expected + 0.001
        assert float(row["ae_fair_low"]) == pytest.approx(lower / expected, abs=tolerance)
        assert float(row["ae_fair_high"]) == pytest.approx(upper / expected, abs=tolerance)
        assert row["ae_fair_low"] <= row["ae_fair"] <= row["ae_fair_high"]
        assert row["ae_low"] <= row["ae_index"] <= row["ae_high"]


def records(connection: psycopg.Connection[Any], kind: str, code: str | None) -> dict[str, Row]:
    """Wins, expected wins and their chance of each entity, from its runs one by one."""
    found: dict[str, Row] = defaultdict(lambda: {"wins": 0, "expected": 0.0, "chance": 0.0})
    runs = connection.execute(
        f"select {kind}_id, code, is_win, expected_fair / 1e10 from racing_staging.int_runs"
        f" where {kind}_id is not null and expected_fair is not null"
    )
    for entity_id, own_code, is_win, fair in runs:
        if code in (None, own_code):
            record, p = found[entity_id], float(fair)
            record["wins"] += is_win
            record["expected"] += p
            record["chance"] += max(p - p * p, 0)
    return {key: record for key, record in found.items() if record["expected"] >= 3}


@pytest.mark.parametrize("code", [None, "Flat", "NH"])
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_believed_is_drawn_to_par_by_what_chance_leaves_over(
    built_season: psycopg.Connection[Any], leaders: list[Row], kind: str, code: str | None
) -> None:
    known = records(built_season, kind, code)
    surplus = sum(
        ((one["wins"] - one["expected"]) ** 2 - one["chance"]) / one["expected"]
        for one in known.values()
    )
    variance = max(surplus / sum(one["expected"] for one in known.values()), 0)
    found = {
        row["entity_id"]: row
        for row in leaders
        if (row["entity_type"], row["breakdown"]) == (kind, "overall")
        and row["query_filters"] == ({"code": code} if code else {})
    }

    assert found.keys() == known.keys()
    for entity_id, row in found.items():
        one = known[entity_id]
        own = one["wins"] / one["expected"]
        kept = variance / (variance + one["chance"] / one["expected"] ** 2) if variance else 0
        assert float(row["ae_spread"]) == pytest.approx(math.sqrt(variance), abs=2e-3)
        assert float(row["ae_shrunk"]) == pytest.approx(1 + (own - 1) * kept, abs=2e-3)
        assert float(row["fair_variance"]) == pytest.approx(one["chance"], abs=1e-2)
        assert abs(row["ae_shrunk"] - 1) <= abs(row["ae_fair"] - 1)


def test_the_season_has_kinds_that_differ_and_kinds_that_do_not(leaders: list[Row]) -> None:
    assert {row["ae_spread"] > 0 for row in leaders} == {True, False}


def thirds(results: list[Row]) -> Iterator[tuple[Row, str]]:
    """Each run with the third of the field in which the middle of its stall lies."""
    races: dict[str, list[Row]] = defaultdict(list)
    for row in results:
        races[row["race_id"]].append(row)
    for runs in races.values():
        if len(runs) >= 6 and all(run["draw"] is not None for run in runs):
            for place, run in enumerate(sorted(runs, key=lambda run: run["draw"])):
                share = (place + 0.5) / len(runs)
                yield run, "low" if share < 1 / 3 else "high" if share > 2 / 3 else "middle"


def test_thirds_of_the_stalls_are_counted_by_course_and_distance(
    built_season: psycopg.Connection[Any],
) -> None:
    results = rows_of(
        built_season,
        "select results.race_id, results.draw, results.position, results.prb, races.course_id,"
        " races.distance_f from racing.ra_race_results as results"
        " join racing.ra_races as races on races.id = results.race_id"
        " where results.is_run and races.code = 'Flat' and races.course_id is not null",
    )
    expected: dict[tuple[Any, ...], Row] = defaultdict(
        lambda: {"races": set(), "runs": 0, "wins": 0, "beaten": []}
    )
    for run, third in thirds(results):
        for distance in {None, run["distance_f"]}:
            group = expected[run["course_id"], distance, third]
            group["races"].add(run["race_id"])
            group["runs"] += 1
            group["wins"] += run["position"] == 1
            group["beaten"] += [run["prb"]] if run["prb"] is not None else []

    found = {
        (row["course_id"], row["distance_display"], row["draw_third"]): row
        for row in rows_of(built_season, "select * from racing.ra_performance_by_draw")
    }

    assert found.keys() == expected.keys()
    assert len(found) > 100
    for key, row in found.items():
        group = expected[key]
        assert (row["total_races"], row["total_runs"], row["wins"]) == (
            len(group["races"]),
            group["runs"],
            group["wins"],
        )
        assert float(row["prb"]) == pytest.approx(
            float(sum(group["beaten"])) / len(group["beaten"]), abs=1e-4
        )
