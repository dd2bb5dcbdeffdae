"""Backups in a folder: how each is named, whether it is whole, and which are old."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from loaders.errors import StudbookError

_UNFINISHED = ".unfinished"
_CONTENTS = "contents.json"
_MOMENT = "%Y-%m-%d-%H%M%S"
_MOMENT_READS = r"\d{4}-\d{2}-\d{2}-\d{6}"


class NoBackupError(StudbookError):
    """A folder is no backup, or a broken one."""


@dataclass(frozen=True)
class Backup:
    """A whole one: its folder, and when (UTC) it was begun."""

    folder: Path
    made_at: datetime


def claim(folder: Path, database: str, moment: datetime) -> tuple[Path, Path]:
    """Make the folder of the backup of a database that begins at a moment, or in the next second
    that no other has; returns it, and where it will be once it is whole."""
    while True:
        place = folder / f"{_prefix(database)}{moment.astimezone(UTC):{_MOMENT}}"
        unfinished = place.with_name(place.name + _UNFINISHED)
        with suppress(FileExistsError):
            unfinished.mkdir(mode=0o700)
            if not place.exists():
                return unfinished, place
            unfinished.rmdir()
        moment += timedelta(seconds=1)


def backups(folder: Path, database: str) -> Iterator[Backup]:
    """The whole ones of a database in a folder."""
    for place, moment in _named(folder, database, ""):
        if (place / _CONTENTS).is_file():
            yield Backup(place, datetime.strptime(moment, _MOMENT).replace(tzinfo=UTC))


def size(folder: Path) -> int:
    """How many bytes a backup takes."""
    return sum(path.stat().st_size for path in folder.iterdir())


def remove_old(folder: Path, database: str, keep_days: int, now: datetime) -> list[Path]:
    """Remove the backups of a database older than some days, never the newest; returns them.

    What killed backups of it have left is removed when it is a day old.
    """
    found = sorted(backups(folder, database), key=lambda backup: backup.made_at)
    old = [it.folder for it in found[:-1] if now - it.made_at > timedelta(days=keep_days)]
    for place in old:
        # Renamed first: half of it is no backup.
        leaving = place.with_name(f"{place.name}.old{_UNFINISHED}")
        # Another backup may remove it, too.
        with suppress(FileNotFoundError):
            place.rename(leaving)
            shutil.rmtree(leaving)
    for left, _ in _named(folder, database, rf"(?:\.old)?{re.escape(_UNFINISHED)}"):
        with suppress(FileNotFoundError):
            if now.timestamp() - left.stat().st_mtime > timedelta(days=1).total_seconds():
                shutil.rmtree(left, ignore_errors=True)
    return old


def seal(folder: Path, database: str) -> None:
    """Write into a backup what it has, so that a broken one can be told from it."""
    contents = {
        "database": database,
        "files": {path.name: _digest(path) for path in sorted(folder.iterdir())},
    }
    # Nobody else may read what pg_dump writes either.
    (folder / _CONTENTS).touch(mode=0o600)
    with (folder / _CONTENTS).open("w", encoding="utf-8") as file:
        json.dump(contents, file, indent=1)
        file.flush()
        os.fsync(file.fileno())


def refuse_broken(folder: Path) -> None:
    """Raise NoBackupError unless a folder is a backup with every byte as it was written."""
    if not (folder / _CONTENTS).is_file():
        raise NoBackupError(
            f"{folder} is no backup that `studbook db backup` has finished: name one of the "
            "folders that it has made."
        )
    try:
        files = json.loads((folder / _CONTENTS).read_text(encoding="utf-8"))["files"].items()
        broken = [name for name, digest in files if not _is(folder / name, digest)]
    except (OSError, ValueError, LookupError, AttributeError):
        broken = [_CONTENTS]
    if broken:
        raise NoBackupError(
            f"The backup {folder} is broken ({', '.join(broken[:3])} is missing or not as it was "
            "written), and nothing was restored: take an older one."
        )


def _named(folder: Path, database: str, ending: str) -> Iterator[tuple[Path, str]]:
    """What the backups of a database have made, by the ending of its name, and of which moment."""
    pattern = re.compile(f"{re.escape(_prefix(database))}({_MOMENT_READS}){ending}")
    for place in folder.iterdir():
        if match := pattern.fullmatch(place.name):
            yield place, match[1]


def _prefix(database: str) -> str:
    return f"{quote(database, safe=' ')}-"


def _is(path: Path, digest: str) -> bool:
    return path.is_file() and _digest(path) == digest


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
