"""Each plan's load, from an empty database to built tables: what it fills, and what stays null."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from loaders.loading.progress import LineProgress, told_by
from loaders.loading.request import Request
from loaders.loading.run import run
from loaders.settings import Settings
from simulator.feed.tiers import Plan
from simulator.serving.server import SimulatorServer, listen
from simulator.world import World
from tests.integration.conftest import BUILD, Warehouse
from tests.integration.loading import HASTY, connect

END = date(2026, 6, 30)
TOMORROW = END + timedelta(days=1)
NOW = {"as_of_date": f"{END}", "as_of_time": f"{END} 17:00:00+01:00"}
FREE, BASIC, STANDARD, PRO = Plan


@pytest.fixture(scope="module")
def world() -> World:
    """Four days of racing and, as every world, a week of cards."""
    return World(seed=2, seasons=4 / 365, races_per_day=16, end=END)


@dataclass
class Account:
    """What an account of some plan makes of an empty database."""

    world: World
    warehouse: Warehouse
    port: int = 0

    def build(self, plan: Plan) -> str:
        """Load as such an account, from the address of the loads before, and build.

        Returns what dbt printed.
        """
        listener = listen(self.port)
        self.port = listener.getsockname()[1]
        with (
            SimulatorServer(self.world, listener, plan=plan) as server,
            told_by(LineProgress()),
        ):
            report = run(
                Request(date_from=self.world.start),
                Settings.from_environment(server.environment()),
                self.warehouse.connect,
                LineProgress(),
                today=lambda: END,
                patience=HASTY,
            )
        assert report.clean
        return self.warehouse.dbt(*BUILD).stdout

    def query(self, query: str) -> list[tuple[Any, ...]]:
        """The rows that a query finds in what was built."""
        with connect(self.warehouse.environment) as connection:
            return connection.execute(query).fetchall()

    def counts(self, table: str, *columns: str) -> tuple[int, ...]:
        """How many rows a table has, and in how many of them each column is filled."""
        counted = "".join(f", count({column})" for column in columns)
        [found] = self.query(f"select count(*){counted} from racing.{table}")
        return found

    def prices(self, column: str, day: date) -> dict[tuple[str, str], float | None]:
        """A price of each runner of a day's results."""
        found = self.query(
            f"select race_id, horse_id, {column} from racing.ra_race_results"
            f" where race_date = '{day}'"
        )
        return {(race, horse): price and float(price) for race, horse, price in found}

    def status(self) -> str:
        """What `studbook status` prints."""
        return self.warehouse.run("studbook", "status").stdout

    def told_of(self, table: str, column: str) -> str:
        """The line of a column in `studbook inventory`."""
        listed = self.warehouse.run("studbook", "inventory").stdout.splitlines()
        [line] = [line for line in listed if line.split()[:2] == [table, column]]
        return line


@pytest.fixture
def account(world: World, database: dict[str, str], tmp_path: Path) -> Account:
    return Account(world, Warehouse(database, tmp_path, NOW))


def at_home(races: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """The British and Irish ones, which are what is loaded, by their ids."""
    return {it["race_id"]: it for it in races if it["region"] in ("GB", "IRE")}


@pytest.fixture(scope="module")
def races(world: World) -> dict[str, dict[str, Any]]:
    """The cards of the two days that smaller plans see, whole."""
    return at_home([*world.racecards(END), *world.racecards(TOMORROW)])


@pytest.fixture(scope="module")
def run_today(world: World) -> dict[str, dict[str, Any]]:
    """The results of the day, whole."""
    return at_home(world.results(END))


def prices(results: dict[str, dict[str, Any]], field: str) -> dict[tuple[str, str], float | None]:
    """A price of each runner; whatever is no number is no price."""
    return {
        (race_id, runner["horse_id"]): number(runner.get(field))
        for race_id, race in results.items()
        for runner in race["runners"]
    }


def number(text: str | None) -> float | None:
    return float(text) if text not in (None, "", "-") else None


def test_the_free_plan_fills_the_main_columns_and_a_bigger_one_the_rest(
    account: Account, races: dict[str, dict[str, Any]], run_today: dict[str, dict[str, Any]]
) -> None:
    counted = "select count(*) from racing.ra_feed_population where column_name = 'sp_decimal'"

    printed = account.build(FREE)

    assert "WARN=0 ERROR=0" in printed
    # No card and no result has a course's id: each was found by its name.
    courses = dict(account.query("select id, course_id from racing.ra_races"))
    assert courses == {race_id: race["course_id"] for race_id, race in races.items()}
    runners = sum(len(race["runners"]) for race in run_today.values())
    shown = ("horse_name", "number", "sp", "sp_decimal", "prize_won", "comment")
    assert account.counts("ra_race_results", *shown) == (runners, runners, runners, 0, 0, 0, 0)
    for table in ("ra_mst_sires", "ra_mst_jockeys", "ra_mst_trainers", "ra_mst_owners"):
        rows, priced = account.counts(table, "expected_wins")
        assert (rows > 0, priced) == (True, 0)
    horses, born, bred, coloured = account.counts("ra_mst_horses", "dob", "breeder", "colour")
    assert (horses > 0, born, bred, coloured > 0) == (True, 0, 0, True)
    assert account.counts("ra_runner_odds") == account.counts("ra_runner_supplementary") == (0,)
    # What the plan does not include was never counted, so it can never seem to have dried up.
    assert account.query(counted) == [(0,)]
    assert "need the basic plan and" in account.status()
    assert " needs basic " in account.told_of("ra_race_results", "sp_decimal")

    account.build(PRO)

    assert account.query("select told from racing_staging.int_feed_changes where is_dried_up") == []
    plans = dict(account.query("select id, plan from racing.ra_races"))
    assert plans.keys() > races.keys()
    assert set(plans.values()) == {"pro"}
    # Seen by the free plan first, and whole now.
    tips = account.query(
        "select id from racing.ra_races where has_result and tip is not null"
        f" and created_at < updated_at and date = '{END}'"
    )
    assert sorted(tips) == sorted((race_id,) for race_id in run_today if races[race_id]["tip"])
    assert tips
    [(known,)] = account.query(counted)
    assert known > 0
    assert "need the" not in account.status()


def test_the_basic_plan_fills_all_but_odds_and_profiles(
    account: Account, run_today: dict[str, dict[str, Any]]
) -> None:
    printed = account.build(BASIC)

    assert "WARN=0 ERROR=0" in printed
    assert account.prices("sp_decimal", END) == prices(run_today, "sp_dec")
    assert account.counts("ra_race_results", "bsp")[1] == 0
    assert account.counts("ra_races", "tip")[1] == 0
    assert account.counts("ra_runner_odds") == (0,)
    assert account.counts("ra_runner_supplementary")[0] > 0


def test_the_standard_plan_fills_odds_and_the_results_of_days_before(
    world: World, account: Account
) -> None:
    yesterday = END - timedelta(days=1)

    printed = account.build(STANDARD)

    assert "WARN=0 ERROR=0" in printed
    assert account.prices("bsp", yesterday) == prices(at_home(world.results(yesterday)), "bsp")
    offered = {
        (race_id, runner["horse_id"])
        for race_id, card in at_home(world.racecards(TOMORROW)).items()
        for runner in card["runners"]
        if any((number(price["decimal"]) or 0) > 1 for price in runner["odds"])
    }
    assert offered
    assert offered == set(
        account.query(
            "select distinct race_id, horse_id from racing.ra_odds_live"
            f" where race_date = '{TOMORROW}'"
        )
    )
