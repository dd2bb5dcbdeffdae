"""The commands of dbt that a user gives before, beside and instead of a build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.raw.schema import migrate
from loaders.settings import ROOT
from tests.api import Api
from tests.integration.conftest import BUILD, Warehouse
from tests.integration.dbt_server import PARSED_WITH
from tests.integration.loading import race
from tests.integration.readme import matches, only

BEFORE = Path(__file__).with_name("raw_before_migrations.sql")


@pytest.fixture
def landed(warehouse: Warehouse) -> Warehouse:
    """Raw tables with one race in them, and nothing built."""
    with Api() as api:
        api.regions = [{"region": "Great Britain", "region_code": "gb"}]
        api.results = {"2025-07-01": [race("rac_1", "2025-07-01", {"horse_id": "hrs_1"})]}
        landed = Warehouse({**warehouse.environment, **api.environment()}, warehouse.scratch)
        landed.run("studbook", "load", "reference")
        landed.run("studbook", "load", "results", "--from", "2025-07-01", "--to", "2025-07-01")
    return landed


def test_what_needs_no_landed_data_works_without(warehouse: Warehouse) -> None:
    selected = ("-s", "ra_races")
    for command in (("compile", *selected), ("ls", *selected), ("docs", "generate"), ("seed",)):
        warehouse.run("dbt", "--quiet", *command)
    assert (warehouse.scratch / "target" / "catalog.json").exists()
    with warehouse.connect() as connection:
        assert _tables(connection, "racing_staging") >= {"going_groups", "eur_gbp_rates"}
        assert _tables(connection, "racing") == set()


def test_a_build_of_nothing_makes_every_table_and_passes_every_test(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        migrate(connection)

        warehouse.run("dbt", "--quiet", *BUILD, "--empty")

        assert {result["status"] for result in warehouse.results()} <= {"success", "pass"}
        assert _tables(connection, "racing") >= {"ra_races", "ra_mst_sires", "ra_odds_live"}


def test_a_run_without_the_seeds_that_it_reads_says_what_to_do(landed: Warehouse) -> None:
    name = landed.environment["PGDATABASE"]
    sentence = f"is not in database {name} as it is now: run `dbt seed` first, or `dbt build`"
    refused = landed.run("dbt", "--no-use-colors", "run", check=False)
    assert refused.returncode != 0
    assert sentence in refused.stdout

    landed.run("dbt", "--quiet", "seed")
    with landed.connect() as connection:
        # As it was before a column was added to it.
        connection.execute("alter table racing_staging.going_groups drop column spelling")
        assert f"The seed going_groups {sentence}" in landed.run("dbt", "run", check=False).stdout

        landed.run("dbt", "--quiet", "seed")
        landed.run("dbt", "--quiet", "run", "-s", "+ra_races", "+ra_mst_sires")
        assert _tables(connection, "racing") >= {"ra_races", "ra_mst_sires"}

        # A run of nothing leaves no rows, and none of its tables is taken for made.
        races = connection.execute("select * from racing.ra_races order by id").fetchall()
        landed.run("dbt", "--quiet", "run", "-s", "+ra_races", "--empty")
        assert connection.execute("select count(*) from racing.ra_races").fetchone() == (0,)
        landed.run("dbt", "--quiet", "run", "-s", "+ra_races")
        assert connection.execute("select * from racing.ra_races order by id").fetchall() == races
        assert races


def test_raw_of_an_older_version_has_to_be_loaded_into_once(warehouse: Warehouse) -> None:
    with warehouse.connect() as connection:
        connection.execute(BEFORE.read_bytes())
        connection.execute(
            "insert into raw.loads (resources, regions, base_url, started_at, outcome)"
            " values ('{results}', '{gb}', 'https://api', now(), 'success')"
        )
        connection.execute(
            "insert into raw.load_days (load_id, resource, objects_received, complete, started_at)"
            " values (1, 'results', 1, true, now())"
        )

    refused = warehouse.run("dbt", "--no-use-colors", "run", "-s", "ra_mst_regions", check=False)

    assert refused.returncode != 0
    assert matches(only("The raw schema of database"), refused.stdout)


def test_only_the_var_that_tests_parse_with_is_read_when_dbt_parses() -> None:
    project = ROOT / "dbt_project"
    # What builds have left in target/ is none of the project.
    ours = [
        path
        for room in ("models", "macros", "seeds", "tests")
        for path in (project / room).rglob("*")
    ]
    parsed = [path.read_text() for path in (*project.glob("*.yml"), *ours) if path.suffix == ".yml"]
    for path in ours:
        if path.suffix == ".sql":
            parsed += re.findall(r"{{-?\s*config\(.*?}}", path.read_text(), re.DOTALL)

    assert set(re.findall(r"""\bvar\(\s*["'](\w+)""", "".join(parsed))) == {PARSED_WITH}


def _tables(connection: psycopg.Connection[Any], schema: str) -> set[str]:
    return {
        name
        for (name,) in connection.execute(
            "select table_name from information_schema.tables where table_schema = %s", [schema]
        )
    }
