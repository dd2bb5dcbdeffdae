"""The raw schema copied into a folder, as it is at one moment, while loads go on."""

from __future__ import annotations

import os
import shutil
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from loaders.backup.folders import backups, claim, remove_old, seal, size
from loaders.backup.tools import ToolError, tools
from loaders.errors import StudbookError
from loaders.postgres import database
from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement

_MOST_JOBS = 4
_MB = 1024**2


class BackupError(StudbookError):
    """A backup cannot be made."""


def back_up(folder: Path, keep_days: int) -> Path:
    """Copy what has landed into a new folder in `folder`; returns it.

    Of this database, those that are older than `keep_days` are removed then, but not the newest
    one. What is not whole has another name, and goes when this ends.

    Raises BackupError when it cannot be made, or older ones cannot be removed, ToolError when
    pg_dump is missing or too old.
    """
    with closing(database.connect()) as connection:
        name = connection.info.dbname
        has_landed = is_there(connection, "raw.loads")
        programs = tools(connection.info.server_version // 10_000)
        (size_of_tables,) = connection.execute(statement(__package__, "size")).fetchone() or (0,)
    if not has_landed:
        raise BackupError(
            f"The database {name} holds nothing that was loaded: load first, or set PGDATABASE to "
            "one that does."
        )
    now = datetime.now(UTC)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _refuse_little_room(folder, name, size_of_tables)
        unfinished, place = claim(folder, name, now)
        try:
            programs.run(
                "pg_dump",
                *("--format=directory", f"--jobs={min(os.cpu_count() or 1, _MOST_JOBS)}"),
                # It is PostgreSQL's own way to compress, which each build of it has; more than the
                # fastest takes thrice the time for a tenth less.
                *("--schema=raw", "--compress=1", "--no-toast-compression"),
                *("--file", unfinished),
            )
            seal(unfinished, name)
            unfinished.rename(place)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
    except ToolError as error:
        raise BackupError(
            f"The database {name} was not backed up ({error}): correct that, or run this as the "
            "owner of the schema raw."
        ) from None
    except OSError as error:
        raise BackupError(
            f"Backups cannot be kept in {folder} ({error.strerror}): name another folder, or "
            "correct that."
        ) from None
    try:
        remove_old(folder, name, keep_days, now)
    except OSError as error:
        raise BackupError(
            f"{place} holds what has landed, but {error.filename or folder}, which is old, cannot "
            f"be removed ({error.strerror}): remove it yourself, or correct that."
        ) from None
    return place


def _refuse_little_room(folder: Path, database: str, size_of_tables: int) -> None:
    """It takes as much as the newest one did; a first one less than the tables themselves."""
    newest = max(backups(folder, database), key=lambda backup: backup.made_at, default=None)
    needs = size(newest.folder) if newest else size_of_tables
    free = shutil.disk_usage(folder).free
    if needs > free:
        raise BackupError(
            f"The database {database} was not backed up (that may take {needs / _MB:,.0f} MB, and "
            f"{folder} has {free / _MB:,.0f} MB free): make room there, or set STUDBOOK_BACKUPS to "
            "a folder on another disk."
        )
