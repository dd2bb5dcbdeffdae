"""The commands that steps consist of, each a process of its own that prints into the run's log."""

from __future__ import annotations

import shlex
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from loaders.daily.interruption import Interruption
from loaders.settings import ROOT

# How long (seconds) a command may take to end when it is told to: a load ends the step in hand.
_TO_END = 60


@dataclass(frozen=True)
class Children:
    """Runs commands in an environment, one at a time; what they print goes to the end of a file.

    They go on when this process is killed, and the next run waits for them as for anybody's.
    """

    environment: Mapping[str, str] = field(repr=False)
    log: Path

    def run(self, *command: str) -> tuple[int, list[str]]:
        """The exit code of a command, and the lines that it printed.

        Where the file cannot be written, as on a full disk, they are kept in memory alone. An
        Interruption is passed on to the command, and raised when it has ended; a second one kills
        it.
        """
        file = self._begun(command)
        if file is None:
            code, printed = self._run(command, subprocess.PIPE)
        else:
            with file:
                began = file.tell()
                code, _ = self._run(command, file)
            printed = self._since(began)
        return code, printed.decode(errors="replace").splitlines()

    def _begun(self, command: Sequence[str]) -> IO[bytes] | None:
        """The log, with the command on a line; None where it cannot be written."""
        with ExitStack() as opened:
            try:
                file = opened.enter_context(self.log.open("ab", buffering=0))
                file.write(f"$ {shlex.join(command)}\n".encode())
            except OSError:
                return None
            opened.pop_all()
            return file

    def _since(self, place: int) -> bytes:
        with suppress(OSError), self.log.open("rb") as file:
            file.seek(place)
            return file.read()
        return b""

    def _run(self, command: Sequence[str], output: IO[bytes] | int) -> tuple[int, bytes]:
        with subprocess.Popen(
            command,
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # Ctrl-C comes to it from here alone.
            start_new_session=True,
        ) as child:
            try:
                printed, _ = child.communicate()
            except Interruption:
                _end(child)
                raise
            return child.returncode, printed or b""


def _end(child: subprocess.Popen[bytes]) -> None:
    # dbt heeds this one alone.
    child.send_signal(signal.SIGINT)
    try:
        child.communicate(timeout=_TO_END)
    except (Interruption, subprocess.TimeoutExpired):
        child.kill()
        child.wait()
