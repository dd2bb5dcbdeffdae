"""PostgreSQL's settings for analytics on this machine."""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import suppress
from pathlib import Path

_MIB = 1024 * 1024


def analytics_settings(memory: int, cores: int, free_disk: int) -> dict[str, str]:
    """PostgreSQL's settings for few, large queries; `memory` and `free_disk` in bytes."""

    def size(share: int, least: int, most: int) -> str:
        return f"{min(max(share // _MIB, least), most)}MB"

    return {
        # The system caches files, too, and what both hold is held twice: most is left to it.
        "shared_buffers": size(memory // 8, 128, 8192),
        "effective_cache_size": size(memory // 4 * 3, 256, 1024 * 1024),
        # Four dbt threads, each with a helper or two and a few sorts, stay within the memory.
        "work_mem": size(memory // 64, 8, 256),
        "maintenance_work_mem": size(memory // 16, 64, 1024),
        "max_wal_size": size(free_disk // 10, 1024, 8192),
        "checkpoint_timeout": "15min",
        # Nothing replicates from here, and so a table that is made and filled needs no WAL.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_worker_processes": str(max(8, 2 * cores)),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(min(cores // 2, 4)),
        "max_parallel_maintenance_workers": str(min(cores // 2, 4)),
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }


def settings_here(data: Path) -> dict[str, str]:
    """Those for this machine, where `data` is kept."""
    settings = analytics_settings(memory(), cores(), shutil.disk_usage(data).free)
    shared = Path("/dev/shm")
    if shared.is_dir() and shutil.disk_usage(shared).total < 1024 * _MIB:
        # Containers often have 64 MB there, on which parallel joins fail.
        settings["dynamic_shared_memory_type"] = "mmap"
    return settings


def memory() -> int:
    """This machine's memory in bytes, or what its control group leaves of it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            total = min(total, int(Path("/sys/fs/cgroup", limit).read_text()))
    return total


def cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
