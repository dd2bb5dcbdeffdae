"""The log of loads: a line of raw.loads a load, and one of raw.load_days a resource and day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg import sql

from loaders.postgres.statements import statement
from loaders.settings import Plan


@dataclass(frozen=True, slots=True)
class Counts:
    """Objects that came in a day: received = new + changed + unchanged + rejected + repeated.

    Those repeated are further copies of a key in one batch, those withdrawn the ones that had
    landed before and did not come.
    """

    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    repeated: int = 0
    withdrawn: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            *(getattr(self, each.name) + getattr(other, each.name) for each in fields(Counts))
        )


@dataclass(frozen=True, slots=True)
class Cards:
    """What is in a day's racecards."""

    races: int
    horses: int
    prices: int
    bookmakers: Sequence[str]


@dataclass(frozen=True, slots=True)
class DayLog:
    """The line of raw.load_days of a resource and day (None: a resource without days)."""

    resource: str
    day: date | None
    started_at: datetime
    pages: int = 0
    failed_requests: int = 0
    complete: bool = False
    error: str | None = None
    objects: Counts = field(default_factory=Counts)
    cards: Cards | None = None

    def columns(self) -> dict[str, Any]:
        """Its values by the columns of raw.load_days."""
        plain = ("resource", "day", "started_at", "pages", "failed_requests", "complete", "error")
        return {
            **{name: getattr(self, name) for name in plain},
            **{f"objects_{name}": count for name, count in asdict(self.objects).items()},
            **({} if self.cards is None else asdict(self.cards)),
        }


def start_load(connection: psycopg.Connection, asked: Mapping[str, Any], plan: Plan | None) -> int:
    """Write a load's line: what was asked for and, if known, the account's plan; returns its id."""
    line = {**asked, "plan": plan and plan.value}
    row = connection.execute(statement(__package__, "start_load"), line).fetchone()
    assert row is not None
    return int(row[0])


def note_plan(connection: psycopg.Connection, load_id: int, plan: Plan) -> None:
    """Write the account's plan into a load's line."""
    connection.execute("update raw.loads set plan = %s where load_id = %s", [plan.value, load_id])


def remembered_plan(connection: psycopg.Connection, base_url: str) -> tuple[Plan, datetime] | None:
    """The plan of the last load from an address that knew it, and since when it is that one."""
    asked = {"base_url": base_url}
    row = connection.execute(statement(__package__, "remembered_plan"), asked).fetchone()
    return None if row is None else (Plan(row[0]), row[1])


def went_on_as(connection: psycopg.Connection, load_id: int) -> int | None:
    """The line in which a load goes on whose plan has turned out to be another; None: none."""
    row = connection.execute(statement(__package__, "went_on_as"), {"load_id": load_id}).fetchone()
    return None if row is None else row[0]


def finish_load(
    connection: psycopg.Connection, load_id: int, outcome: str, error: str | None
) -> None:
    """Write how a load ended into its line."""
    ended = {"load_id": load_id, "outcome": outcome, "error": error}
    connection.execute(statement(__package__, "finish_load"), ended)


def log_day(connection: psycopg.Connection, load_id: int, log: DayLog) -> None:
    """Write a load's line of a day, in the place of the one before where it has one."""
    line = log.columns()
    connection.execute(
        statement(
            __package__,
            "log_day",
            columns=_listed(line),
            values=sql.SQL(", ").join(map(sql.Placeholder, line)),
            excluded=_listed(line, "excluded"),
        ),
        {"load_id": load_id, **line},
    )


def logged_objects(connection: psycopg.Connection, load_id: int, log: DayLog) -> Counts | None:
    """The objects of a day's line that has been written; None when it was rolled back."""
    row = connection.execute(
        statement(__package__, "logged_day"), {"load_id": load_id, **log.columns()}
    ).fetchone()
    if row is None:
        return None
    return Counts(*(row[0][f"objects_{each.name}"] for each in fields(Counts)))


def _listed(names: Iterable[str], table: str | None = None) -> sql.Composed:
    qualified = (sql.Identifier(*(part for part in (table, name) if part)) for name in names)
    return sql.SQL(", ").join(qualified)
