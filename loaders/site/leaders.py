"""The page Leaders: people, parents and pairs by the A/E that is to be believed of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loaders.site.charts import Chart
from loaders.site.intervals import intervals
from loaders.site.page import Moment, Page, Row
from loaders.site.sortable import Column, Table

_KINDS = ("sire", "dam", "damsire", "trainer", "jockey", "owner")
# How many of each kind and code stand in a table, and how many in its chart.
_RANKED, _DRAWN = 150, 20
_PAIRS = 60
_SIRES = 120
_FIRST_CODE = "All"

_RANK = Column("leader_rank", "Rank", "number")
_RUNS = Column("total_runs", "Runs", "number")
_WINS = Column("wins", "Wins", "number")
_AE = Column(
    "ae_index",
    "A/E",
    "number",
    2,
    "Wins over those that starting prices expected; about 0.85 is usual.",
)
_AE_LIMITS = (
    Column("ae_low", "A/E from", "number", 2, "Lower end of the 95 % interval of the A/E."),
    Column("ae_high", "A/E to", "number", 2, "Upper end of the 95 % interval of the A/E."),
)
_FAIR = (
    Column(
        "ae_fair", "Fair A/E", "number", 2, "A/E without the margin of the bookmakers; par is 1."
    ),
    Column("ae_fair_low", "Fair from", "number", 2, "Lower end of its 95 % interval."),
    Column("ae_fair_high", "Fair to", "number", 2, "Upper end of its 95 % interval."),
    Column(
        "ae_shrunk",
        "Believed",
        "number",
        2,
        "The fair A/E drawn towards 1 by the part that chance has in it; ranks are by it.",
    ),
)
_OTHERS = (
    Column(
        "archie",
        "Archie",
        "number",
        1,
        "How far the A/E is from chance: 3.84 is passed by chance once in twenty.",
    ),
    Column("prb", "PRB", "number", 2, "Share of rivals beaten; 0.5 is usual."),
    Column(
        "profit_loss_1u",
        "Profit SP",
        "signed",
        1,
        "Units won or lost by one unit on each run at starting price.",
    ),
    Column(
        "profit_loss_bsp",
        "Profit BSP",
        "signed",
        1,
        "The same at the Betfair starting price, less commission, where there is one.",
    ),
)


@dataclass(frozen=True)
class Leaders:
    """The first of one kind: how many are ranked in all, how far apart they lie, and who leads."""

    kind: str
    ranked: int
    spread: Any
    chart: Chart
    table: Table


def _context(moment: Moment) -> Mapping[str, Any]:
    found = moment.rows("leaders", first=_RANKED)
    spreads = {
        (row["entity_type"], row["breakdown"]): row
        for row in moment.rows("leader_spreads")
        if row["code"] == _FIRST_CODE
    }
    pairs = moment.rows("leader_pairs", first=_PAIRS)
    by_group = moment.rows("sires_by_group", first=_SIRES)
    return {
        "kinds": [
            _leaders(
                kind, spreads[kind, "overall"], [row for row in found if row["entity_type"] == kind]
            )
            for kind in _KINDS
            if (kind, "overall") in spreads
        ],
        "pairs": _pairs(pairs) if pairs else None,
        "sire": _sire(by_group) if by_group else None,
    }


def _leaders(kind: str, spread: Row, rows: Sequence[Row]) -> Leaders:
    title = f"{kind.capitalize()}s"
    chart = intervals(
        [row for row in rows if row["leader_rank"] <= _DRAWN],
        f"The fair A/E of the first {_DRAWN} {kind}s, with its 95 % interval, around par at 1.",
        names="name",
        order="leader_rank",
        shown=("code", _FIRST_CODE),
        lines=_DRAWN,
    )
    table = Table(
        f"{title} by the fair A/E that is to be believed of them",
        (
            Column("code", "Code"),
            Column("name", kind.capitalize()),
            _RANK,
            _RUNS,
            _WINS,
            _AE,
            *_AE_LIMITS,
            *_FAIR,
            *_OTHERS,
        ),
        rows,
        order=[("leader_rank", "asc")],
        picked={"code": _FIRST_CODE},
        page_length=10,
    )
    return Leaders(kind, spread["ranked"], spread["ae_spread"], chart, table)


def _pairs(rows: Sequence[Row]) -> Table:
    return Table(
        "Pairs by the fair A/E that is to be believed of them",
        (
            Column("pair", "Pair"),
            Column("code", "Code"),
            Column("name", "Name"),
            Column("partner_name", "With"),
            _RANK,
            _RUNS,
            _WINS,
            _AE,
            *_FAIR,
            *_OTHERS,
        ),
        rows,
        order=[("leader_rank", "asc")],
        picked={"pair": "jockey and trainer", "code": _FIRST_CODE},
        page_length=15,
    )


def _sire(rows: Sequence[Row]) -> Mapping[str, Any]:
    """Two tables and a chart, at first of the sire with the most runs."""
    first = rows[0]["sire"]
    columns = (_RUNS, _WINS, _AE, *_FAIR, *_OTHERS)

    def table(breakdown: str) -> Table:
        return Table(
            f"A sire by {breakdown}",
            (
                Column("sire", "Sire"),
                Column("group_name", breakdown.capitalize(), by="place"),
                Column("racing_code", "Code"),
                Column(
                    "leader_rank",
                    "Rank",
                    "number",
                    0,
                    f"Among the sires in this {breakdown} and code.",
                ),
                *columns,
            ),
            [row for row in rows if row["breakdown"] == breakdown],
            order=[("racing_code", "asc"), ("group_name", "asc")],
            picked={"sire": first},
        )

    return {
        "by_class": table("class"),
        "by_distance": table("distance"),
        "chart": intervals(
            [row for row in rows if row["breakdown"] == "distance"],
            "The fair A/E of the chosen sire over each distance, with its 95 % interval; par is 1.",
            names="label",
            order="place",
            shown=("sire", first),
            lines=14,
        ),
    }


LEADERS = Page(
    "leaders",
    "Leaders",
    "Who wins more than the prices asked, and how far that is to be believed.",
    _context,
)
