"""The page Inventory: every table and column, what it means, and how full it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import altair

from loaders.inventory import listing
from loaders.inventory.columns import Table as Described
from loaders.inventory.columns import read_tables
from loaders.inventory.population import Population, measure, rows_held
from loaders.site.charts import Chart, drawn, unfolded
from loaders.site.page import Moment, Page, Row
from loaders.site.sortable import Column, Table

# Ten million values are counted in a second.
_COUNTED = 10_000_000
_ROW = 17

_TABLES = (
    Column("name", "Table"),
    Column("category", "Category"),
    Column("rows", "Rows", "number"),
    Column("columns", "Columns", "number"),
    Column("filled", "Filled", "number", about="Columns with a value in any row"),
    Column("below", "Below", "number", about="Columns filled less than is asked of them"),
    Column("loaded", "Last load", "moment", about="Of what the table comes from"),
    Column("description", "What a row is", "prose"),
)
_COLUMNS = (
    Column("column", "Column", "code"),
    Column("table", "Table", "code"),
    Column("share", "Filled", "share", 2, "In percent of the rows that can have a value"),
    Column("asked", "Asked", "number", 0, "The least share, or the one expected, in percent"),
    Column("state", "State"),
    Column("type", "Type", "code"),
    Column("description", "Meaning and unit", "prose"),
    Column("source", "Source", "prose"),
    Column("known", "Known", about="From when it can be known of a runner"),
)


def _context(moment: Moment) -> Mapping[str, Any]:
    tables = read_tables()
    measured = measure(moment.connection, tables, _COUNTED)
    held = rows_held(moment.connection)
    fresh = moment.rows("freshness", made_at=moment.made_at)
    loads = {row["resource"]: row["loaded_at"] for row in fresh}
    listed = listing.entries(tables, measured)
    sampled = [name for name, columns in measured.items() if _any(columns).is_sampled]
    return {
        "tables": Table(
            "Every table: its rows, columns and the newest load that it comes from",
            _TABLES,
            [_table(each, measured[each.name], held, loads) for each in tables],
            filters=["category"],
            page_length=50,
        ),
        "columns": Table(
            "Every column: how full it is, what it means and where it comes from",
            _COLUMNS,
            [_column(entry) for entry in listed],
            filters=["table", "state"],
        ),
        "counts": {
            "tables": len(tables),
            "columns": len(listed),
            "filled": sum(1 for *_, population in listed if population and population.not_null),
            "below": len(listing.failing(listed)) + len(listing.short(listed)),
            "needs": sum(1 for *_, population in listed if population and population.needs),
        },
        "sampled": sampled,
        "changes": moment.rows("feed_changes"),
        "feed": _heat_maps(moment.rows("feed_by_month")),
    }


def _any(columns: Mapping[str, Population]) -> Population:
    return next(iter(columns.values()))


def _table(
    table: Described,
    columns: Mapping[str, Population],
    held: Mapping[str, int],
    loads: Mapping[str, datetime],
) -> Row:
    counted = _any(columns)
    return {
        "name": table.name,
        "category": table.category,
        "rows": held[table.name] if counted.is_sampled else counted.rows,
        "columns": len(columns),
        "filled": sum(1 for each in columns.values() if each.not_null),
        "below": sum(1 for each in columns.values() if each.is_enough is False),
        "loaded": max((loads[name] for name in table.resources if name in loads), default=None),
        "description": table.description,
    }


def _column(entry: listing.Entry) -> Row:
    table, column, population = entry
    asked = column.min_population or column.expected_population
    share = population.share if population else None
    return {
        "table": table.name,
        "column": column.name,
        "type": column.type,
        "share": None if share is None else listing.in_percent(share),
        "asked": None if asked is None else listing.in_percent(asked),
        "state": _state(population),
        "description": column.description,
        "source": column.source,
        "known": column.known,
    }


def _state(population: Population | None) -> str:
    """What a reader would look for: where something is amiss, or nothing is."""
    if population is None:
        return "not built"
    if population.needs:
        return f"needs {population.needs}"
    if population.is_enough is False:
        return "below"
    if not population.eligible:
        return "no rows"
    return "filled" if population.not_null else "empty"


def _heat_maps(rows: Sequence[Row]) -> list[tuple[str, Chart]]:
    """A chart of each table by its name, all of the same months, the first with their legend."""
    months = sorted({row["month"] for row in rows})
    by_table = groupby(rows, lambda row: row["table_name"])
    return [
        (name, _heat_map(name, list(own), months, with_legend=place == 0))
        for place, (name, own) in enumerate(by_table)
    ]


def _heat_map(name: str, rows: Sequence[Row], months: Sequence[str], with_legend: bool) -> Chart:
    """A line a column, a cell a month: the fuller, the stronger; crossed since it dried up."""
    columns = list(dict.fromkeys(row["column_name"] for row in rows))
    legend = altair.Legend(gradientLength=160, gradientThickness=8) if with_legend else None
    line = altair.Y("column_name:N", title=None, sort=columns, axis=altair.Axis(ticks=False))
    month = altair.X(
        "month:O",
        title=None,
        scale=altair.Scale(domain=months),
        axis=altair.Axis(labelAngle=-60, ticks=False),
    )
    filled = altair.Color(
        "share:Q", title="filled, percent", scale=altair.Scale(domain=[0, 100]), legend=legend
    )
    tips = [
        altair.Tooltip("column_name:N", title="column"),
        altair.Tooltip("month:O"),
        altair.Tooltip("share:Q", title="filled, percent"),
        altair.Tooltip("eligible:Q", title="rows that can be", format=","),
    ]
    base = unfolded(rows, "column_name", ["month", "share", "eligible", "is_dry"])
    cells = base.mark_rect(stroke=altair.expr("paper"), strokeWidth=1).encode(
        x=month,
        y=line,
        color=altair.condition(altair.datum.is_dry, altair.value(altair.expr("bad")), filled),
        tooltip=tips,
    )
    # Red and green are one colour to some readers.
    crosses = (
        base.transform_filter("datum.is_dry")
        .mark_point(
            shape="cross",
            angle=45,
            size=50,
            filled=True,
            opacity=1,
            color=altair.expr("paper"),
            aria=False,
        )
        .encode(x=month, y=line, tooltip=tips)
    )
    return drawn(
        altair.layer(cells, crosses).properties(height=_ROW * len(columns)),
        f"How full the columns of {name} that the feed sends were, by month: "
        f"{len(columns)} columns, those that it has stopped filling first. "
        "The table of columns below has the shares.",
    )


INVENTORY = Page(
    "inventory",
    "Inventory",
    "Every table and column: what it means, where it comes from, and how full it is.",
    _context,
)
