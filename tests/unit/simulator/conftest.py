"""A season of racing, as large as the demo's, for the tests of the simulated world."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from simulator.scene.meetings import days
from simulator.world import World

END = date(2025, 11, 21)
EN_DASH = "\N{EN DASH}"

Payload = dict[str, Any]


@pytest.fixture(scope="package")
def world() -> World:
    """The size of the demo: one season, eight races a day, as version 1.4.3 words them."""
    return World(seed=1, seasons=1, races_per_day=8, end=END, feed="1.4.3")


@pytest.fixture(scope="package")
def results(world: World) -> list[Payload]:
    return [race for day in days(world.start, world.end) for race in world.results(day)]


@pytest.fixture(scope="package")
def cards(world: World) -> list[Payload]:
    """The cards of every fourth day, and all of those to come."""
    return [race for day in some_days(world) for race in world.racecards(day)]


@pytest.fixture(scope="package")
def reworded() -> World:
    """The same season as version 1.4.4 words it."""
    return World(seed=1, seasons=1, races_per_day=8, end=END, feed="1.4.4")


@pytest.fixture(scope="package")
def reworded_results(reworded: World) -> list[Payload]:
    return [race for day in days(reworded.start, reworded.end) for race in reworded.results(day)]


@pytest.fixture(scope="package")
def reworded_cards(reworded: World) -> list[Payload]:
    """The cards of every fourth day, and all of those to come."""
    return [race for day in some_days(reworded) for race in reworded.racecards(day)]


@pytest.fixture(scope="package")
def ran(results: list[Payload]) -> list[Payload]:
    return [runner for race in results for runner in race["runners"]]


@pytest.fixture(scope="package")
def entries(cards: list[Payload]) -> list[Payload]:
    return [runner for race in cards for runner in race["runners"]]


def some_days(world: World) -> list[date]:
    return [*list(days(world.start, world.end))[::4], *ahead(world)]


def ahead(world: World) -> list[date]:
    return [world.end + timedelta(days=n) for n in range(1, 8)]


def price(runner: Payload) -> float | None:
    return float(runner["sp_dec"]) if runner["sp_dec"] not in ("", "-") else None
