"""The command behind `make bench`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from typing import Any

import click
import duckdb
import psycopg

from loaders.errors import StudbookError
from loaders.postgres import database
from loaders.postgres.local import analytics
from loaders.settings import ROOT
from tests.bench import asking, room, scratch, sizes
from tests.bench.asking import look_up
from tests.bench.measured import Against, Measured, Report
from tests.bench.memory import ServerWatch, forget_peak, peak_of
from tests.bench.payloads import History
from tests.bench.rival import GROUPINGS, Rival
from tests.bench.stages import LATER, Stages

DATABASE = "studbook_bench"
GROUPING_MODELS = "path:models/intermediate/performance"
PARTS = (*LATER, "tests", "duckdb", "look-ups")
_GIB = 1024**3
_MIB = 1024**2


class _Scales(click.ParamType[Any]):
    """Scales with commas between them."""

    name = "scales"

    def convert(
        self, value: Any, param: click.Parameter | None, context: click.Context | None
    ) -> list[float]:
        try:
            scales = [float(scale) for scale in str(value).split(",")]
        except ValueError:
            scales = [0.0]
        if not all(0 < scale <= 10 for scale in scales):
            self.fail(
                f"'{value}' is no list of scales: write numbers above 0 and up to 10 with commas "
                "between them, such as 0.1,1."
            )
        return scales


@click.command()
@click.option(
    "--scales",
    type=_Scales(),
    default="1",
    show_default=True,
    help="Times eleven years of racing in Britain and Ireland; several with commas.",
)
@click.option(
    "--part",
    "parts",
    type=click.Choice(PARTS),
    multiple=True,
    default=PARTS,
    help="Measure only this besides a first build without tests; may be given several times.",
)
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "build",
    help="The folder that bench.json and bench.md are written to.",
)
@click.argument("arguments", nargs=-1)
def bench(
    scales: list[float], parts: tuple[str, ...], into: Path, arguments: tuple[str, ...]
) -> None:
    """Time a warehouse of real size; ARGUMENTS (after --) are passed on to `dbt build`."""
    try:
        report = _measure(scales, parts, arguments)
    except StudbookError as error:
        raise click.ClickException(str(error)) from error
    into.mkdir(parents=True, exist_ok=True)
    (into / "bench.json").write_text(report.json())
    (into / "bench.md").write_text(report.table())
    click.echo(report.slowest())
    click.echo(report.table())
    click.echo(
        f"{into / 'bench.json'} has every figure; `make bench-readme` puts the table into the "
        f"README.\nThe last database stays; `PGDATABASE={DATABASE}` leads dbt and `studbook` to "
        f"it, and\npsql -d postgres -c 'drop database {DATABASE}'   drops it."
    )
    if failures := [failure for each in report.scales for failure in each.failures()]:
        click.echo("\n".join(("", *failures)), err=True)
        sys.exit(1)


def _measure(scales: list[float], parts: tuple[str, ...], arguments: tuple[str, ...]) -> Report:
    needed = (0.5 + 25 * max(scales)) * _GIB
    room.make_sure_of(needed)
    click.echo(
        f"This makes the database {DATABASE} anew for each scale, lands about "
        f"{12_270 * 11 * max(scales):,.0f} races at most,\nbuilds, lands more and builds again. "
        f"It needs up to {needed / _GIB:.1f} GB of disk, and on two cores\nabout "
        f"{sum(5 + 60 * scale for scale in scales):.0f} minutes in which nothing else runs."
    )
    measured = [_measure_one(scale, parts, arguments) for scale in scales]
    with database.connect(dbname="postgres") as connection:
        version = connection.info.parameter_status("server_version") or ""
    return Report(
        measured_on=date.today(),
        postgresql=version,
        duckdb=duckdb.__version__,
        cores=analytics.cores(),
        memory=analytics.memory(),
        scales=measured,
    )


def _measure_one(scale: float, parts: tuple[str, ...], arguments: tuple[str, ...]) -> Measured:
    click.echo(f"\nScale {scale:g}")
    measured = Measured(scale)
    scratch.make_anew(DATABASE)
    with (
        TemporaryDirectory(prefix="studbook-bench-") as folder,
        database.connect(dbname=DATABASE, autocommit=True) as connection,
        ServerWatch(connection) as server,
    ):
        with _step("the world's racing"):
            history = History(scale)
        forget_peak()
        before = peak_of()
        stages = Stages(DATABASE, history, Path(folder) / "target", arguments)
        with _step("landing") as took:
            stages.land_history()
        measured.landing = took[0]
        landed = peak_of()
        later = [each for each in LATER if each in parts]
        for stage in stages.go_through(later, tests="tests" in parts):
            _tell(stage.name, stage.build.seconds)
            measured.stages.append(stage)
        measured.memory = {
            "landing": landed - before,
            "dbt": max(stage.build.peak for stage in measured.stages),
            "the server's processes, shared buffers apart": server.peak,
        }
        with database.connect(dbname=DATABASE, autocommit=True) as other:
            if "duckdb" in parts:
                measured.against = _against(stages, other, Path(folder))
            if "look-ups" in parts:
                measured.look_ups = [look_up(other, what) for what in asking.QUESTIONS]
            measured.tables = sizes.tables(other)
            measured.database = sizes.database(other)
    for size in measured.tables:
        click.echo(f"{size.table:<58}{size.rows:>12,}{size.taken / _MIB:>11,.1f} MB")
    return measured


def _against(stages: Stages, connection: psycopg.Connection[Any], folder: Path) -> Against:
    grouped = stages.rebuild_alone(GROUPING_MODELS)
    _tell("grouping all runs", sum(grouped.models.values()))
    rival = Rival(connection, folder)
    with _step("the same payloads for DuckDB"):
        rival.take_payloads()
    took = rival.work(stages.as_of)
    _tell("the same by DuckDB", sum(took[name] for name in GROUPINGS))
    with _step("comparing all groups"):
        compared = rival.compare()
    rival.close()
    return Against(
        warehouse=grouped.models,
        rival={name: took.pop(name) for name in GROUPINGS},
        prepared=took,
        compared=compared,
    )


@contextmanager
def _step(what: str) -> Iterator[list[float]]:
    """Time a step; the seconds are in the list when it has ended."""
    took: list[float] = []
    started = monotonic()
    yield took
    took.append(monotonic() - started)
    _tell(what, took[0])


def _tell(what: str, seconds: float) -> None:
    click.echo(f"{what:<58}{seconds:>12.1f} s")


if __name__ == "__main__":
    bench()
