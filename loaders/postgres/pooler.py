"""Whether a connection is a session of its own, or a pooler's, which is lent to others too."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

import psycopg

from loaders.postgres.statements import statement

# Seconds: a pooler that gives sessions cleans one up in a moment.
_CLEANED_UP = 3.0
_BETWEEN_LOOKS = 0.02


def is_a_session(
    connection: psycopg.Connection, open_another: Callable[[], psycopg.Connection]
) -> bool:
    """Whether what a session holds lasts until its client leaves, and no longer.

    `connection` is in autocommit mode, and so is what `open_another` opens, for a pooler only: at
    login a server names the process that answers from then on, a pooler one of its own invention.
    Then a second client takes a lock and leaves, and the lock has to go with it. To wait until
    one's own session is lent or changed would be less certain: it takes others at the pooler.
    """
    (process,) = connection.execute("select pg_backend_pid()").fetchone() or (None,)
    if process == connection.info.backend_pid:
        return True
    lock = {"space": int.from_bytes(b"pool"), "name": secrets.randbits(31)}
    with open_another() as another:
        another.execute("select pg_advisory_lock(%(space)s, %(name)s)", lock)
        if not _is_held(connection, lock):
            return False
    deadline = time.monotonic() + _CLEANED_UP
    while _is_held(connection, lock):
        if time.monotonic() > deadline:
            return False
        time.sleep(_BETWEEN_LOOKS)
    return True


def _is_held(connection: psycopg.Connection, lock: dict[str, int]) -> bool:
    # A statement that was prepared in one session is not known in the next.
    asked = statement(__package__, "lock_is_held")
    row = connection.execute(asked, lock, prepare=False).fetchone()
    return bool(row and row[0])
