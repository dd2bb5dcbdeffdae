"""What may be asked of the simulated API, and how it refuses the rest."""

from __future__ import annotations

import httpx
import pytest

from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.integration.simulator.conftest import AUTH, refused


@pytest.mark.parametrize(
    ("path", "name", "value"),
    [
        ("/v1/racecards/pro", "date", "13/10/2025"),
        ("/v1/racecards/pro", "date", "2025-02-30"),
        ("/v1/racecards/pro", "date", "2023-01-22"),
        ("/v1/racecards/pro", "date", "2025-11-30"),
        ("/v1/racecards/pro", "limit", "501"),
        ("/v1/racecards/pro", "limit", "0"),
        ("/v1/racecards/pro", "skip", "501"),
        ("/v1/racecards/pro", "region_codes", "GB"),
        ("/v1/results", "limit", "101"),
        ("/v1/results", "limit", "many"),
        ("/v1/results", "skip", "20001"),
        ("/v1/results", "region", "atlantis"),
        ("/v1/results", "start_date", "1987-12-31"),
        ("/v1/results/today", "limit", "101"),
        ("/v1/courses", "region_codes", "xx"),
    ],
)
def test_a_parameter_out_of_bounds_is_refused_by_name(
    api: httpx.Client, path: str, name: str, value: str
) -> None:
    error = refused(api.get(path, params={name: value}))
    assert error["loc"] == ["query", name]
    assert error["msg"]
    assert error["type"]


def test_bounds_themselves_are_allowed(api: httpx.Client) -> None:
    for path, params in (
        ("/v1/racecards/pro", {"date": "2023-01-23", "limit": 500, "skip": 500}),
        ("/v1/racecards/pro", {"date": "2025-11-29"}),
        ("/v1/results", {"start_date": "1988-01-01", "end_date": "1988-12-31", "skip": 20000}),
        ("/v1/results", {"start_date": "2024-11-22", "end_date": "2025-11-22", "limit": 100}),
    ):
        assert api.get(path, params=params).status_code == 200


def test_a_range_of_results_is_at_most_365_days(api: httpx.Client) -> None:
    dates = {"start_date": "2024-11-21", "end_date": "2025-11-22"}
    assert refused(api.get("/v1/results", params=dates))["loc"] == ["query", "end_date"]
    backwards = {"start_date": "2025-11-22", "end_date": "2025-11-21"}
    assert refused(api.get("/v1/results", params=backwards))


def test_an_account_without_the_add_on_sees_365_days(world: World) -> None:
    with SimulatorServer(world, history=False) as server:
        for start, status in (("2024-11-22", 200), ("2024-11-21", 422)):
            answer = httpx.get(
                f"{server.base_url}/v1/results",
                auth=AUTH,
                params={"start_date": start, "end_date": "2024-12-31"},
            )
            assert answer.status_code == status
