"""Charts of a page: Altair's, drawn by the page itself in the colours of its scheme.

A chart names no colours of its own: its marks take the page's, and a scale's range is one of
Vega's names (category, ordinal, ramp, heatmap, diverging), which the page's script fills. A single
colour is one of the parameters ink, muted, line, paper, accent, second, good, warn and bad, as in
`mark_rule(color=altair.expr("bad"))`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair

from loaders.site.page import Row
from loaders.site.values import plain


@dataclass(frozen=True)
class Chart:
    """A chart as Vega-Lite's `spec`; `told` says what it shows to those who do not see it."""

    spec: Mapping[str, Any]
    told: str


def values(rows: Sequence[Row]) -> altair.InlineData:
    """Rows as the data of a chart; days are text such as 2026-06-30, numbers are numbers."""
    return altair.InlineData(values=[{key: plain(row[key]) for key in row} for row in rows])


def chosen(rows: Sequence[Row], key: str, columns: Sequence[str]) -> altair.Chart:
    """A chart of the rows whose column `key` has what a reader picked in the page.

    It needs the parameter of that name, once in all of its layers. Of the rows it knows these
    columns; they stand together by the key, each column as a list, in a third of the room.
    """
    return (
        altair.Chart(_together(rows, key, columns))
        .transform_filter(f"datum.{key} == {key}")
        .transform_flatten(list(columns))
    )


def unfolded(rows: Sequence[Row], key: str, columns: Sequence[str]) -> altair.Chart:
    """A chart of all rows, which know these columns beside the column `key`.

    They stand together by the key, each column as a list, in a third of the room.
    """
    return altair.Chart(_together(rows, key, columns)).transform_flatten(list(columns))


def _together(rows: Sequence[Row], key: str, columns: Sequence[str]) -> altair.InlineData:
    """Of each value of the key one row, with a list of each column."""
    together: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = together.setdefault(row[key], {key: row[key], **{column: [] for column in columns}})
        for column in columns:
            one[column].append(plain(row[column]))
    return altair.InlineData(values=list(together.values()))


def drawn(chart: altair.TopLevelMixin, told: str) -> Chart:
    """A chart of Altair's, as wide as the page lets it be unless it says its width.

    One whose vertical axis has bands says its height in pixels; by steps Vega-Lite fits no width.
    """
    spec: dict[str, Any] = chart.to_dict()
    spec.pop("config", None)
    spec.pop("$schema", None)
    # Vega names the drawing by it.
    spec["description"] = told
    if "mark" in spec or "layer" in spec:
        spec.setdefault("width", "container")
    return Chart(spec, told)
