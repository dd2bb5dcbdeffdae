"""Whatever happens to raw, to the project and to builds, in whatever order: the next build of all
gives what a full refresh gives, row for row.

Changes of every kind and builds of every kind come in random order: a part of them, unless
STUDBOOK_SEQUENCES=20 tries so many orders of all and compares after each build of all. A failure
names its seed, and STUDBOOK_SEED=7 begins with that one.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random

import pytest

from tests.api import Api
from tests.integration.conftest import Warehouse
from tests.integration.increments.building import Building
from tests.integration.increments.changes import CHANGES, Change, day_of_news
from tests.integration.increments.feed import HELD_BACK, Feed, NothingToChangeError
from tests.integration.increments.refresh import differences
from tests.integration.increments.rules import Rules

SEQUENCES = os.environ.get("STUDBOOK_SEQUENCES")
FIRST_SEED = int(os.environ.get("STUDBOOK_SEED", "1"))
SEEDS = range(FIRST_SEED, FIRST_SEED + int(SEQUENCES or 1))

# So often a change is drawn that may change nothing, and so many of a sequence may be left out.
DRAWS, LEFT_OUT = 5, 3

Step = Callable[[], str]


class Sequence:
    """A world, a warehouse of it, and what comes over them, told step by step."""

    def __init__(self, api: Api, warehouse: Warehouse, folder: Path, seed: int) -> None:
        self.told: list[str] = []
        self.left_out: list[str] = []
        self._rng = Random(seed)
        self._feed = Feed(api, warehouse.environment, seed)
        self._building = Building(warehouse, Rules(folder), self._rng)

    def play(self) -> None:
        """Change and build all in one order, and compare."""
        self._feed.land_all()
        self._building.set_clock(self._feed.today)
        self._building.begin()
        for step in self._steps():
            self.told.append(step())
            if SEQUENCES and step == self._building.run:
                self._compare()
        self.told.append(self._building.run())
        self._compare()
        assert len(self.left_out) <= LEFT_OUT, f"too little of a change: {self.left_out}"

    def _compare(self) -> None:
        found = differences(self._building.warehouse, self._building.tables.values())
        assert not found, "\n".join(["unlike a full refresh:", *found])

    def _steps(self) -> list[Step]:
        """Every kind of build, and before each some of the kinds of change, each of them once."""
        building, rng = self._building, self._rng
        changes: list[Step] = [partial(self._changed, change) for change in CHANGES]
        changes += [self._day_of_news] * HELD_BACK
        changes += [building.drop_table] * 2
        changes += [building.change_var]
        builds: list[Step] = [
            building.run,
            building.run_with_nothing_new,
            *[building.run_one] * 2,
            building.run_one_and_its_parents,
            building.run_one_and_its_children,
            building.run_live,
            building.refresh_one,
            building.run_one_empty,
            building.run_and_be_killed,
            building.run_and_be_cut_off,
            building.run_and_fail_at_one,
        ]
        rng.shuffle(changes)
        rng.shuffle(builds)
        if not SEQUENCES:
            changes, builds = changes[: len(changes) // 2], builds[: len(builds) // 3]
        steps = [*builds]
        for change in changes:
            steps.insert(rng.randrange(len(steps)), change)
        return self._with_other_rules(steps)

    def _with_other_rules(self, steps: list[Step]) -> list[Step]:
        """Let rules change on the way, and be as before some steps later."""
        building, rng = self._building, self._rng
        first = rng.randrange(len(steps) // 2)
        other = [
            partial(building.change_rules, of_seeds=True),
            partial(building.change_rules, of_seeds=False),
        ]
        rng.shuffle(other)
        then = first + 12
        return [
            *steps[:first],
            other[0],
            *steps[first : first + 6],
            other[1],
            *steps[first + 6 : then],
            building.put_rules_back,
            *steps[then:],
        ]

    def _changed(self, change: Change) -> str:
        """Draw what changes until something does."""
        for _ in range(DRAWS):
            try:
                return change(self._feed, self._rng)
            except NothingToChangeError as error:
                told = str(error)
        self.left_out.append(told)
        return f"nothing, since {told}"

    def _day_of_news(self) -> str:
        told = day_of_news(self._feed, self._rng)
        self._building.set_clock(self._feed.today)
        return told


@pytest.mark.parametrize("seed", SEEDS)
def test_a_build_of_all_gives_what_a_full_refresh_gives_whatever_came_before(
    api: Api, warehouse: Warehouse, folder: Path, seed: int
) -> None:
    sequence = Sequence(api, warehouse, folder / "dbt_project", seed)
    try:
        sequence.play()
    except BaseException as error:
        steps = [f"{number:3}. {told}" for number, told in enumerate(sequence.told, 1)]
        error.add_note("\n".join([f"STUDBOOK_SEED={seed}", *steps]))
        raise
