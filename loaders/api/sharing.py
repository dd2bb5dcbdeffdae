"""The turns of an account, shared by all loads that one user of this machine runs."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import hashlib
import logging
import os
import stat
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from loaders.api.turns import Turns

Found = TypeVar("Found")

_log = logging.getLogger(__name__)
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
# Bytes: hundreds of accounts.
_LARGEST = 1 << 16
# Seconds. The file is held for microseconds, unless whoever holds it is stopped just then.
_BETWEEN_TRIES, _TRYING = 0.001, 1.0
# So near (seconds) to each other are two looks at when the clock began, unless it began again.
_SAME_BEGINNING = 10.0


class _Kept(msgspec.Struct):
    """What the file holds: the turns of each account, by a clock that began at `began`."""

    began: float
    accounts: dict[str, Turns]


class SharedTurns:
    """The turns of one account of an API, in a file of the user's own.

    The folder is the same whatever session, scheduler or environment a load runs in; another
    machine, another user of this one or a container has its own. A load that is killed leaves the
    file unlocked. What was written before the machine started, or cannot be read, counts for
    nothing. While there can be no such file, the turns are this load's alone, and go on from those
    that it knew of.
    """

    def __init__(self, base_url: str, username: str, folder: Path | None = None) -> None:
        # The file shall not tell who has which account.
        name = f"{base_url.lower()}\n{username}"
        self._account = hashlib.sha256(name.encode()).hexdigest()[:16]
        self._folder = folder or Path(f"/tmp/studbook-{os.geteuid()}")
        self._known = Turns()
        self._is_alone = False

    async def change(self, change: Callable[[Turns], Found]) -> Found:
        """Have the turns changed while no other load does; returns what `change` does."""
        try:
            self._own_folder()
            lock = await self._locked(self._folder / "pace.json")
            try:
                found = self._changed(lock, change)
            finally:
                os.close(lock)
        except OSError as error:
            self._go_alone(error)
            return change(self._known)
        self._is_alone = False
        return found

    def _changed(self, file: int, change: Callable[[Turns], Found]) -> Found:
        now = time.monotonic()
        began = time.time() - now
        text = os.pread(file, _LARGEST, 0)
        accounts: dict[str, Turns] = {}
        try:
            kept = msgspec.json.decode(text, type=_Kept)
            if abs(kept.began - began) < _SAME_BEGINNING:
                accounts = kept.accounts
        except msgspec.DecodeError:
            pass
        accounts = {one: turns for one, turns in accounts.items() if turns.matters(now)}
        self._known = accounts.get(self._account, Turns()).joined(self._known)
        found = change(self._known)
        accounts[self._account] = self._known
        # In one write, so that a load that is killed leaves all of it or nothing.
        written = msgspec.json.encode(_Kept(began, accounts)).ljust(len(text))
        os.pwrite(file, written, 0)
        return found

    async def _locked(self, path: Path) -> int:
        file = os.open(path, _FLAGS, 0o600)
        try:
            # A load that is alone already waits no more for whoever is stopped.
            last_try = time.monotonic() + (0 if self._is_alone else _TRYING)
            while True:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    return file
                except BlockingIOError:
                    if time.monotonic() > last_try:
                        raise
                await asyncio.sleep(_BETWEEN_TRIES)
        except BaseException:
            os.close(file)
            raise

    def _own_folder(self) -> None:
        self._folder.mkdir(mode=0o700, exist_ok=True)
        found = self._folder.lstat()
        for_others = found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or for_others:
            raise PermissionError(errno.EPERM, "it is not this user's alone")

    def _go_alone(self, error: OSError) -> None:
        if not self._is_alone:
            _log.info(
                "%s cannot be used (%s): this load keeps its pace without knowing of others",
                self._folder,
                error.strerror,
            )
        self._is_alone = True
