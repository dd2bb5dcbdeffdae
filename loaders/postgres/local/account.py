"""The operating system's user that root, whom PostgreSQL refuses, runs the server as."""

from __future__ import annotations

import pwd
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loaders.postgres.connection import DatabaseError, account_name


@dataclass(frozen=True)
class Account:
    """A user of the operating system other than root."""

    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> dict[str, Any]:
        """Arguments that make subprocess run a command as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        """Whether this user can; false, too, where root cannot become this user to see."""
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        try:
            done = subprocess.run(command, stderr=subprocess.DEVNULL, **self.identity)
        except OSError:
            return False
        return done.returncode == 0

    def require(self) -> None:
        """Raise DatabaseError unless root can become this user, as in some containers it cannot."""
        try:
            subprocess.run(["/bin/sh", "-c", ":"], **self.identity)
        except OSError as error:
            raise DatabaseError(
                f"PostgreSQL does not run as root, and root cannot become the user {self.name} "
                f"here ({error.strerror}): run this as an ordinary user, give the container the "
                "capabilities SETUID, SETGID and CHOWN, or set PGHOST to use another server."
            ) from None


def server_account(data: Path) -> Account:
    """The user for root's server: the owner of its data, else postgres, else nobody.

    Raises DatabaseError when there is none of them.
    """
    if data.exists() and data.stat().st_uid:
        owner = data.stat()
        return Account(account_name(owner.st_uid), owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            found = pwd.getpwnam(name)
            return Account(name, found.pw_uid, found.pw_gid)
    raise DatabaseError(
        "PostgreSQL does not run as root and there is no user postgres or nobody: "
        "make one (`useradd --system postgres`), or run this as an ordinary user."
    )
