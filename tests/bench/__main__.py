"""The command behind `make bench`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import click
import psycopg
from psycopg import sql

from loaders.postgres import database
from loaders.raw.merge import prepare
from loaders.raw.session import Session
from loaders.settings import environment
from tests.bench import build, payloads, scratch
from tests.bench.build import Build
from tests.bench.memory import ServerWatch, peak_of

DATABASE = "studbook_bench"
_MIB = 1024 * 1024


class _Clock:
    """Times the steps and tells them as they end."""

    def __init__(self) -> None:
        self.steps: dict[str, float] = {}

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        started = monotonic()
        yield
        self.steps[what] = monotonic() - started
        click.echo(f"{what:<44}{self.steps[what]:>9.1f} s")


@click.command()
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True, max=10),
    default=1.0,
    show_default=True,
    help="Times the racing of Britain and Ireland.",
)
@click.argument("arguments", nargs=-1)
def bench(scale: float, arguments: tuple[str, ...]) -> None:
    """Time a warehouse of real size; ARGUMENTS (after --) are passed on to `dbt build`."""
    races = 12_270 * 11 * scale
    click.echo(
        f"This makes the database {DATABASE} anew, lands about {races:,.0f} races from "
        f"{payloads.FIRST_DAY} to {payloads.LAST_DAY} and the racecards of the last two years,\n"
        "builds, lands one more day and builds again. On two cores that takes about "
        f"{2 + 24 * scale:.0f} minutes and {0.2 + 14 * scale:.1f} GB of disk."
    )
    scratch.make_anew(DATABASE)
    clock = _Clock()
    session = Session(partial(database.connect, dbname=DATABASE), prepare=prepare)
    session.open()
    with (
        database.connect(dbname=DATABASE, autocommit=True) as other,
        ServerWatch(other) as server,
        TemporaryDirectory(prefix="studbook-bench-") as target,
    ):
        with clock.step("the world's racing"):
            world = payloads.make_world(scale)
        before = peak_of()
        with clock.step("landing"):
            payloads.land_history(world, session)
        landed = peak_of() - before
        first = _built(clock, "first build", Path(target), arguments)
        with clock.step("landing one more day"):
            payloads.land_last_day(world, session)
        second = _built(clock, "second build", Path(target), arguments)
        _tell_builds(first, second)
        _tell_tables(session.connection)
    session.close()
    click.echo("\nPeak memory, MB")
    for what, peak in (
        ("simulated world", before),
        ("landing, on top of it", landed),
        ("dbt", max(first.peak, second.peak)),
        ("server's processes, shared buffers apart", server.peak),
    ):
        click.echo(f"{what:<44}{peak / _MIB:>9,.0f}")
    click.echo(
        f"\nThe database stays; `PGDATABASE={DATABASE}` leads dbt and `studbook` to it, and\n"
        f"psql -d postgres -c 'drop database {DATABASE}'   drops it."
    )
    for which, made in (("first", first), ("second", second)):
        if made.failed:
            click.echo(f"\nThe {which} build failed, and skipped {made.skipped} nodes:", err=True)
            click.echo("\n".join(made.failed), err=True)
    if first.failed or second.failed:
        sys.exit(1)


def _built(clock: _Clock, what: str, target: Path, arguments: tuple[str, ...]) -> Build:
    env = environment()
    if server := database.embedded(env):
        env |= server.environment()
    with clock.step(what):
        return build.run({**env, "PGDATABASE": DATABASE}, target, payloads.LAST_DAY, arguments)


def _tell_builds(first: Build, second: Build) -> None:
    click.echo(f"\n{'Seconds':<44}{'first':>11}{'second':>11}")
    click.echo(f"{'dbt build':<44}{first.seconds:>11.1f}{second.seconds:>11.1f}")
    click.echo("of work, several at once:")
    for category in build.CATEGORIES:
        name = f"{first.tests} tests" if category == "tests" else category
        took = (each.categories[category] for each in (first, second))
        click.echo(f"  {name:<42}" + "".join(f"{seconds:>11.1f}" for seconds in took))
    click.echo(f"{'tests that warned':<44}{first.warnings:>11}{second.warnings:>11}")
    click.echo("the slowest models:")
    for name in sorted(first.models, key=first.models.__getitem__, reverse=True)[:10]:
        took = (first.models[name], second.models.get(name, 0.0))
        click.echo(f"  {name:<42}" + "".join(f"{seconds:>11.1f}" for seconds in took))


def _tell_tables(connection: psycopg.Connection) -> None:
    tables = connection.execute(
        """
        select pg_namespace.nspname, pg_class.relname, pg_total_relation_size(pg_class.oid)
        from pg_class
        inner join pg_namespace on pg_class.relnamespace = pg_namespace.oid
        where pg_class.relkind = 'r' and pg_namespace.nspname in ('raw', 'racing_staging', 'racing')
        order by pg_namespace.nspname = 'racing', pg_namespace.nspname, pg_class.relname
        """
    ).fetchall()
    size = connection.execute("select pg_database_size(current_database())").fetchone()
    assert size is not None
    click.echo(f"\n{'Table':<44}{'rows':>14}{'MB':>11}")
    for schema, table, taken in tables:
        counted = connection.execute(
            sql.SQL("select count(*) from {}").format(sql.Identifier(schema, table))
        ).fetchone()
        assert counted is not None
        click.echo(f"{f'{schema}.{table}':<44}{counted[0]:>14,}{taken / _MIB:>11,.1f}")
    click.echo(f"{'the database':<58}{size[0] / _MIB:>11,.1f}")


if __name__ == "__main__":
    bench()
