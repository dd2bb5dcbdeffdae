"""A feed served over HTTP, loaded day by day and built, and what one asks of the tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg

from loaders.postgres.embedded import EmbeddedServer
from tests.api import Api
from tests.conftest import fresh_database
from tests.integration.conftest import BUILD, Warehouse
from tests.integration.feed_cases.races import (
    TODAY,
    Feed,
    Race,
    courses,
    horse_id,
    profiles,
    race_id,
)

# Past days with nothing between them, of which two cost less than another command; more in a row
# would be a failure.
_GAP = timedelta(days=3)
_SHOWN = 8


@dataclass(frozen=True)
class Built:
    """A built warehouse; `failures` tells what did not go well."""

    connection: psycopg.Connection[Any]
    failures: Sequence[str] = field(repr=False)

    def ask(self, query: str, *parameters: Any) -> Any:
        """The one value that a query finds."""
        found = self.connection.execute(query, parameters or None).fetchall()
        assert len(found) == 1, f"{len(found)} rows: {query}"
        ((value,),) = found
        return value

    def race(self, key: str, column: str) -> Any:
        """A column of a race."""
        return self.ask(f"select {column} from racing.ra_races where id = %s", race_id(key))

    def result(self, key: str, horse: str, column: str) -> Any:
        """A column of a runner of a result."""
        return self._of_horse("ra_race_results", key, horse, column)

    def runner(self, key: str, horse: str, column: str) -> Any:
        """A column of a runner of a race, run or not."""
        return self._of_horse("ra_runners", key, horse, column)

    def historical(self, key: str, horse: str, column: str) -> Any:
        """A column of a runner's prices and returns."""
        return self._of_horse("ra_odds_historical", key, horse, column)

    def statistics(self, key: str, horse: str, column: str) -> Any:
        """A column of what was known of a horse before a race."""
        return self.ask(
            f"select {column} from racing.ra_runner_statistics"
            " inner join racing.ra_runners on ra_runners.id = ra_runner_statistics.runner_id"
            " where ra_runners.race_id = %s and ra_runners.horse_id = %s",
            race_id(key),
            horse_id(horse),
        )

    def master(self, table: str, ident: str, column: str) -> Any:
        """A column of a person, parent, horse or course."""
        return self.ask(f"select {column} from racing.ra_mst_{table} where id = %s", ident)

    def count(self, table: str, where: str, *parameters: Any) -> int:
        """How many rows of a table meet a condition."""
        found: int = self.ask(f"select count(*) from racing.{table} where {where}", *parameters)
        return found

    def _of_horse(self, table: str, key: str, horse: str, column: str) -> Any:
        return self.ask(
            f"select {column} from racing.{table} where race_id = %s and horse_id = %s",
            race_id(key),
            horse_id(horse),
        )


@contextmanager
def built(
    feed: Feed, regions: dict[str, str], server: EmbeddedServer, scratch: Path
) -> Iterator[Built]:
    """A warehouse of a feed, built as of now; where its tests fail, its tables are there still."""
    with fresh_database(server.environment()) as database, Api() as api:
        api.regions = [{"region": n, "region_code": code} for code, n in regions.items()]
        api.courses = courses(feed, regions)
        environment = api.environment(RACING_API_REGIONS="gb,ire,fr,usa")
        warehouse = Warehouse({**database, **environment}, scratch)
        warehouse.run("studbook", "load", "reference")
        api.horses = profiles(feed)
        _load(feed, api, warehouse)
        if feed.later:
            corrected = {horse["id"]: horse for horse in feed.later.horses}
            api.horses = profiles(feed.later) | api.horses | corrected
            _load(feed.later, api, warehouse, "--refresh")
        done = warehouse.run("dbt", *BUILD, check=False)
        with warehouse.connect() as connection:
            failures = [
                _told(node, connection)
                for node in warehouse.results()
                if node["status"] not in ("success", "pass", "warn", "skipped", "no-op")
            ]
            if done.returncode and not failures:
                failures = [done.stdout + done.stderr]
            if failures:
                warehouse.run("dbt", "run", check=False)
            yield Built(connection, failures)


def _told(node: dict[str, Any], connection: psycopg.Connection[Any]) -> str:
    """What a node of dbt ran into; of a test of data, the first rows that it found."""
    told = f"{node['unique_id']} {node['status']}: {node['message']}"
    if node["status"] == "fail" and node["unique_id"].startswith("test."):
        found = connection.execute(node["compiled_code"]).fetchmany(_SHOWN)
        told += "".join(f"\n    {row}" for row in found)
    return told


def _load(feed: Feed, api: Api, warehouse: Warehouse, *options: str) -> None:
    for resource, races, served in (
        ("results", feed.results, api.results),
        ("racecards", feed.racecards, api.racecards),
    ):
        _serve(races, served)
        for first, last in _ranges(date.fromisoformat(race["date"]) for race in races):
            days = ("--from", str(first), "--to", str(last))
            warehouse.run("studbook", "load", resource, *days, *options)
    warehouse.run("studbook", "load", "horses")


def _serve(races: Iterable[Race], served: dict[str, list[Race]]) -> None:
    """Let the API list races, each in the place of an earlier one of its id."""
    for race in races:
        listed = served.setdefault(race["date"], [])
        listed[:] = [one for one in listed if one["race_id"] != race["race_id"]] + [race]


def _ranges(days: Iterable[date]) -> list[tuple[date, date]]:
    """The days in few ranges: a load goes over empty days behind it, but none ahead."""
    ranges: list[tuple[date, date]] = []
    for day in sorted(set(days)):
        gap = _GAP if day <= TODAY else timedelta(days=1)
        if ranges and day - ranges[-1][1] <= gap:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return ranges
