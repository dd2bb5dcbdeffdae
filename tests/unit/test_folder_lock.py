"""The lock on a server's folder."""

from __future__ import annotations

import threading
from pathlib import Path

from loaders.postgres.local.folder_lock import FolderLock
from loaders.postgres.local.ownership import Ownership


def test_a_look_at_the_lock_does_not_keep_it_from_being_taken(folder: Path) -> None:
    lock = FolderLock(folder / "lock", Ownership(None))
    done = threading.Event()
    seen = set()

    def look() -> None:
        while not done.is_set():
            seen.add(lock.is_held())

    watchers = [threading.Thread(target=look) for _ in range(2)]
    for watcher in watchers:
        watcher.start()
    try:
        for _ in range(500):
            with lock.taken() as descriptor:
                assert descriptor is not None
                with lock.taken() as second:
                    assert second is None
    finally:
        done.set()
        for watcher in watchers:
            watcher.join()
    assert seen == {True, False}
