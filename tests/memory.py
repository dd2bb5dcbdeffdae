"""A folder in memory for what a test run writes, where there is room for it.

Servers of PostgreSQL make and drop thousands of small files, which takes a disk's file system a
seventh of the processors' time in a test run. TMPDIR=/tmp leaves them on the disk.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

MEMORY, PREFIX = Path("/dev/shm"), "tests-"
# Three processes of tests have at most half of it.
ROOM = 6 * 2**30


@contextmanager
def files_in_memory() -> Iterator[None]:
    """Let temporary files be in memory, unless TMPDIR says where they are to be."""
    if os.environ.get("TMPDIR") or not _has_room():
        yield
        return
    _remove_those_of_killed_runs()
    # Short, for a socket's path may have 107 characters.
    folder = Path(tempfile.mkdtemp(prefix=PREFIX, dir=MEMORY))
    # As /tmp: a server that root starts is another user's.
    folder.chmod(0o1777)
    held = os.open(folder, os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_SH)
    os.environ["TMPDIR"], tempfile.tempdir = str(folder), None
    try:
        yield
    finally:
        del os.environ["TMPDIR"]
        tempfile.tempdir = None
        shutil.rmtree(folder, ignore_errors=True)
        os.close(held)


def _has_room() -> bool:
    """Whether files can be made and run there, and fit."""
    if not os.access(MEMORY, os.W_OK):
        return False
    there = os.statvfs(MEMORY)
    available = re.search(r"^MemAvailable: +(\d+) kB$", Path("/proc/meminfo").read_text(), re.M)
    return (
        not there.f_flag & os.ST_NOEXEC
        and there.f_bavail * there.f_frsize >= ROOM
        and available is not None
        and int(available[1]) * 1024 >= ROOM
    )


def _remove_those_of_killed_runs() -> None:
    """Give the memory back that runs left full which were killed: nobody holds their folders."""
    for folder in MEMORY.glob(f"{PREFIX}*"):
        if folder.stat().st_uid == os.geteuid():
            held = os.open(folder, os.O_RDONLY)
            try:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
            except BlockingIOError:
                pass
            finally:
                os.close(held)
