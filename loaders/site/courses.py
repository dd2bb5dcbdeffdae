"""The page Courses: what is run where, on which going, from which stall, and how fast."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair

from loaders.site.charts import Chart, chosen, drawn
from loaders.site.page import Moment, Page, Row
from loaders.site.sortable import Column, Table

_COURSES = 100
_LINE = 24
# From dry to wet, those of all-weather tracks behind.
_GOINGS = (
    *("Hard", "Firm", "Good To Firm", "Good", "Good To Yielding", "Yielding", "Good To Soft"),
    *("Yielding To Soft", "Soft", "Very Soft", "Soft To Heavy", "Holding", "Heavy"),
    *("Fast", "Standard To Fast", "Standard", "Standard To Slow", "Slow", "Muddy", "Sloppy"),
    "not known",
)
_DISTANCE = Column("distance", "Distance", by="furlongs")


def _context(moment: Moment) -> Mapping[str, Any]:
    courses = moment.rows("courses", first=_COURSES)
    if not courses:
        return {"courses": None}
    names = {row["id"]: row["course"] for row in courses}

    def of_courses(name: str) -> list[Row]:
        found = moment.rows(name, courses=list(names))
        return [{"course": names[row["course_id"]], **row} for row in found]

    first = courses[0]["course"]
    draws = of_courses("course_draws")
    goings = of_courses("course_goings")
    return {
        "courses": _overview(courses),
        "goings": _goings(goings, first),
        "goings_drawn": _goings_drawn(of_courses("course_going_runs"), first),
        "draws": _draws(draws, first) if draws else None,
        "draws_drawn": _draws_drawn(draws, first) if draws else None,
        "times": _times(of_courses("course_times"), first),
    }


def _overview(rows: Sequence[Row]) -> Table:
    return Table(
        "Courses by races run",
        (
            Column("course", "Course"),
            Column("region_code", "Region"),
            Column("races", "Races", "number"),
            Column("flat_races", "Flat", "number", 0, "Races on the flat."),
            Column("jumps_races", "NH", "number", 0, "Hurdles, chases and NH Flat races."),
            Column("runs", "Runs", "number"),
            Column("first_day", "First day", "day"),
            Column("last_day", "Last day", "day"),
        ),
        rows,
        order=[("races", "desc")],
        filters=["region_code"],
        page_length=10,
    )


def _goings(rows: Sequence[Row], first: str) -> Table:
    return Table(
        "Races and runs of a course by distance and going",
        (
            Column("course", "Course"),
            _DISTANCE,
            Column("code", "Code"),
            Column("going", "Going"),
            Column("races", "Races", "number"),
            Column("runs", "Runs", "number"),
        ),
        rows,
        order=[("distance", "asc")],
        filters=["code", "going"],
        picked={"course": first},
        page_length=15,
    )


def _goings_drawn(rows: Sequence[Row], first: str) -> Chart:
    chart = (
        chosen(rows, "course", ["distance", "furlongs", "going", "runs"])
        .mark_rect()
        .encode(
            x=altair.X("going:N", title=None, sort=_GOINGS, axis=altair.Axis(labelAngle=-40)),
            y=altair.Y(
                "distance:N",
                title=None,
                sort=altair.EncodingSortField("furlongs", op="min", order="ascending"),
            ),
            color=altair.Color("runs:Q", title="Runs", legend=altair.Legend(tickCount=3)),
            tooltip=[
                altair.Tooltip("distance:N", title="Distance"),
                altair.Tooltip("going:N", title="Going"),
                altair.Tooltip("runs:Q", title="Runs", format=","),
            ],
        )
        .properties(height=16 * _LINE)
        .add_params(altair.param("course", value=first))
    )
    return drawn(chart, "How many have run on the chosen course over each distance, by going.")


def _draws(rows: Sequence[Row], first: str) -> Table:
    return Table(
        "Thirds of the stalls on a course",
        (
            Column("course", "Course"),
            _DISTANCE,
            Column("draw_third", "Stalls", by="place"),
            Column("total_races", "Races", "number"),
            Column("total_runs", "Runs", "number"),
            Column("wins", "Wins", "number"),
            Column("prb", "PRB", "number", 3, "Share of rivals beaten; 0.5 is usual."),
            Column(
                "ae_index", "A/E", "number", 2, "Wins over those that starting prices expected."
            ),
            Column("ae_fair", "Fair A/E", "number", 2, "A/E without the margin; par is 1."),
            Column("ae_fair_low", "Fair from", "number", 2, "Lower end of its 95 % interval."),
            Column("ae_fair_high", "Fair to", "number", 2, "Upper end of its 95 % interval."),
            Column("profit_loss_1u", "Profit SP", "signed", 1, "Units, by one on each run."),
        ),
        rows,
        order=[("distance", "asc"), ("draw_third", "asc")],
        picked={"course": first},
        page_length=15,
    )


def _draws_drawn(rows: Sequence[Row], first: str) -> Chart:
    most = max(row["total_runs"] for row in rows)
    thirds = chosen(
        [row for row in rows if row["prb"] is not None],
        "course",
        ["distance", "furlongs", "draw_third", "prb", "total_runs", "ae_fair"],
    )
    distance = altair.Y(
        "distance:N",
        title=None,
        sort=altair.EncodingSortField("furlongs", op="min", order="ascending"),
    )
    shares = altair.Scale(domain=[0.3, 0.7], clamp=True)
    title = "Share of rivals beaten; 0.5 is usual"
    reach = thirds.mark_rule(color=altair.expr("line"), strokeWidth=2).encode(
        x=altair.X("min(prb):Q", title=title, scale=shares, axis=altair.Axis(tickCount=4)),
        x2="max(prb):Q",
        y=distance,
    )
    dots = thirds.mark_circle(opacity=1).encode(
        x=altair.X("prb:Q", title=title, scale=shares),
        y=distance,
        color=altair.Color(
            "draw_third:N", title="Stalls", scale=altair.Scale(domain=["low", "middle", "high"])
        ),
        size=altair.Size(
            "total_runs:Q", legend=None, scale=altair.Scale(domain=[0, most], range=[25, 220])
        ),
        tooltip=[
            altair.Tooltip("distance:N", title="Distance"),
            altair.Tooltip("draw_third:N", title="Stalls"),
            altair.Tooltip("total_runs:Q", title="Runs", format=","),
            altair.Tooltip("prb:Q", title="Rivals beaten", format=".3f"),
            altair.Tooltip("ae_fair:Q", title="Fair A/E", format=".2f"),
        ],
    )
    usual = (
        altair.Chart(altair.InlineData(values=[{"usual": 0.5}]))
        .mark_rule(color=altair.expr("muted"), strokeDash=[4, 3])
        .encode(x=altair.X("usual:Q", title=title, scale=shares))
    )
    chart = (
        altair.layer(usual, reach, dots)
        .properties(height=12 * _LINE)
        .add_params(altair.param("course", value=first))
    )
    return drawn(
        chart,
        "The share of rivals that runs from each third of the stalls beat, over each distance.",
    )


def _times(rows: Sequence[Row], first: str) -> Table:
    return Table(
        "What winners took on a course",
        (
            Column("course", "Course"),
            _DISTANCE,
            Column("code", "Code"),
            Column("races", "Races", "number", 0, "Races whose winner has a time."),
            Column("average_time", "Average", by="average_seconds"),
            Column("best_time", "Best", by="best_seconds"),
            Column("best_horse", "Run by"),
            Column("best_day", "On", "day"),
            Column("best_going", "Going"),
        ),
        rows,
        order=[("code", "asc"), ("distance", "asc")],
        picked={"course": first},
        page_length=20,
    )


COURSES = Page(
    "courses",
    "Courses",
    "What is run where, on which going, from which stall, and how fast.",
    _context,
)
