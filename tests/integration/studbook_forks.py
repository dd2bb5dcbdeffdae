"""`studbook` for many tests: imported once, a process forked for each command.

Python's fork server imports what the commands need; each command runs in a fork of it, which has
that, through the same entry point as on the command line. The server ends with the process that
started it.
"""

from __future__ import annotations

import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# What the commands that tests give most often would each import.
_NEEDED = (
    "loaders.alerts.telling",
    "loaders.alerts.wording",
    "loaders.inventory.listing",
    "loaders.inventory.population",
    "loaders.loading.progress",
    "loaders.loading.run",
    "loaders.postgres.database",
    "loaders.cli",
)
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload([__name__, *_NEEDED])


def run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of studbook from the project's root; what it prints is kept as text."""
    with tempfile.NamedTemporaryFile() as stdout, tempfile.NamedTemporaryFile() as stderr:
        process = _FORKS.Process(
            target=_studbook, args=([*command], {**environment}, stdout.name, stderr.name)
        )
        process.start()
        process.join()
        code = process.exitcode
        process.close()
        assert code is not None
        return subprocess.CompletedProcess(
            [*command], code, stdout.read().decode(), stderr.read().decode()
        )


def _studbook(command: list[str], environment: dict[str, str], stdout: str, stderr: str) -> None:
    """Run studbook in this process, which ends with it."""
    os.environ.clear()
    os.environ.update(environment)
    time.tzset()
    os.chdir(ROOT)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    for descriptor, file in ((1, stdout), (2, stderr)):
        os.dup2(os.open(file, os.O_WRONLY | os.O_APPEND), descriptor)
    sys.argv = command
    from loaders.cli import main

    main(prog_name="studbook")
