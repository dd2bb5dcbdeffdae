"""A file for each run with all that its steps printed, kept for some days."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from loaders.errors import StudbookError
from loaders.settings import ROOT

KEPT_DAYS = 30
_DAY = 86_400


class LogFolderError(StudbookError):
    """A run cannot write its log."""


def log_folder(env: Mapping[str, str]) -> Path:
    """Where the logs of runs are: STUDBOOK_LOGS."""
    return ROOT / (env.get("STUDBOOK_LOGS") or "build/logs")


def new_log(folder: Path, kind: str, now: datetime | None = None) -> Path:
    """An empty file for a run that begins now; those of runs long ago are deleted.

    Raises LogFolderError when there is no place for it.
    """
    began = (now or datetime.now(UTC)).strftime("%Y-%m-%dT%H%M%SZ")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _forget(folder)
        number = 1
        while True:
            again = "" if number == 1 else f"-{number}"
            file = folder / f"{kind}-{began}{again}.log"
            with suppress(FileExistsError):
                file.open("x").close()
                return file
            number += 1
    except OSError as error:
        raise LogFolderError(
            f"The log cannot be written in {folder} ({error.strerror}): set STUDBOOK_LOGS to a "
            "folder of your own on a disk with room."
        ) from None


def _forget(folder: Path) -> None:
    oldest = time.time() - KEPT_DAYS * _DAY
    for kind in ("daily", "weekly"):
        for file in folder.glob(f"{kind}-*.log"):
            # Another run may delete it, too.
            with suppress(FileNotFoundError):
                if file.stat().st_mtime < oldest:
                    file.unlink()
