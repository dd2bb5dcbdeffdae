"""What `studbook inventory` and `studbook status` print."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from math import floor
from typing import Any

from loaders.api.plans import IN_WORDS
from loaders.inventory.columns import CATEGORIES, Column, Table
from loaders.inventory.population import LastRun, Population
from loaders.settings import Plan

Measured = Mapping[str, Mapping[str, Population]]
Entry = tuple[Table, Column, Population | None]

FIELDS = (
    "table",
    "column",
    "type",
    "source",
    "description",
    "rows",
    "eligible",
    "populated",
    "min_population",
    "expected_population",
    "population_where",
    "sent_before",
    "sent_since",
    "plan",
    "known",
)


def entries(tables: Iterable[Table], measured: Measured) -> list[Entry]:
    """Every column with its population, in the order of the tables."""
    return [
        (table, column, measured.get(table.name, {}).get(column.name))
        for table in tables
        for column in table.columns
    ]


def failing(every: Iterable[Entry]) -> list[Entry]:
    """The columns below their minimum, those farthest below it first."""
    below = [entry for entry in every if _is_below_minimum(*entry[1:])]
    return sorted(below, key=_shortfall, reverse=True)


def short(every: Iterable[Entry]) -> list[Entry]:
    """The columns filled less than is expected of the feed, those farthest below it first."""
    below = [entry for entry in every if _is_below_expected(*entry[1:])]
    return sorted(below, key=_shortfall, reverse=True)


def inventory_table(
    listed: Sequence[Entry],
    width: int | None = None,
    empty: str = "No column is below its minimum.",
) -> str:
    """A line for each column, cut at `width`, or `empty`; shares are rounded down, so that only a
    full column shows 100 %."""
    if not listed:
        return empty
    rows = [
        (
            table.name,
            column.name,
            column.type or "",
            "not built" if population is None else f"{population.rows:,}",
            _filled(population) if population else "",
            _percent(column.min_population),
            _percent(column.expected_population),
            _where(column),
            column.source or "",
            column.description,
        )
        for table, column, population in listed
    ]
    header = ("table", "column", "type", "rows", "populated", "minimum", "expected")
    lines = _aligned(
        [(*header, "of rows where", "source", "description"), *rows], right={3, 4, 5, 6}
    )
    return "\n".join(line if width is None else _cut(line, width) for line in lines)


def inventory_json(listed: Sequence[Entry]) -> str:
    """A list of objects with FIELDS as keys; shares are 0 to 1, null where nothing is measured."""
    return json.dumps([_record(entry) for entry in listed], indent=2, ensure_ascii=False)


def inventory_csv(listed: Sequence[Entry]) -> str:
    """FIELDS as the header, then a line for each column; empty where JSON has null."""
    text = io.StringIO()
    writer = csv.DictWriter(text, FIELDS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(_record(entry) for entry in listed)
    return text.getvalue().removesuffix("\n")


def not_built(tables: Iterable[Table], measured: Measured) -> str | None:
    """A sentence about the tables that could not be measured; None when there are none."""
    missing = [table.name for table in tables if table.name not in measured]
    if not missing:
        return None
    select = " ".join(f"+{name}" for name in missing)
    return f"Not built, or not as now described: `dbt build -s {select}` builds what is missing."


def status_table(
    tables: Sequence[Table], measured: Measured, loads: Mapping[str, datetime], now: datetime
) -> str:
    """A line for each category and, under it, one for each of its tables; `now` has a time zone."""
    below = ("below minimum", "below expected")
    header = ("", "rows", "columns filled", *below, "last load", "age")
    rows: list[tuple[str, ...]] = [header]
    for category in CATEGORIES:
        members = [table for table in tables if table.category == category]
        rows.append((category, *_state(members, measured, loads, now)))
        rows += [(f"  {table.name}", *_state([table], measured, loads, now)) for table in members]
    return "\n".join(_aligned(rows, right={1, 2, 3, 4, 6}))


def plan_line(
    remembered: tuple[Plan, datetime] | None, set_to: Plan | None, now: datetime
) -> str | None:
    """The account's plan, since when, and what it includes; None when it is not known."""
    plan = set_to or (remembered and remembered[0])
    if plan is None:
        return None
    told = []
    if remembered and remembered[0] is plan:
        told.append(f"since {remembered[1].astimezone(now.tzinfo):%Y-%m-%d}")
    if set_to:
        told.append("as RACING_API_PLAN says")
    return f"Plan {plan}, {', '.join(told)}: {IN_WORDS[plan]}."


def run_line(run: LastRun | None, now: datetime) -> str | None:
    """A sentence about the newest daily or weekly run; None when there has been none."""
    if run is None:
        return None
    began = f"{run.started_at.astimezone(now.tzinfo):%Y-%m-%d %H:%M}"
    steps = f" ({', '.join(run.not_well)})" if run.not_well else ""
    return f"The last run, `studbook {run.kind}` of {began}: {run.outcome}{steps}."


def needs_line(measured: Measured) -> str | None:
    """A sentence about the columns that no plan seen so far fills; None when there are none."""
    every = [column.needs for table in measured.values() for column in table.values()]
    needed = Counter(plan for plan in every if plan)
    if not needed:
        return None
    told = " and ".join(f"{needed[plan]} need the {plan} plan" for plan in sorted(needed))
    return f"Of the columns above, {told}: `studbook inventory` says which."


def _state(
    tables: Sequence[Table], measured: Measured, loads: Mapping[str, datetime], now: datetime
) -> tuple[str, ...]:
    built = [table for table in tables if table.name in measured]
    rows = sum(next(iter(measured[table.name].values())).rows for table in built)
    columns = [
        (column, measured[table.name][column.name]) for table in built for column in table.columns
    ]
    filled = sum(population.not_null > 0 for _, population in columns)
    below_minimum = sum(_is_below_minimum(*column) for column in columns)
    below_expected = sum(_is_below_expected(*column) for column in columns)
    described = sum(len(table.columns) for table in tables)
    loaded = [loads[name] for table in tables for name in table.resources if name in loads]
    last = max(loaded, default=None)
    return (
        f"{rows:,}" if built else "not built",
        f"{filled} of {described}",
        f"{below_minimum}" if built else "",
        f"{below_expected}" if built else "",
        f"{last.astimezone(now.tzinfo):%Y-%m-%d %H:%M}" if last else "never",
        _age(now - last) if last else "",
    )


def _record(entry: Entry) -> dict[str, Any]:
    table, column, population = entry
    values = (
        table.name,
        column.name,
        column.type,
        column.source,
        column.description,
        population.rows if population else None,
        population.eligible if population else None,
        population.share if population else None,
        column.min_population,
        column.expected_population,
        column.population_where,
        column.sent_before,
        column.sent_since,
        column.plan,
        column.known,
    )
    return dict(zip(FIELDS, values, strict=True))


def _shortfall(entry: Entry) -> float:
    _, column, population = entry
    assert population is not None
    asked = column.min_population or column.expected_population or 0
    return asked - (population.share or 0)


def _is_below_minimum(column: Column, population: Population | None) -> bool:
    is_short = population is not None and population.is_enough is False
    return is_short and column.min_population is not None


def _is_below_expected(column: Column, population: Population | None) -> bool:
    is_short = population is not None and population.is_enough is False
    return is_short and column.expected_population is not None


def _where(column: Column) -> str:
    """The rows that can have a value, in words and SQL."""
    conditions = (
        column.population_where,
        column.sent_before and f"race before {column.sent_before}",
        column.sent_since and f"race since {column.sent_since}",
        column.plan and f"{column.plan} plan",
    )
    return "; ".join(condition for condition in conditions if condition)


def _filled(population: Population) -> str:
    return f"needs {population.needs}" if population.needs else _percent(population.share)


def in_percent(share: float) -> float:
    """A share of 0 to 1 in percent, rounded down, so that only a full column has 100."""
    # Floats such as 0.29 * 100 fall just short of what they stand for.
    return floor(round(share * 10_000, 6)) / 100


def _percent(share: float | None) -> str:
    return "" if share is None else f"{in_percent(share):.2f} %"


def _age(age: timedelta) -> str:
    minutes = max(age // timedelta(minutes=1), 0)
    if minutes < 120:
        return f"{minutes} minutes"
    hours = minutes // 60
    return f"{hours} hours" if hours < 48 else f"{hours // 24} days"


def _aligned(rows: Sequence[Sequence[str]], right: Collection[int]) -> list[str]:
    widths = [max(map(len, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if place in right else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1]}…"
