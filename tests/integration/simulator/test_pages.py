"""What comes page by page, and each object alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from simulator.feed.tiers import Plan
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.integration.simulator.conftest import AUTH, END


def test_results_are_the_same_on_however_many_pages(api: httpx.Client, world: World) -> None:
    first, last = END - timedelta(days=9), END - timedelta(days=5)
    ask: list[tuple[str, str]] = [
        ("start_date", first.isoformat()),
        ("end_date", last.isoformat()),
    ]
    pages: list[dict[str, Any]] = []
    skip = 0
    while not pages or skip < pages[0]["total"]:
        asked = [*ask, ("limit", "7"), ("skip", str(skip))]
        page = api.get("/v1/results", params=asked).json()
        assert page["query"] == [list(pair) for pair in asked]
        assert (page["limit"], page["skip"]) == (7, skip)
        assert len(page["results"]) <= 7
        pages.append(page)
        skip += 7
    gathered = [race for page in pages for race in page["results"]]
    assert len(pages) > 5
    assert {page["total"] for page in pages} == {len(gathered)}
    whole = api.get("/v1/results", params=[*ask, ("limit", "100")]).json()["results"]
    assert gathered[:100] == whole
    days = [last - timedelta(days=n) for n in range(5)]
    assert gathered == [race for day in days for race in world.results(day)]


def test_the_defaults_are_50_results_and_500_cards(api: httpx.Client) -> None:
    page = api.get("/v1/results").json()
    assert (page["limit"], page["skip"], page["query"]) == (50, 0, [])
    assert len(page["results"]) == 50 < page["total"]
    page = api.get("/v1/racecards/pro").json()
    assert (page["limit"], page["skip"]) == (500, 0)
    assert {race["date"] for race in page["racecards"]} == {END.isoformat()}


def test_the_api_may_give_smaller_pages_than_are_asked_for(world: World) -> None:
    day = END - timedelta(days=7)
    asked = {"start_date": day.isoformat(), "end_date": day.isoformat(), "limit": 100}
    with (
        SimulatorServer(world, largest_page=4) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH) as client,
    ):
        page = client.get("/v1/results", params={**asked, "skip": 4}).json()
        cards = client.get("/v1/racecards/pro", params={"date": day.isoformat()}).json()
        few = client.get("/v1/results", params={**asked, "limit": 2}).json()
    assert page["results"] == world.results(day)[4:8]
    assert (page["limit"], page["total"]) == (4, len(world.results(day)))
    assert cards["racecards"] == world.racecards(day)[:4]
    assert few["results"] == world.results(day)[:2]


def test_today_has_the_results_of_the_races_that_are_over(api: httpx.Client, world: World) -> None:
    page = api.get("/v1/results/today", params={"limit": 100}).json()
    assert page["results"] == world.results(END, Plan.BASIC)
    cards = api.get("/v1/racecards/pro", params={"date": END.isoformat()}).json()
    open_ = {c["race_id"] for c in cards["racecards"] if not c["is_abandoned"]} - {
        race["race_id"] for race in page["results"]
    }
    assert all(c["off_time"] >= "3:5" for c in cards["racecards"] if c["race_id"] in open_)


def test_single_objects_are_those_of_the_lists(api: httpx.Client) -> None:
    day = "2025-11-15"
    result = api.get("/v1/results", params={"start_date": day, "end_date": day}).json()["results"][
        0
    ]
    assert api.get(f"/v1/results/{result['race_id']}").json() == result
    cards = api.get("/v1/racecards/pro", params={"date": day, "region_codes": "gb"}).json()
    card = cards["racecards"][0]
    assert api.get(f"/v1/racecards/{card['race_id']}/pro").json() == card
    entry = card["runners"][0]
    assert api.get(f"/v1/odds/{card['race_id']}/{entry['horse_id']}").json() == {
        "race_id": card["race_id"],
        "horse_id": entry["horse_id"],
        "horse": entry["horse"],
        "odds": entry["odds"],
    }
    for key in ("sire_id", "dam_id", "damsire_id"):
        number = entry[key].split("_")[1]
        assert api.get(f"/v1/horses/hrs_{number}/pro").json()["id"] == f"hrs_{number}"
