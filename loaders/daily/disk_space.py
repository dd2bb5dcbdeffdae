"""How much room the database has left on its disk, against what a build may need."""

from __future__ import annotations

import shutil
from pathlib import Path

import psycopg

from loaders.daily.outcome import Ended, Outcome
from loaders.postgres import database
from loaders.postgres.statements import statement
from loaders.settings import ROOT

# What PostgreSQL writes beside the tables, such as its log of changes (bytes).
_BESIDE = 512 * 1024**2
_GB = 1024**3


def look(connection: psycopg.Connection) -> Ended:
    """Say how much room there is; it is alarming where a build may need more.

    A table that is made anew is there twice for a while. The disk of a server elsewhere cannot be
    seen: then it is that of the project's folder, where logs and backups go.
    """
    row = connection.execute(statement(__package__, "room_needed")).fetchone()
    assert row is not None
    has, largest = row
    needs = largest + _BESIDE
    server = database.embedded()
    if server is None:
        free, needs, place = shutil.disk_usage(ROOT).free, _BESIDE, ROOT
    else:
        place = _there(server.folder)
        free = shutil.disk_usage(place).free
    told = f"{_gb(free)} GB free in {place}"
    if free >= needs:
        where = "in the database" if server else "in a database elsewhere"
        return Ended(Outcome.SUCCESS, f"{told}, {_gb(has)} GB {where}")
    return Ended(
        Outcome.SUCCESS,
        f"Only {told}, and a run may need {_gb(needs)} GB: make room, or give the disk more.",
        is_alarming=True,
    )


def _there(folder: Path) -> Path:
    """The folder, or the nearest one above it that this user can see."""
    return next(each for each in (folder, *folder.parents) if each.exists())


def _gb(size: int) -> str:
    return f"{size / _GB:,.1f}"
