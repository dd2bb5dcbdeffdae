"""pg_dump and pg_restore: which ones suit the database in use, and how they are run in it."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from loaders.errors import StudbookError, printable
from loaders.postgres import database
from loaders.postgres.local.programs import at_hand, major_of

# The version since which pg_restore sets a parameter of this name, unknown to older servers.
_TRANSACTION_TIMEOUT = 17


class ToolError(StudbookError):
    """A program of PostgreSQL is missing, too old for the server, or has failed."""


@dataclass(frozen=True)
class Tools:
    """The folder with the programs, and the environment that leads them to the database in use."""

    folder: Path
    environment: Mapping[str, str] = field(repr=False)

    def run(self, program: str, *arguments: str | Path, **environment: str) -> str:
        """What one of them prints; further variables of its environment may be given.

        Raises ToolError with what it says is wrong.
        """
        try:
            done = subprocess.run(
                [self.folder / program, *arguments],
                env={**self.environment, **environment},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                umask=0o077,
            )
        except OSError as error:
            raise ToolError(f"{self.folder / program} cannot be run: {error.strerror}.") from None
        if done.returncode:
            said = printable(done.stderr or done.stdout) or f"exit code {done.returncode}"
            raise ToolError(f"{program} failed: {said}")
        return done.stdout


def tools(server_major: int) -> Tools:
    """Those for the database in use, whose server is of a major version.

    The embedded server has its own. For another one they are looked for on PATH and among the
    PostgreSQLs of this machine: those of its version, else of the next newer one that suits it.

    Raises ToolError, which says what to install, when there are none.
    """
    environment = {**os.environ, **database.libpq_environment(), "LC_ALL": "C"}
    if server := database.embedded():
        return Tools(server.programs().folder, environment)
    found = list(_at_hand())
    suitable = [(major, folder) for folder, major in found if _suits(major, server_major)]
    if suitable:
        _, folder = min(suitable, key=lambda each: each[0])
        return Tools(folder, environment)
    install = (
        f"install the client programs of PostgreSQL {server_major} (`apt install "
        f"postgresql-client-{server_major}`, `brew install postgresql@{server_major}`)"
    )
    if not found:
        raise ToolError(f"pg_dump, by which PostgreSQL is backed up, is not on PATH: {install}.")
    folder, major = max(found, key=lambda each: each[1])
    raise ToolError(
        f"{folder / 'pg_dump'} is of PostgreSQL {major}, which does not suit the server, of "
        f"PostgreSQL {server_major}: {install}."
    )


def _suits(major: int, server_major: int) -> bool:
    """Whether programs can read a server of a version, and bring back into it what they read."""
    sets_it = major >= _TRANSACTION_TIMEOUT
    return major >= server_major and (server_major >= _TRANSACTION_TIMEOUT or not sets_it)


def _at_hand() -> Iterator[tuple[Path, int]]:
    """Folders with pg_dump and pg_restore, and their major versions; PATH comes first."""
    on_path = shutil.which("pg_dump")
    folders = [Path(on_path).parent] if on_path else []
    for folder in [*folders, *(programs.folder for programs in at_hand())]:
        if (folder / "pg_restore").exists() and (major := major_of(folder / "pg_dump")):
            yield folder, major
