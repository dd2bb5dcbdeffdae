"""A run: its steps one after another, each with a line, and what is written down of them."""

from __future__ import annotations

import signal
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import Protocol

import psycopg

from loaders.daily.interruption import Interruption, undisturbed
from loaders.daily.outcome import EXIT_CODES, Ended, Outcome, in_all
from loaders.daily.run_log import IN_A_ROW, RunLog
from loaders.daily.step import RUN, Ground, Step, failed
from loaders.errors import StudbookError, printable
from loaders.postgres.connection import DatabaseError
from loaders.raw.session import Session

_HINDERS = (Outcome.FAILED, Outcome.PASSED_OVER)


class Tell(Protocol):
    """Prints a message, and with `nl` ends the line, as click.echo does."""

    def __call__(self, message: str, *, nl: bool = True) -> None: ...


class RunError(StudbookError):
    """Not all steps of a run went well; or it was interrupted."""

    def __init__(self, message: str, exit_code: int) -> None:
        super().__init__(message)
        self.exit_code = exit_code


class Run:
    """The steps of one run, told of as they end."""

    def __init__(
        self,
        command: str,
        ground: Ground,
        session: Session,
        run_log: RunLog,
        log: Path,
        tell: Tell,
    ) -> None:
        self._command = command
        self._ground = ground
        self._session = session
        self._run_log = run_log
        self._log = log
        self._tell = tell
        self._ended: dict[str, Ended] = {}
        # The steps that were passed over, with the one that failed in the first place.
        self._failed_for: dict[str, str] = {}
        self._is_log_written = True

    def go(self, steps: Sequence[Step]) -> None:
        """Do the steps, and say in a line how all of them ended.

        Raises RunError unless all was well, with the exit code that says so.
        """
        began = monotonic()
        step = steps[0]
        if self._run_log.killed:
            self._alarm(RUN, " ".join(self._run_log.killed))
        try:
            for step in steps:
                self._do(step)
        except Interruption as interruption:
            # No more waiting for a database that is away.
            self._session.stopping.set()
            with undisturbed():
                if step.name not in self._ended:
                    self._end(step, Ended(Outcome.INTERRUPTED, f"by {interruption.number.name}"))
                self._write(lambda: self._run_log.end(Outcome.INTERRUPTED))
                if interruption.number is not signal.SIGINT:
                    self._tell_of_stop(interruption, step, steps)
                raise interrupted(self._command, interruption) from None
        outcome = in_all(ended.outcome for ended in self._ended.values())
        self._write(lambda: self._run_log.end(outcome))
        if outcome is not Outcome.SUCCESS:
            raise RunError(self._summary(), EXIT_CODES[outcome])
        told = [
            f"All {len(steps)} steps went well, in {_seconds(monotonic() - began)}",
            *self._warned(),
        ]
        self._say(f"{'; '.join(told)}.")

    def _do(self, step: Step) -> None:
        hindering = [
            self._failed_for.get(name, name)
            for name in step.needs
            if name in self._ended and self._ended[name].outcome in _HINDERS
        ]
        self._tell(f"{step.name:<12}", nl=False)
        if hindering:
            self._failed_for[step.name] = hindering[0]
            self._end(step, Ended(Outcome.PASSED_OVER, f"because {hindering[0]} failed"))
            return
        self._write_line(f"== {step.name}")
        self._write(lambda: self._run_log.begin_step(step.name))
        began = monotonic()
        ended = self._outcome(step)
        self._end(step, ended, monotonic() - began)

    def _outcome(self, step: Step) -> Ended:
        try:
            self._hold()
            return step.does(self._ground)
        except (StudbookError, psycopg.Error, OSError) as error:
            return failed(printable(str(error), longest=None) or type(error).__name__)
        except Exception as error:
            # A fault of Studbook's own, which the later steps may outlast.
            self._write_line(traceback.format_exc())
            return failed(f"{type(error).__name__}: {printable(str(error))}")

    def _end(self, step: Step, ended: Ended, seconds: float | None = None) -> None:
        self._ended[step.name] = ended
        if ended.is_alarming or ended.outcome is Outcome.FAILED:
            self._ground.alarming[step.name] = ended
        elif ended.outcome is Outcome.SUCCESS:
            self._ground.well.add(step.name)
        took = "" if seconds is None else _seconds(seconds)
        told = ended.outcome.value + (f": {ended.message}" if ended.message else "")
        self._tell(f"{took:>10}  {told}")
        self._write_line(f"== {step.name}: {told}{f', {took}' if took else ''}")
        self._write(lambda: self._run_log.end_step(step.name, ended))
        if ended.outcome is Outcome.PARTIAL:
            self._write(lambda: self._alarm_if_again(step, ended))

    def _alarm_if_again(self, step: Step, ended: Ended) -> None:
        if self._run_log.is_partial_again(step.name):
            self._alarm(
                step.name,
                f"The step {step.name} has gone only partly in {IN_A_ROW} runs in a row: "
                f"{ended.message}",
            )

    def _alarm(self, name: str, message: str) -> None:
        self._ground.alarming[name] = Ended(Outcome.PARTIAL, message, is_alarming=True)

    def _tell_of_stop(
        self, interruption: Interruption, stopped: Step, steps: Sequence[Step]
    ) -> None:
        """Do what is to be done in a run that the system stops, such as a timeout of systemd."""
        self._alarm(
            RUN,
            f"`{self._command}` was stopped by {interruption.number.name} in its step "
            f"{stopped.name}: the next run goes on from there.",
        )
        for step in steps:
            if step.is_for_stopped and step.name not in self._ended:
                self._do(step)

    def _summary(self) -> str:
        parts = []
        for outcome, words in (
            (Outcome.FAILED, "failed"),
            (Outcome.PARTIAL, "went only partly"),
            (Outcome.PASSED_OVER, "passed over"),
        ):
            names = [name for name, ended in self._ended.items() if ended.outcome is outcome]
            if names:
                parts.append(f"{words}: {', '.join(names)}")
        parts += self._warned()
        return (
            f"`{self._command}`: {'; '.join(parts)}. What each step printed is in {self._log}; the "
            "same command tries again."
        )

    def _warned(self) -> list[str]:
        """A part of the last sentence: what did not fail and yet is to be looked at."""
        alarming = self._ground.alarming.items()
        names = [name for name, ended in alarming if ended.outcome is not Outcome.FAILED]
        return [f"look at: {', '.join(names)}"] if names else []

    def _say(self, text: str) -> None:
        self._tell(text)
        self._write_line(text)

    def _write_line(self, text: str) -> None:
        """Write it into the run's file; the run goes on without one, as on a full disk."""
        try:
            with self._log.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")
        except OSError as error:
            if self._is_log_written:
                self._is_log_written = False
                self._tell(f"The log cannot be written to {self._log} ({error.strerror}).")

    def _hold(self) -> None:
        """Take this run's place in the database again, where the connection that had it broke.

        Raises DatabaseError, which names who took it, and StoppedError.
        """
        self._session.run(lambda connection: connection.execute("select 1"))

    def _write(self, note: Callable[[], None]) -> None:
        """Write it into the log of runs; a database that is away stops no step by that alone."""
        try:
            try:
                note()
            except (DatabaseError, psycopg.OperationalError):
                self._hold()
                note()
        except (StudbookError, psycopg.Error) as error:
            self._write_line(f"raw.runs could not be written: {printable(str(error))}")


def interrupted(command: str, interruption: Interruption) -> RunError:
    """What a user is told who stopped a run."""
    return RunError(
        f"Interrupted: what is done stays, and `{command}` goes on from there.",
        128 + interruption.number,
    )


@contextmanager
def explained(command: str) -> Iterator[None]:
    """Turns an Interruption before the first step into a RunError."""
    try:
        yield
    except Interruption as interruption:
        raise interrupted(command, interruption) from None


def _seconds(seconds: float) -> str:
    return f"{seconds:.1f} s"
