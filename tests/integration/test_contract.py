"""The simulator against the provider's specification, and both against real responses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from simulator.feed.tiers import Plan
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.shared import RACING_API, SAMPLES, needs_racing_api

END = date(2025, 11, 22)
# Newer than the samples; the API may leave them out.
NEWER = {"bsp", "race_status", "performance_rating", "speed_rating"}

pytestmark = needs_racing_api


@pytest.fixture(scope="module")
def specification() -> dict[str, Any]:
    return json.loads((RACING_API / "openapi.json").read_text())


@pytest.fixture(scope="module")
def world() -> World:
    """Its days before the last week are worded as the samples, the others as they have been since.

    What one of the versions leaves empty, the other fills.
    """
    return World(seed=1, seasons=0.13, races_per_day=14, end=END, feed="2025-11-15")


@pytest.fixture(scope="module")
def api(world: World) -> Iterator[httpx.Client]:
    with (
        SimulatorServer(world) as server,
        httpx.Client(base_url=server.base_url, auth=("demo", "demo")) as client,
    ):
        yield client


def sample(name: str) -> Any:
    return json.loads((SAMPLES / f"{name}.json").read_text())


def validator(
    specification: dict[str, Any], path: str, status: str = "200"
) -> Draft202012Validator:
    response = specification["paths"][path]["get"]["responses"][status]
    schema = response["content"]["application/json"]["schema"]
    return Draft202012Validator({**schema, "components": specification["components"]})


def paths_and_requests(world: World) -> list[tuple[str, str]]:
    """Every endpoint with requests for it: some days, one of them to come."""
    days = [END - timedelta(days=n) for n in range(3, 30)]
    races = [race for day in days for race in world.results(day)]
    runner = races[0]["runners"][0]
    card = next(c for day in days for c in world.racecards(day) if c["region"] == "GB")
    entry = card["runners"][0]
    today = world.racecards(END)[0]["race_id"]
    week = [(END - timedelta(days=n)).isoformat() for n in (0, 3, 12, 40, -1, -4)]
    ids = [
        runner["horse_id"],
        *("hrs_" + entry[k][4:] for k in ("sire_id", "dam_id", "damsire_id")),
    ]
    return [
        ("/v1/courses/regions", ""),
        ("/v1/courses", ""),
        ("/v1/courses", "?region_codes=ire"),
        *(("/v1/racecards/pro", f"?date={day}") for day in week),
        *(
            (f"/v1/racecards/{plan}", f"?day={day}")
            for plan in ("free", "basic", "standard")
            for day in ("today", "tomorrow")
        ),
        ("/v1/racecards/{race_id}/standard", f"/v1/racecards/{today}/standard"),
        ("/v1/racecards/{race_id}/pro", f"/v1/racecards/{card['race_id']}/pro"),
        ("/v1/results", f"?start_date={week[3]}&end_date={week[2]}&limit=100"),
        ("/v1/results", "?limit=100&region=gb&region=ire"),
        ("/v1/results/today", ""),
        ("/v1/results/today/free", ""),
        ("/v1/horses/search", "?name=king"),
        ("/v1/results/{race_id}", f"/v1/results/{races[0]['race_id']}"),
        *(
            (f"/v1/horses/{{horse_id}}/{plan}", f"/v1/horses/{i}/{plan}")
            for plan in ("standard", "pro")
            for i in ids
        ),
        ("/v1/odds/{race_id}/{horse_id}", f"/v1/odds/{card['race_id']}/{entry['horse_id']}"),
    ]


def test_every_endpoint_answers_as_specified(
    api: httpx.Client, world: World, specification: dict[str, Any]
) -> None:
    seen = set()
    for path, request in paths_and_requests(world):
        response = api.get(request if request.startswith("/") else path + request)
        assert response.status_code == 200
        validator(specification, path).validate(response.json())
        seen.add(path)
    assert len(seen) == 16


def test_a_refused_parameter_is_reported_as_specified(
    api: httpx.Client, specification: dict[str, Any]
) -> None:
    check = validator(specification, "/v1/results", "422")
    for query in ("limit=101", "start_date=x", "region=xx"):
        check.validate(api.get(f"/v1/results?{query}").json())
    assert api.get("/v1/horses/search").json() == sample("errors")["422"]
    assert api.get("/v1/jockeys").json() == sample("errors")["404"]


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("regions", "/v1/courses/regions"),
        ("courses_page", "/v1/courses"),
        ("racecards_pro_page", "/v1/racecards/pro"),
        ("results_page", "/v1/results"),
        ("horse_pro", "/v1/horses/{horse_id}/pro"),
    ],
)
def test_the_real_samples_pass_the_same_checks(
    specification: dict[str, Any], name: str, path: str
) -> None:
    validator(specification, path).validate(sample(name))


def test_the_real_sample_of_today_passes_once_its_page_is_whole(
    specification: dict[str, Any],
) -> None:
    today = sample("results_today_free_2026")
    # The sample has the results of its page and nothing else of it.
    page = {**today, "total": len(today["results"]), "limit": 50, "skip": 0, "query": []}
    validator(specification, "/v1/results/today/free").validate(page)
    assert len(today["results"]) == 2


def test_the_simulated_regions_are_the_real_ones(world: World) -> None:
    def by_code(regions: list[dict[str, Any]]) -> dict[str, str]:
        return {region["region_code"]: region["region"] for region in regions}

    assert by_code(world.regions()) == by_code(sample("regions"))
    assert len(world.regions()) == 55


def shape(payload: Any, path: str = "") -> set[tuple[str, str]]:
    """Every key of a payload with the type of its value, whatever its place in a list."""
    if isinstance(payload, dict):
        found = {(f"{path}.{key}", type(value).__name__) for key, value in payload.items()}
        return found.union(*(shape(value, f"{path}.{key}") for key, value in payload.items()))
    if isinstance(payload, list) and path != ".query":
        return set().union(*(shape(value, f"{path}[]") for value in payload))
    return set()


@pytest.mark.parametrize(
    ("name", "requests"),
    [
        ("regions", ["/v1/courses/regions"]),
        ("courses_page", ["/v1/courses"]),
        ("racecards_pro_page", [f"/v1/racecards/pro?date=2025-11-{n:02}" for n in (8, 14, 15)]),
        ("results_page", ["/v1/results?start_date=2025-11-01&limit=100"]),
    ],
)
def test_payloads_have_the_keys_of_the_samples(
    api: httpx.Client, name: str, requests: list[str]
) -> None:
    real = shape(sample(name))
    simulated = set().union(*(shape(api.get(request).json()) for request in requests))
    # Price movements began after the sampled cards; off_dt may be null.
    extra = {
        (key, kind)
        for key, kind in simulated - real
        if key.rpartition(".")[2] not in NEWER
        and ".history[]" not in key
        and not (key.endswith(".off_dt") and kind == "NoneType")
    }
    assert extra == set()
    assert real - simulated == set()


def test_profiles_have_the_keys_of_the_sample_in_its_order(api: httpx.Client, world: World) -> None:
    days = [END - timedelta(days=n) for n in range(7)]
    runner = next(race for day in days for race in world.results(day))["runners"][0]
    profile = api.get(f"/v1/horses/{runner['horse_id']}/pro").json()
    assert list(profile) == list(sample("horse_pro"))


def test_the_two_wordings_together_fill_every_field_of_the_specification(
    world: World, specification: dict[str, Any]
) -> None:
    schemas = specification["components"]["schemas"]
    days = [END - timedelta(days=n) for n in range(-1, 30)]
    cards = [card for day in days for card in world.racecards(day)]
    results = [race for day in days for race in world.results(day)]
    for schema, rows in (
        ("RacecardOddsPro", cards),
        ("RunnerOddsPro", [r for c in cards for r in c["runners"]]),
        ("OddsHistory", [o for c in cards for r in c["runners"] for o in r["odds"]]),
        ("ResultStandard", results),
        ("RunnerStandard", [r for race in results for r in race["runners"]]),
    ):
        for field in schemas[schema]["properties"]:
            assert any(row.get(field) for row in rows), f"{schema}.{field}"


@pytest.mark.parametrize(
    ("plan", "card", "entry", "price", "result", "runner"),
    [
        (Plan.FREE, "RacecardBasic", "racecards__RunnerBasic", None, "ResultFree", "RunnerFree"),
        (Plan.BASIC, "Racecard", "racecards__Runner", None, "ResultBasic", "result__RunnerBasic"),
        (
            Plan.STANDARD,
            *("RacecardOdds", "racecards__RunnerOdds", "OddsNoHistory"),
            *("ResultStandard", "RunnerStandard"),
        ),
        (
            Plan.PRO,
            *("RacecardOddsPro", "RunnerOddsPro", "OddsHistory"),
            *("ResultStandard", "RunnerStandard"),
        ),
    ],
)
def test_the_two_wordings_together_have_the_fields_that_a_plan_has_and_no_others(
    world: World,
    specification: dict[str, Any],
    plan: Plan,
    card: str,
    entry: str,
    price: str | None,
    result: str,
    runner: str,
) -> None:
    schemas = specification["components"]["schemas"]
    days = [END - timedelta(days=n) for n in range(30)]
    cards = [one for day in days[::5] for one in world.racecards(day, plan)]
    entries = [one for race in cards for one in race["runners"]]
    results = [one for day in days[::5] for one in world.results(day, plan)]
    for schema, rows in (
        (card, cards),
        (entry, entries),
        (price, [one for runner in entries for one in runner.get("odds", [])]),
        (result, results),
        (runner, [one for race in results for one in race["runners"]]),
    ):
        if schema is None:
            assert rows == []
            continue
        name = schema if schema in schemas else f"app__models__{schema}"
        assert {field for row in rows for field in row} == set(schemas[name]["properties"])


@pytest.mark.parametrize(("plan", "schema"), [(Plan.STANDARD, "Horse"), (Plan.PRO, "HorsePro")])
def test_a_profile_has_the_fields_that_a_plan_has_and_no_others(
    world: World, specification: dict[str, Any], plan: Plan, schema: str
) -> None:
    runner = world.results(END - timedelta(days=1))[0]["runners"][0]
    profile = world.horse(runner["horse_id"], plan)
    assert profile
    assert set(profile) == set(specification["components"]["schemas"][schema]["properties"])
