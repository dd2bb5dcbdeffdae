"""Files and folders that the server's user owns, and nobody else can enter."""

from __future__ import annotations

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from loaders.postgres.connection import DatabaseError
from loaders.postgres.local.account import Account


@dataclass(frozen=True)
class Ownership:
    """Of the server's user: root's `account`, else whoever runs this."""

    account: Account | None

    @property
    def uid(self) -> int:
        return self.account.uid if self.account else os.geteuid()

    def own(self, folder: Path) -> None:
        """Make a folder that only the server's user can enter, or make sure that it is one.

        Raises DatabaseError when it cannot be one.
        """
        try:
            found_here = folder.exists()
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.give(folder)
            found = folder.lstat()
            is_mine = stat.S_ISDIR(found.st_mode) and found.st_uid in (self.uid, os.geteuid())
            if found_here and not is_mine:
                raise DatabaseError(
                    f"{folder} belongs to another user: run this as that user, or move it away."
                )
            with suppress(PermissionError):
                folder.chmod(0o700)
            found = folder.lstat()
        except OSError as error:
            raise DatabaseError(
                f"The database's folder {folder} cannot be used ({error.strerror}): run this "
                "as the user who owns it, or move it away."
            ) from None
        # As on FAT and on Windows' drives under WSL; PostgreSQL refuses such a folder.
        if found.st_uid != self.uid or stat.S_IMODE(found.st_mode) != 0o700:
            raise DatabaseError(
                f"The file system of {folder} keeps no owners and permissions, so that others "
                "could read the database: move the project to one that does, such as your home "
                "folder's (under WSL not below /mnt), or set PGHOST to use another server."
            )

    def give(self, path: Path) -> None:
        """Hand what root has made over to the server's user; raises DatabaseError if it cannot."""
        if not self.account or path.lstat().st_uid:
            return
        try:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)
        except OSError as error:
            with suppress(OSError):
                # Else it would be in the way of the user whom the sentence sends here.
                path.rmdir()
            raise DatabaseError(
                f"Root cannot hand {path} over to the user {self.account.name}, as whom the server "
                f"runs ({error.strerror}): move the project to a file system that keeps owners and "
                "permissions, give the container the capability CHOWN, or set PGHOST to use "
                "another server."
            ) from None
