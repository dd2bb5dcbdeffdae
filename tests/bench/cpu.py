"""Processor time: what a database's server and the processes of the benchmark have used."""

from __future__ import annotations

import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psycopg

# Fields of /proc/<pid>/stat behind the name: the parent, then ticks of its own and of its children
# that have ended.
_PARENT = 1
_OWN = slice(11, 13)
_ENDED = slice(13, 15)


def server_cpu(connection: psycopg.Connection) -> float:
    """Seconds that all processes of a server have used so far, those that have ended included.

    0 for a server on another machine, and where there is no /proc.
    """
    backend = connection.info.backend_pid
    with suppress(OSError):
        if Path(f"/proc/{backend}/comm").read_text().strip() == "postgres":
            return _family(int(_stat(backend)[_PARENT])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def children_cpu() -> float:
    """Seconds that this process's children have used which have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _family(parent: int) -> int:
    """Ticks of a process and all its children."""
    stat = _stat(parent)
    ticks = sum(map(int, (*stat[_OWN], *stat[_ENDED])))
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat = _stat(int(folder.name))
            if int(stat[_PARENT]) == parent:
                ticks += sum(map(int, stat[_OWN]))
    return ticks


def _stat(pid: int) -> Sequence[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
