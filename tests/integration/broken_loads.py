"""Loads that are stopped at one of their statements, and what they leave in raw.

All that the state machine of raw knows of the loaders and of raw's tables is here.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import count
from typing import Any, Literal

import psycopg

from loaders.api.patience import Patience
from loaders.errors import StudbookError
from loaders.loading.request import Request
from loaders.loading.run import run
from loaders.settings import Settings
from tests.integration.loading import wait_for
from tests.integration.raw_model import ATTEMPTS, Kept, Load

_PATIENCE = Patience(attempts=ATTEMPTS, first_wait=0.001, longest_wait=0.002)
# A process that starts from one which has imported the loaders is there at once.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.integration.broken_loads"])


# The server is never stopped, so that nothing of it is lost.
_FAST = "-c synchronous_commit=off"
# How a load ended, as the exit code of its process; 1 is Python's own.
_CODES = {True: 0, False: 2, None: 3}
_AT_WORK = """
select count(*) from pg_stat_activity
where datname = current_database() and application_name like 'studbook load%'
"""


@dataclass(frozen=True)
class Stop:
    """What stops a load before or after its n-th statement.

    It loses its connection, and goes on with another; or is told to stop, or killed.
    """

    statement: int
    after: bool
    how: Literal["cut off", "told", "killed"]


class Silent:
    """A progress that nobody hears."""

    def begin(self, resource: str, steps: int, what: str) -> None: ...

    def step(self) -> None: ...

    def problem(self, text: str) -> None: ...

    def end(self) -> None: ...


def attempt(dsn: str, env: Mapping[str, str], load: Load, stop: Stop | None) -> bool | None:
    """Load; whether all has landed, None when the load was stopped or gave up."""
    if stop is None or stop.how == "cut off":
        return _run(dsn, env, load, stop)
    process = _PROCESSES.Process(target=_end_with, args=(dsn, dict(env), load, stop))
    process.start()
    process.join()
    # One that was killed is at work until the server knows of it.
    with psycopg.connect(dsn, autocommit=True) as other:
        wait_for(lambda: other.execute(_AT_WORK).fetchone() == (0,))
    code = process.exitcode
    assert code in (*_CODES.values(), -signal.SIGKILL, -signal.SIGTERM), "it ended by itself"
    return next((ended for ended, of_it in _CODES.items() if of_it == code), None)


def _end_with(dsn: str, env: Mapping[str, str], load: Load, stop: Stop) -> None:
    sys.exit(_CODES[_run(dsn, env, load, stop)])


def _run(dsn: str, env: Mapping[str, str], load: Load, stop: Stop | None) -> bool | None:
    request = Request(load.table, load.first, load.last, refresh=load.refresh)
    try:
        report = run(
            request,
            Settings.from_environment(env),
            _connecting(dsn, stop) if stop else lambda: psycopg.connect(dsn, options=_FAST),
            Silent(),
            today=lambda: load.today,
            patience=_PATIENCE,
        )
    except StudbookError:
        return None
    return report.clean


def _connecting(dsn: str, stop: Stop) -> Callable[[], psycopg.Connection[Any]]:
    """Makes the connections of one load, and stops it at the statement."""
    numbers = count(1)

    def strike(connection: psycopg.Connection[Any]) -> None:
        if stop.how == "cut off":
            with psycopg.connect(dsn, autocommit=True) as other:
                # Returns when it has ended.
                other.execute(
                    "select pg_terminate_backend(%s, 10000)", [connection.info.backend_pid]
                )
        else:
            os.kill(os.getpid(), signal.SIGKILL if stop.how == "killed" else signal.SIGTERM)

    class Watched(psycopg.Cursor[Any]):
        def execute(self, *arguments: Any, **options: Any) -> Any:
            return self._watched(super().execute, arguments, options)

        def executemany(self, *arguments: Any, **options: Any) -> Any:
            return self._watched(super().executemany, arguments, options)

        def _watched(self, do: Callable[..., Any], arguments: Any, options: Any) -> Any:
            is_due = next(numbers) == stop.statement
            if is_due and not stop.after:
                strike(self.connection)
            done = do(*arguments, **options)
            if is_due and stop.after:
                strike(self.connection)
            return done

    return lambda: psycopg.connect(dsn, options=_FAST, cursor_factory=Watched)


class Raw:
    """What loads have left in a database; `empty` goes back to its beginning."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        self._last = 0

    def empty(self) -> None:
        """Forget everything, the schema too."""
        self._connection.execute("drop schema if exists raw cascade")
        self._last = 0

    def kept(self, table: str) -> dict[str, Kept]:
        """The objects of a table by their keys."""
        if not self._is_there():
            return {}
        rows = self._connection.execute(
            f"select race_id, payload, race_date::text, withdrawn_at is null from raw.{table}"
        ).fetchall()
        for key, payload, race_date, _ in rows:
            assert (payload["race_id"], payload["date"]) == (key, race_date)
        return {key: Kept(payload, live) for key, payload, _, live in rows}

    def moment(self) -> datetime:
        """Now, by the server's clock."""
        found = self._connection.execute("select clock_timestamp()").fetchone()
        assert found is not None
        moment: datetime = found[0]
        return moment

    def kept_at(self, table: str, moment: datetime) -> dict[str, Kept]:
        """The objects of a table as they were at a moment, with what has been replaced since."""
        if not self._is_there():
            return {}
        rows = self._connection.execute(
            f"""
            select race_id, payload, withdrawn_at is null or withdrawn_at > %(moment)s
            from (
                select race_id, payload, withdrawn_at, changed_at, null as replaced_at
                from raw.{table}
                union all
                select race_id, payload, withdrawn_at, changed_at, replaced_at
                from raw.{table.removesuffix("s")}_versions
            ) as versions
            where changed_at <= %(moment)s and (replaced_at is null or replaced_at > %(moment)s)
            """,
            {"moment": moment},
        ).fetchall()
        found = {key: Kept(payload, live) for key, payload, live in rows}
        assert len(found) == len(rows), "two versions of one moment"
        return found

    def lines(self, today: date) -> dict[date, bool]:
        """The days that the loads since the last call have told of, and whether as complete.

        Lets those loads have been made on `today`.
        """
        if not self._is_there():
            return {}
        rows = self._connection.execute(
            """
            update raw.load_days set started_at = (%s + time '12:00') at time zone 'Europe/London'
            where load_id > %s
            returning load_id, day, complete
            """,
            [today, self._last],
        ).fetchall()
        self._last = max([self._last, *(load for load, _, _ in rows)])
        return {day: complete for _, day, complete in rows}

    def _is_there(self) -> bool:
        found = self._connection.execute("select to_regclass('raw.load_days')").fetchone()
        return found != (None,)
