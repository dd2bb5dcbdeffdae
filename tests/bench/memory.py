"""Memory: the most that a process, and a database's server processes together, have held."""

from __future__ import annotations

import os
import re
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

import psycopg

_SECONDS_BETWEEN_LOOKS = 0.5


def peak_of(pid: int | None = None) -> int:
    """The most bytes that a process (this one by default) has held; 0 where there is no /proc."""
    return _status(os.getpid() if pid is None else pid, "VmHWM")


def forget_peak() -> None:
    """Let the most that this process has held be what it holds; not where there is no /proc."""
    with suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def resident_of(pid: int) -> int:
    """The bytes that a process holds at the moment; 0 where there is no /proc."""
    return _status(pid, "VmRSS")


class ServerWatch:
    """Adds up what the processes at work in a database hold of their own, and keeps the most.

    The buffers that all of them share are not counted. A server on another machine, or one
    without /proc, shows nothing: the peak stays 0.
    """

    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection
        self._stop = Event()
        self._thread = Thread(target=self._watch, daemon=True)
        self.peak = 0

    def __enter__(self) -> ServerWatch:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(_SECONDS_BETWEEN_LOOKS):
            pids = self._connection.execute(
                "select pid from pg_stat_activity where datname = current_database()"
            ).fetchall()
            self.peak = max(self.peak, sum(_status(pid, "RssAnon") for (pid,) in pids))


def _status(pid: int, name: str) -> int:
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text(errors="replace")
        if found := re.search(rf"^{name}:\s+(\d+) kB", status, re.MULTILINE):
            return int(found[1]) * 1024
    return 0
