"""How near the loader comes to the rate that the API permits, and whether it ever passes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from loaders.api.plans import DOCUMENTED_RATES
from simulator.serving.observing import Answered
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.bench.watched_load import Run, load

# Horses are asked for once races have told of them.
RESOURCES = ("results", "racecards", "horses")
# Seconds, as the API answers.
LATENCY = 0.6
# The share of the requests that come before the pace is steady.
_STARTING = 0.1


@dataclass(frozen=True)
class Pace:
    """The requests of one load; rates are in requests a second."""

    resource: str
    permitted: float
    requests: int
    rate: float
    refused: int
    run: Run


def keep_pace(world: World, database: str, seconds: int) -> Iterator[Pace]:
    """Load from an API that enforces the documented limits, each resource for so many seconds."""
    answers: list[Answered] = []
    server = SimulatorServer(world, rate_limits=True, latency=LATENCY, on_answer=answers.append)
    with server:
        for resource in RESOURCES:
            permitted = DOCUMENTED_RATES[resource]
            requests = round(permitted * seconds)
            first = world.end - timedelta(days=requests - 1)
            dates = ("--from", f"{first}", "--to", f"{world.end}")
            asked = ("--max-horses", f"{requests}") if resource == "horses" else dates
            answers.clear()
            run = load(database, server.environment(), resource, *asked)
            came = sorted(answer.at for answer in answers)
            yield Pace(
                resource,
                permitted,
                requests=len(came),
                rate=_steady_rate(came),
                refused=sum(answer.status == 429 for answer in answers),
                run=run,
            )


def _steady_rate(came: list[float]) -> float:
    steady = came[int(_STARTING * len(came)) :]
    return (len(steady) - 1) / (steady[-1] - steady[0])
