"""The log of runs: a line of raw.runs a run, and one of raw.run_steps a step."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import psycopg

from loaders.daily.outcome import Ended, Outcome
from loaders.postgres.statements import statement
from loaders.raw.schema import migrate

# A step that has gone only partly in so many runs does not mend itself.
IN_A_ROW = 3


@dataclass(frozen=True)
class RunLog:
    """The lines of one run; each is written over a connection of its own, for steps take long.

    `killed` says in a sentence each of the runs before that was killed.
    """

    connect: Callable[[], psycopg.Connection]
    run_id: int
    killed: tuple[str, ...] = ()

    @classmethod
    def begin(cls, connect: Callable[[], psycopg.Connection], kind: str, log_file: Path) -> RunLog:
        """Write that a run begins; others that have no end, since no other is at work, were killed.

        Raises psycopg.Error, DatabaseError, SchemaError.
        """
        with connect() as connection:
            migrate(connection)
            connection.execute(statement(__package__, "end_killed_steps"))
            killed = connection.execute(statement(__package__, "end_killed_runs")).fetchall()
            line = {"kind": kind, "log_file": f"{log_file}"}
            row = connection.execute(statement(__package__, "begin_run"), line).fetchone()
        assert row is not None
        return cls(connect, int(row[0]), tuple(_killed(*each) for each in killed))

    def begin_step(self, step: str) -> None:
        """Write that a step begins."""
        self._write("begin_step", step=step)

    def end_step(self, step: str, ended: Ended) -> None:
        """Write how a step ended, or that it was passed over."""
        self._write("end_step", step=step, outcome=ended.outcome.value, message=ended.message)

    def is_partial_again(self, step: str) -> bool:
        """Whether a step has gone only partly in this run and in the ones before it."""
        with self.connect() as connection:
            row = connection.execute(
                statement(__package__, "partial_in_a_row"), {"step": step, "runs": IN_A_ROW}
            ).fetchone()
        return row == (True,)

    def end(self, outcome: Outcome) -> None:
        """Write how the run ended."""
        self._write("end_run", outcome=outcome.value)

    def _write(self, name: str, **values: str | None) -> None:
        with self.connect() as connection:
            connection.execute(statement(__package__, name), {"run_id": self.run_id, **values})


def _killed(kind: str, began: datetime, log_file: str) -> str:
    return (
        f"The {kind} run that began at {began.astimezone():%Y-%m-%d %H:%M %Z} was killed, or its "
        f"machine stopped: its log is {log_file}."
    )
