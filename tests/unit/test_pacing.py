"""Turns come at the permitted pace and never faster, however many loads of an account there are."""

from __future__ import annotations

import asyncio
import fcntl
import json
import logging
import re
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from time import monotonic, sleep

import pytest

from loaders.api.pacing import Pacer
from loaders.settings import ROOT, Settings

# Takes so many turns of a group once it is told to, and tells when it had them.
TAKE = """
import asyncio, sys, time
from pathlib import Path
from loaders.api.pacing import Pacer
from loaders.settings import Settings

folder, group, many = sys.argv[1:]

async def turns():
    pacer = Pacer(Settings("me", "word"), Path(folder))
    print("ready", flush=True)
    sys.stdin.readline()
    for _ in range(int(many)):
        await pacer.turn(group)
        print(time.monotonic(), flush=True)

asyncio.run(turns())
"""
# Locks a file, says so and keeps it.
KEEP = """
import fcntl, sys, time

file = open(sys.argv[1], "r+")
fcntl.flock(file, fcntl.LOCK_EX)
print("locked", flush=True)
time.sleep(60)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "pace"


def pacer(folder: Path, rate: float | None = None, username: str = "me") -> Pacer:
    return Pacer(Settings(username, "word", rate=rate), folder)


async def times_of(pacer: Pacer, group: str, many: int) -> list[float]:
    times = []
    for _ in range(many):
        await pacer.turn(group)
        times.append(monotonic())
    return times


def take(pacer: Pacer, many: int = 1, group: str = "results") -> list[float]:
    """When turns were had, one after the other."""
    return asyncio.run(times_of(pacer, group, many))


def start(program: str, *arguments: object) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", program, *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def more_than(many: int, times: Sequence[float], seconds: float) -> bool:
    """Whether there were more than so many within so many seconds."""
    ordered = sorted(times)
    return any(
        later - first <= seconds for first, later in zip(ordered, ordered[many:], strict=False)
    )


@pytest.mark.parametrize("rate", [5, 20])
def test_turns_come_at_the_rate_and_never_faster(rate: int, folder: Path) -> None:
    async def turns() -> list[float]:
        paced = pacer(folder, rate)
        times = []
        for _ in range(rate + 6):
            await paced.turn("results")
            times.append(monotonic())
            # The loop is busy now and then, as it is when a page is read.
            if len(times) % 7 == 0:
                sleep(0.03)
        return times

    times = asyncio.run(turns())

    assert not more_than(rate, times, seconds=1)
    # Half the rate would be too slow; a busy machine may take some of it.
    assert (len(times) - 1) / (times[-1] - times[0]) >= 0.6 * rate


def test_a_rate_too_high_for_the_clock_is_made_up_for(folder: Path) -> None:
    times = take(pacer(folder, 5000), 2000)

    # 0.4 s at that rate; a sleep of a millisecond, the clock's shortest, for each is above 2 s.
    assert times[-1] - times[0] < 1.6


def test_all_groups_together_keep_the_pace_of_the_account(folder: Path) -> None:
    async def turns() -> list[list[float]]:
        paced = pacer(folder)
        return await asyncio.gather(
            times_of(paced, "results", 7),
            times_of(paced, "horses", 7),
            times_of(paced, "racecards", 4),
        )

    together = [time for times in asyncio.run(turns()) for time in times]

    # Fifty in ten seconds; the groups by themselves would have twelve in a second.
    assert not more_than(5, together, seconds=1)
    # Half of it would be too slow; a busy machine may take some of it.
    assert 17 / (max(together) - min(together)) >= 0.6 * 5


def test_where_a_rate_is_set_groups_do_not_wait_for_each_other(folder: Path) -> None:
    async def turns() -> None:
        paced = pacer(folder, 20)
        await asyncio.gather(*(times_of(paced, group, 31) for group in ("results", "horses")))

    began = monotonic()
    asyncio.run(turns())

    # Thirty waits of a twentieth of a second each; of sixty it would be three seconds.
    assert monotonic() - began < 2.5


def test_two_processes_share_the_pace_evenly(folder: Path) -> None:
    loads = [start(TAKE, folder, "results", 12) for _ in range(2)]
    for load in loads:
        assert load.stdout is not None
        assert load.stdout.readline() == "ready\n"
    for load in loads:
        assert load.stdin is not None
        load.stdin.write("\n")
        load.stdin.flush()
    each = [[float(line) for line in load.communicate()[0].split()] for load in loads]

    assert not more_than(5, each[0] + each[1], seconds=1)
    both = (max(times[0] for times in each), min(times[-1] for times in each))
    shared = [sum(both[0] <= time <= both[1] for time in times) for times in each]
    assert sum(shared) >= 12
    assert min(shared) >= 0.2 * sum(shared)


def test_accounts_do_not_wait_for_each_other(folder: Path) -> None:
    began = monotonic()
    for n in range(30):
        take(pacer(folder, username=f"account {n}"))

    # At five a second it would be six seconds.
    assert monotonic() - began < 4


def test_a_refusal_slows_every_load_of_the_account(folder: Path) -> None:
    async def turns() -> list[float]:
        refused, other = pacer(folder, 20), pacer(folder, 20)
        await refused.turn("results")
        await refused.hold(0.5, monotonic())
        return [monotonic(), *await times_of(other, "results", 6)]

    held, *times = asyncio.run(turns())

    assert times[0] - held >= 0.49
    # Ten a second instead of twenty.
    assert times[-1] - times[0] >= 0.49


def test_a_load_that_waits_for_anothers_pause_says_so(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def waits() -> None:
        refused, other = pacer(folder), pacer(folder)
        await refused.hold(120, monotonic())
        for one in (refused, other, other):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(one.turn("results"), 0.1)

    with caplog.at_level(logging.WARNING):
        asyncio.run(waits())

    (told,) = caplog.messages
    assert re.fullmatch(
        "The Racing API has refused a request of this account as one too many, of another load; "
        r"this one goes on in (2|1\.9\d) minutes\.",
        told,
    )


def test_a_load_that_is_killed_while_it_has_the_file_stops_no_other(folder: Path) -> None:
    paced = pacer(folder)
    take(paced)
    holder = start(KEEP, folder / "pace.json")
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    holder.send_signal(signal.SIGKILL)
    holder.communicate()

    take(paced, 2)

    assert json.loads((folder / "pace.json").read_text())["accounts"]


def test_a_load_that_is_stopped_while_it_has_the_file_holds_others_up_for_a_second(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    paced = pacer(folder)
    take(paced)
    with (folder / "pace.json").open("r+") as held, caplog.at_level(logging.INFO):
        fcntl.flock(held, fcntl.LOCK_EX)
        began = monotonic()
        times = take(paced, 7)

    assert 1 <= times[0] - began < 3
    # From then on it keeps its pace by itself.
    assert not more_than(5, times, seconds=1)
    assert caplog.text.count("this load keeps its pace without knowing of others") == 1


def test_a_load_that_lost_the_file_keeps_to_the_pause_that_it_knew_of_and_shares_again_later(
    folder: Path,
) -> None:
    def is_held(paced: Pacer) -> bool:
        async def turn() -> None:
            await asyncio.wait_for(paced.turn("results"), 0.3)

        try:
            asyncio.run(turn())
        except TimeoutError:
            return True
        return False

    paced = pacer(folder, 20)
    take(paced)
    asyncio.run(pacer(folder, 20).hold(60, monotonic()))
    assert is_held(paced)

    folder.chmod(0o777)
    assert is_held(paced)
    asyncio.run(paced.hold(600, monotonic()))

    folder.chmod(0o700)
    assert is_held(paced)
    (turns,) = json.loads((folder / "pace.json").read_text())["accounts"].values()
    assert turns["held_until"] > monotonic() + 500


def test_turns_of_before_a_restart_of_the_machine_hold_nobody_up(folder: Path) -> None:
    paced = pacer(folder)
    take(paced)
    file = folder / "pace.json"
    kept = json.loads(file.read_text())
    (turns,) = kept["accounts"].values()
    # The clock had come far when the machine went down, a day ago.
    turns["due"] = dict.fromkeys(turns["due"], monotonic() + 3600)
    turns["held_until"] = monotonic() + 3600
    file.write_text(json.dumps({**kept, "began": kept["began"] - 86400}))

    began = monotonic()
    take(pacer(folder))

    assert monotonic() - began < 60
    assert time.time() - monotonic() - json.loads(file.read_text())["began"] < 60


@pytest.mark.parametrize("text", [b"", b"\xff\x00", b"[]", b'{"began": "noon", "accounts": {}}'])
def test_a_file_that_makes_no_sense_is_written_anew(folder: Path, text: bytes) -> None:
    folder.mkdir(mode=0o700)
    file = folder / "pace.json"
    file.write_bytes(text + b" " * 500)

    times = take(pacer(folder), 2) + take(pacer(folder), 5)

    assert not more_than(5, times, seconds=1)
    assert json.loads(file.read_text())["accounts"]


def test_the_file_is_nobody_elses_and_tells_no_account(folder: Path) -> None:
    take(pacer(folder, username="stable-lad"))

    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "pace.json").stat().st_mode & 0o777 == 0o600
    assert "stable-lad" not in (folder / "pace.json").read_text()


@pytest.mark.parametrize("kind", ["of all", "a file", "a link", "nowhere"])
def test_without_a_folder_of_its_own_a_load_keeps_its_pace_alone(
    folder: Path, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    if kind == "of all":
        folder.mkdir()
        folder.chmod(0o777)
    elif kind == "a file":
        folder.touch()
    elif kind == "a link":
        folder.symlink_to(folder.parent)
    else:
        folder /= "there"

    with caplog.at_level(logging.INFO):
        times = take(pacer(folder), 6)

    assert not more_than(5, times, seconds=1)
    assert not list(folder.parent.glob("**/pace.json"))
    assert f"{folder} cannot be used" in caplog.text
