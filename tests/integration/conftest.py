"""Databases that hold a simulated season, loaded and built by the commands that a user runs."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from loaders.postgres.embedded import EmbeddedServer
from loaders.settings import ROOT
from simulator.serving.server import SimulatorServer
from simulator.world import World
from tests.api import Api
from tests.integration import dbt_server, studbook_forks
from tests.integration.browser import Page, browser
from tests.integration.loading import connect
from tests.integration.project import Project

SEASON_END = date(2026, 6, 30)
AS_OF = {"as_of_date": "2026-06-30", "as_of_time": "2026-06-30 12:00:00+01:00"}
# The simulated feed has to be as full as a real one.
ENFORCED = AS_OF | {"enforce_expected_population": True}
# A model's unit tests read no table: they run where the season is built.
BUILD = ("build", "--exclude-resource-type", "unit_test")
# The season's last day has no races: the last that were run are of the day before, the next ones
# are declared.
RUN, DECLARED = "2026-06-29", "2026-07-01"
# Names come from the feed, and nothing that stands in one may become part of a page.
EVIL = "</script><script>window.evil = 1</script><img src=x onerror='window.evil = 1'>\u2028&amp;"


@dataclass(frozen=True)
class Warehouse:
    """A database and the commands that a user runs on it.

    `environment` holds the PG* variables and, where an API is served, the RACING_API_* ones;
    `settings` are dbt's vars.
    """

    environment: dict[str, str]
    scratch: Path
    settings: Mapping[str, Any] = field(default_factory=lambda: AS_OF)

    def run(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command of the project's venv from its root; what it prints is kept as text.

        dbt runs where the project is parsed already, studbook where it is imported already.
        """
        if command[0] == "dbt":
            return _checked(dbt_server.run(command, self.variables()), check)
        if command[0] == "studbook":
            return _checked(studbook_forks.run(command, self.variables()), check)
        return self.run_alone(*command, check=check)

    def run_alone(self, *command: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command, dbt and studbook too, in a process of its own."""
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self.variables(),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
        )
        return _checked(done, check)

    def dbt(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run dbt as of the end of the simulated season."""
        return self.run("dbt", *arguments, *self.vars(), check=check)

    def vars(self) -> tuple[str, str]:
        """dbt's option of the settings."""
        return ("--vars", json.dumps(self.settings))

    def results(self) -> list[dict[str, Any]]:
        """The results of the last dbt run, one per node that it had something to do for."""
        results: list[dict[str, Any]] = json.loads(
            (self.scratch / "target" / "run_results.json").read_text()
        )["results"]
        # What is made of the tables, an exposure, is no work of dbt's.
        return [result for result in results if result["status"] != "no-op"]

    def connect(self) -> psycopg.Connection[Any]:
        """A connection that commits each statement."""
        return psycopg.connect(
            host=self.environment["PGHOST"],
            port=self.environment.get("PGPORT"),
            user=self.environment["PGUSER"],
            password=self.environment.get("PGPASSWORD"),
            dbname=self.environment["PGDATABASE"],
            autocommit=True,
        )

    def fingerprints(
        self,
        schema: str,
        *,
        only: str | None = None,
        without: tuple[str, ...] = (),
        drop: tuple[str, ...] = (),
    ) -> dict[str, str]:
        """A digest of every value in every table of a schema, whatever the order of its rows.

        `only` is one table, `without` are tables and `drop` columns that are left out.
        """
        with self.connect() as connection:
            columns = connection.execute(
                "select table_name, array_agg(column_name::text order by column_name)"
                " from information_schema.columns where table_schema = %s group by table_name",
                [schema],
            ).fetchall()
            return {
                name: digest(connection, schema, name, [one for one in names if one not in drop])
                for name, names in columns
                if name not in without and only in (None, name)
            }

    def variables(self) -> dict[str, str]:
        """The whole environment of a command."""
        return {
            **{
                k: v
                for k, v in os.environ.items()
                if not k.startswith(("PG", "RACING_API", "DBT", "STUDBOOK"))
            },
            "PATH": f"{ROOT / '.venv/bin'}:{os.environ['PATH']}",
            "DBT_PROJECT_DIR": str(ROOT / "dbt_project"),
            "DBT_PROFILES_DIR": str(ROOT / "profiles"),
            "DBT_TARGET_PATH": str(self.scratch / "target"),
            "DBT_LOG_PATH": str(self.scratch / "logs"),
            # Nobody reads it, and writing it takes a fifth of a small build.
            "DBT_LOG_LEVEL_FILE": "none",
            **self.environment,
        }


def digest(
    connection: psycopg.Connection[Any], schema: str, table: str, columns: Sequence[str]
) -> str:
    """The number of a table's rows, and a digest of their values in some columns."""
    asked = sql.SQL(
        "select count(*) || ':' || coalesce(sum(hashtextextended(t::text, 0)), 0)"
        " from (select {} from {}) as t"
    ).format(sql.SQL(", ").join(map(sql.Identifier, columns)), sql.Identifier(schema, table))
    [(found,)] = connection.execute(asked).fetchall()
    return str(found)


def _checked(
    done: subprocess.CompletedProcess[str], check: bool
) -> subprocess.CompletedProcess[str]:
    assert not check or done.returncode == 0, f"{done.args}\n{done.stdout}\n{done.stderr}"
    return done


@pytest.fixture
def warehouse(database: dict[str, str], tmp_path: Path) -> Warehouse:
    """An empty database of its own."""
    return Warehouse(database, tmp_path)


@pytest.fixture
def project(folder: Path) -> Iterator[Project]:
    """A project of its own, whose embedded server is stopped after the test."""
    project = Project(folder / "project")
    yield project
    EmbeddedServer(project.root / ".postgres").down(force=True)


@pytest.fixture
def api() -> Iterator[Api]:
    """A Racing API that answers what a test tells it to."""
    with Api() as api:
        yield api


@pytest.fixture
def raw(database: dict[str, str]) -> Iterator[psycopg.Connection[Any]]:
    """A look into an empty database of its own."""
    with connect(database) as connection:
        yield connection


@pytest.fixture(scope="session")
def season_api() -> Iterator[dict[str, str]]:
    """A simulated year of racing behind HTTP, worded as the API words it since June 2026 from that
    month on; yields the RACING_API_* environment."""
    races = int(os.environ.get("STUDBOOK_RACES", "4"))
    world = World(seed=11, seasons=1, races_per_day=races, end=SEASON_END, feed="2026-06-01")
    with SimulatorServer(world, rate_limits=False) as api:
        yield api.environment()


@dataclass(frozen=True)
class SeasonBuild:
    """The season, what dbt printed when it was built, and the results of its nodes."""

    warehouse: Warehouse
    printed: str
    results: list[dict[str, Any]]


@pytest.fixture(scope="session")
def season_build(
    server: EmbeddedServer,
    season_api: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> SeasonBuild:
    """A simulated year, loaded over HTTP and built once for the whole test run."""
    environment = {**server.environment(), **season_api, "PGDATABASE": "season"}
    with psycopg.connect(url_of(server), autocommit=True) as connection:
        connection.execute("create database season")
    warehouse = Warehouse(environment, tmp_path_factory.mktemp("season"), ENFORCED)
    warehouse.run("studbook", "load", "reference")
    warehouse.run("studbook", "load", "results", "--from", "2025-07-01", "--to", "2026-06-30")
    warehouse.run("studbook", "load", "racecards", "--from", "2026-05-01", "--to", "2026-07-03")
    warehouse.run("studbook", "load", "horses", "--max-horses", "150")
    built = SeasonBuild(
        warehouse,
        # As a user builds.
        warehouse.run_alone("dbt", "--no-use-colors", "build", *warehouse.vars()).stdout,
        warehouse.results(),
    )
    with psycopg.connect(url_of(server), autocommit=True) as connection:
        connection.execute("create database season_template template season strategy file_copy")
    return built


@pytest.fixture(scope="session")
def season(season_build: SeasonBuild) -> Warehouse:
    """The built season."""
    return season_build.warehouse


@pytest.fixture(scope="session")
def built_season(season: Warehouse) -> Iterator[psycopg.Connection[Any]]:
    """A connection to the built season."""
    with season.connect() as connection:
        yield connection


@pytest.fixture
def season_copy(season: Warehouse, server: EmbeddedServer, tmp_path: Path) -> Iterator[Warehouse]:
    """A copy of the built season that a test may change."""
    name = "season_copy"
    with psycopg.connect(url_of(server), autocommit=True) as connection:
        connection.execute(
            sql.SQL("create database {} template season_template strategy file_copy").format(
                sql.Identifier(name)
            )
        )
        yield Warehouse({**season.environment, "PGDATABASE": name}, tmp_path, ENFORCED)
        connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))


@dataclass(frozen=True)
class Site:
    """The folder of a site that was made, what the command printed, and a look at its tables."""

    folder: Path
    printed: str
    connection: psycopg.Connection[Any]

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the tables say."""
        return self.connection.execute(query, parameters).fetchall()


@pytest.fixture(scope="session")
def site(
    season: Warehouse, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The site of the season, some of whose names are none, made by a role that may read racing and
    nothing else, in the place of a site that had a page more."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "pages").mkdir()
    (folder / "pages" / "gone.html").write_text('<meta name="generator" content="Studbook">')
    copy = replace(season, environment={**season.environment, "PGDATABASE": "site"}, scratch=folder)
    with psycopg.connect(url_of(server), autocommit=True) as connection:
        connection.execute("create database site template season_template strategy file_copy")
        connection.execute("create role site_reader login")
    try:
        with copy.connect() as looking:
            looking.execute("grant usage on schema racing to site_reader")
            looking.execute("grant select on all tables in schema racing to site_reader")
            [(horse,)] = looking.execute(
                "select min(horse_id) from racing.ra_runners where race_date = %s", [DECLARED]
            ).fetchall()
            looking.execute(
                "update racing.ra_runners set horse_name = %s where horse_id = %s", [EVIL, horse]
            )
            looking.execute(
                "update racing.ra_mst_horses set name = %s where id = %s", [EVIL, horse]
            )
            looking.execute(
                "update racing.ra_leaders set name = %s where entity_type = 'owner'"
                " and breakdown = 'overall' and query_filters = '{}' and leader_rank = 1",
                [EVIL],
            )
            looking.execute(
                "update racing.ra_leaders set partner_name = %s where entity_type = 'jockey'"
                " and breakdown = 'trainer' and query_filters = '{}' and leader_rank = 1",
                [EVIL],
            )
            looking.execute(
                "update racing.ra_leaders set group_name = 'Listed' where group_name = 'Class 1'"
            )
            [(course,)] = looking.execute(
                "select course_id from racing.ra_races where has_result"
                " group by course_id order by count(*) desc, course_id limit 1"
            ).fetchall()
            looking.execute(
                "update racing.ra_mst_courses set name = %s where id = %s", [EVIL, course]
            )
            looking.execute(
                "update racing.ra_race_results as results set horse_name = %s"
                " from racing.ra_races as races"
                " where races.id = results.race_id and races.course_id = %s",
                [EVIL, course],
            )
            looking.execute(
                "update raw.load_days set complete = false, error = %s"
                " where load_id = (select max(load_id) from raw.load_days)",
                [EVIL],
            )
            read_by = replace(copy, environment={**copy.environment, "PGUSER": "site_reader"})
            done = read_by.run("studbook", "site", str(folder / "pages"), "--day", DECLARED)
            yield Site(folder / "pages", done.stdout, looking)
    finally:
        with psycopg.connect(url_of(server), autocommit=True) as connection:
            connection.execute("drop database site with (force)")
            connection.execute("drop role site_reader")


@pytest.fixture(scope="session")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a browser that notes what goes wrong in it."""
    with browser(tmp_path_factory.mktemp("browser")) as page:
        page.watch()
        yield page


def url_of(server: EmbeddedServer) -> str:
    """The server's own maintenance database."""
    environment = server.environment()
    return f"host={environment['PGHOST']} user={environment['PGUSER']} dbname=postgres"
