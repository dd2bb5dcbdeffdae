"""What people look up: how long each takes when what it reads is in memory."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import fmean, median
from time import monotonic
from typing import Any, NamedTuple

import psycopg
from psycopg import sql

# So many are looked up, or as many as there are, and fewer where that takes too long (seconds).
_MOST = 200
_LEAST = 10
_LONG = 15.0


class _Question(NamedTuple):
    """The rows of a table of which a column has some value; `where` holds for all of them."""

    table: str
    column: str
    where: str = "true"


QUESTIONS = {
    "runners of a horse": _Question("ra_runners", "horse_id"),
    "runners of a race": _Question("ra_runners", "race_id"),
    "results of a jockey": _Question("ra_race_results", "jockey_id"),
    "venues of a sire": _Question("ra_performance_by_venue", "entity_id", "entity_type = 'sire'"),
    "odds of a race": _Question("ra_runner_odds", "race_id"),
}


@dataclass(frozen=True)
class LookUp:
    """Many look-ups of one kind: rows that each found on average, seconds that they took."""

    what: str
    asked: int
    rows: float
    median: float
    worst: float


def look_up(connection: psycopg.Connection[Any], what: str) -> LookUp:
    """Ask one of QUESTIONS of many values, each twice, and time the second time."""
    question = QUESTIONS[what]
    parts = {
        "table": sql.Identifier("racing", question.table),
        "column": sql.Identifier(question.column),
        # It is the project's own text.
        "where": sql.SQL(question.where),
    }
    values = connection.execute(
        sql.SQL(
            "select {column} from {table} where {where} and {column} is not null "
            "group by {column} order by md5({column}) limit %s"
        ).format(**parts),
        [_MOST],
    ).fetchall()
    asked = sql.SQL("select * from {table} where {where} and {column} = %s").format(**parts)
    found: list[int] = []
    took: list[float] = []
    begun = monotonic()
    for value in values:
        if len(took) >= _LEAST and monotonic() - begun > _LONG:
            break
        connection.execute(asked, value, prepare=False).fetchall()
        started = monotonic()
        rows = connection.execute(asked, value, prepare=False).fetchall()
        took.append(monotonic() - started)
        found.append(len(rows))
    return LookUp(what, len(took), fmean(found), median(took), max(took))
