"""A tenth of a season behind HTTP, for the tests of what the simulated API answers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest

from simulator.serving.server import SimulatorServer
from simulator.world import World

END = date(2025, 11, 22)
AUTH = ("demo", "demo")


@pytest.fixture(scope="package")
def world() -> World:
    return World(seed=1, seasons=0.1, races_per_day=16, end=END)


@pytest.fixture(scope="package")
def api(world: World) -> Iterator[httpx.Client]:
    with (
        SimulatorServer(world) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        yield client


def refused(response: httpx.Response) -> dict[str, Any]:
    """The one error of a 422."""
    assert response.status_code == 422
    (error,) = response.json()["detail"]
    return error
