"""Everything that goes wrong at an API, over real HTTP, and what is in the database afterwards."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.api.patience import Patience
from loaders.loading.progress import LineProgress
from loaders.loading.request import Request
from loaders.loading.run import run
from loaders.settings import Settings
from simulator.faults.schedule import Fault, FaultPlan
from simulator.serving.observing import Answered
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.integration.conftest import BUILD, Warehouse
from tests.integration.loading import column, command

END = date(2026, 6, 30)
PATIENCE = Patience(first_wait=0.01, longest_wait=0.05, response=1)
HORSES = 5
TABLES = ("regions", "courses", "racecards", "results", "horses")


@pytest.fixture(scope="module")
def world() -> World:
    return World(seed=5, seasons=0.08, races_per_day=8, end=END)


@pytest.fixture(scope="module")
def day(world: World) -> date:
    """A day with so many races that pages of two are several."""
    days = (END - timedelta(days=n) for n in range(7, 25))
    return next(day for day in days if len(world.results(day)) >= 5)


def serve(world: World, *faults: str) -> SimulatorServer:
    plan = FaultPlan([Fault.parse(fault) for fault in faults], seed=1)
    return SimulatorServer(world, largest_page=2, faults=plan)


def load(
    raw: psycopg.Connection[Any],
    server: SimulatorServer,
    first: date,
    last: date,
    *,
    refresh: bool = False,
) -> bool:
    """Load everything, some horses before the cards that would tell of them; whether all landed."""
    reports = [
        run(
            Request(name, most_horses=HORSES)
            if name in ("reference", "horses")
            else Request(name, first, last, refresh=refresh),
            # Faults are counted from the first request for a resource on.
            Settings.from_environment({**server.environment(), "RACING_API_PLAN": "pro"}),
            lambda: psycopg.connect(raw.info.dsn),
            LineProgress(),
            today=lambda: END,
            patience=PATIENCE,
        )
        for name in ("reference", "results", "horses", "racecards")
    ]
    return all(report.clean for report in reports)


def landed(raw: psycopg.Connection[Any], table: str) -> list[str]:
    return sorted(canonical(value) for value in column(raw, f"select payload from raw.{table}"))


def canonical(payload: object) -> str:
    return json.dumps(payload, sort_keys=True)


def sent(world: World, day: date, raw: psycopg.Connection[Any]) -> dict[str, list[str]]:
    """What a world has of a day, told by the world itself; horses are those that were asked for."""
    horses = column(raw, "select horse_id from raw.horses")
    assert len(horses) == HORSES
    payloads = {
        "regions": world.regions(),
        "courses": [c for c in world.courses() if c["region_code"] in ("gb", "ire")],
        "racecards": [r for r in world.racecards(day) if r["region"] in ("GB", "IRE")],
        "results": [r for r in world.results(day) if r["region"] in ("GB", "IRE")],
        "horses": [world.horse(horse) for horse in horses],
    }
    return {table: sorted(map(canonical, objects)) for table, objects in payloads.items()}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("results:2:429", id="too many requests are waited out"),
        pytest.param("horses:3:429-retry-after", id="a Retry-After is waited for"),
        pytest.param("racecards:1:500", id="an error of the server is asked again"),
        pytest.param("regions:1:502", id="a bad gateway is asked again"),
        pytest.param("courses:1:503", id="an API that is down for a moment is asked again"),
        pytest.param("racecards:2:drop", id="a connection that breaks off is made again"),
        pytest.param("results:1:hang", id="an answer that never comes is given up and asked again"),
        pytest.param("racecards:2:drip", id="an answer that drips in is given up and asked again"),
        pytest.param("results:2:truncated", id="JSON that is cut short is asked again"),
        pytest.param("horses:2:html", id="a page of HTML with status 200 is asked again"),
    ],
)
def test_a_bad_answer_is_asked_again_and_nothing_is_missing(
    world: World, day: date, raw: psycopg.Connection[Any], fault: str
) -> None:
    with serve(world, fault) as server:
        clean = load(raw, server, day, day)

    assert clean
    assert {table: landed(raw, table) for table in TABLES} == sent(world, day, raw)
    assert column(raw, "select sum(failed_requests) from raw.load_days") == [1]
    assert column(raw, "select bool_and(complete) from raw.load_days") == [True]


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param("results:2:total-changes", id="a total that changes begins the list again"),
        pytest.param("results:2:repeated", id="an object on two pages begins the list again"),
        pytest.param("results:2:missing", id="a gap between pages begins the list again"),
        pytest.param("racecards:2:missing", id="a gap between cards begins them again"),
    ],
)
def test_a_list_that_changes_between_its_pages_is_read_again(
    world: World, day: date, raw: psycopg.Connection[Any], fault: str
) -> None:
    resource = fault.partition(":")[0]
    seen: list[Answered] = []
    plan = FaultPlan([Fault.parse(fault)])
    with SimulatorServer(world, largest_page=2, faults=plan, on_answer=seen.append) as server:
        clean = load(raw, server, day, day)

    assert clean
    whole = sent(world, day, raw)
    assert {table: landed(raw, table) for table in TABLES} == whole
    pages = -(-len(whole[resource]) // 2)
    assert raw.execute(
        "select pages from raw.load_days where resource = %s", [resource]
    ).fetchall() == [(pages,)]
    assert len([answer for answer in seen if answer.endpoint == resource]) > pages


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        pytest.param("results:1:no-key", "it has no race_id", id="an object without its key"),
        pytest.param("racecards:1:nul", "a string holds the character NUL", id="a NUL character"),
        pytest.param(
            "results:1:surrogate", "a string holds half of a surrogate pair", id="a lone surrogate"
        ),
        pytest.param("racecards:1:nan", "NaN is not a JSON number", id="NaN"),
        pytest.param("results:1:huge-number", "the number 1e400 is out of range", id="1e400"),
    ],
)
def test_what_no_table_can_take_is_rejected_alone_and_lands_when_it_is_mended(
    world: World, day: date, raw: psycopg.Connection[Any], fault: str, reason: str
) -> None:
    resource = fault.partition(":")[0]
    with serve(world, fault) as server:
        clean = load(raw, server, day, day)

    assert not clean
    outcomes = dict(raw.execute("select resources[1], outcome from raw.loads").fetchall())
    assert outcomes[resource] == "partial"
    rejected = raw.execute("select resource, day, reason from raw.rejects").fetchall()
    assert rejected == [(resource, day, reason)]
    whole = sent(world, day, raw)
    assert len(landed(raw, resource)) == len(whole[resource]) - 1

    with serve(world) as server:
        assert load(raw, server, day, day, refresh=True)
    assert landed(raw, resource) == whole[resource]


def test_a_load_with_rejects_fails_and_says_how_to_see_them(
    world: World, day: date, database: dict[str, str]
) -> None:
    with serve(world, "results:1:names", "results:1:nul", "results:2:nul") as server:
        result = command(
            database, server.environment(), "results", "--from", f"{day}", "--to", f"{day}"
        )

    assert result.exit_code == 3
    assert "1 rejected (results " in result.stderr
    assert "NUL), which `studbook rejects --load 1` shows whole." in result.stderr


@pytest.mark.parametrize(
    "kind",
    [
        pytest.param("other-type", id="a number where there was text"),
        pytest.param("other-shape", id="runners that are no list"),
        pytest.param("new-field", id="fields that nobody knows"),
        pytest.param("names", id="quotes, emoji, control sequences, SQL and 2,000 characters"),
    ],
)
def test_what_is_unusual_lands_as_it_was_sent_and_changes_nothing_else(
    world: World, day: date, raw: psycopg.Connection[Any], kind: str
) -> None:
    with serve(world, f"results:1:{kind}") as server:
        clean = load(raw, server, day, day)

    assert clean
    found, regular = landed(raw, "results"), sent(world, day, raw)["results"]
    assert len(found) == len(regular)
    assert 1 <= len(set(found) - set(regular)) <= 2
    if kind == "names":
        assert any("\\u001b[2J" in text and "drop table raw.loads" in text for text in found)


def test_a_race_that_comes_twice_in_one_page_lands_once(
    world: World, day: date, raw: psycopg.Connection[Any]
) -> None:
    plan = FaultPlan([Fault.parse("results:100%:duplicate")])
    with SimulatorServer(world, faults=plan) as server:
        clean = load(raw, server, day, day)

    assert clean
    assert landed(raw, "results") == sent(world, day, raw)["results"]
    repeated = "select objects_repeated from raw.load_days where resource = 'results'"
    assert column(raw, repeated) == [1]


def test_a_day_that_is_empty_once_is_asked_again_before_it_is_believed(
    world: World, day: date, raw: psycopg.Connection[Any]
) -> None:
    with serve(world, "results:1:empty-day", "racecards:1:empty-day") as server:
        clean = load(raw, server, day, day)

    assert clean
    assert {table: landed(raw, table) for table in TABLES} == sent(world, day, raw)


def test_a_storm_of_faults_loses_nothing(world: World, raw: psycopg.Connection[Any]) -> None:
    kinds = ("429", "429-retry-after", "500", "502", "503", "drop", "truncated", "html")
    kinds += ("repeated", "missing", "total-changes", "no-key", "nul", "nan")
    faults = [f"{e}:2%:{kind}" for kind in kinds for e in ("racecards", "results")]
    faults += ["results:1%:hang", "racecards:1%:drip", "results:4:nul"]
    first, last = END - timedelta(days=16), END - timedelta(days=7)
    complete = """
        select distinct on (resource, day) resource, day, objects_rejected = 0 and complete
        from raw.load_days where day is not null order by resource, day, load_id desc
    """
    payloads = {"racecards": world.racecards, "results": world.results}

    def expected(table: str, day: date) -> list[str]:
        home = (item for item in payloads[table](day) if item["region"] in ("GB", "IRE"))
        return sorted(map(canonical, home))

    def landed_of(table: str, day: date) -> list[str]:
        of_day = f"select payload from raw.{table} where race_date = '{day}'"
        return sorted(map(canonical, column(raw, f"{of_day} and withdrawn_at is null")))

    with serve(world, *faults) as server:
        for _ in range(3):
            load(raw, server, first, last, refresh=True)
            for table, day, is_whole in raw.execute(complete).fetchall():
                if is_whole:
                    assert landed_of(table, day) == expected(table, day)
    assert column(raw, "select sum(failed_requests) > 10 from raw.load_days") == [True]
    assert column(raw, "select count(*) > 0 from raw.rejects") == [True]

    with serve(world) as server:
        assert load(raw, server, first, last, refresh=True)
    for table in payloads:
        for day in (first + timedelta(days=n) for n in range(10)):
            assert landed_of(table, day) == expected(table, day)


def test_what_is_unusual_is_built_and_tested_like_the_rest(
    database: dict[str, str], tmp_path: Path
) -> None:
    world = World(seed=6, seasons=0.08, races_per_day=8, end=END)
    faults = [
        f"{endpoint}:{share}:{kind}"
        for endpoint in ("racecards", "results")
        for share, kind in (
            ("10%", "other-type"),
            ("10%", "other-shape"),
            ("20%", "new-field"),
            ("30%", "names"),
        )
    ]
    with serve(world, *faults, "horses:20%:names", "horses:10%:other-type") as server:
        warehouse = Warehouse({**database, **server.environment()}, tmp_path)
        days = ("--from", "2026-06-05", "--to", "2026-07-02")
        warehouse.run("studbook", "load", *days, "--max-horses", "40")
        warehouse.dbt(*BUILD, check=False)

    broken = [r for r in warehouse.results() if r["status"] not in ("success", "pass")]
    assert [(result["unique_id"], result["message"]) for result in broken] == []
