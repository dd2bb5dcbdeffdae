"""The benchmark's table: what it says of two scales, and what it calls a failure."""

from __future__ import annotations

from datetime import date

from tests.bench.build import Build
from tests.bench.measured import Against, Measured, Report
from tests.bench.rival import Compared
from tests.bench.sizes import TableSize
from tests.bench.stages import Stage


def measured(scale: float, seconds: float, compared: Compared) -> Measured:
    return Measured(
        scale,
        stages=[Stage("nothing new", True, 0.0, Build(seconds, 1.25, failed=["ra_races: no"]))],
        against=Against({"a": 4.0, "b": 5.0}, {"c": 2.0, "d": 1.0}, {"runs": 9.0}, [compared]),
        tables=[TableSize("raw.results", 1234, 0), TableSize("raw.loads", 1, 0)],
        database=3 * 1024**3,
    )


def test_the_table_has_a_column_a_scale_and_how_the_first_compares_with_the_last() -> None:
    scales = [
        measured(0.1, 30.0, Compared("venues", 1000, 0)),
        measured(1, 40.0, Compared("venues", 20000, 0)),
    ]

    table = Report(date(2026, 1, 2), "18.6", "2.0.1", 2, 8 * 1024**3, scales).table()

    assert table == (
        "Measured on 2026-01-02 with PostgreSQL 18.6 and DuckDB 2.0.1 on 2 cores and 8 GB of "
        "memory:\n\n"
        "|  | scale 0.1 | scale 1 | 0.1 over 1 |\n"
        "| --- | --: | --: | --: |\n"
        "| races with a result | 1,234 | 1,234 |  |\n"
        "| nothing new, with tests, s (of all processors) | 30.0 (1.2) | 40.0 (1.2) | 0.75 |\n"
        "| grouping all runs, s | 9.0 | 9.0 |  |\n"
        "| the same by DuckDB, s | 3.0 | 3.0 |  |\n"
        "| times as long | 3.0 | 3.0 |  |\n"
        "| groups compared | 1,000 | 20,000 |  |\n"
        "| groups that differ | 0 | 0 |  |\n"
        "| database, GB | 3.00 | 3.00 |  |\n"
    )


def test_a_failed_node_a_false_figure_and_a_comparison_of_nothing_are_failures() -> None:
    node = "Scale 1, nothing new, with tests: ra_races: no"

    assert list(measured(1, 1.0, Compared("venues", 9, 0)).failures()) == [node]
    assert list(measured(1, 1.0, Compared("venues", 9, 2)).failures()) == [
        node,
        "Scale 1, venues: 2 of 9 groups are not what DuckDB makes of the payloads.",
    ]
    assert list(measured(1, 1.0, Compared("venues", 0, 0)).failures()) == [
        node,
        "Scale 1, venues: there is no group to compare.",
    ]
