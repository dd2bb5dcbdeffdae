"""What the benchmark found, as JSON for programs and as a Markdown table for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date

from tests.bench.asking import LookUp
from tests.bench.rival import Compared
from tests.bench.sizes import TableSize
from tests.bench.stages import Stage

_MIB = 1024**2
_GIB = 1024**3
_SLOWEST = 10
# How the size of a warehouse is told.
_COUNTED = {
    "raw.results": "races with a result",
    "racing.ra_race_results": "their runners",
    "racing.ra_runner_odds": "prices",
}


@dataclass(frozen=True)
class Against:
    """The grouping of all runs, in seconds of each model and of each of DuckDB's statements."""

    warehouse: dict[str, float]
    rival: dict[str, float]
    # What DuckDB did before it could group.
    prepared: dict[str, float]
    compared: list[Compared]

    def cells(self) -> Iterator[tuple[str, str]]:
        """Rows of the table."""
        ours, its = sum(self.warehouse.values()), sum(self.rival.values())
        yield "grouping all runs, s", f"{ours:.1f}"
        yield "the same by DuckDB, s", f"{its:.1f}"
        yield "times as long", f"{ours / its:.1f}"
        yield "groups compared", f"{sum(each.groups for each in self.compared):,}"
        yield "groups that differ", f"{sum(each.differing for each in self.compared):,}"


@dataclass
class Measured:
    """All that was measured at one scale; times are in seconds, sizes in bytes."""

    scale: float
    landing: float = 0.0
    stages: list[Stage] = field(default_factory=list)
    against: Against | None = None
    look_ups: list[LookUp] = field(default_factory=list)
    tables: list[TableSize] = field(default_factory=list)
    database: int = 0
    # The most that each held.
    memory: dict[str, int] = field(default_factory=dict)

    def cells(self) -> Iterator[tuple[str, str]]:
        """Rows of the table: what was measured, and its figure."""
        for size in self.tables:
            if size.table in _COUNTED:
                yield _COUNTED[size.table], f"{size.rows:,}"
        for stage in self.stages:
            yield _row_of(stage), f"{stage.build.seconds:.1f} ({stage.build.cpu:.1f})"
        if self.against:
            yield from self.against.cells()
        for found in self.look_ups:
            took = f"{found.median * 1000:.1f} ({found.worst * 1000:.1f})"
            yield f"{found.what}, ms (worst of many)", took
        yield "database, GB", f"{self.database / _GIB:.2f}"
        for what, held in self.memory.items():
            yield f"memory of {what}, MB", f"{held / _MIB:,.0f}"

    def failures(self) -> Iterator[str]:
        """What went wrong, a sentence each."""
        for stage in self.stages:
            for failed in stage.build.failed:
                yield f"Scale {self.scale:g}, {stage.name}: {failed}"
        for each in self.against.compared if self.against else ():
            if not each.groups:
                yield f"Scale {self.scale:g}, {each.subject}: there is no group to compare."
            elif each.differing:
                yield (
                    f"Scale {self.scale:g}, {each.subject}: {each.differing:,} of "
                    f"{each.groups:,} groups are not what DuckDB makes of the payloads."
                )


@dataclass(frozen=True)
class Report:
    """What was measured, when and on what; memory is the machine's, in bytes."""

    measured_on: date
    postgresql: str
    duckdb: str
    cores: int
    memory: int
    scales: list[Measured]

    def json(self) -> str:
        """Everything, to the seconds of each model and test."""
        return json.dumps(asdict(self), indent=2, default=str) + "\n"

    def table(self) -> str:
        """What a reader wants to know first, in Markdown."""
        columns = {f"scale {each.scale:g}": dict(each.cells()) for each in self.scales}
        if len(self.scales) > 1:
            first, last = self.scales[0], self.scales[-1]
            columns[f"{first.scale:g} over {last.scale:g}"] = dict(_ratios(first, last))
        lines = [
            f"Measured on {self.measured_on} with PostgreSQL {self.postgresql} and DuckDB "
            f"{self.duckdb} on {self.cores} cores and {self.memory / _GIB:.0f} GB of memory:",
            "",
            _line("", list(columns)),
            _line("---", ["--:"] * len(columns)),
        ]
        for what in dict.fromkeys(what for column in columns.values() for what in column):
            lines.append(_line(what, [column.get(what, "") for column in columns.values()]))
        return "\n".join(lines) + "\n"

    def slowest(self) -> str:
        """The models and tests that took longest in each stage, in Markdown."""
        lines: list[str] = []
        for each in self.scales:
            # The last build of each kind is the one with tests, where there is one.
            for stage in {stage.what: stage for stage in each.stages}.values():
                lines += _slowest(each.scale, stage)
        return "\n".join(lines) + "\n"


def _row_of(stage: Stage) -> str:
    return f"{stage.name}, s (of all processors)"


def _ratios(first: Measured, last: Measured) -> Iterator[tuple[str, str]]:
    for smaller, larger in zip(first.stages, last.stages, strict=True):
        yield _row_of(smaller), f"{smaller.build.seconds / larger.build.seconds:.2f}"


def _slowest(scale: float, stage: Stage) -> Iterator[str]:
    yield f"\nScale {scale:g}, {stage.name}: {stage.build.seconds:.1f} s, several nodes at once:\n"
    for kind, nodes in (("models", stage.build.models), ("tests", stage.build.tests)):
        if nodes:
            yield _line(f"{len(nodes)} {kind}", [f"{sum(nodes.values()):.1f} s"])
            yield _line("---", ["--:"])
            for name in sorted(nodes, key=nodes.__getitem__, reverse=True)[:_SLOWEST]:
                yield _line(f"`{name}`", [f"{nodes[name]:.2f}"])
            yield ""


def _line(first: str, cells: Sequence[str]) -> str:
    return f"| {' | '.join([first, *cells])} |"
