"""One PostgreSQL cluster: how it is made, set up, started and stopped."""

from __future__ import annotations

import os
import re
import shutil
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psycopg

from loaders.postgres.connection import DatabaseError, open_connection
from loaders.postgres.local.analytics import settings_here
from loaders.postgres.local.listener import listener
from loaders.postgres.local.ownership import Ownership
from loaders.postgres.local.programs import Programs

USER = "studbook"
_SECONDS = 60


@dataclass(frozen=True)
class Recorded:
    """What a server that runs or crashed has left of itself in its data."""

    process: int
    data: Path
    port: str
    socket: Path
    is_ready: bool


@dataclass(frozen=True)
class Cluster:
    """Data, the folder of the socket that their server listens on, and the server's log."""

    data: Path
    socket: Path
    port: str
    log: Path
    ownership: Ownership

    @property
    def parameters(self) -> dict[str, str]:
        """libpq's connection parameters that lead here whatever the PG* variables say.

        Those of another server's address and options are set to nothing, or libpq would take them
        from the environment.
        """
        return {"host": str(self.socket), "port": self.port, "hostaddr": "", "options": ""}

    def connect(self) -> psycopg.Connection:
        """A superuser's connection in autocommit mode, to no particular database."""
        return open_connection(**self.parameters, user=USER, dbname="postgres", autocommit=True)

    def listener(self) -> int | None:
        """The process that listens on the cluster's socket, 0 in another container, or None."""
        return listener(self.socket / f".s.PGSQL.{self.port}")

    def made_by(self) -> int | None:
        """The major version that made the data; None when there are none."""
        version = self.data / "PG_VERSION"
        return int(version.read_text()) if version.exists() else None

    def identifier(self) -> bytes:
        """What tells these data from all others but their copies."""
        with (self.data / "global" / "pg_control").open("rb") as control:
            return control.read(8)

    def recorded(self) -> Recorded | None:
        """What the running or crashed server says of itself; not to be trusted alone."""
        try:
            lines = (self.data / "postmaster.pid").read_text().split("\n")
        except OSError:
            return None
        if len(lines) < 5 or not lines[0].strip().isdecimal():
            return None
        is_ready = [line.strip() for line in lines[7:8]] == ["ready"]
        port = lines[3].strip()
        return Recorded(int(lines[0]), Path(lines[1]), port, Path(lines[4]), is_ready)

    def elsewhere(self) -> str | None:
        """A sentence that says on which other socket a server of these data listens, if one does.

        So does one that was started by hand, with options.
        """
        recorded = self.recorded()
        if recorded is None:
            return None
        socket = self.data / recorded.socket / f".s.PGSQL.{recorded.port}"
        process = listener(socket)
        if process is None or not self._is_served_at(socket, recorded):
            return None
        which = f"process {process}" if process else "which is in another container"
        return (
            f"A server runs on {self.data.parent} but does not answer here: it listens on "
            f"{socket}; stop it as it was started, or end it ({which})."
        )

    def initialise(self, programs: Programs, *options: str) -> None:
        """Make an empty one, with further options of initdb."""
        # Renamed when it is whole, so that an interrupted initdb leaves no half of a cluster.
        unfinished = self.data.with_name(f"{self.data.name}.unfinished")
        shutil.rmtree(unfinished, ignore_errors=True)
        programs.run(
            "initdb",
            *("--pgdata", unfinished, "--username", USER, "--encoding=UTF8", "--locale=C"),
            *("--auth-local=trust", "--auth-host=reject", *options),
            account=self.ownership.account,
        )
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'studbook.conf'\n")
        unfinished.rename(self.data)

    def start(self, programs: Programs, lock: int, **settings: str) -> None:
        """Start its server, which inherits the lock; the caller makes sure that none listens here.

        Raises DatabaseError when one listens elsewhere, or with what the server's log says.
        """
        if told := self.elsewhere():
            raise DatabaseError(told)
        self.ownership.own(self.socket)
        self._configure(settings)
        # The lock says that no server runs, and so does the socket of one that holds no lock.
        # PostgreSQL would go by process ids, which others have after a crash or in another
        # container.
        for left in (self.data / "postmaster.pid", self.socket / f".s.PGSQL.{self.port}.lock"):
            left.unlink(missing_ok=True)
        self.log.unlink(missing_ok=True)
        try:
            programs.run(
                "pg_ctl",
                *("start", "--silent", "--wait", "--timeout=300"),
                *("--pgdata", self.data, "--log", self.log),
                account=self.ownership.account,
                inherited=(lock,),
            )
        except DatabaseError as error:
            told = self.log.read_text(errors="replace") if self.log.exists() else str(error)
            fatal = re.findall(r"FATAL:\s+(.*)", told) or [told.strip() or "no reason given"]
            raise DatabaseError(
                f"The embedded server did not start ({fatal[-1]}); see {self.log}."
            ) from None

    def stop(self) -> None:
        """Stop its server if one listens; transactions that are open are rolled back.

        Raises DatabaseError when it cannot be stopped from here.
        """
        if (process := self.listener()) is None:
            return
        if not process:
            raise DatabaseError(
                f"The server of {self.data.parent} runs in another container, and can be stopped "
                "only there: run `studbook db down` in it, or end it."
            )
        try:
            os.kill(process, signal.SIGINT)
        except PermissionError:
            raise DatabaseError(
                f"The server of {self.data.parent}, process {process}, is another user's: run "
                "this as that user."
            ) from None
        self.wait(lambda: self.listener() is None, "stop")

    def wait(self, reached: Callable[[], bool], what: str) -> None:
        """Wait for what the server is doing; raises DatabaseError after a minute."""
        deadline = time.monotonic() + _SECONDS
        while not reached():
            if time.monotonic() > deadline:
                raise DatabaseError(f"The server did not {what} within a minute; see {self.log}.")
            time.sleep(0.02)

    def _is_served_at(self, socket: Path, recorded: Recorded) -> bool:
        """Whether who listens there works on these data; yes, if nothing says that it does not.

        The lock file of a server's socket begins as that of its data does: with its process, its
        data and when it was started. That of a copy does, too.
        """
        locks = (socket.with_name(f"{socket.name}.lock"), self.data / "postmaster.pid")
        try:
            served, mine = (lock.read_text().split("\n")[:3] for lock in locks)
            return served == mine and recorded.data.samefile(self.data)
        except OSError:
            return True

    def _configure(self, settings: dict[str, str]) -> None:
        settings = {
            "listen_addresses": "",
            "port": self.port,
            "unix_socket_directories": f'"{self.socket}"',
            "unix_socket_permissions": "0700",
            "cluster_name": "studbook",
            **settings_here(self.data),
            **settings,
        }
        file = self.data / "studbook.conf"
        with file.open("w") as lines:
            lines.write("# Written at every start; ALTER SYSTEM overrides it.\n")
            for name, value in settings.items():
                lines.write("{} = '{}'\n".format(name, value.replace("'", "''")))
        self.ownership.give(file)
