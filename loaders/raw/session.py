"""The database as one load uses it: with no other load beside it, and again after it went away."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

import psycopg
from psycopg.rows import dict_row

from loaders.api.patience import Losses, Patience, in_words
from loaders.errors import StudbookError, printable
from loaders.postgres.connection import DatabaseError
from loaders.postgres.statements import statement

T = TypeVar("T")

_log = logging.getLogger(__name__)
_DATABASE = "the database"
_BETWEEN_LOOKS = 0.5
_BETWEEN_WORDS = 60.0
# The two halves of an advisory lock's name; each database has locks of its own.
_SPACE = int.from_bytes(b"stud")
LOAD, RUN, TRIAL = b"load", b"runs", b"test"
# The server notices within a minute or so (seconds) that a load's machine is gone.
_NOTICED = {"idle": "30", "interval": "10", "count": "3"}


class OthersAtWorkError(StudbookError):
    """Others are at work in the same database, and were waited for in vain."""


class StoppedError(StudbookError):
    """The load was told to stop while it waited."""


class Session:
    """One connection in autocommit mode, made again when it breaks.

    `name` is what other sessions see of this one, `called` what it is when it says that it waits;
    `prepare` is called with every new connection. Of those with one `lock`, four letters, one at a
    time is at work; `others` is how another one is called.
    The log has waiting as a warning: at once, and then at most once a minute.
    """

    def __init__(
        self,
        connect: Callable[[], psycopg.Connection],
        *,
        name: str = "studbook load",
        called: str = "this one",
        lock: bytes = LOAD,
        others: str = "another load",
        prepare: Callable[[psycopg.Connection], None] = lambda connection: None,
        patience: Patience | None = None,
        losses: Losses | None = None,
    ) -> None:
        self._connect = connect
        self._name = name
        self._called = called
        self._lock = {"space": _SPACE, "name": int.from_bytes(lock)}
        self._others = others
        self._prepare = prepare
        self._patience = patience or Patience()
        self._losses = losses or Losses(self._patience.in_all)
        self._silent_until = 0.0
        self._connection: psycopg.Connection | None = None
        self._itself: dict[str, object] | None = None
        # Called when the database is back; what it raises ends the load.
        self.resumed: Callable[[psycopg.Connection], None] = lambda connection: None
        # Ends all waiting, from any thread.
        self.stopping = threading.Event()

    def open(self) -> None:
        """Connect, and wait until no other one, such as another load, is at work.

        Raises OthersAtWorkError when patience ends, StoppedError, and what `connect` raises.
        """
        self._connection = self._new_connection()
        self.wait_while(
            lambda: None if self._is_alone() else (self._others.capitalize(), self._holder())
        )

    def wait_while(self, at_work: Callable[[], tuple[str, str | None] | None]) -> None:
        """Wait while somebody is at work in the database: who, and what is known of them.

        Raises OthersAtWorkError when patience ends, StoppedError.
        """
        who = None
        while others := at_work():
            who, which = others
            self._losses.failed(who)
            left = self._losses.left
            place = f"running in the database {self.connection.info.dbname}"
            if not left:
                raise OthersAtWorkError(
                    f"{who} is still {place} ({which or 'just ending'}): try again when it has "
                    "ended."
                )
            if which:
                self._tell(
                    f"{who} is {place} ({which}); {self._called} waits for up to {in_words(left)} "
                    "(STUDBOOK_PATIENCE)."
                )
            self._pause(min(_BETWEEN_LOOKS, left))
        if who:
            self._losses.came(who)

    @property
    def connection(self) -> psycopg.Connection:
        """The connection of the moment; it is another one after the database was away."""
        assert self._connection is not None, "open() comes first"
        return self._connection

    def run(
        self,
        work: Callable[[psycopg.Connection], T],
        done: Callable[[psycopg.Connection], T | None] = lambda connection: None,
    ) -> T:
        """What `work` returns; when the database goes away meanwhile, it is done again.

        `done` is asked before that: its result, unless None, says that the work had been committed
        before the connection broke. Raises DatabaseError when patience ends, StoppedError.
        """
        while True:
            try:
                return work(self.connection)
            except (psycopg.OperationalError, psycopg.InterfaceError) as error:
                if not self.connection.closed:
                    raise
                self._wait_for_database(error)
            if (result := self.run(done)) is not None:
                return result

    def cancel(self) -> None:
        """Give up what the database is doing; callable while another thread waits for it."""
        self.connection.cancel()

    def close(self) -> None:
        """End the session; the lock goes with it."""
        if self._connection is not None:
            self._connection.close()

    def _new_connection(self) -> psycopg.Connection:
        connection = self._connect()
        try:
            connection.autocommit = True
            connection.execute(
                statement(__package__, "set_up_session"), {"name": self._name, **_NOTICED}
            )
            self._prepare(connection)
            if self._itself:
                # Cut off from here, it would hold the lock until the server notices.
                connection.execute(statement(__package__, "end_session"), self._itself)
            with connection.cursor(row_factory=dict_row) as cursor:
                self._itself = cursor.execute(statement(__package__, "this_session")).fetchone()
        except BaseException:
            connection.close()
            raise
        return connection

    def _wait_for_database(self, error: Exception) -> None:
        told = printable(str(error))
        attempt = 0
        while True:
            attempt += 1
            self._losses.failed(_DATABASE)
            left = self._losses.left
            if not left:
                raise DatabaseError(
                    f"The database went away ({told}) and did not come back in time "
                    f"(STUDBOOK_PATIENCE): load again when it is in order; what has landed stays."
                )
            self._tell(
                f"The database went away ({told}); the load waits up to {in_words(left)} for it "
                "(STUDBOOK_PATIENCE)."
            )
            self._pause(min(self._patience.wait(attempt), left))
            try:
                self._connection = self._new_connection()
                if self._is_alone():
                    break
                told = f"{self._others} took its place: {self._holder()}"
                self._connection.close()
            except (psycopg.Error, StudbookError) as again:
                told = printable(str(again))
        self._losses.came(_DATABASE)
        self.resumed(self.connection)

    def _is_alone(self) -> bool:
        row = self.connection.execute(
            "select pg_try_advisory_lock(%(space)s, %(name)s)", self._lock
        ).fetchone()
        return bool(row and row[0])

    def _holder(self) -> str | None:
        holder = statement(__package__, "holder_of_lock")
        row = self.connection.execute(holder, self._lock).fetchone()
        return printable(row[0]) if row else None

    def _tell(self, text: str) -> None:
        if monotonic() >= self._silent_until:
            self._silent_until = monotonic() + _BETWEEN_WORDS
            _log.warning(text)

    def _pause(self, seconds: float) -> None:
        if self.stopping.wait(seconds):
            raise StoppedError("The load was told to stop.")
