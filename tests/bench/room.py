"""Room on the disk, which is made sure of before anything is measured."""

from __future__ import annotations

import shutil
from pathlib import Path
from tempfile import gettempdir

from loaders.errors import StudbookError
from loaders.postgres import database

_GIB = 1024**3


class RoomError(StudbookError):
    """The disk is too small for what is to be measured."""


def make_sure_of(needed: float) -> None:
    """Raise RoomError unless so many bytes are free for files of DuckDB and the embedded server."""
    server = database.embedded()
    for folder in (Path(gettempdir()), server.folder if server else Path(gettempdir())):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        free = shutil.disk_usage(there).free
        if free < needed:
            raise RoomError(
                f"The benchmark needs up to {needed / _GIB:,.1f} GB of disk, and "
                f"{free / _GIB:,.1f} GB are free at {folder}: make room there, or choose smaller "
                "SCALES."
            )
