"""The benchmark from one end to the other, on a handful of races and without dbt's tests."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from loaders.postgres.embedded import EmbeddedServer
from tests.bench.__main__ import DATABASE


def test_a_history_and_one_more_day_are_landed_built_and_told(server: EmbeddedServer) -> None:
    environment = server.environment()
    models = ("--select", "+int_runs", "--exclude-resource-type", "test", "unit_test")

    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "--scale", "0.001", "--", *models],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    login = {"host": environment["PGHOST"], "user": environment["PGUSER"], "dbname": DATABASE}
    with psycopg.connect(**login) as connection:
        (runs,) = connection.execute("select count(*) from racing_staging.int_runs").fetchone()
        (loads,) = connection.execute("select count(*) from raw.loads").fetchone()
    assert runs > 100
    assert loads == 2
    told = [line.strip() for line in done.stdout.splitlines()]
    assert any(line.split()[:2] == ["racing_staging.int_runs", f"{runs:,}"] for line in told)
    for row in (
        "dbt build ",
        "staging ",
        "stg_racing_api__result_runners ",
        "the database ",
        "dbt ",
    ):
        assert any(line.startswith(row) for line in told), row
