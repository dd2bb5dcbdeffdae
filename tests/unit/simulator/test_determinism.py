"""The simulated world is the same every time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, timedelta

from simulator.scene.meetings import days
from simulator.world import World
from tests.unit.simulator.conftest import END

DIGEST = """
import hashlib, json
from datetime import date
from simulator.scene.meetings import days
from simulator.world import World
world = World(seed=7, seasons=0.05, races_per_day=6, end=date(2025, 11, 22))
digest = hashlib.sha256(json.dumps([world.regions(), world.courses()]).encode())
for day in days(world.start, world.last_card):
    payloads = [world.racecards(day), world.results(day)]
    digest.update(json.dumps(payloads).encode())
print(digest.hexdigest())
"""


def test_the_same_seed_size_and_end_give_the_same_bytes_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "4711")
    }
    assert len(digests) == 1


def test_another_seed_is_another_world() -> None:
    a, b = (World(seed, 0.05, 6, END) for seed in (1, 2))
    raced = [day for day in days(a.start, END) if a.results(day)]
    assert raced
    for day in raced:
        assert a.results(day) != b.results(day)


def test_asking_in_another_order_changes_nothing(world: World) -> None:
    day = END - timedelta(days=40)
    before = json.dumps(world.racecards(day))
    world.results(END - timedelta(days=200))
    world.racecards(END + timedelta(days=1))
    assert json.dumps(world.racecards(day)) == before


def test_the_dates_of_a_world_come_from_its_size(world: World) -> None:
    assert (world.start, world.end) == (date(2024, 11, 22), END)
    assert world.last_card == date(2025, 11, 28)
    assert world.results(world.start - timedelta(days=1)) == []
    assert world.racecards(world.last_card + timedelta(days=1)) == []
