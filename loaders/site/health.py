"""The page Health: what came in and what was built of it, and where something is missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Any

import altair

from loaders.inventory.thresholds import thresholds
from loaders.site.charts import Chart, drawn, values
from loaders.site.page import Moment, Page, Row
from loaders.site.sortable import Column, Table

_WEEKDAYS = "['Mon','Tue','Wed','Thu','Fri','Sat','Sun'][datum.value - 1]"

_FRESHNESS = (
    Column("resource", "What"),
    Column("state", "State"),
    Column("loaded_at", "Last load", "moment"),
    Column("hours", "Hours ago", "number", 1),
    Column("last_day", "To day", "day", about="The last day of racing that it asked for"),
    Column("records_processed", "Objects", "number"),
    Column("status", "Result"),
)
_LOADS = (
    Column("finished_at", "Ended", "moment"),
    Column("resource", "What"),
    Column("status", "Result"),
    Column("first_day", "From", "day"),
    Column("last_day", "To", "day"),
    Column("days", "Days", "number"),
    Column("days_complete", "Done", "number", about="Days that are complete"),
    Column("records_processed", "Objects", "number"),
    Column("records_inserted", "New", "number"),
    Column("records_updated", "Changed", "number"),
    Column("withdrawn", "Gone", "number", about="Withdrawn: a day no longer brought it"),
    Column("rejected", "Rejected", "number", about="Objects that could not be landed"),
    Column("failed_requests", "Failed", "number", about="Requests that had to be asked again"),
    Column("seconds", "Seconds", "number", 1),
)
_BUILDS = (
    Column("began_at", "Began", "moment"),
    Column("seconds", "Seconds", "number", 1),
    Column("tables", "Tables", "number"),
    Column("rows_written", "Rows written", "number"),
    Column("failed", "Failed", "number", about="Tables that could not be built"),
    Column("invocation_id", "Build", "code"),
)
_FAILURES = (
    Column("ended_at", "When", "moment"),
    Column("operation", "Of"),
    Column("table_name", "What", "code"),
    Column("status", "Result"),
    Column("error_message", "Why", "prose"),
)
_RUNS = (
    Column("began_at", "Began", "moment"),
    Column("kind", "Run"),
    Column("outcome", "Result"),
    Column("seconds", "Seconds", "number", 1),
    Column("steps", "Steps", "number", about="Steps that were not passed over"),
    Column("not_well", "Not well", "prose"),
    Column("log_file", "Log", "code"),
)
_STEPS = (
    Column("began_at", "Run of", "moment"),
    Column("kind", "Run"),
    Column("step", "Step"),
    Column("outcome", "Result"),
    Column("seconds", "Seconds", "number", 1),
    Column("message", "What it said", "prose"),
)


def _context(moment: Moment) -> Mapping[str, Any]:
    builds = moment.rows("builds")
    days = moment.rows("race_days", today=moment.today)
    slowest = moment.rows("slowest_tables")
    fresh = _freshness(moment)
    return {
        "health": moment.row("health", made_at=moment.made_at),
        "newest": builds[0] if builds else None,
        "calendar": _calendar(days),
        "late": [row for row in days if row["state"] == "results missing"],
        "gaps": _gaps(days),
        "changes": moment.rows("feed_changes"),
        "warnings": moment.rows("warnings"),
        "stale": [row["resource"] for row in fresh if row["state"] == "stale"],
        "seconds": _seconds(builds) if builds else None,
        "slowest": _slowest(slowest) if slowest else None,
        "freshness": Table(
            "When each kind of object was last loaded",
            _FRESHNESS,
            fresh,
            order=[("loaded_at", "desc")],
        ),
        "loads": Table(
            "The newest loads",
            _LOADS,
            moment.rows("loads"),
            order=[("finished_at", "desc")],
            filters=["resource", "status"],
            page_length=15,
        ),
        "builds": Table(
            "The newest builds", _BUILDS, builds, order=[("began_at", "desc")], page_length=10
        ),
        "failures": Table(
            "Loads and builds that did not end well",
            _FAILURES,
            moment.rows("failures"),
            order=[("ended_at", "desc")],
            filters=["operation", "status"],
            page_length=10,
        ),
        "runs": Table(
            "The newest daily and weekly runs",
            _RUNS,
            moment.rows("runs"),
            order=[("began_at", "desc")],
            filters=["kind", "outcome"],
            page_length=10,
        ),
        "steps": Table(
            "Their steps",
            _STEPS,
            moment.rows("run_steps"),
            filters=["kind", "step", "outcome"],
            page_length=15,
        ),
    }


def _freshness(moment: Moment) -> list[Row]:
    """Stale is what `dbt source freshness` and the alerts call so."""
    oldest = {threshold.source: threshold.oldest for threshold in thresholds()}
    return [
        row | {"state": _state(moment.made_at - row["loaded_at"], oldest.get(row["resource"]))}
        for row in moment.rows("freshness", made_at=moment.made_at)
    ]


def _state(age: timedelta, oldest: timedelta | None) -> str:
    return "stale" if oldest is not None and age > oldest else "fresh"


def _gaps(days: Sequence[Row]) -> list[Row]:
    """The stretches of days without races, the newest first."""
    stretches = [
        [row["day"] for row in stretch]
        for state, stretch in groupby(days, key=lambda row: row["state"])
        if state == "no races"
    ]
    return [
        {"first_day": stretch[0], "last_day": stretch[-1], "days": len(stretch)}
        for stretch in reversed(stretches)
    ]


def _calendar(days: Sequence[Row]) -> Chart:
    """A column a week, a cell a day: the more races, the stronger; an empty frame without any."""
    base = altair.Chart(values(days)).encode(
        x=altair.X(
            "week:O",
            title=None,
            axis=altair.Axis(
                labelExpr="date(toDate(datum.value)) <= 7 ? "
                "timeFormat(toDate(datum.value), '%b') : ''",
                labelAngle=0,
                labelAlign="left",
                labelOverlap=False,
                labelFlush=False,
                ticks=False,
                domain=False,
                orient="top",
            ),
        ),
        y=altair.Y(
            "weekday:O",
            title=None,
            axis=altair.Axis(labelExpr=_WEEKDAYS, ticks=False, domain=False),
        ),
        tooltip=[
            altair.Tooltip("day:N"),
            altair.Tooltip("races:Q"),
            altair.Tooltip("results:Q", title="with a result"),
            altair.Tooltip("state:N", title="state"),
        ],
    )
    raced = (
        base.transform_filter("datum.races > 0")
        .mark_rect(stroke=altair.expr("paper"), strokeWidth=2, cornerRadius=3)
        .encode(color=altair.Color("races:Q", scale=altair.Scale(domainMin=0), legend=None))
    )
    without = base.transform_filter("datum.state == 'no races'").mark_point(
        shape="square", size=70, filled=False, color=altair.expr("bad"), strokeWidth=1.5, opacity=1
    )
    late = base.transform_filter("datum.state == 'results missing'").mark_point(
        shape="circle", size=36, filled=True, color=altair.expr("bad"), opacity=1
    )
    empty = sum(1 for day in days if day["state"] == "no races")
    return drawn(
        altair.layer(raced, without, late).properties(height=7 * 17),
        f"Races on each day from {days[0]['day']} to {days[-1]['day']}; on {empty} of them that "
        "are over there were none. The days without races are listed below.",
    )


def _seconds(builds: Sequence[Row]) -> Chart:
    """A point a build: when it began and how long it took, red where a table failed."""
    chart = (
        altair.Chart(values(builds))
        .mark_point(filled=True, size=55, opacity=0.85)
        .encode(
            x=altair.X(
                "began_at:T",
                title=None,
                axis=altair.Axis(grid=False, format={"hours": "%H:%M", "minutes": "%H:%M"}),
            ),
            y=altair.Y("seconds:Q", title="seconds", scale=altair.Scale(type="sqrt")),
            color=altair.condition(
                "datum.failed > 0",
                altair.value(altair.expr("bad")),
                altair.value(altair.expr("accent")),
            ),
            tooltip=[
                altair.Tooltip("began_at:N", title="began"),
                altair.Tooltip("seconds:Q"),
                altair.Tooltip("tables:Q"),
                altair.Tooltip("failed:Q"),
            ],
        )
        .properties(height=180)
    )
    return drawn(
        chart,
        f"Seconds that each of the last {len(builds)} builds took; the newest took "
        f"{builds[0]['seconds']}. The table below has them all.",
    )


def _slowest(tables: Sequence[Row]) -> Chart:
    """A bar a table: the seconds that the newest build spent on it."""
    names = [row["table_name"] for row in tables]
    chart = (
        altair.Chart(values(tables))
        .mark_bar(cornerRadiusEnd=2)
        .encode(
            x=altair.X("seconds:Q", title="seconds"),
            y=altair.Y("table_name:N", title=None, sort=names, axis=altair.Axis(ticks=False)),
            tooltip=[
                altair.Tooltip("table_name:N", title="table"),
                altair.Tooltip("seconds:Q"),
                altair.Tooltip("records_processed:Q", title="rows written", format=","),
            ],
        )
        .properties(height=20 * len(names))
    )
    told = ", ".join(f"{row['table_name']} {row['seconds']}" for row in tables[:5])
    return drawn(chart, f"Seconds of the newest build by table, the slowest first: {told}.")


HEALTH = Page(
    "health",
    "Health",
    "What came in and what was built of it, and where something is missing.",
    _context,
)
