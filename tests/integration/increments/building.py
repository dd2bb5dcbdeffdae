"""Builds of whole or of parts, broken off or not, and what may happen to what they have made."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

import psycopg

from tests.integration.builds import Build, held
from tests.integration.conftest import Warehouse
from tests.integration.increments.rules import PROJECT, Rules
from tests.integration.loading import wait_for

# One after another, so that a seed tells what had been made when a build was broken off.
ALONE = ("--threads", "1")
# A part that is built of a parent older than another one may have a race without its plan.
_OUT_OF_STEP = 'null value in column "plan"'
_MISSING = re.compile(r'relation "[^"]+" does not exist')
# Of a build that fails only the errors are told.
QUIET = ("--quiet", "--no-use-colors")
_WAITING = """
select pid from pg_locks where relation = %s::regclass and not granted
"""
_AT_WORK = """
select from pg_stat_activity
where datname = current_database() and query like '/* studbook build %'
"""


class Building:
    """A database, the project and the vars that it is built by, and what is missing of it.

    `tables` are the tables of the models as `schema.name`, by the name of the model.
    """

    def __init__(self, warehouse: Warehouse, rules: Rules, rng: Random) -> None:
        self.tables: dict[str, str] = {}
        self._plain = warehouse
        self._rules = rules
        self._rng = rng
        self._vars: dict[str, Any] = {}
        self._missing: set[str] = set()

    @property
    def warehouse(self) -> Warehouse:
        """The database, with the project and the vars as they are now."""
        folder = self._rules.folder if self._rules.changed else PROJECT
        environment = {**self._plain.environment, "DBT_PROJECT_DIR": str(folder)}
        return replace(self._plain, environment=environment, settings=self._vars)

    def set_clock(self, today: date) -> None:
        """Let builds be of a day."""
        self._vars |= {"as_of_date": str(today), "as_of_time": f"{today} 12:00:00+01:00"}

    def begin(self) -> None:
        """Build all for the first time."""
        self._dbt("seed")
        self._dbt("run")
        made = [result for result in self.warehouse.results() if result["relation_name"]]
        with self.warehouse.connect() as connection:
            for result in made:
                found = result["relation_name"].replace('"', "").partition(".")[2]
                if _kind(connection, found) == "r":
                    self.tables[result["unique_id"].rpartition(".")[2]] = found

    def run(self) -> str:
        """Build all."""
        self._dbt("run")
        self._missing.clear()
        return "dbt run"

    def run_with_nothing_new(self) -> str:
        """Build all, and again."""
        self.run()
        before = self._fingerprints()
        self.run()
        assert self._fingerprints() == before, "the second of two runs has changed something"
        return "dbt run, twice"

    def run_one(self) -> str:
        """Build one model only."""
        return self._some("-s", self._model())

    def run_one_and_its_parents(self) -> str:
        """Build one model and what it needs."""
        return self._some("-s", f"+{self._model()}")

    def run_one_and_its_children(self) -> str:
        """Build one model and what needs it."""
        return self._some("-s", f"{self._model()}+")

    def run_live(self) -> str:
        """Build the prices of races to come."""
        return self._some("--selector", "live")

    def refresh_one(self) -> str:
        """Make one model anew."""
        return self._some("--full-refresh", "-s", self._model())

    def run_one_empty(self) -> str:
        """Build one model of nothing."""
        return self._some("--empty", "-s", self._model())

    def run_and_be_killed(self) -> str:
        """A build is killed when it comes to a table."""
        table = self._table()
        with held(self.warehouse, table) as looking:
            build = Build(self.warehouse, "run", *ALONE)
            if not self._comes_to(looking, table, build):
                build.printed()
                return f"dbt run, which has nothing to do with {table}"
            build.kill()
        with self.warehouse.connect() as connection:
            wait_for(lambda: not connection.execute(_AT_WORK).rowcount)
            # What the next build would find out when it had waited for this one long enough.
            connection.execute(
                "update racing_staging.builds set ended_at = clock_timestamp()"
                " where ended_at is null"
            )
        return f"dbt run, killed at {table}"

    def run_and_be_cut_off(self) -> str:
        """A build loses its session when it comes to a table."""
        table = self._table()
        with held(self.warehouse, table) as looking:
            build = Build(self.warehouse, "run", *ALONE)
            waits = self._comes_to(looking, table, build)
            for (pid,) in looking.execute(_WAITING, [table]).fetchall():
                looking.execute("select pg_terminate_backend(%s)", [pid])
        build.printed(well=not waits)
        return f"dbt run, cut off at {table}" if waits else f"dbt run, all but {table}"

    def run_and_fail_at_one(self) -> str:
        """Whatever needs a table fails; what needs none of it is built."""
        table = self._table()
        hasty = {**self.warehouse.environment, "PGOPTIONS": "-c lock_timeout=100ms"}
        with held(self.warehouse, table):
            replace(self.warehouse, environment=hasty).dbt(*QUIET, "run", *ALONE, check=False)
        return f"dbt run, in which {table} is not to be had"

    def drop_table(self) -> str:
        """A table is dropped by hand."""
        table = self._table()
        with self.warehouse.connect() as connection:
            connection.execute(f"drop table {table} cascade")
        self._missing.add(table)
        return f"{table} is dropped"

    def change_var(self) -> str:
        """A var is another than before."""
        before = self._vars.get("best_min_expected", 5)
        after = self._rng.choice([least for least in (0.2, 1, 5) if least != before])
        self._vars["best_min_expected"] = after
        return f"best_min_expected is {after}"

    def change_rules(self, *, of_seeds: bool) -> str:
        """A seed, or a model or macro, is another than before."""
        edit = self._rules.change(self._rng, of_seeds=of_seeds)
        if edit.seed:
            self._dbt("seed", "-s", edit.seed)
        return f"{', '.join(edit.files)}: {edit.told}"

    def put_rules_back(self) -> str:
        """The project is as it was."""
        changed = self._rules.put_back()
        seeds = [edit.seed for edit in changed if edit.seed]
        if seeds:
            self._dbt("seed", "-s", *seeds)
        return "the project is as it was"

    def _dbt(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return self.warehouse.dbt(*QUIET, *arguments, check=check)

    def _some(self, *selected: str) -> str:
        done = self._dbt("run", *selected, check=False)
        told = f"dbt run {' '.join(selected)}"
        if done.returncode:
            is_missing = self._missing and _MISSING.search(done.stdout)
            assert is_missing or _OUT_OF_STEP in done.stdout, done.stdout
            return f"{told}, which fails"
        return told

    def _comes_to(self, looking: psycopg.Connection[Any], table: str, build: Build) -> bool:
        """Whether a build comes to wait for a table before it has ended."""

        def waits() -> bool:
            return looking.execute(_WAITING, [table]).rowcount > 0

        wait_for(lambda: waits() or build.has_ended(), 300)
        return waits()

    def _model(self) -> str:
        return self._rng.choice(sorted(self.tables))

    def _table(self) -> str:
        """A table that is there."""
        with self.warehouse.connect() as connection:
            there = [table for table in self.tables.values() if _kind(connection, table)]
        return self._rng.choice(sorted(there))

    def _fingerprints(self) -> dict[str, str]:
        return {
            f"{schema}.{name}": digest
            for schema in ("racing", "racing_staging")
            for name, digest in self.warehouse.fingerprints(schema).items()
            if f"{schema}.{name}" in self.tables.values()
        }


def _kind(connection: psycopg.Connection[Any], relation: str) -> str | None:
    found = connection.execute(
        "select relkind::text from pg_class where oid = to_regclass(%s)", [relation]
    ).fetchone()
    return found[0] if found else None
