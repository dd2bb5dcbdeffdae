"""How full the columns of the racing schema are, by the rule of the population test."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import jinja2
import psycopg

from loaders.errors import StudbookError
from loaders.inventory.columns import PROJECT, Column, Table
from loaders.postgres import database
from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement
from loaders.raw.load_log import remembered_plan
from loaders.settings import Plan, base_url, plan_set

SCHEMA = "racing"
STAGING = "racing_staging"


class PopulationError(StudbookError):
    """A table cannot be counted."""


@dataclass(frozen=True)
class Population:
    """What one column holds.

    `rows` are all rows of its table, `not_null` those with a value, `eligible` those that can have
    one, `filled` those of them with one; `is_enough` says whether their share is what is asked of
    the column, a minimum or what is expected, and is None where nothing is. `needs` is the plan
    that fills it, where none so big has been here. All of these are of a sample of the rows where
    `is_sampled`.
    """

    rows: int
    not_null: int
    eligible: int
    filled: int
    is_enough: bool | None
    needs: Plan | None = None
    is_sampled: bool = False

    @property
    def share(self) -> float | None:
        """Filled of eligible, 0 to 1; None when no row is eligible."""
        return self.filled / self.eligible if self.eligible else None


@dataclass(frozen=True)
class LastRun:
    """A daily or weekly run; `not_well` has its steps that did not go well, and how they ended."""

    kind: str
    started_at: datetime
    outcome: str
    not_well: Sequence[str]


@dataclass(frozen=True)
class DriedUp:
    """A field that the feed has stopped sending, as table.column, since when, and a sentence."""

    field: str
    since: date
    told: str


@contextmanager
def reader() -> Iterator[psycopg.Connection]:
    """A connection to the database in use on which PostgreSQL refuses to write."""
    with database.connect() as connection:
        connection.execute("set default_transaction_read_only = on")
        yield connection


def measure(
    connection: psycopg.Connection, tables: Iterable[Table], most: int | None = None
) -> dict[str, dict[str, Population]]:
    """The population of every column by table and column, one scan a table.

    Of a table of more than `most` values, rows times columns, a sample of its pages is counted that
    holds about a fifth of so many. A table that is not built, or lacks a column that it is to have,
    is left out. Each table is read in a transaction of its own, unless the connection is in one
    that holds them: one snapshot for all would see a table that dbt replaces meanwhile as empty.

    Raises PopulationError when a table cannot be read.
    """
    macro = PROJECT / "macros" / "population" / "population_counts.sql"
    # dbt's population tests render the same file, so the rule stands in one place, and no command
    # has to wait for dbt to start.
    rule: Any = jinja2.Template(macro.read_text()).module
    built: dict[str, list[str]] = dict(
        connection.execute(statement(__package__, "columns_built"), {"schema": SCHEMA}).fetchall()
    )
    seen = []
    if "plan" in built.get("ra_races", ()):
        races = f"{SCHEMA}.ra_races"
        with _explained(connection, races):
            seen = [Plan(plan) for (plan,) in connection.execute(rule.seen_plans(races))]
    smallest, biggest = (seen[0], seen[-1]) if seen else (Plan.PRO, Plan.PRO)
    measured = {}
    held = rows_held(connection)
    for table in tables:
        if {column.name for column in table.columns} <= set(built.get(table.name, ())):
            relation = f"{SCHEMA}.{table.name}"
            values = held.get(table.name, 0) * len(table.columns)
            is_sampled = most is not None and values > most
            if most is not None and is_sampled:
                # The same pages each time, so that nothing changes where no row has.
                relation += f" tablesample system ({20 * most / values:.4f}) repeatable (0)"
            of_rows = (table.race_id, table.race_date, table.row_plan or f"'{smallest}'")
            with _explained(connection, relation):
                counts = connection.execute(
                    rule.population_counts(relation, table.columns, *of_rows)
                ).fetchall()
            by_name = {name: counted for name, *counted in counts}
            measured[table.name] = {
                column.name: _population(column, by_name[column.name], biggest, is_sampled)
                for column in table.columns
            }
    return measured


def rows_held(connection: psycopg.Connection) -> dict[str, int]:
    """About how many rows each table holds, without reading any; a view is not among them."""
    found = connection.execute(statement(__package__, "rows_held"), {"schema": SCHEMA})
    return dict(found.fetchall())


def _population(
    column: Column, counted: Sequence[Any], biggest: Plan, is_sampled: bool
) -> Population:
    rows, not_null, eligible, filled, is_enough, *_ = counted
    needed = Plan(column.plan) if column.plan else Plan.FREE
    needs = needed if needed > biggest else None
    return Population(rows, not_null, eligible, filled, is_enough, needs, is_sampled)


def dried_up(connection: psycopg.Connection) -> list[str]:
    """A sentence for each field that the feed has stopped sending, as the last build saw it.

    Raises PopulationError when what the build saw cannot be read.
    """
    return [field.told for field in dried_up_fields(connection) or ()]


def dried_up_fields(connection: psycopg.Connection) -> list[DriedUp] | None:
    """The fields that the feed has stopped sending, as the last build saw it; None: none has.

    Raises PopulationError when what the build saw cannot be read.
    """
    table = f"{STAGING}.int_feed_changes"
    with _explained(connection, table):
        if not is_there(connection, table):
            return None
        found = connection.execute(statement(__package__, "dried_up")).fetchall()
        return [DriedUp(*row) for row in found]


def last_loads(connection: psycopg.Connection) -> dict[str, datetime]:
    """When each raw table was last loaded; nothing in a database that holds no landed data.

    Any load counts for load_days, the log that every load writes.

    Raises PopulationError when the log of loads cannot be read.
    """
    with _explained(connection, "raw.load_days"):
        if not is_there(connection, "raw.load_days"):
            return {}
        return dict(connection.execute(statement(__package__, "last_loads")).fetchall())


def plan_since(connection: psycopg.Connection, base_url: str) -> tuple[Plan, datetime] | None:
    """The account's plan that loads from an address remember, and since when; None: none knew it.

    Raises PopulationError when the log of loads cannot be read.
    """
    with _explained(connection, "raw.loads"):
        try:
            return remembered_plan(connection, base_url)
        except (psycopg.errors.UndefinedTable, psycopg.errors.UndefinedColumn):
            # No load of a Studbook that knows of plans has been here.
            return None


def account_plan(connection: psycopg.Connection, env: Mapping[str, str]) -> Plan | None:
    """The account's plan: the one that is set, else the one that loads remember; None: none knew.

    Raises PopulationError when the log of loads cannot be read.
    """
    if plan := plan_set(env):
        return plan
    remembered = plan_since(connection, base_url(env))
    return remembered[0] if remembered else None


def last_run(connection: psycopg.Connection) -> LastRun | None:
    """The newest daily or weekly run; None where there has been none.

    Raises PopulationError when the log of runs cannot be read.
    """
    with _explained(connection, "raw.runs"):
        if not is_there(connection, "raw.runs"):
            return None
        row = connection.execute(statement(__package__, "last_run")).fetchone()
    return None if row is None else LastRun(*row)


@contextmanager
def _explained(connection: psycopg.Connection, table: str) -> Iterator[None]:
    """Turns what PostgreSQL says about a table that it does not show into a PopulationError."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege:
        schema = table.partition(".")[0]
        raise PopulationError(
            f"User {connection.info.user} may not read {table}: grant it usage on schema {schema} "
            "and select on its tables."
        ) from None
    except psycopg.Error as error:
        raise PopulationError(
            f"{table} cannot be read ({error.diag.message_primary or error}): build it again with "
            "dbt, or correct its YAML."
        ) from None
