"""The embedded PostgreSQL: one server a folder, started when it is needed, stopped when told."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from psycopg import sql
from psycopg.rows import dict_row

from loaders.postgres.connection import PORT, DatabaseError
from loaders.postgres.local.account import server_account
from loaders.postgres.local.cluster import USER, Cluster
from loaders.postgres.local.folder_lock import FolderLock
from loaders.postgres.local.kept_programs import forget_others, keep, kept_programs
from loaders.postgres.local.listener import SOCKET_PATH_BYTES
from loaders.postgres.local.ownership import Ownership
from loaders.postgres.local.programs import Programs, programs_for
from loaders.postgres.local.upgrade import Upgrade, Upgraded
from loaders.postgres.statements import statement
from loaders.settings import ROOT

DATABASE = "studbook"
OUTSIDE = Path("/var/lib/studbook")
# How long (seconds) others may start or stop the server, and a killed one's processes may end.
_OTHERS_WORK, _LAST_PROCESSES = 60, 5


class EmbeddedServer:
    """One PostgreSQL cluster that listens on a Unix socket in a folder only its owner can enter.

    `folder` holds everything: the cluster, the log, the locks, the socket where its path is short
    enough, and the programs. It is `data`, by default ./.postgres of the project, unless root runs
    this and the server's user cannot get there.
    """

    def __init__(self, data: Path | None = None) -> None:
        wanted = (data or ROOT / ".postgres").resolve()
        self.account = server_account(wanted) if os.geteuid() == 0 else None
        self.folder = wanted
        if self.account and not self.account.can_enter(wanted.parent):
            self.folder = OUTSIDE / _digest(wanted)
        self.log = self.folder / "server.log"
        self._ownership = Ownership(self.account)
        self.socket = self.folder / "socket"
        if len(os.fsencode(self.socket / f".s.PGSQL.{PORT}")) > SOCKET_PATH_BYTES:
            self.socket = Path(f"/tmp/studbook-{self._ownership.uid}-{_digest(self.folder)}")
        self.cluster = Cluster(self.folder / "data", self.socket, PORT, self.log, self._ownership)
        self._lock = FolderLock(self.folder / "server.lock", self._ownership)
        self._work = FolderLock(self.folder / "lock", self._ownership)
        self._upgrade = Upgrade(self.folder, self.cluster)

    def environment(self) -> dict[str, str]:
        """The PG* variables that lead psql, dbt and `studbook` to this server."""
        return {
            "PGHOST": str(self.socket),
            "PGPORT": PORT,
            "PGUSER": USER,
            "PGDATABASE": DATABASE,
        }

    @property
    def parameters(self) -> dict[str, str]:
        """libpq's connection parameters that lead here whatever the PG* variables say."""
        return self.cluster.parameters

    def is_running(self) -> bool:
        """Whether anybody runs it, be it in another container."""
        return self._lock.is_held() or self.process() is not None

    def process(self) -> int | None:
        """The process id of the server that answers here; 0 in another container."""
        return self.cluster.listener()

    def state(self) -> str:
        """A sentence that says whether it runs, and where."""
        process = self.process()
        if moved := self._moved():
            return self._was_moved(moved)
        recorded = self.cluster.recorded()
        is_ready = process is not None and recorded is not None and recorded.is_ready
        if not is_ready and self._work.is_held():
            return (
                "The embedded PostgreSQL is starting, stopping or being upgraded: ask again when "
                "that has ended."
            )
        if process is None:
            if self._lock.is_held():
                return self._out_of_reach()
            return self.cluster.elsewhere() or (
                "The embedded PostgreSQL is not running; `studbook db up` starts it."
            )
        account = f" as user {self.account.name}" if self.account else ""
        where = f"process {process}" if process else "in another container"
        return f"PostgreSQL {self.version()} (embedded) runs{account}, {where}."

    def up(self, database: str = DATABASE) -> None:
        """Start the server unless it runs, and create `database` unless it is there.

        The server outlives this process. Several processes may call this at once.

        Raises DatabaseError when no programs are found, the server does not start, or it runs where
        it cannot be reached.
        """
        with self._alone():
            self._come_up()
            self._create(database)

    def down(self, *, force: bool = False) -> None:
        """Stop the server if it runs; with `force` even if transactions are rolled back by it.

        Raises DatabaseError while somebody is at work in it, and when it cannot be stopped here.
        """
        if not self.is_running():
            return
        with self._alone():
            self._go_down(force=force)

    def upgrade(self, tell: Callable[[str], None]) -> Upgraded | None:
        """Bring the data to the newest PostgreSQL at hand; None when they are of it already.

        What takes long is told to `tell` when it begins.

        Raises DatabaseError when that cannot be done; the data are then what they were.
        """
        with self._alone():
            if self.is_running():
                self._go_down(force=False)
            with self._lock.taken() as lock:
                if lock is None:
                    raise DatabaseError(self._out_of_reach())
                self._refuse_torn_copy()
                return self._upgrade.run(lock, tell)

    def programs(self) -> Programs:
        """The programs that made its data, and that run it.

        Raises DatabaseError when they are no longer there.
        """
        made_by = self.cluster.made_by()
        for programs in kept_programs(self.folder):
            if programs.major == made_by:
                return programs
        return programs_for(made_by, self.folder)

    def version(self) -> str:
        """The version of the running server, such as 18.6."""
        with self.cluster.connect() as connection:
            return connection.info.parameter_status("server_version") or ""

    def _come_up(self) -> None:
        began = time.monotonic()
        while True:
            with self._lock.taken() as lock:
                # A server that was started by hand has no lock.
                if lock is not None and self.process() is None:
                    self._start(lock)
                    return
            if moved := self._moved():
                raise DatabaseError(self._was_moved(moved))
            recorded = self.cluster.recorded()
            answers = self.process() is not None
            if answers and recorded and recorded.is_ready:
                return
            self._upgrade.end_killed()
            waited = time.monotonic() - began
            if not answers and waited > _LAST_PROCESSES:
                raise DatabaseError(self._out_of_reach())
            if waited > _OTHERS_WORK:
                raise DatabaseError(f"The server did not become ready in time; see {self.log}.")
            time.sleep(0.02)

    def _start(self, lock: int) -> None:
        self._upgrade.settle()
        self._refuse_torn_copy()
        made_by = self.cluster.made_by()
        programs = keep(programs_for(made_by, self.folder), self.folder, self._ownership)
        if made_by is None:
            self.cluster.initialise(programs)
        self.cluster.start(programs, lock)
        if not self._upgrade.kept():
            forget_others(programs, self.folder)

    def _go_down(self, *, force: bool) -> None:
        running = self._moved() or self.cluster
        if running.listener() is None:
            self._upgrade.end_killed()
        elif not force:
            _refuse_while_at_work(running)
        running.stop()
        deadline = time.monotonic() + _LAST_PROCESSES
        while self._lock.is_held():
            if time.monotonic() > deadline:
                raise DatabaseError(self._out_of_reach())
            time.sleep(0.02)

    def _moved(self) -> Cluster | None:
        """The cluster where its server was started, if it has been moved since."""
        recorded = self.cluster.recorded()
        if recorded is None or _is_same(recorded.data, self.cluster.data):
            return None
        if not self._lock.is_held():
            # What is recorded is the server of what this is a copy of.
            return None
        for socket in (self.socket, recorded.socket):
            found = Cluster(recorded.data, socket, PORT, self.log, self._ownership)
            # In another container both its folder and its process have other names.
            if found.listener() == recorded.process:
                return found
        return None

    def _was_moved(self, moved: Cluster) -> str:
        return (
            f"{self.folder} was moved from {moved.data.parent} while its server ran, process "
            f"{moved.listener()}: run `studbook db down`, and `studbook db up` starts it here."
        )

    def _out_of_reach(self) -> str:
        return (
            f"A server runs on {self.folder} but does not answer here: it is another container's, "
            "or the folder was moved while it ran: run `studbook db down` there, or end it; or it "
            "is what is left of a killed one: wait for its end."
        )

    def _refuse_torn_copy(self) -> None:
        recorded = self.cluster.recorded()
        if recorded is None or _is_same(recorded.data, self.cluster.data):
            return
        original = Cluster(recorded.data, self.socket, PORT, self.log, self._ownership)
        try:
            is_copy = original.identifier() == self.cluster.identifier()
        except OSError:
            return
        if is_copy:
            raise DatabaseError(
                f"{self.folder} is a copy of {recorded.data.parent} that was made while its server "
                "ran, and may be torn: delete it, run `studbook db down` there, and copy it again."
            )

    def _create(self, database: str) -> None:
        with self.cluster.connect() as connection:
            found = connection.execute("select from pg_database where datname = %s", [database])
            if not found.rowcount:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from starting, stopping or upgrading the server."""
        if self.account:
            self.account.require()
        if self.folder.parent == OUTSIDE:
            OUTSIDE.mkdir(mode=0o755, exist_ok=True)
            OUTSIDE.chmod(0o755)
        self._ownership.own(self.folder)
        with self._work.waited_for(_OTHERS_WORK):
            yield


def _refuse_while_at_work(cluster: Cluster) -> None:
    with cluster.connect() as connection, connection.cursor(row_factory=dict_row) as cursor:
        found = cursor.execute(statement(__package__, "at_work")).fetchone()
    if found:
        raise DatabaseError(
            "{program} is at work in the database {database} (server process {process}, since "
            "{since}): wait for its end, or stop the server all the same with "
            "`studbook db down --force`.".format(**found)
        )


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
