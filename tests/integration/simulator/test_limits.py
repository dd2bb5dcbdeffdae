"""How often and how fast the simulated API answers."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from simulator.faults.kinds import Kind
from simulator.faults.schedule import Fault, FaultPlan
from simulator.serving.edge import EdgeLimits
from simulator.serving.observing import Answered
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.integration.simulator.conftest import AUTH

UNHURT = EdgeLimits(calls=1000, closing=1000)


def test_too_many_requests_are_refused_with_and_without_a_time_to_wait(world: World) -> None:
    with (
        SimulatorServer(world, rate_limits=True, edge_limits=UNHURT) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        answers = [client.get("/v1/courses/regions") for _ in range(3)]
        assert [a.status_code for a in answers] == [200, 429, 429]
        assert [a.headers.get("retry-after") for a in answers] == [None, "1", None]
        assert answers[1].json() == {"detail": "Rate limit exceeded"}
        # Each endpoint has a limit of its own: two a second for racecards, five for results.
        for path, limit in (("/v1/racecards/pro", 2), ("/v1/results/today", 5)):
            began = time.monotonic()
            codes = [client.get(path).status_code for _ in range(40)]
            # What was allowed: as many as a second's worth at once, then by the clock.
            allowed = limit + limit * (time.monotonic() - began)
            assert codes[:limit] == [200] * limit
            assert codes.count(200) <= allowed
            assert set(codes) == {200, 429}
        time.sleep(1.05)
        assert client.get("/v1/courses/regions").status_code == 200


def test_a_rate_of_ones_own_replaces_the_documented_limits(world: World) -> None:
    with (
        SimulatorServer(world, rate_limits=3) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        codes = [client.get("/v1/courses/regions").status_code for _ in range(40)]
        assert codes[:3] == [200, 200, 200]
        assert 429 in codes
        assert server.environment()["RACING_API_RATE"] == "3"


def test_an_account_has_fifty_calls_in_ten_seconds_on_all_endpoints_together(world: World) -> None:
    with (
        SimulatorServer(world, rate_limits=True) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        paths = ["/v1/courses", "/v1/racecards/pro", "/v1/results", "/v1/horses/hrs_1/pro"]
        answers = [client.get(path) for _ in range(13) for path in paths]
        # An answer of the API itself, a 429 of an endpoint among them, is JSON.
        assert all(answer.json() for answer in answers[:50])
        for answer in answers[50:]:
            assert answer.status_code == 429
            assert answer.text.startswith("<html>")
            assert "retry-after" not in answer.headers


def test_calls_that_grow_old_make_room_for_others(world: World) -> None:
    with (
        SimulatorServer(world, edge_limits=EdgeLimits(calls=3, seconds=1, closing=6)) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        codes = [client.get("/v1/courses").status_code for _ in range(4)]
        time.sleep(1.05)
        codes += [client.get("/v1/courses").status_code for _ in range(4)]
        assert codes == [200, 200, 200, 429] * 2


def test_an_address_that_goes_on_all_the_same_is_locked_out_for_a_while(world: World) -> None:
    limits = EdgeLimits(calls=3, seconds=0.5, closing=6, closed=1.5)
    with (
        SimulatorServer(world, edge_limits=limits) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        for _ in range(7):
            client.get("/v1/courses")
        time.sleep(0.7)
        # Its calls are forgotten by now, the lock-out is not.
        assert client.get("/v1/courses").status_code == 429
        time.sleep(0.9)
        assert client.get("/v1/courses").status_code == 200


def test_latency_holds_every_answer_back_but_not_the_others(world: World) -> None:
    def ask(_: int) -> float:
        began = time.monotonic()
        assert client.get("/v1/courses/regions").status_code == 200
        return time.monotonic() - began

    with (
        SimulatorServer(world, latency=0.5) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
        ThreadPoolExecutor(8) as visitors,
    ):
        began = time.monotonic()
        waits = list(visitors.map(ask, range(8)))
        # One after another they would take four seconds.
        assert time.monotonic() - began < 3
    assert min(waits) >= 0.5


def test_every_answer_is_told_with_the_time_at_which_it_was_asked_for(world: World) -> None:
    told: list[Answered] = []
    with (
        SimulatorServer(world, latency=0.2, rate_limits=1, on_answer=told.append) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        began = time.monotonic()
        client.get("/v1/courses")
        client.get("/v1/courses")
        client.get("/v1/racecards/pro", params={"limit": "many"})
        client.get("/v1/horses/hrs_1/pro")
        client.get("/v1/results", auth=("demo", "guess"))
    assert [(one.endpoint, one.status) for one in told] == [
        ("courses", 200),
        ("courses", 429),
        ("racecards", 422),
        ("horses", 404),
        ("results", 401),
    ]
    times = [one.at - began for one in told]
    assert times == sorted(times)
    # The first came at once, the second when the first was answered.
    assert 0 <= times[0] < 0.2 <= times[1]


def test_an_answer_that_never_comes_is_not_told(world: World) -> None:
    told: list[Answered] = []
    faults = FaultPlan([Fault("courses", 1, Kind.HANG), Fault("courses", 2, 500)])
    with (
        SimulatorServer(world, faults=faults, on_answer=told.append) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        with pytest.raises(httpx.ReadTimeout):
            client.get("/v1/courses", timeout=0.3)
        client.get("/v1/courses")
    assert [one.status for one in told] == [500]
