"""Each way in which the simulated API goes wrong, as a client sees it."""

from __future__ import annotations

import json
import math
import socket
import sys
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import httpx
import pytest

from simulator.faults.kinds import Kind
from simulator.faults.schedule import Fault, FaultPlan
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.integration.simulator.conftest import AUTH, END
from tests.integration.simulator.test_command import studbook

DAY = END - timedelta(days=7)
PATHS = {
    "regions": "/v1/courses/regions",
    "courses": "/v1/courses",
    "racecards": f"/v1/racecards/pro?date={DAY}",
    "results": f"/v1/results?start_date={DAY}&end_date={DAY}&limit=100",
}
FIRST_FIELDS = {
    "regions": ("region_code", "region"),
    "courses": ("id", "course"),
    "racecards": ("race_id", "race_name"),
    "results": ("race_id", "race_name"),
    "horses": ("id", "name"),
}
RACES = ("racecards", "results")


@contextmanager
def spoilt(
    world: World,
    *faults: Fault,
    drip: float = 0.01,
    largest_page: int | None = None,
    rate_limits: bool = False,
) -> Iterator[httpx.Client]:
    """A client of an API with faults."""
    plan = FaultPlan(faults, drip=drip)
    with (
        SimulatorServer(
            world, faults=plan, largest_page=largest_page, rate_limits=rate_limits
        ) as server,
        httpx.Client(base_url=server.base_url, auth=AUTH, timeout=10) as client,
    ):
        yield client


def path_of(endpoint: str, world: World) -> str:
    """Where an endpoint has something to tell."""
    if endpoint == "horses":
        return f"/v1/horses/{world.results(DAY)[0]['runners'][0]['horse_id']}/pro"
    return PATHS[endpoint]


def objects(endpoint: str, content: Any) -> list[dict[str, Any]]:
    if endpoint == "horses":
        return [content]
    return content if endpoint == "regions" else content[endpoint]


class Pair(NamedTuple):
    """What an endpoint gave to a request that was spoilt, and to the same one that was not."""

    endpoint: str
    wrong: Any
    right: Any
    text: str


class FirstPair(NamedTuple):
    """The first object of a pair of answers that are the same otherwise."""

    endpoint: str
    wrong: dict[str, Any]
    right: dict[str, Any]
    text: str

    @property
    def name(self) -> str:
        """The field with the object's name."""
        return FIRST_FIELDS[self.endpoint][1]


def pairs(world: World, kind: Kind, *endpoints: str) -> Iterator[Pair]:
    with spoilt(world, *(Fault(endpoint, 1, kind) for endpoint in endpoints)) as client:
        for endpoint in endpoints:
            wrong, right = (client.get(path_of(endpoint, world)) for _ in range(2))
            assert (wrong.status_code, right.status_code) == (200, 200)
            assert wrong.headers["content-type"] == "application/json"
            yield Pair(endpoint, json.loads(wrong.text), right.json(), wrong.text)


def first_pairs(world: World, kind: Kind) -> Iterator[FirstPair]:
    for endpoint, wrong, right, text in pairs(world, kind, *FIRST_FIELDS):
        first, *others = objects(endpoint, wrong)
        whole, *rest = objects(endpoint, right)
        assert others == rest
        assert first != whole
        if endpoint in ("courses", *RACES):
            assert {**wrong, endpoint: None} == {**right, endpoint: None}
        yield FirstPair(endpoint, first, whole, text)


def changed(first: dict[str, Any], whole: dict[str, Any]) -> set[str]:
    return {key for key in first.keys() | whole.keys() if first.get(key) != whole.get(key)}


@pytest.mark.parametrize(
    ("kind", "status", "pause", "said"),
    [
        (401, 401, None, '{"detail":"Unauthorized"}'),
        (429, 429, None, '{"detail":"Too Many Requests"}'),
        (Kind.TOO_MANY_RETRY_AFTER, 429, "1", '{"detail":"Too Many Requests"}'),
        (500, 500, None, "Internal Server Error"),
        (502, 502, None, "<h1>502 Bad Gateway</h1>"),
        (503, 503, None, "<h1>503 Service Unavailable</h1>"),
        (599, 599, None, "<h1>599 Error</h1>"),
    ],
)
def test_a_request_fails_and_the_next_one_does_not(
    world: World, kind: Kind | int, status: int, pause: str | None, said: str
) -> None:
    with spoilt(world, Fault("results", 2, kind)) as client:
        answers = [client.get(PATHS["results"]) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, status, 200]
    assert answers[1].headers.get("retry-after") == pause
    assert said in answers[1].text
    assert answers[2].content == answers[0].content


def test_a_stretch_of_requests_fails(world: World) -> None:
    with spoilt(world, Fault.parse("results:2-4:503"), Fault.parse("racecards:1-2:404")) as client:
        codes = [client.get(PATHS["results"]).status_code for _ in range(6)]
        others = [client.get(PATHS["racecards"]).status_code for _ in range(3)]
    assert codes == [200, 503, 503, 503, 200, 200]
    assert others == [404, 404, 200]


def test_a_share_of_the_requests_of_one_endpoint_fails(world: World) -> None:
    with spoilt(world, Fault("regions", 0.5, 503)) as client:
        codes = [client.get(PATHS["regions"]).status_code for _ in range(40)]
        others = [client.get(PATHS["courses"]).status_code for _ in range(5)]
    assert set(codes) == {200, 503}
    assert others == [200] * 5


def test_a_connection_is_dropped_in_the_middle_of_the_body(world: World) -> None:
    with spoilt(world, Fault("results", 1, Kind.DROP)) as client:
        with client.stream("GET", PATHS["results"]) as answer:
            assert answer.status_code == 200
            parts: list[bytes] = []
            with pytest.raises(httpx.RemoteProtocolError):
                parts.extend(answer.iter_raw())
        right = client.get(PATHS["results"])
    got = b"".join(parts)
    assert answer.headers["content-length"] == str(len(right.content))
    assert 0 < len(got) < len(right.content)
    assert right.content.startswith(got)


def test_an_answer_never_comes_while_others_do(world: World) -> None:
    with spoilt(world, Fault("results", 1, Kind.HANG)) as client:
        with pytest.raises(httpx.ReadTimeout):
            client.get(PATHS["results"], timeout=0.5)
        assert client.get(PATHS["results"]).status_code == 200


@pytest.mark.parametrize("kind", [Kind.HANG, Kind.DRIP])
def test_a_server_ends_although_a_client_still_waits(world: World, kind: Kind) -> None:
    with SimulatorServer(world, faults=FaultPlan([Fault("regions", 1, kind)])) as server:
        address = urlsplit(server.base_url)
        visitor = socket.create_connection((address.hostname, address.port))
        login = b64encode(":".join(AUTH).encode()).decode()
        visitor.sendall(
            f"GET {PATHS['regions']} HTTP/1.1\r\nHost: x\r\nAuthorization: Basic {login}\r\n\r\n"
            "".encode()
        )
        # A second visitor is answered, so the first one has been heard.
        assert httpx.get(server.base_url + PATHS["regions"], auth=AUTH).status_code == 200
        began = time.monotonic()
    took = time.monotonic() - began
    visitor.close()
    assert took < 5


def test_an_answer_drips_in_a_few_bytes_at_a_time_and_is_right(world: World) -> None:
    empty = "/v1/results?start_date=1990-01-01&end_date=1990-01-01"
    with spoilt(world, Fault("results", 1, Kind.DRIP)) as client:
        began = time.monotonic()
        with client.stream("GET", empty) as answer:
            parts = list(answer.iter_raw())
        took = time.monotonic() - began
        right = client.get(empty)
    assert b"".join(parts) == right.content
    # A hundredth of a second for every two bytes.
    assert took > len(right.content) / 2 * 0.01
    assert len(parts) > 10
    assert answer.headers["content-length"] == str(len(right.content))


def test_by_itself_a_drip_outlasts_the_patience_of_a_client(world: World) -> None:
    with (
        spoilt(world, Fault("regions", 1, Kind.DRIP), drip=FaultPlan([]).drip) as client,
        client.stream("GET", PATHS["regions"]) as answer,
    ):
        began = time.monotonic()
        parts = answer.iter_raw()
        got = b"".join(next(parts) for _ in range(3))
        took = time.monotonic() - began
        # The loader waits for two minutes.
        assert int(answer.headers["content-length"]) * took / len(got) > 120


def test_json_is_cut_in_the_middle(world: World) -> None:
    with spoilt(world, Fault("results", 1, Kind.TRUNCATED)) as client:
        wrong, right = (client.get(PATHS["results"]) for _ in range(2))
    assert wrong.status_code == 200
    assert wrong.headers["content-length"] == str(len(wrong.content))
    assert 0 < len(wrong.content) < len(right.content)
    assert right.content.startswith(wrong.content)


def test_a_page_of_html_comes_with_200(world: World) -> None:
    with spoilt(world, Fault("results", 1, Kind.HTML)) as client:
        answer = client.get(PATHS["results"])
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<html>")


def pages(client: httpx.Client, resource: str, count: int) -> list[dict[str, Any]]:
    """Pages of three races each, asked for one after the other."""
    asked = [client.get(f"{PATHS[resource]}&skip={3 * page}") for page in range(count)]
    assert [answer.status_code for answer in asked] == [200] * count
    return [answer.json() for answer in asked]


def ids(page: dict[str, Any], resource: str) -> list[str]:
    return [race["race_id"] for race in page[resource]]


@pytest.mark.parametrize("resource", RACES)
@pytest.mark.parametrize(("kind", "shift"), [(Kind.REPEATED, -1), (Kind.MISSING, 1)])
def test_a_page_begins_early_or_late(world: World, resource: str, kind: Kind, shift: int) -> None:
    races = [race["race_id"] for race in getattr(world, resource)(DAY)]
    assert len(races) > 9
    with spoilt(world, Fault(resource, 2, kind), largest_page=3) as client:
        first, second, third = pages(client, resource, 3)
    assert ids(first, resource) == races[:3]
    assert ids(second, resource) == races[3 + shift : 6 + shift]
    assert ids(third, resource) == races[6:9]
    assert [page["skip"] for page in (first, second, third)] == [0, 3, 6]
    assert second["query"][-1] == ["skip", "3"]
    assert {page["total"] for page in (first, second, third)} == {len(races)}


@pytest.mark.parametrize("resource", RACES)
def test_one_page_tells_another_total(world: World, resource: str) -> None:
    races = [race["race_id"] for race in getattr(world, resource)(DAY)]
    with spoilt(world, Fault(resource, 2, Kind.TOTAL_CHANGES), largest_page=3) as client:
        told = pages(client, resource, 3)
    assert [page["total"] - len(races) for page in told] == [0, 1, 0]
    assert [race for page in told for race in ids(page, resource)] == races[:9]


def test_a_day_is_empty(world: World) -> None:
    for endpoint, wrong, right, _ in pairs(world, Kind.EMPTY_DAY, "courses", *RACES):
        assert len(right[endpoint]) > 9
        assert wrong == {**right, endpoint: [], "total": 0}


def test_a_day_is_empty_for_a_stretch_of_requests(world: World) -> None:
    with spoilt(world, Fault.parse("results:2-3:empty-day")) as client:
        told = [client.get(PATHS["results"]).json() for _ in range(4)]
    assert [len(page["results"]) > 9 for page in told] == [True, False, False, True]
    assert [page["total"] for page in told[1:3]] == [0, 0]


def test_half_of_a_list_comes_and_counts_as_the_whole(world: World) -> None:
    for endpoint, wrong, right, _ in pairs(world, Kind.HALF_LIST, "courses", *RACES):
        half = len(right[endpoint]) // 2
        assert half > 4
        assert wrong == {**right, endpoint: right[endpoint][:half], "total": half}
    (bare,) = pairs(world, Kind.HALF_LIST, "regions")
    assert bare.wrong == bare.right[: len(bare.right) // 2]


@pytest.mark.parametrize("resource", RACES)
def test_half_of_a_list_is_the_same_half_on_all_of_its_pages(world: World, resource: str) -> None:
    races = [race["race_id"] for race in getattr(world, resource)(DAY)]
    half, count = len(races) // 2, -(-len(races) // 3)
    assert half % 3, "the half is to end within a page"
    with spoilt(world, Fault(resource, range(1, count + 1), Kind.HALF_LIST), largest_page=3) as it:
        told = pages(it, resource, count)
    assert [race for page in told for race in ids(page, resource)] == races[:half]
    assert {page["total"] for page in told} == {half}
    assert [len(page[resource]) for page in told[: half // 3]] == [3] * (half // 3)


def test_the_first_object_is_of_the_day_before(world: World) -> None:
    for endpoint, wrong, right, _ in pairs(world, Kind.OTHER_DATE, *RACES):
        moved, *others = wrong[endpoint]
        first, *rest = right[endpoint]
        before = str(DAY - timedelta(days=1))
        assert (others, wrong["total"]) == (rest, right["total"])
        assert changed(moved, first) == {"date", "off_dt"}
        assert (moved["date"], first["date"]) == (before, str(DAY))
        assert moved["off_dt"] == before + first["off_dt"][10:]


def test_the_first_object_comes_and_counts_twice(world: World) -> None:
    for endpoint, wrong, right, _ in pairs(world, Kind.DUPLICATE, "courses", *RACES):
        assert wrong[endpoint] == [right[endpoint][0], *right[endpoint]]
        assert wrong["total"] == right["total"] + 1


def test_a_bare_list_is_empty_or_has_its_first_object_twice(world: World) -> None:
    (doubled,) = pairs(world, Kind.DUPLICATE, "regions")
    assert doubled.wrong == [doubled.right[0], *doubled.right]
    (empty,) = pairs(world, Kind.EMPTY_DAY, "regions")
    assert empty.wrong == []


def test_an_object_has_no_key(world: World) -> None:
    for pair in first_pairs(world, Kind.NO_KEY):
        assert pair.right.pop(FIRST_FIELDS[pair.endpoint][0])
        assert pair.wrong == pair.right


def test_text_becomes_a_number(world: World) -> None:
    for pair in first_pairs(world, Kind.OTHER_TYPE):
        assert type(pair.right[pair.name]) is str
        assert type(pair.wrong[pair.name]) is int
        if pair.endpoint in RACES:
            assert changed(pair.wrong, pair.right) == {pair.name, "off_dt", "runners"}
            assert type(pair.wrong["off_dt"]) is int
            field = "position" if pair.endpoint == "results" else "number"
            assert {type(runner[field]) for runner in pair.wrong["runners"]} == {int}
        else:
            assert changed(pair.wrong, pair.right) == {pair.name}


def test_a_list_or_a_text_becomes_an_object(world: World) -> None:
    for pair in first_pairs(world, Kind.OTHER_SHAPE):
        field = "runners" if pair.endpoint in RACES else pair.name
        assert pair.wrong == {**pair.right, field: {"first": "none"}}


def test_fields_appear_that_nobody_knows(world: World) -> None:
    for pair in first_pairs(world, Kind.NEW_FIELD):
        assert pair.right.keys() < pair.wrong.keys()
        (new,) = pair.wrong.keys() - pair.right.keys()
        assert isinstance(pair.wrong[new]["frames"][0], dict)
        runners, known = (side.get("runners", []) for side in (pair.wrong, pair.right))
        assert bool(runners) == (pair.endpoint in RACES)
        for runner, same in zip(runners, known, strict=True):
            (new,) = runner.keys() - same.keys()
            assert isinstance(runner.pop(new)[0], dict)
            assert runner == same


@pytest.mark.parametrize(
    ("kind", "escape", "character"),
    [(Kind.NUL, r"\u0000", "\x00"), (Kind.SURROGATE, r"\ud800", "\ud800")],
)
def test_a_string_holds_what_jsonb_does_not_take(
    world: World, kind: Kind, escape: str, character: str
) -> None:
    for pair in first_pairs(world, kind):
        assert pair.wrong == {**pair.right, pair.name: pair.right[pair.name] + character}
        assert pair.text.count(escape) == 1


@pytest.mark.parametrize(("kind", "literal"), [(Kind.NAN, ":NaN"), (Kind.HUGE_NUMBER, ":1e400")])
def test_a_value_is_no_number_of_json_or_too_large(world: World, kind: Kind, literal: str) -> None:
    for pair in first_pairs(world, kind):
        assert changed(pair.wrong, pair.right) == {pair.name}
        assert not math.isfinite(pair.wrong[pair.name])
        assert pair.text.count(literal) == 1


def test_races_horses_and_owners_have_awkward_names(world: World) -> None:
    for resource, wrong, right, text in pairs(world, Kind.NAMES, *RACES):
        named = []
        for race, known in zip(wrong[resource], right[resource], strict=True):
            assert changed(race, known) == {"race_name", "runners"}
            named.append((race["race_name"], known["race_name"]))
            for runner, same in zip(race["runners"], known["runners"], strict=True):
                assert changed(runner, same) == {"horse", "owner"}
                named += [(runner[field], same[field]) for field in ("horse", "owner")]
        assert all(name.endswith(f" {known}") for name, known in named)
        names = [name for name, _ in named]
        for part in ('"', "'", "\\", "\x1b[2J", "\N{HORSE RACING}", "'); drop table raw.loads;--"):
            assert any(part in name for name in names)
        assert max(len(name) for name in names) > 2000
        assert r"\u001b[2J" in text


def test_a_page_without_objects_stays_right(world: World) -> None:
    empty = "/v1/results?start_date=1990-01-01&end_date=1990-01-01"
    with spoilt(world, Fault("results", 1, Kind.NUL)) as client:
        first, second = (client.get(empty).json() for _ in range(2))
    assert first == second
    assert first["results"] == []


def test_what_is_refused_stays_refused_and_faults_wait_for_the_next_request(world: World) -> None:
    with spoilt(world, Fault("regions", 2, Kind.HTML), rate_limits=True) as client:
        assert client.get(PATHS["regions"], auth=("demo", "guess")).status_code == 401
        assert client.get(PATHS["regions"]).status_code == 200
        assert client.get(PATHS["regions"]).status_code == 429
        time.sleep(1.05)
        assert client.get(PATHS["regions"]).text.startswith("<html>")
    with spoilt(world, Fault("horses", 1, Kind.HTML), Fault("results", 1, Kind.HTML)) as client:
        assert client.get("/v1/horses/hrs_1/pro").status_code == 404
        assert client.get("/v1/results?limit=many").status_code == 422


def test_the_command_takes_faults_and_serves_them_in_silence() -> None:
    ask = (
        "import os, httpx;"
        "e = os.environ;"
        "auth = (e['RACING_API_USERNAME'], e['RACING_API_PASSWORD']);"
        "get = lambda path: httpx.get(e['RACING_API_BASE_URL'] + path, auth=auth);"
        "print([get('/v1/courses/regions').status_code for _ in range(3)])\n"
        "try:\n    get('/v1/courses')\n"
        "except httpx.RemoteProtocolError:\n    print('dropped')"
    )
    faults = ("--fault", "regions:2-3:502", "--fault", "courses:100%:drop")
    done = studbook("--port", "0", *faults, "--", sys.executable, "-c", ask)
    assert done.stdout.splitlines() == ["[200, 502, 502]", "dropped"]
    assert (done.stderr, done.returncode) == ("", 0)


def test_the_command_refuses_a_fault_it_does_not_know_before_it_builds_a_world() -> None:
    done = studbook("--port", "0", "--fault", "results:3:explode", seasons="1000")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: No kind of fault is called 'explode'; choose a status")
    assert "Traceback" not in done.stderr
