"""A build reads raw as it was when it began, whatever lands while it runs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from simulator.world import World
from tests.api import Api
from tests.integration.builds import Build, held, wait_until_it_waits_for
from tests.integration.conftest import SEASON_END, Warehouse
from tests.integration.increments.refresh import copied

DAYS = [SEASON_END - timedelta(days=n) for n in range(8, 0, -1)]
RANGE = ("--from", str(DAYS[0]), "--to", str(DAYS[-1]), "--refresh")
KINDS = ("results", "racecards")
# All that reads raw, and what is made of it of races, runners and horses.
MARTS = ("+ra_race_results", "+ra_runners", "+ra_mst_horses")
RUN = ("run", "-s", "path:models/staging", "int_landed_stretches", *MARTS)


class Feed:
    """The races of a few days behind an Api, corrected by hand; `days` have two or more."""

    def __init__(self, api: Api, world: World) -> None:
        self.lists: dict[str, dict[str, list[dict[str, Any]]]] = {
            "results": api.results,
            "racecards": api.racecards,
        }
        for day in DAYS:
            api.results[str(day)] = world.results(day)
            api.racecards[str(day)] = world.racecards(day)
        self.days = [day for day in DAYS if len(api.results[str(day)]) > 1]
        self._gone: dict[str, list[dict[str, Any]]] = {}

    def hold_back(self, day: date) -> None:
        """Let the API not have a day yet."""
        for kind in KINDS:
            self._gone[kind] = self.lists[kind][str(day)]
            self.lists[kind][str(day)] = []

    def publish(self, day: date) -> None:
        """Let the API have what was held back."""
        for kind in KINDS:
            self.lists[kind][str(day)] = self._gone.pop(kind)

    def correct(self, day: date) -> None:
        """Take the first race of a day from its winner, and change riders and trainers."""
        for runner in self.lists["results"][str(day)][0]["runners"]:
            runner["position"] = {"1": "DSQ", "2": "1"}.get(runner["position"], runner["position"])
            runner["jockey_id"] = "jky_1"
        for runner in self.lists["racecards"][str(day)][0]["runners"]:
            runner["trainer_id"] = "trn_1"

    def withdraw(self, day: date) -> None:
        """Let the API no longer have the last race of a day."""
        for kind in KINDS:
            self._gone[kind] = [self.lists[kind][str(day)].pop()]

    def bring_back(self, day: date) -> None:
        """Let the API have again what was withdrawn."""
        for kind in KINDS:
            self.lists[kind][str(day)] += self._gone.pop(kind)


@pytest.fixture
def feed(api: Api) -> Feed:
    return Feed(api, World(seed=3, seasons=0.04, races_per_day=6, end=SEASON_END))


@pytest.fixture
def small(warehouse: Warehouse, api: Api, feed: Feed) -> Iterator[Warehouse]:
    """A few days of racing but for the last, loaded and built."""
    feed.hold_back(feed.days[-1])
    small = Warehouse({**warehouse.environment, **api.environment()}, warehouse.scratch)
    small.run("studbook", "load", "reference")
    load(small)
    small.dbt("seed")
    small.dbt(*RUN)
    return small


def load(warehouse: Warehouse) -> None:
    for kind in KINDS:
        warehouse.run("studbook", "load", kind, *RANGE)


def tables(warehouse: Warehouse) -> dict[str, str]:
    staged = warehouse.fingerprints("racing_staging")
    return warehouse.fingerprints("racing") | {
        name: digest
        for name, digest in staged.items()
        if name == "int_landed_stretches"
        or (name.startswith("stg_") and not name.endswith("__changes"))
    }


def test_what_lands_during_a_build_is_left_to_the_next_and_that_one_equals_a_full_refresh(
    small: Warehouse, feed: Feed
) -> None:
    first, second, third, fourth, *_, fifth, last = feed.days
    # Something has changed before, so that no table is passed over.
    feed.correct(fifth)
    load(small)
    with copied(small) as copy:
        copy.dbt(*RUN)
        built = tables(copy)

    feed.publish(last)
    feed.correct(first)
    feed.withdraw(second)
    # The results are read before, their runners after the load; of the cards it is the other way.
    between = [f"racing_staging.stg_racing_api__{name}" for name in ("result_runners", "racecards")]
    with held(small, *between) as looking:
        build = Build(small, *RUN)
        for table in between:
            wait_until_it_waits_for(looking, table)
        load(small)
    build.printed()
    assert tables(small) == built

    small.dbt(*RUN)
    corrected = tables(small)
    assert corrected.keys() == built.keys()
    assert {name for name in built if corrected[name] == built[name]} < set(built)
    with small.connect() as connection:
        assert connection.execute(
            "select count(*) from racing.ra_race_results where jockey_id = 'jky_1'"
        ).fetchone() == (
            sum(len(feed.lists["results"][str(day)][0]["runners"]) for day in (first, fifth)),
        )

    feed.bring_back(second)
    feed.correct(third)
    feed.withdraw(fourth)
    # All that the load changes is read after it.
    with held(small, "raw.horses") as looking:
        build = Build(small, *RUN, "--full-refresh", "--threads", "1")
        wait_until_it_waits_for(looking, "raw.horses")
        load(small)
    build.printed()
    assert tables(small) == corrected
