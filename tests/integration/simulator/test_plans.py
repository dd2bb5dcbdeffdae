"""What accounts of the four plans may ask of the simulated API, and what they are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from simulator.faults.kinds import Kind
from simulator.faults.schedule import Fault, FaultPlan
from simulator.feed.tiers import Plan
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.integration.simulator.conftest import AUTH, END, refused

# The smallest plan of each endpoint, by the API's specification.
NEEDED = {
    "/v1/courses/regions": "Free",
    "/v1/courses": "Free",
    "/v1/racecards/free": "Free",
    "/v1/results/today/free": "Free",
    "/v1/racecards/basic": "Basic",
    "/v1/results/today": "Basic",
    "/v1/racecards/standard": "Standard",
    "/v1/racecards/{race}/standard": "Standard",
    "/v1/results": "Standard",
    "/v1/results/{race}": "Standard",
    "/v1/horses/search?name=king": "Standard",
    "/v1/horses/{horse}/standard": "Standard",
    "/v1/racecards/pro": "Pro",
    "/v1/racecards/{race}/pro": "Pro",
    "/v1/horses/{horse}/pro": "Pro",
    "/v1/odds/{race}/{horse}": "Pro",
}


def visit(world: World, plan: Plan, see: Callable[[httpx.Client], None], **options: Any) -> None:
    with (
        SimulatorServer(world, plan=plan, **options) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        see(client)


@pytest.mark.parametrize(
    ("plan", "allowed"),
    [
        (Plan.FREE, {"Free"}),
        (Plan.BASIC, {"Free", "Basic"}),
        (Plan.STANDARD, {"Free", "Basic", "Standard"}),
        (Plan.PRO, {"Free", "Basic", "Standard", "Pro"}),
    ],
)
def test_a_plan_has_its_own_endpoints_and_those_of_smaller_ones(
    world: World, plan: Plan, allowed: set[str]
) -> None:
    card = next(card for card in world.racecards(END) if card["runners"][0]["odds"])
    done = world.results(END)[0]["race_id"]
    horse = card["runners"][0]["horse_id"]

    def see(client: httpx.Client) -> None:
        for path, needed in NEEDED.items():
            race = done if path == "/v1/results/{race}" else card["race_id"]
            answer = client.get(path.format(race=race, horse=horse))
            if needed in allowed:
                assert answer.status_code == 200, path
            else:
                assert answer.status_code == 401
                assert answer.json() == {"detail": f"{needed} Plan required"}

    visit(world, plan, see)


def test_the_plan_is_looked_at_before_anything_else_but_the_login(world: World) -> None:
    def see(client: httpx.Client) -> None:
        for _ in range(3):
            answer = client.get("/v1/racecards/pro", params={"date": "yesterday", "limit": "many"})
            assert answer.json() == {"detail": "Pro Plan required"}
        assert client.get("/v1/horses/nobody/pro").json() == {"detail": "Pro Plan required"}
        wrong = client.get("/v1/racecards/pro", auth=("demo", "guess"))
        assert wrong.json() == {"detail": "Incorrect username or password"}
        # What was refused is no request that a fault or a limit counts.
        assert client.get("/v1/racecards/free").status_code == 503
        assert client.get("/v1/results/today/free").status_code == 200

    faults = FaultPlan([Fault("racecards", 1, 503)])
    visit(world, Plan.FREE, see, faults=faults, rate_limits=True)


@pytest.mark.parametrize("plan", ["free", "basic", "standard"])
def test_smaller_plans_have_the_cards_of_today_and_tomorrow(
    api: httpx.Client, world: World, plan: str
) -> None:
    path = f"/v1/racecards/{plan}"
    for params, day in (
        ({}, END),
        ({"day": "today"}, END),
        ({"day": "tomorrow"}, END + timedelta(days=1)),
    ):
        page = api.get(path, params=params).json()
        assert page["racecards"] == world.racecards(day, Plan(plan))
        assert (page["total"], page["limit"]) == (len(page["racecards"]), 500)
    some = api.get(path, params={"region_codes": "ire", "limit": 1, "skip": 1}).json()
    irish = [card for card in world.racecards(END, Plan(plan)) if card["region"] == "IRE"]
    assert (some["racecards"], some["total"]) == (irish[1:2], len(irish))
    assert refused(api.get(path, params={"day": "2025-11-22"}))["loc"] == ["query", "day"]
    assert refused(api.get(path, params={"limit": "501"}))["loc"] == ["query", "limit"]
    assert refused(api.get(path, params={"region_codes": "GB"}))["loc"] == ["query", "region_codes"]


def test_the_free_plan_has_the_results_of_today(api: httpx.Client, world: World) -> None:
    page = api.get("/v1/results/today/free", params={"limit": 100}).json()
    assert page["results"] == world.results(END, Plan.FREE)
    assert [race["race_id"] for race in page["results"]] == [
        race["race_id"] for race in world.results(END)
    ]


def test_what_a_smaller_plan_sees_is_what_the_pro_plan_sees_without_some_fields(
    world: World,
) -> None:
    def agrees(small: Any, whole: Any) -> bool:
        if isinstance(small, dict):
            return all(agrees(value, whole[key]) for key, value in small.items())
        if isinstance(small, list):
            return len(small) == len(whole) and all(map(agrees, small, whole))
        return bool(small == whole)

    for plan in Plan:
        for day in (END, END - timedelta(days=8)):
            assert agrees(world.racecards(day, plan), world.racecards(day))
            assert agrees(world.results(day, plan), world.results(day))


def test_a_single_card_of_the_standard_plan_is_of_today_tomorrow_or_a_big_race(
    api: httpx.Client, world: World
) -> None:
    days = [END + timedelta(days=n) for n in range(-30, 8)]
    cards = [card for day in days for card in world.racecards(day, Plan.STANDARD)]
    near = {str(END), str(END + timedelta(days=1))}
    far = [card for card in cards if card["date"] not in near]
    big = next(card for card in far if card["big_race"])
    old = next(card for card in far if not card["big_race"])
    today = next(card for card in cards if card["date"] == str(END))
    for card in (big, today):
        assert api.get(f"/v1/racecards/{card['race_id']}/standard").json() == card
    assert api.get(f"/v1/racecards/{old['race_id']}/standard").status_code == 404


@pytest.mark.parametrize(
    ("path", "limit"),
    [
        ("/v1/racecards/free", 1),
        ("/v1/racecards/basic", 2),
        ("/v1/racecards/standard", 2),
        ("/v1/results/today/free", 1),
        ("/v1/horses/hrs_1/standard", 5),
    ],
)
def test_each_endpoint_of_a_plan_has_its_documented_limit(
    world: World, path: str, limit: int
) -> None:
    def see(client: httpx.Client) -> None:
        codes = [client.get(path).status_code for _ in range(limit + 3)]
        assert 429 not in codes[:limit]
        assert 429 in codes[limit:]

    visit(world, Plan.PRO, see, rate_limits=True)


def test_the_historical_results_are_for_the_pro_plan_alone(world: World) -> None:
    old = {"start_date": "2024-11-01", "end_date": "2024-11-30"}

    def see(client: httpx.Client) -> None:
        assert refused(client.get("/v1/results", params=old))["loc"] == ["query", "start_date"]

    visit(world, Plan.STANDARD, see, history=True)


@pytest.mark.parametrize("plan", list(Plan))
def test_faults_meet_the_lists_and_profiles_of_every_plan(world: World, plan: Plan) -> None:
    lists = {
        "free": ("/v1/racecards/free", "/v1/results/today/free"),
        "basic": ("/v1/racecards/basic", "/v1/results/today"),
        "standard": ("/v1/racecards/standard", "/v1/results"),
        "pro": ("/v1/racecards/pro", "/v1/results"),
    }
    faults = FaultPlan(
        [
            Fault("racecards", 1, Kind.EMPTY_DAY),
            Fault("results", 1, Kind.NO_KEY),
            Fault("horses", 1, 502),
        ]
    )

    horse = world.horses[0].number

    def see(client: httpx.Client) -> None:
        cards, results = lists[plan]
        assert client.get(cards).json()["racecards"] == []
        assert "race_id" not in client.get(results).json()["results"][0]
        if plan in ("standard", "pro"):
            assert client.get(f"/v1/horses/hrs_{horse}/{plan}").status_code == 502

    visit(world, plan, see, faults=faults)


def test_every_answer_says_that_its_world_is_simulated(api: httpx.Client, world: World) -> None:
    answers = [
        api.get("/v1/courses"),
        api.get("/v1/racecards/pro", params={"limit": "many"}),
        api.get("/v1/jockeys"),
        api.get(api.base_url.join("/elsewhere")),
        api.post("/v1/courses"),
        httpx.get(api.base_url.join("v1/courses")),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 404, 404, 405, 401]

    def see(client: httpx.Client) -> None:
        answers.extend(
            client.get(path)
            for path in ("/v1/racecards/pro", "/v1/results", "/v1/courses", "/v1/regions")
        )
        answers.append(client.get("/v1/courses"))

    faults = FaultPlan([Fault("results", 1, 503), Fault("courses", 1, Kind.HTML)])
    visit(world, Plan.BASIC, see, faults=faults, rate_limits=True)
    assert {answer.headers["x-simulated-world"] for answer in answers} == {world.name}
