"""A chart of records with the intervals in which their fair A/E lies, around par."""

from __future__ import annotations

from collections.abc import Sequence

import altair

from loaders.site.charts import Chart, chosen, drawn
from loaders.site.page import Row

_COLUMNS = ("ae_fair", "ae_fair_low", "ae_fair_high", "ae_shrunk", "total_runs", "wins")
_STEP = 22
# Few wins leave an interval that ends far out, and would press all others together.
_FARTHEST = 4


def intervals(
    rows: Sequence[Row],
    told: str,
    *,
    names: str,
    order: str,
    shown: tuple[str, str],
    lines: int,
) -> Chart:
    """A bar from ae_fair_low to ae_fair_high for each row, a dot at ae_fair, a tick at ae_shrunk.

    Rows are named by the column `names` and stand in the order of the column `order`. `shown` is
    the key of a column and the value of it that is picked at first. The chart has room for so many
    `lines`.
    """
    key, first = shown
    name = altair.Y(
        f"{names}:N", title=None, sort=altair.EncodingSortField(order, order="ascending")
    )
    tips = [
        altair.Tooltip(f"{names}:N", title="Name"),
        altair.Tooltip("total_runs:Q", title="Runs", format=","),
        altair.Tooltip("wins:Q", title="Wins", format=","),
        altair.Tooltip("ae_fair:Q", title="Fair A/E", format=".2f"),
        altair.Tooltip("ae_fair_low:Q", title="from", format=".2f"),
        altair.Tooltip("ae_fair_high:Q", title="to", format=".2f"),
        altair.Tooltip("ae_shrunk:Q", title="to be believed", format=".2f"),
    ]
    base = chosen(rows, key, [names, order, *_COLUMNS])
    bar = base.mark_rule(strokeWidth=2, opacity=0.55, clip=True).encode(
        x=altair.X(
            "ae_fair_low:Q",
            title="Fair A/E; 1 is par",
            scale=altair.Scale(domain=[0, _FARTHEST]),
            axis=altair.Axis(tickCount=8),
        ),
        x2="ae_fair_high:Q",
        y=name,
        tooltip=tips,
    )
    near = base.transform_filter(f"datum.ae_fair <= {_FARTHEST}")
    dot = near.mark_circle(size=60, opacity=1).encode(x="ae_fair:Q", y=name, tooltip=tips)
    tick = base.mark_tick(thickness=2, size=13, color=altair.expr("ink")).encode(
        x="ae_shrunk:Q", y=name, tooltip=tips
    )
    par = (
        altair.Chart(altair.InlineData(values=[{"par": 1}]))
        .mark_rule(color=altair.expr("muted"), strokeDash=[4, 3])
        .encode(x="par:Q")
    )
    chart = altair.layer(par, bar, dot, tick).properties(height=lines * _STEP)
    return drawn(chart.add_params(altair.param(key, value=first)), told)
