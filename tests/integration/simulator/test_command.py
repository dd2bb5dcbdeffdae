"""The command `studbook simulator`."""

from __future__ import annotations

import os
import pwd
import signal
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simulator.serving.server import SimulatorError, SimulatorServer, listen
from simulator.world import World
from tests.integration.simulator.conftest import END


def may_be_forbidden() -> bool:
    """Whether this system keeps port 80 from ordinary users."""
    first_free = Path("/proc/sys/net/ipv4/ip_unprivileged_port_start")
    return first_free.exists() and int(first_free.read_text()) > 80


def studbook(*arguments: str, seasons: str = "0.02") -> subprocess.CompletedProcess[str]:
    """`studbook simulator`; a thousand seasons take too long to build for this to end in time."""
    return subprocess.run(
        [
            sys.executable,
            "-c",
            "from loaders.cli import main; main()",
            "simulator",
            "--seasons",
            seasons,
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


def test_the_feed_may_change_on_a_day() -> None:
    ask = (
        "import os, httpx;"
        "e = os.environ;"
        "auth = (e['RACING_API_USERNAME'], e['RACING_API_PASSWORD']);"
        "url = e['RACING_API_BASE_URL'] + '/v1/results?limit=100';"
        "races = httpx.get(url, auth=auth).json()['results'];"
        "print(*sorted({(r['date'] >= '2025-11-20', 'bsp' in r['runners'][0]) for r in races}"
        " - {(True, False) for r in races if r['date'] == '2025-11-22'}))"
    )
    done = studbook("--feed", "2025-11-20", "--port", "0", "--", sys.executable, "-c", ask)
    assert done.stdout == "(False, False) (True, True)\n"


@pytest.mark.parametrize(
    ("plan", "told"), [((), "200"), (("--plan", "standard"), "Pro Plan required")]
)
def test_the_account_has_the_pro_plan_or_another(plan: tuple[str, ...], told: str) -> None:
    ask = (
        "import os, httpx;"
        "e = os.environ;"
        "auth = (e['RACING_API_USERNAME'], e['RACING_API_PASSWORD']);"
        "answer = httpx.get(e['RACING_API_BASE_URL'] + '/v1/racecards/pro', auth=auth);"
        "print(answer.json().get('detail', answer.status_code))"
    )
    done = studbook(*plan, "--port", "0", "--", sys.executable, "-c", ask)
    assert done.stdout == f"{told}\n"


@pytest.mark.parametrize("feed", ["1.4", "2026-13-01", "20260115", ""])
def test_a_feed_that_there_is_not_is_refused_before_a_world_is_built(feed: str) -> None:
    done = studbook("--feed", feed, "--port", "0", seasons="1000")
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: There is no feed {feed!r}: --feed takes 1.4.3, 1.4.4 or a day such as "
        "2026-06-01.\n"
    )


def test_ctrl_c_is_for_the_other_command_which_may_finish_what_it_does() -> None:
    finishing = (
        "import os, sys, time, httpx\n"
        "e = os.environ\n"
        "auth = (e['RACING_API_USERNAME'], e['RACING_API_PASSWORD'])\n"
        "try:\n"
        "    print('at work', flush=True)\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    time.sleep(1)\n"
        "    print(httpx.get(e['RACING_API_BASE_URL'] + '/v1/courses', auth=auth).status_code)\n"
        "    sys.exit(3)\n"
    )
    world = ("--seasons", "0.02", "--races-per-day", "2", "--end", "2025-11-22", "--port", "0")
    process = subprocess.Popen(
        ["studbook", "simulator", *world, "--", sys.executable, "-c", finishing],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout
    assert process.stdout.readline() == "at work\n"

    os.killpg(process.pid, signal.SIGINT)
    printed, told = process.communicate(timeout=60)

    assert (process.returncode, printed, told) == (3, "200\n", "")


def test_the_command_says_what_to_do_when_it_cannot_serve() -> None:
    with SimulatorServer(World(1, 0.02, 2, END)) as server:
        port = str(urlsplit(server.base_url).port)
        taken = studbook("--port", port, "--", sys.executable, "-c", "", seasons="1000")
    assert taken.returncode == 1
    assert f"Error: Port {port} is taken" in taken.stderr
    assert "choose another with --port" in taken.stderr
    unknown = studbook("--port", "0", "--", "no-such-command-here", seasons="1000")
    assert unknown.returncode == 1
    assert "no-such-command-here" in unknown.stderr
    assert "Traceback" not in taken.stderr + unknown.stderr


@pytest.mark.skipif(not may_be_forbidden(), reason="any user may serve on any port here")
def test_a_port_that_an_ordinary_user_may_not_have_is_not_called_taken() -> None:
    uid = os.geteuid()
    os.seteuid(uid or pwd.getpwnam("nobody").pw_uid)
    try:
        with pytest.raises(SimulatorError, match="not allowed to serve on port 80; choose"):
            listen(80)
    finally:
        os.seteuid(uid)
