"""Loads from an Api into a database, by an impatient user on a given day."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any

import psycopg
from click.testing import CliRunner, Result

from loaders.api.patience import Patience
from loaders.cli import main
from loaders.loading.progress import LineProgress, told_by
from loaders.loading.report import Report
from loaders.loading.request import Request
from loaders.loading.run import run
from loaders.settings import ROOT, Settings
from tests.api import Api

TODAY = date(2025, 10, 15)
HASTY = Patience(attempts=6, first_wait=0.01, longest_wait=0.02)


def connect(database: dict[str, str]) -> psycopg.Connection[Any]:
    """A connection that commits each statement."""
    return psycopg.connect(
        host=database["PGHOST"],
        user=database["PGUSER"],
        dbname=database["PGDATABASE"],
        autocommit=True,
    )


def command(database: dict[str, str], env: dict[str, str], *arguments: str) -> Result:
    """What `studbook load` answers."""
    settings = {"RACING_API_REGIONS": "gb,ire", **database, **env}
    return CliRunner().invoke(main, ["load", *arguments], env=settings)


def start(database: dict[str, str], env: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
    """`studbook load` in a process of its own."""
    return subprocess.Popen(
        ["studbook", "load", *arguments],
        cwd=ROOT,
        env={**os.environ, "RACING_API_REGIONS": "gb,ire", **database, **env},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def load(
    api: Api,
    raw: psycopg.Connection[Any],
    request: Request,
    patience: Patience = HASTY,
    today: Callable[[], date] = lambda: TODAY,
    **settings: str,
) -> Report:
    """A load on TODAY, unless another clock is given."""
    progress = LineProgress()
    with told_by(progress):
        return run(
            request,
            Settings.from_environment(api.environment(**settings)),
            lambda: psycopg.connect(raw.info.dsn),
            progress,
            today=today,
            patience=patience,
        )


def race(race_id: str, day: str, *runners: dict[str, str], **fields: Any) -> dict[str, Any]:
    """A race as the API sends it, with little in it."""
    return {"race_id": race_id, "date": day, "runners": list(runners), **fields}


def one_a_day(first: str, last: str) -> dict[str, list[dict[str, Any]]]:
    """A race on every day from one to another, both included."""
    return {day: [race(f"rac_{day}", day)] for day in days_between(first, last)}


def column(connection: psycopg.Connection[Any], query: str) -> list[Any]:
    """The first column of what a query finds."""
    return [row[0] for row in connection.execute(query)]


def days_between(first: str, last: str) -> list[str]:
    """Every day from one to another, both included."""
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return [str(start + timedelta(days=n)) for n in range((end - start).days + 1)]


def wait_for(reached: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.02)


def stop(process: subprocess.Popen[str], number: int = signal.SIGINT) -> tuple[str, str]:
    """End a load by a signal; returns what it printed."""
    process.send_signal(number)
    printed, told = process.communicate(timeout=60)
    return printed, told


def read_on(raw: psycopg.Connection[Any], moment: str, days: Sequence[str] | None = None) -> None:
    """Let days (default: all) have been loaded at a moment."""
    raw.execute(
        "update raw.load_days set started_at = %s where day = any(coalesce(%s, array[day]))",
        [moment, days],
    )
