"""How fast the loader is when nothing holds it up, and who uses the processors meanwhile."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import psycopg
from psycopg import sql

from loaders.api.client import RacingApi
from loaders.api.plans import best
from loaders.loading.fetch import Source
from loaders.postgres import database
from loaders.settings import Plan, Settings
from simulator.scene.meetings import days
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.bench.cpu import server_cpu
from tests.bench.watched_load import Run, load


@dataclass(frozen=True)
class Throughput:
    """One load: what landed in so many seconds; processor times are in seconds.

    `sent` is the size of all objects in bytes. The simulator serves from memory.
    """

    resource: str
    races: int
    runners: int
    sent: int
    requests: int
    seconds: float
    server_cpu: float
    simulator_cpu: float
    run: Run

    @property
    def cpu(self) -> float:
        """What loader, server and simulator used together."""
        return self.run.cpu + self.server_cpu + self.simulator_cpu


def measure(world: World, name: str, lengths: Mapping[str, int]) -> Iterator[Throughput]:
    """Load so many days of each resource, the last of the world, into the database of a name."""
    with (
        SimulatorServer(world, rendered_days=sum(lengths.values())) as server,
        database.connect(dbname=name, autocommit=True) as connection,
    ):
        for resource, length in lengths.items():
            first = world.end - timedelta(days=length - 1)
            yield _measured(server, connection, resource, first, world.end)


def _measured(
    server: SimulatorServer, connection: psycopg.Connection, resource: str, first: date, last: date
) -> Throughput:
    api = server.environment()
    sent = asyncio.run(_render(Settings.from_environment(api), resource, first, last))
    on_server, on_simulator = server_cpu(connection), time.process_time()
    run = load(connection.info.dbname, api, resource, "--from", f"{first}", "--to", f"{last}")
    on_server, on_simulator = (
        server_cpu(connection) - on_server,
        time.process_time() - on_simulator,
    )
    races, runners, requests, seconds = _logged(connection, resource)
    return Throughput(
        resource, races, runners, sent, requests, seconds, on_server, on_simulator, run
    )


async def _render(settings: Settings, resource: str, first: date, last: date) -> int:
    """Have all days rendered, so that they are served from memory; returns the objects' bytes."""
    size = 0
    endpoint = best(resource, Plan.PRO)
    assert endpoint is not None
    async with RacingApi(settings) as api:
        source = Source(api, endpoint, settings.regions, last, lambda: last)
        for day in days(first, last):
            fetched = await source.fetch(day)
            size += sum(len(row.text.encode()) for row in fetched.batch.rows)
    return size


def _logged(connection: psycopg.Connection, resource: str) -> tuple[int, int, int, float]:
    """The races and runners that the last load has landed, its requests and its seconds."""
    row = connection.execute(
        sql.SQL(
            """
            select
                (select count(*)::int from raw.{} as landed where landed.load_id = loads.load_id),
                (
                    select coalesce(sum(jsonb_array_length(payload -> 'runners')), 0)::int
                    from raw.{} as landed
                    where landed.load_id = loads.load_id
                ),
                (
                    select sum(pages + failed_requests)::int
                    from raw.load_days
                    where load_days.load_id = loads.load_id
                ),
                extract(epoch from finished_at - started_at)::float
            from raw.loads
            order by load_id desc
            limit 1
            """
        ).format(sql.Identifier(resource), sql.Identifier(resource))
    ).fetchone()
    assert row is not None
    return row
