"""Loads keep within what the API permits an account, and get over it when they did not."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import psycopg
import pytest

from loaders.api.patience import Patience
from loaders.loading.progress import LineProgress, told_by
from loaders.loading.request import Request
from loaders.loading.run import run
from loaders.postgres.embedded import EmbeddedServer
from loaders.settings import Settings
from simulator.scene.meetings import days
from simulator.serving.edge import EdgeLimits
from simulator.serving.observing import Answered
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.conftest import fresh_database
from tests.integration.loading import column, start

END = date(2025, 11, 22)


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=3, seasons=0.2, races_per_day=2, end=END)


@pytest.fixture
def other_database(server: EmbeddedServer) -> Iterator[dict[str, str]]:
    with fresh_database(server.environment(), "other") as environment:
        yield environment


def last_days(many: int) -> tuple[date, date]:
    return END - timedelta(days=many - 1), END


def test_two_loads_into_two_databases_keep_the_pace_of_one(
    world: World, database: dict[str, str], other_database: dict[str, str]
) -> None:
    seen: list[Answered] = []
    with SimulatorServer(world, rate_limits=True, on_answer=seen.append) as api:
        first, last = last_days(9)
        range_ = ("--from", f"{first}", "--to", f"{last}")
        loads = [
            start(database, api.environment(), "results", *range_),
            start(other_database, api.environment(), "results", *range_),
        ]
        for load in loads:
            _, told = load.communicate(timeout=60)
            assert load.returncode == 0, told

    times = sorted(answer.at for answer in seen)
    assert {answer.status for answer in seen} == {200}
    assert len(times) >= 18
    assert (len(times) - 1) / (times[-1] - times[0]) <= 5


def test_a_load_outlasts_that_its_address_is_locked_out(
    world: World, raw: psycopg.Connection[Any]
) -> None:
    seen: list[Answered] = []
    first, last = last_days(45)

    def hear(answer: Answered) -> None:
        seen.append(answer)
        if len(seen) == 2:
            threading.Thread(target=ask_far_too_often).start()

    def ask_far_too_often() -> None:
        with httpx.Client() as client:
            while client.get(f"{api.base_url}/v1/courses").status_code != 429:
                pass

    # What is asked for meanwhile is refused more often than one request is made while others are
    # answered.
    patience = Patience(attempts=3, first_wait=0.05, longest_wait=0.1)
    limits = EdgeLimits(calls=90, seconds=1, closing=90, closed=2.5)
    progress = LineProgress()
    with SimulatorServer(world, edge_limits=limits, on_answer=hear) as api, told_by(progress):
        report = run(
            Request("results", first, last),
            Settings.from_environment({**api.environment(), "RACING_API_RATE": "80"}),
            lambda: psycopg.connect(raw.info.dsn),
            progress,
            today=lambda: END,
            patience=patience,
        )

    refused = [answer.at for answer in seen if answer.status == 429]
    assert refused[-1] - refused[0] >= 2
    assert report.clean
    raced = {
        date.fromisoformat(race["date"]) for day in days(first, last) for race in world.results(day)
    }
    assert set(column(raw, "select race_date from raw.results")) == raced
