"""Whether a disk has room for one more backup."""

from __future__ import annotations

import shutil
from contextlib import closing
from pathlib import Path

from loaders.backup.folders import backups
from loaders.errors import StudbookError
from loaders.postgres import database
from loaders.postgres.statements import statement

# The next one may be larger than the last, by so much of it.
_GROWTH = 1.1
_MB = 1024**2


class NoRoomError(StudbookError):
    """A disk is too full for a backup."""


def refuse_without_room(folder: Path) -> None:
    """Raise NoRoomError unless `folder`'s disk can hold one more backup of the database.

    That is taken to be as large as the newest one there, and what has landed where there is none.
    """
    with closing(database.connect()) as connection:
        name = connection.info.dbname
        row = connection.execute(statement(__package__, "size_of_raw")).fetchone()
    try:
        needs = _size_of_newest(folder, name) or int(row[0] if row else 0)
        place = next(each for each in (folder, *folder.absolute().parents) if each.exists())
        free = shutil.disk_usage(place).free
    except OSError:
        # What is wrong with the folder is told when the backup is made.
        return
    if free < needs * _GROWTH:
        raise NoRoomError(
            f"A backup of the database {name} needs some {needs * _GROWTH / _MB:,.0f} MB, and "
            f"{place} has {free / _MB:,.0f}: make room, set STUDBOOK_BACKUPS to a folder on "
            "another disk, or keep fewer (STUDBOOK_BACKUP_DAYS)."
        )


def _size_of_newest(folder: Path, database: str) -> int:
    if not folder.exists():
        return 0
    found = sorted(backups(folder, database), key=lambda backup: backup.made_at)
    return sum(file.stat().st_size for file in found[-1].folder.iterdir()) if found else 0
