"""Locks on the folder of a server, held by whoever has a file open.

A server inherits the open file that is locked, and so do all of its processes: the lock is held
while any of them lives, is seen from every container, whatever its processes are called there, and
is free when the last of them has been killed.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from loaders.postgres.connection import DatabaseError
from loaders.postgres.local.ownership import Ownership


class FolderLock:
    """The lock in a file; the file is never deleted."""

    def __init__(self, file: Path, ownership: Ownership) -> None:
        self._file = file
        self._ownership = ownership

    def is_held(self) -> bool:
        """Whether anybody holds it."""
        try:
            descriptor = os.open(self._file, os.O_RDWR)
        except (FileNotFoundError, NotADirectoryError):
            return False
        except OSError as error:
            raise self._unusable(error) from None
        try:
            return not self._try(descriptor, fcntl.LOCK_SH)
        finally:
            os.close(descriptor)

    @contextmanager
    def taken(self) -> Iterator[int | None]:
        """The locked file's descriptor, for a server to inherit; None when the lock is held.

        Whoever has inherited it goes on holding the lock; a look at it holds nothing. Raises
        DatabaseError where files cannot be locked.
        """
        try:
            descriptor = os.open(self._file, os.O_RDWR | os.O_CREAT, 0o600)
            self._ownership.give(self._file)
        except OSError as error:
            raise self._unusable(error) from None
        try:
            if self._take(descriptor):
                if not self.is_held():
                    raise self._useless("it lets two have one lock")
                yield descriptor
            else:
                yield None
        finally:
            os.close(descriptor)

    @contextmanager
    def waited_for(self, seconds: float) -> Iterator[None]:
        """The lock, when whoever holds it has let it go; raises DatabaseError after `seconds`."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with self.taken() as descriptor:
                if descriptor is not None:
                    yield
                    return
            time.sleep(0.02)
        raise DatabaseError(
            f"Another `studbook` starts, stops or upgrades the server of {self._file.parent}: wait "
            "for its end, then give the command again."
        )

    def _take(self, descriptor: int) -> bool:
        while not self._try(descriptor, fcntl.LOCK_EX):
            if not self._try(descriptor, fcntl.LOCK_SH):
                return False
            # Those who look share it, and have done so in a moment.
            fcntl.flock(descriptor, fcntl.LOCK_UN)
            time.sleep(0.001)
        return True

    def _try(self, descriptor: int, kind: int) -> bool:
        try:
            fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError as error:
            raise self._useless(error.strerror) from None
        return True

    def _unusable(self, error: OSError) -> DatabaseError:
        return DatabaseError(
            f"The database's folder {self._file.parent} cannot be used ({error.strerror}): run "
            "this as the user who owns it, or move it away."
        )

    def _useless(self, reason: str | None) -> DatabaseError:
        return DatabaseError(
            f"The file system of {self._file.parent} cannot lock files ({reason}), so that two "
            "servers could spoil the database: move the project to a local disk, or set PGHOST to "
            "use another server."
        )
