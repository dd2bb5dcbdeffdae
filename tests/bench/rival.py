"""DuckDB, which does the warehouse's work from the same payloads: a measure of what is possible.

What it works out is also compared with what the warehouse has, group by group.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any, LiteralString

import duckdb
import psycopg

from loaders.postgres.local import analytics
from loaders.settings import ROOT

_SQL = Path(__file__).with_name("sql")
_MIB = 1024 * 1024
_KINDS = [{"kind": kind} for kind in ("horse", "jockey", "trainer", "owner")]
_PARENTS = [{"kind": kind} for kind in ("sire", "dam", "damsire")]
_PAIRS = [
    {"first": first, "second": second}
    for first, second in (
        ("jockey", "trainer"),
        ("jockey", "owner"),
        ("trainer", "owner"),
        ("horse", "jockey"),
        ("horse", "trainer"),
        ("sire", "damsire"),
    )
]
# What runs are grouped by, and for whom each statement stands.
GROUPINGS = {
    "venues": _KINDS + _PARENTS,
    "distances": _KINDS + _PARENTS,
    "distance_goings": _KINDS + _PARENTS,
    "pairs": _PAIRS,
    "people": _KINDS[1:],
    "parents": _PARENTS,
}
SUBJECTS = ("venues", "distances", "goings of distances", "pairs", "people", "parents")
_PAYLOADS: dict[LiteralString, dict[str, str]] = {
    "results": {
        "race_id": "varchar",
        "race_date": "date",
        "payload": "varchar",
        "first_landed_at": "timestamptz",
        "changed_at": "timestamptz",
    },
    "racecards": {"race_id": "varchar", "race_date": "date", "payload": "varchar"},
    "horses": {"horse_id": "varchar", "payload": "varchar"},
}
_FIGURES = {
    "subject": "varchar",
    "key": "varchar",
    "runs": "bigint",
    "wins": "bigint",
    "expected": "bigint",
    "ae": "bigint",
}
# Cards have a price of each firm at each time: one may be megabytes long.
_LONGEST_LINE = 256 * _MIB


@dataclass(frozen=True)
class Compared:
    """Groups of one subject that either has, and how many of them the other lacks or has unlike."""

    subject: str
    groups: int
    differing: int


class Rival:
    """DuckDB on the payloads of a warehouse, with its cores and no more memory than its buffers."""

    def __init__(self, connection: psycopg.Connection[Any], folder: Path) -> None:
        self._warehouse = connection
        self._folder = folder
        row = connection.execute("select pg_size_bytes(current_setting('shared_buffers'))")
        buffers = row.fetchone()
        assert buffers is not None
        self._duck = duckdb.connect(str(folder / "rival.duckdb"))
        self._duck.execute(f"set threads = {analytics.cores()}")
        self._duck.execute(f"set memory_limit = '{buffers[0] // _MIB} MiB'")
        self._duck.execute("set preserve_insertion_order = false")
        self._duck.execute("set timezone = 'UTC'")
        self._run("macros")

    def take_payloads(self) -> None:
        """Copy the live payloads out of the warehouse."""
        for table, columns in _PAYLOADS.items():
            self._take(
                f"raw_{table}",
                f"select {', '.join(columns)} from raw.{table} where withdrawn_at is null",
                columns,
            )
        goings = ROOT / "dbt_project" / "seeds" / "going_groups.csv"
        self._duck.execute(f"create table going_names as from read_csv('{goings}')")

    def work(self, as_of: date) -> dict[str, float]:
        """Unpack the payloads, make runs of them and group those; the seconds of each step."""
        took: dict[str, float] = {}
        for name in ("unpack", "runs"):
            with _timed(took, name):
                self._run(name)
        for name, whom in GROUPINGS.items():
            with _timed(took, name):
                self._group(name, whom, as_of)
        return took

    def compare(self) -> list[Compared]:
        """Its figures with the warehouse's: runs, wins, expected wins and A/E of every group."""
        self._run("figures_of_rival")
        self._take("warehouse", _text("figures_of_warehouse"), _FIGURES)
        rows = self._duck.execute(_text("differences")).fetchall()
        found = {subject: counts for subject, *counts in rows}
        return [Compared(subject, *found.get(subject, (0, 0))) for subject in SUBJECTS]

    def close(self) -> None:
        """Give back its memory."""
        self._duck.close()

    def _group(self, name: str, whom: list[dict[str, str]], as_of: date) -> None:
        measures = _text("measures")
        parts = (_text(name).format(measures=measures, as_of=as_of, **one) for one in whom)
        self._duck.execute(f"create table {name} as {' union all by name '.join(parts)}")

    def _run(self, name: str) -> None:
        self._duck.execute(_text(name))

    def _take(self, name: str, query: LiteralString, columns: Mapping[str, str]) -> None:
        """Copy what a query of the warehouse gives into a table."""
        file = self._folder / f"{name}.csv"
        out = self._warehouse.cursor().copy(f"copy ({query}) to stdout (format csv)")
        with file.open("wb") as lines, out as copied:
            lines.writelines(copied)
        self._duck.execute(
            f"create or replace table {name} as from read_csv('{file}', header = false, "
            f"delim = ',', quote = '\"', escape = '\"', columns = {dict(columns)}, "
            f"max_line_size = {_LONGEST_LINE})"
        )
        file.unlink()


def _text(name: str) -> LiteralString:
    # It is the project's own text.
    return (_SQL / f"{name}.sql").read_text()


@contextmanager
def _timed(took: dict[str, float], name: str) -> Iterator[None]:
    started = monotonic()
    yield
    took[name] = monotonic() - started
