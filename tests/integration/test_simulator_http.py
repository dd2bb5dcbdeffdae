"""The simulated API over HTTP: who may ask what, how often, and what comes page by page."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import httpx
import pytest

from loaders.simulator.server import SimulatorServer
from loaders.simulator.world import World

END = date(2025, 11, 22)
AUTH = ("demo", "demo")


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=1, seasons=0.1, races_per_day=16, end=END)


@pytest.fixture(scope="module")
def api(world: World) -> Iterator[httpx.Client]:
    with SimulatorServer(world) as server, httpx.Client(
        base_url=server.base_url, auth=AUTH
    ) as client:  # fmt: skip
        yield client


def refused(response: httpx.Response) -> dict[str, Any]:
    """The one error of a 422."""
    assert response.status_code == 422
    (error,) = response.json()["detail"]
    return error


# --------------------------------------------------------------------- who may ask


def test_without_or_with_wrong_credentials_nothing_is_told(api: httpx.Client) -> None:
    nobody = httpx.get(f"{api.base_url}/v1/courses")
    assert nobody.status_code == 401
    assert nobody.json() == {"detail": "Not authenticated"}
    assert nobody.headers["www-authenticate"] == "Basic"
    wrong = httpx.get(f"{api.base_url}/v1/courses", auth=("demo", "guess"))
    assert wrong.status_code == 401
    assert wrong.json() == {"detail": "Incorrect username or password"}


@pytest.mark.parametrize(
    "path",
    [
        "/v1/jockeys", "/v1/trainers", "/v1/owners", "/v1/horses", "/v1/sires", "/v1/dams",
        "/v1/damsires", "/v1/bookmakers", "/v1/results/rac_1", "/v1/racecards/rac_1/pro",
        "/v1/horses/hrs_1/pro", "/v1/odds/rac_1/hrs_1", "/",
    ],
)  # fmt: skip
def test_what_does_not_exist_is_not_found(api: httpx.Client, path: str) -> None:
    response = api.get(path)
    assert response.status_code == 404
    assert response.json() == {"detail": "Not Found"}


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


# --------------------------------------------------------------------- what may be asked


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
                f"{server.base_url}/v1/results", auth=AUTH,
                params={"start_date": start, "end_date": "2024-12-31"},
            )  # fmt: skip
            assert answer.status_code == status


# --------------------------------------------------------------------- pages


def test_results_are_the_same_on_however_many_pages(api: httpx.Client, world: World) -> None:
    first, last = END - timedelta(days=9), END - timedelta(days=5)
    ask: list[tuple[str, str]] = [
        ("start_date", first.isoformat()), ("end_date", last.isoformat()),
    ]  # fmt: skip
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


def test_regions_and_courses_filter_and_courses_win(api: httpx.Client) -> None:
    day = {"start_date": "2025-11-01", "end_date": "2025-11-22", "limit": "100"}
    irish, british, both = (
        api.get("/v1/results", params=[*day.items(), *(("region", r) for r in regions)]).json()
        for regions in (("ire",), ("gb",), ("gb", "ire"))
    )
    assert {race["region"] for race in irish["results"]} == {"IRE"}
    assert {race["region"] for race in british["results"]} == {"GB"}
    assert irish["total"] + british["total"] == both["total"]
    course = irish["results"][0]["course_id"]
    there = api.get(
        "/v1/results", params=[*day.items(), ("region", "gb"), ("course", course)]
    ).json()  # fmt: skip
    assert {race["course_id"] for race in there["results"]} == {course}
    cards = api.get(
        "/v1/racecards/pro",
        params={"date": irish["results"][0]["date"], "region_codes": "ire", "course_ids": course},
    ).json()
    assert {race["course_id"] for race in cards["racecards"]} == {course}
    courses = api.get("/v1/courses", params={"region_codes": "ire"}).json()
    assert {c["region_code"] for c in courses["courses"]} == {"ire"}
    assert courses["total"] == len(courses["courses"])


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("type", "nh_flat", "type", "NH Flat"),
        ("going", "good_to_soft", "going", "Good To Soft"),
        ("race_class", "class_4", "class", "Class 4"),
        ("age_band", "4yo+", "age_band", "4yo+"),
        ("sex_restriction", "f&m", "sex_rest", "F&M"),
    ],
)
def test_results_are_filtered_by_what_a_race_is(
    api: httpx.Client, name: str, value: str, field: str, expected: str
) -> None:
    everything = api.get("/v1/results").json()["total"]
    page = api.get("/v1/results", params={name: value, "limit": 100}).json()
    assert {race[field] for race in page["results"]} == {expected}
    assert 0 < page["total"] < everything


def test_results_are_filtered_by_distance(api: httpx.Client) -> None:
    bounds = {"min_distance_y": 1700, "max_distance_y": 2300, "limit": 100}
    races = api.get("/v1/results", params=bounds).json()["results"]
    assert races
    assert all(1700 <= int(race["dist_y"]) <= 2300 for race in races)


def test_today_has_the_results_of_the_races_that_are_over(api: httpx.Client, world: World) -> None:
    page = api.get("/v1/results/today", params={"limit": 100}).json()
    assert page["results"] == world.results(END)
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
        "race_id": card["race_id"], "horse_id": entry["horse_id"], "horse": entry["horse"],
        "odds": entry["odds"],
    }  # fmt: skip
    for key in ("sire_id", "dam_id", "damsire_id"):
        number = entry[key].split("_")[1]
        assert api.get(f"/v1/horses/hrs_{number}/pro").json()["id"] == f"hrs_{number}"


# --------------------------------------------------------------------- how often


def test_too_many_requests_are_refused_with_and_without_a_time_to_wait(world: World) -> None:
    with (
        SimulatorServer(world, rate_limits=True) as server,
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


def test_latency_holds_every_answer_back_but_not_the_others(world: World) -> None:
    with SimulatorServer(world, latency=0.2) as server:
        began = time.monotonic()
        httpx.get(f"{server.base_url}/v1/courses", auth=AUTH)
        assert time.monotonic() - began >= 0.2


# --------------------------------------------------------------------- the command


def studbook(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from loaders.cli import main; main()", "simulator", "--seasons",
         "0.02", "--races-per-day", "2", "--end", "2025-11-22", *arguments],
        capture_output=True, text=True, timeout=60, env=os.environ,
    )  # fmt: skip


def test_the_command_serves_while_another_runs_and_takes_over_its_exit_code() -> None:
    ask = (
        "import os, sys, httpx;"
        "e = os.environ;"
        "auth = (e['RACING_API_USERNAME'], e['RACING_API_PASSWORD']);"
        "print(httpx.get(e['RACING_API_BASE_URL'] + '/v1/courses', auth=auth).status_code);"
        "print(float(e['RACING_API_RATE']) > 50);"
        "sys.exit(7)"
    )
    done = studbook("--port", "0", "--", sys.executable, "-c", ask)
    assert done.stdout.split() == ["200", "True"]
    assert done.returncode == 7


def test_the_command_says_what_to_do_when_it_cannot_serve() -> None:
    with SimulatorServer(World(1, 0.02, 2, END)) as server:
        port = server.base_url.rpartition(":")[2]
        taken = studbook("--port", port, "--", sys.executable, "-c", "")
    assert taken.returncode == 1
    assert "choose another with --port" in taken.stderr
    unknown = studbook("--port", "0", "--", "no-such-command-here")
    assert unknown.returncode == 1
    assert "no-such-command-here" in unknown.stderr
    assert "Traceback" not in taken.stderr + unknown.stderr
