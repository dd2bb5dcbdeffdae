"""Builds that run beside a test, and are held where it wants them to be."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg

from tests.integration.conftest import Warehouse
from tests.integration.dbt_server import Running
from tests.integration.loading import wait_for

_WAITS = """
select count(*) from pg_locks where relation = %s::regclass and not granted
"""
_SLEEPS = """
select count(*) from pg_stat_activity
where datname = current_database() and query like '/* studbook build %%pg_sleep%%'
"""


class Build:
    """A command of dbt under way, with a folder for what it writes."""

    def __init__(self, warehouse: Warehouse, *arguments: str) -> None:
        self._folder = tempfile.TemporaryDirectory()
        own = replace(warehouse, scratch=Path(self._folder.name))
        self._printed = own.scratch / "printed"
        with self._printed.open("wb") as file:
            self._running = Running(
                ("dbt", "--no-use-colors", *arguments, *own.vars()),
                own.variables(),
                file.fileno(),
                file.fileno(),
            )

    def printed(self, well: bool = True) -> str:
        """What it has printed; it has ended well, or not."""
        code = self._running.wait(timeout=300)
        with self._folder:
            printed = self._printed.read_text()
        assert (code == 0) == well, printed
        return printed

    def has_ended(self) -> bool:
        """Whether it is no longer under way."""
        return self._running.has_ended()

    def kill(self) -> None:
        """End it at once."""
        self._running.kill()
        self._folder.cleanup()


@contextmanager
def held(warehouse: Warehouse, *tables: str) -> Iterator[psycopg.Connection[Any]]:
    """Let nobody come by some tables; yields a connection that looks on."""
    with warehouse.connect() as holding, warehouse.connect() as looking, holding.transaction():
        for table in tables:
            holding.execute(f"lock table {table} in access exclusive mode")
        yield looking


def wait_until_it_waits_for(looking: psycopg.Connection[Any], table: str) -> None:
    """Wait until a build has come to a table that is held."""
    wait_for(lambda: looking.execute(_WAITS, [table]).fetchone() != (0,), 120)


def wait_until_one_waits_for_another(looking: psycopg.Connection[Any]) -> None:
    """Wait until a build waits for the end of another one."""
    wait_for(lambda: looking.execute(_SLEEPS).fetchone() != (0,), 120)
