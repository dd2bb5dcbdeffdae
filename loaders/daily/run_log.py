"""The log of runs: a line of raw.runs a run, and one of raw.run_steps a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from loaders.daily.outcome import Ended, Outcome
from loaders.postgres.statements import statement
from loaders.raw.schema import migrate


@dataclass(frozen=True)
class RunLog:
    """The lines of one run; each is written over a connection of its own, for steps take long."""

    connect: Callable[[], psycopg.Connection]
    run_id: int

    @classmethod
    def begin(cls, connect: Callable[[], psycopg.Connection], kind: str, log_file: Path) -> RunLog:
        """Write that a run begins; others that have no end, since no other is at work, were killed.

        Raises psycopg.Error, DatabaseError, SchemaError.
        """
        with connect() as connection:
            migrate(connection)
            for killed in ("end_killed_steps", "end_killed_runs"):
                connection.execute(statement(__package__, killed))
            line = {"kind": kind, "log_file": f"{log_file}"}
            row = connection.execute(statement(__package__, "begin_run"), line).fetchone()
        assert row is not None
        return cls(connect, int(row[0]))

    def begin_step(self, step: str) -> None:
        """Write that a step begins."""
        self._write("begin_step", step=step)

    def end_step(self, step: str, ended: Ended) -> None:
        """Write how a step ended, or that it was passed over."""
        self._write("end_step", step=step, outcome=ended.outcome.value, message=ended.message)

    def end(self, outcome: Outcome) -> None:
        """Write how the run ended."""
        self._write("end_run", outcome=outcome.value)

    def _write(self, name: str, **values: str | None) -> None:
        with self.connect() as connection:
            connection.execute(statement(__package__, name), {"run_id": self.run_id, **values})
