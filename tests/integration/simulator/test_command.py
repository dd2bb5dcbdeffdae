"""The command `studbook simulator`."""

from __future__ import annotations

import os
import subprocess
import sys

from loaders.simulator.server import SimulatorServer
from loaders.simulator.world import World
from tests.integration.simulator.conftest import END


def studbook(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from loaders.cli import main; main()",
            "simulator",
            "--seasons",
            "0.02",
            "--races-per-day",
            "2",
            "--end",
            "2025-11-22",
            *arguments,
        ],
        capture_output=True,
        text=True,
        timeout=60,
        env=os.environ,
    )


def test_the_command_serves_while_another_runs_and_takes_over_its_exit_code() -> None:
    ask = (
        "import os, sys, httpx;"
        "e = os.environ;"
        "auth = (e['RACING_API_USERNAME'], e['RACING_API_PASSWORD']);"
        "print(httpx.get(e['RACING_API_BASE_URL'] + '/v1/courses', auth=auth).status_code);"
        "print(float(e['RACING_API_RATE']) > 50);"
        "sys.exit(7)"
    )
    done = studbook("--port", "0", "--", sys.executable, "-c", ask)
    assert done.stdout.split() == ["200", "True"]
    assert done.returncode == 7


def test_the_command_says_what_to_do_when_it_cannot_serve() -> None:
    with SimulatorServer(World(1, 0.02, 2, END)) as server:
        port = server.base_url.rpartition(":")[2]
        taken = studbook("--port", port, "--", sys.executable, "-c", "")
    assert taken.returncode == 1
    assert "choose another with --port" in taken.stderr
    unknown = studbook("--port", "0", "--", "no-such-command-here")
    assert unknown.returncode == 1
    assert "no-such-command-here" in unknown.stderr
    assert "Traceback" not in taken.stderr + unknown.stderr
