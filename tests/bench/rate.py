"""How near loads come to the rate that the API permits, and whether they ever pass it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta

from loaders.api.pacing import ACCOUNT_RATE
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
    """The requests of one load, or of several at once; rates are in requests a second."""

    name: str
    permitted: float
    requests: int
    rate: float
    refused: int
    peak: int


def keep_pace(world: World, databases: Sequence[str], seconds: int) -> Iterator[Pace]:
    """Load from an API that enforces the documented limits, the account's among them.

    Each resource is loaded for so many seconds, then results into all databases at once.
    """
    answers: list[Answered] = []
    server = SimulatorServer(world, rate_limits=True, latency=LATENCY, on_answer=answers.append)
    with server:
        api = server.environment()
        for resource in RESOURCES:
            permitted = min(DOCUMENTED_RATES[resource], ACCOUNT_RATE)
            requests = round(permitted * seconds)
            horses = ("--max-horses", f"{requests}")
            asked = horses if resource == "horses" else _days(world, requests)
            answers.clear()
            run = load(databases[0], api, resource, *asked)
            yield _pace(resource, permitted, answers, [run])
        each = (*_days(world, round(ACCOUNT_RATE * seconds / len(databases))), "--refresh")
        answers.clear()
        with ThreadPoolExecutor(len(databases)) as at_once:
            runs = list(at_once.map(lambda it: load(it, api, "results", *each), databases))
        yield _pace("together", ACCOUNT_RATE, answers, runs)


def _days(world: World, many: int) -> tuple[str, ...]:
    first = world.end - timedelta(days=many - 1)
    return ("--from", f"{first}", "--to", f"{world.end}")


def _pace(name: str, permitted: float, answers: Sequence[Answered], runs: Sequence[Run]) -> Pace:
    came = sorted(answer.at for answer in answers)
    return Pace(
        name,
        permitted,
        requests=len(came),
        rate=_steady_rate(came),
        refused=sum(answer.status == 429 for answer in answers),
        peak=max(run.peak for run in runs),
    )


def _steady_rate(came: list[float]) -> float:
    steady = came[int(_STARTING * len(came)) :]
    return (len(steady) - 1) / (steady[-1] - steady[0])
