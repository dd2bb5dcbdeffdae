"""The searches by name of the simulated API."""

from __future__ import annotations

import httpx
import pytest

from tests.integration.simulator.conftest import refused

KINDS = ["horses", "jockeys", "trainers", "owners", "sires", "dams", "damsires"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_search_demands_a_name(api: httpx.Client, kind: str) -> None:
    assert refused(api.get(f"/v1/{kind}/search")) == {
        "loc": ["query", "name"],
        "msg": "field required",
        "type": "value_error.missing",
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_search_finds_who_has_run_or_bred_a_runner(api: httpx.Client, kind: str) -> None:
    runner = api.get("/v1/results").json()["results"][0]["runners"][0]
    name = runner[kind.removesuffix("s")].split(" (")[0]
    # Owners are searched by the name a card gives, with its "&".
    name = name.split()[0] if kind == "owners" else name
    found = api.get(f"/v1/{kind}/search", params={"name": name.upper()}).json()["search_results"]
    assert runner[f"{kind.removesuffix('s')}_id"] in [one["id"] for one in found]
