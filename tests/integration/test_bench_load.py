"""The loader's benchmark from one end to the other, in a few seconds."""

from __future__ import annotations

import os
import subprocess
import sys

import psycopg

from loaders.postgres.embedded import EmbeddedServer
from tests.integration.conftest import url_of
from tests.integration.loading import column


def test_pace_memory_and_speed_are_measured_and_the_database_goes(server: EmbeddedServer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.bench_load", "--seconds", "3", "--scale", "0.01"],
        env={**os.environ, **server.environment()},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    told = {
        line[:44].strip(): line[44:].split() for line in done.stdout.splitlines() if line.strip()
    }
    pace = {line.split()[0]: line.split()[1:] for line in done.stdout.splitlines() if "%" in line}
    assert set(pace) == {"results", "racecards", "horses", "together"}
    for name, permitted in (("results", 5), ("racecards", 2), ("horses", 5), ("together", 5)):
        figures = pace[name]
        assert float(figures[0]) == permitted
        assert int(figures[1]) >= 3 * permitted
        # Never above what is permitted, and no answer of 429.
        assert 0 < float(figures[2]) <= permitted * 1.1
        assert figures[4] == "0"
        assert 20 < float(figures[5]) < 250
    for row in ("races a second", "runners landed", "runners a second", "peak"):
        results, racecards = (float(figure.replace(",", "")) for figure in told[row])
        assert results > 0
        assert racecards > 0
    with psycopg.connect(url_of(server)) as connection:
        names = column(connection, "select datname from pg_database")
    assert not {"studbook_bench_load", "studbook_bench_load_2"} & set(names)
