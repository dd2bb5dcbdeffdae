"""The command `studbook simulator`: what it takes, and what it says without the extra `demo`."""

from __future__ import annotations

import sys
from datetime import date

import click

from loaders.console import Day
from loaders.errors import StudbookError
from simulator.faults.kinds import ENDPOINTS, Kind
from simulator.faults.schedule import Fault, FaultPlan
from simulator.feed.editions import CHANGE, NEW, OLD, Feed
from simulator.feed.tiers import Plan

_DEMO = ("starlette", "uvicorn")


class NotInstalledError(StudbookError):
    """What only the simulator needs is not installed."""


@click.command()
@click.option("--seed", type=int, default=1, show_default=True)
@click.option(
    "--seasons",
    type=click.FloatRange(min=0, min_open=True),
    default=1.0,
    show_default=True,
    help="Years of racing up to the last day.",
)
@click.option("--races-per-day", type=click.FloatRange(min=1), default=8.0, show_default=True)
@click.option("--end", type=Day(), help="Last day with results; default: today.")
@click.option(
    "--feed",
    default=NEW,
    show_default=True,
    metavar="VERSION|DAY",
    help=f"The API's wording: {OLD}, {NEW}, or {OLD} for races before a day such as {CHANGE} and "
    f"{NEW} from it on.",
)
@click.option(
    "--plan",
    type=click.Choice([plan.value for plan in Plan]),
    default=Plan.PRO.value,
    show_default=True,
    help="The account's plan.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8008,
    show_default=True,
    help="0 takes any free port.",
)
@click.option(
    "--latency",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    help="Seconds before each answer.",
)
@click.option(
    "--limits/--no-limits",
    default=False,
    help="Keep the documented rate limits, and the account's 50 calls in 10 seconds.",
)
@click.option(
    "--add-on/--no-add-on",
    default=True,
    help="Whether an account of the pro plan may see results before the last 365 days.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="ENDPOINT:WHEN:KIND",
    help="What goes wrong: results:3:drop at the third request of results, results:40-400:503 at "
    "each from the 40th to the 400th, results:5%:500 at one in twenty; repeatable, and of several "
    f"that are due the first one comes. Endpoints: {', '.join(ENDPOINTS)}. Kinds: a status from "
    f"400 to 599, {', '.join(Kind)}.",
)
@click.argument("command", nargs=-1)
def simulator(
    seed: int,
    seasons: float,
    races_per_day: float,
    end: date | None,
    feed: str,
    plan: str,
    port: int,
    latency: float,
    limits: bool,
    add_on: bool,
    faults: tuple[str, ...],
    command: tuple[str, ...],
) -> None:
    """Serve a stand-in Racing API: until Ctrl-C, or while COMMAND (after --) runs."""
    try:
        from simulator.serving.hosting import check_command, run_with, serve
        from simulator.serving.server import SimulatorServer, listen
    except ModuleNotFoundError as error:
        needed = (error.name or "").partition(".")[0]
        if needed not in _DEMO:
            raise
        raise NotInstalledError(
            f"The simulator needs {needed}, which is not installed: run `make demo`, or `pip "
            "install -e '.[demo]'` in the project's folder."
        ) from error
    from simulator.world import World

    check_command(command)
    Feed.parse(feed)
    planned = FaultPlan([Fault.parse(text) for text in faults], seed) if faults else None
    listener = listen(port)
    world = World(seed, seasons, races_per_day, end, feed)
    server = SimulatorServer(
        world,
        listener,
        plan=Plan(plan),
        rate_limits=limits,
        latency=latency,
        history=add_on,
        faults=planned,
    )
    if command:
        sys.exit(run_with(server, command))
    serve(server, click.echo)
