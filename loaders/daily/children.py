"""The commands that steps consist of, each a process of its own that prints into the run's log."""

from __future__ import annotations

import shlex
import signal
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from loaders.daily.interruption import Interruption
from loaders.settings import ROOT

# How long (seconds) a command may take to end when it is told to: a load ends the step in hand.
_TO_END = 60


@dataclass(frozen=True)
class Children:
    """Runs commands in an environment, one at a time; what they print goes to the end of a file.

    They go on when this process is killed, and the next run waits for them as for anybody's.
    """

    environment: Mapping[str, str]
    log: Path

    def run(self, *command: str) -> tuple[int, list[str]]:
        """The exit code of a command, and the lines that it printed.

        An Interruption is passed on to it, and raised when it has ended; a second one kills it.
        """
        with self.log.open("ab") as file:
            file.write(f"$ {shlex.join(command)}\n".encode())
            file.flush()
            began = file.tell()
            child = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
                # Ctrl-C comes to it from here alone.
                start_new_session=True,
            )
            try:
                code = child.wait()
            except Interruption:
                _end(child)
                raise
        with self.log.open("rb") as file:
            file.seek(began)
            return code, file.read().decode(errors="replace").splitlines()


def _end(child: subprocess.Popen[bytes]) -> None:
    # dbt heeds this one alone.
    child.send_signal(signal.SIGINT)
    try:
        child.wait(_TO_END)
    except (Interruption, subprocess.TimeoutExpired):
        child.kill()
        child.wait()
