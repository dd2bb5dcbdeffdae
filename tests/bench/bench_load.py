"""The command behind `make bench-load`."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence

import click

from loaders.errors import StudbookError
from loaders.postgres.local import analytics
from simulator.world import World
from tests.bench import rate, scratch, throughput
from tests.bench.payloads import FEED, LAST_DAY, RACES_PER_DAY
from tests.bench.rate import Pace
from tests.bench.throughput import Throughput

DATABASE = "studbook_bench_load"
# For a load beside the others.
SECOND = "studbook_bench_load_2"
_MIB = 1024 * 1024
# Days at scale 1; racecards are several times as long as results.
_DAYS = {"results": 365, "racecards": 120}


@click.command()
@click.option(
    "--seconds",
    type=click.IntRange(min=1, max=300),
    default=60,
    show_default=True,
    help="How long the pace of each resource is watched.",
)
@click.option(
    "--scale",
    type=click.FloatRange(min=0, min_open=True, max=10),
    default=1.0,
    show_default=True,
    help="Times the days that are landed at full speed.",
)
def bench_load(seconds: int, scale: float) -> None:
    """Measure the loader: its pace, its memory, and its speed when no limit holds it up."""
    try:
        _measure(seconds, scale)
    except StudbookError as error:
        raise click.ClickException(str(error)) from error
    finally:
        scratch.drop(DATABASE)
        scratch.drop(SECOND)


def _measure(seconds: int, scale: float) -> None:
    lengths = {resource: max(3, round(days * scale)) for resource, days in _DAYS.items()}
    click.echo(
        f"This loads simulated races into the databases {DATABASE} and {SECOND}, which it makes "
        "anew and drops in the end.\n"
        f"That takes about {4 * seconds / 60 + 1.5 * scale:.0f} minutes and "
        f"{0.2 + 0.8 * scale:.1f} GB of memory."
    )
    # The pace of results is five days a second.
    longest = max(*lengths.values(), 5 * seconds)
    world = World(1, longest / 365, RACES_PER_DAY, LAST_DAY, FEED)
    # It stays as it is: looking through it for garbage would stop the simulator for a second.
    gc.freeze()
    scratch.make_anew(DATABASE)
    scratch.make_anew(SECOND)
    click.echo(
        f"\nPace: the documented limits and the account's, answers after {rate.LATENCY * 1000:.0f} "
        "ms; together: two loads at once\n"
        f"{'':<12}{'permitted/s':>12}{'requests':>10}{'reached/s':>11}{'share':>9}{'429s':>6}"
        f"{'peak MB':>9}"
    )
    for kept in rate.keep_pace(world, (DATABASE, SECOND), seconds):
        _tell_pace(kept)
    scratch.make_anew(DATABASE)
    _tell_throughput(list(throughput.measure(world, DATABASE, lengths)))


def _tell_pace(kept: Pace) -> None:
    click.echo(
        f"{kept.name:<12}{kept.permitted:>12.1f}{kept.requests:>10,}{kept.rate:>11.2f}"
        f"{kept.rate / kept.permitted:>9.1%}{kept.refused:>6}{kept.peak / _MIB:>9.0f}"
    )


def _tell_throughput(loads: Sequence[Throughput]) -> None:
    cores = analytics.cores()

    def row(what: str, figure: Callable[[Throughput], float], digits: int = 0) -> None:
        figures = "".join(f"{figure(load):>14,.{digits}f}" for load in loads)
        click.echo(f"{what:<44}{figures}")

    def micro(seconds: float, load: Throughput) -> float:
        return seconds * 1e6 / load.runners

    click.echo(f"\n{'Throughput: no limits, no latency':<44}", nl=False)
    click.echo("".join(f"{load.resource:>14}" for load in loads))
    row("races landed", lambda load: load.races)
    row("runners landed", lambda load: load.runners)
    row("bytes of JSON a runner", lambda load: load.sent / load.runners)
    row("seconds", lambda load: load.seconds, 1)
    row("requests a second", lambda load: load.requests / load.seconds)
    row("races a second", lambda load: load.races / load.seconds)
    row("runners a second", lambda load: load.runners / load.seconds)
    click.echo("processor time, microseconds a runner")
    row("  loader", lambda load: micro(load.run.cpu, load), 1)
    row("  database server", lambda load: micro(load.server_cpu, load), 1)
    row("  simulator", lambda load: micro(load.simulator_cpu, load), 1)
    row(f"cores in use, of {cores}", lambda load: load.cpu / load.seconds, 2)
    row("runners a second with all cores in use", lambda load: cores * load.runners / load.cpu)
    click.echo("loader's memory, MB")
    row("  after a third of the load", lambda load: load.run.resident_after(1 / 3) / _MIB)
    row("  at its end", lambda load: load.run.resident_after(1) / _MIB)
    row("  peak", lambda load: load.run.peak / _MIB)


if __name__ == "__main__":
    bench_load()
