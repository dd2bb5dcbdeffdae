"""What the embedded server is told about the machine that it runs on."""

from __future__ import annotations

import pytest

from loaders.postgres.local.analytics import analytics_settings

GIB = 1024**3


@pytest.mark.parametrize(
    ("memory", "cores", "free_disk", "expected"),
    [
        (
            8 * GIB,
            4,
            50 * GIB,
            {
                "shared_buffers": "1024MB",
                "effective_cache_size": "6144MB",
                "work_mem": "128MB",
                "maintenance_work_mem": "512MB",
                "max_wal_size": "5120MB",
                "max_parallel_workers": "4",
                "max_parallel_workers_per_gather": "2",
            },
        ),
        (
            GIB // 2,
            1,
            2 * GIB,
            {
                "shared_buffers": "128MB",
                "effective_cache_size": "384MB",
                "work_mem": "8MB",
                "maintenance_work_mem": "64MB",
                "max_wal_size": "1024MB",
                "max_parallel_workers": "1",
                "max_parallel_workers_per_gather": "0",
            },
        ),
        (
            256 * GIB,
            64,
            4096 * GIB,
            {
                "shared_buffers": "8192MB",
                "effective_cache_size": "196608MB",
                "work_mem": "256MB",
                "maintenance_work_mem": "1024MB",
                "max_wal_size": "8192MB",
                "max_parallel_workers": "64",
                "max_parallel_workers_per_gather": "4",
            },
        ),
    ],
    ids=["laptop", "smallest container", "large server"],
)
def test_settings_follow_memory_cores_and_disk(
    memory: int, cores: int, free_disk: int, expected: dict[str, str]
) -> None:
    settings = analytics_settings(memory, cores, free_disk)
    assert {name: settings[name] for name in expected} == expected
