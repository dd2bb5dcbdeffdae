"""The data brought to a newer major version of PostgreSQL.

They are dumped from the old server and restored into a new cluster beside it: `pg_upgrade`, which
copies files, does not see that values in them were compressed by a method (lz4) that the new
programs were built without. The old cluster is not changed, and stays.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo

from loaders.postgres.connection import DatabaseError
from loaders.postgres.local.cluster import USER, Cluster
from loaders.postgres.local.kept_programs import keep, kept_programs
from loaders.postgres.local.programs import Programs, at_hand, programs_for

_OLD_PORT, _NEW_PORT = "5433", "5434"
_MIB, _GIB = 1024**2, 1024**3
# The new cluster's log of changes, and what an empty one takes (bytes).
_BESIDES = 512 * _MIB
_KEPT = "data.postgresql-"
_TAKEN_OVER = ("postgresql.auto.conf", "pg_hba.conf")
# What keeps data through a crash costs time, and is of no use before the last of them is there.
_UNSAFE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


@dataclass(frozen=True)
class Upgraded:
    """From which major version to which, and where the old data are; `size` is theirs in bytes."""

    before: int
    now: int
    kept: Path
    size: int


class Upgrade:
    """That of the cluster in a folder; whoever holds the locks of that folder may call it."""

    def __init__(self, folder: Path, cluster: Cluster) -> None:
        self._folder = folder
        # No other program looks for servers of these ports.
        self._old = replace(cluster, port=_OLD_PORT)
        self._new = replace(
            cluster, port=_NEW_PORT, data=folder / "data.new", log=folder / "upgrade.log"
        )
        self._whole = folder / "data.whole"
        self._ownership = cluster.ownership

    def run(self, lock: int, tell: Callable[[str], None]) -> Upgraded | None:
        """Do it, unless the data are of the newest version at hand; `lock` is for the servers.

        Raises DatabaseError when it cannot be done. It may be killed, and run again, at any time.
        """
        self.settle()
        before = self._old.made_by()
        newest = max(at_hand(), key=lambda found: found.major, default=None)
        if before is None or newest is None:
            programs_for(before, self._folder)
            return None
        if newest.major <= before:
            return None
        kept = self._folder / f"{_KEPT}{before}"
        if kept.exists():
            raise DatabaseError(
                f"{kept} is there from an earlier upgrade: delete it or move it away, then run "
                "`studbook db upgrade` again."
            )
        old = self._programs_of(before)
        size = _size(self._old.data)
        self._refuse_without_room(size)
        new = keep(newest, self._folder, self._ownership)
        try:
            self._fill(old, new, lock, tell)
            new.run("initdb", "--sync-only", self._new.data, account=self._ownership.account)
            self._new.data.rename(self._whole)
        finally:
            shutil.rmtree(self._new.data, ignore_errors=True)
        self._old.data.rename(kept)
        self._whole.rename(self._old.data)
        return Upgraded(before, new.major, kept, size)

    def settle(self) -> None:
        """Finish or undo what a killed upgrade left."""
        shutil.rmtree(self._new.data, ignore_errors=True)
        if not self._whole.exists():
            return
        if self._old.data.exists():
            shutil.rmtree(self._whole)
        else:
            self._whole.rename(self._old.data)

    def end_killed(self) -> None:
        """Stop the servers of an upgrade that was killed."""
        for cluster in (self._new, self._old):
            cluster.stop()

    def kept(self) -> list[Path]:
        """The data from before earlier upgrades, which need their programs."""
        return sorted(self._folder.glob(f"{_KEPT}*"))

    def _programs_of(self, major: int) -> Programs:
        for programs in (*kept_programs(self._folder), *at_hand()):
            if programs.major == major:
                return programs
        raise DatabaseError(
            f"The programs of PostgreSQL {major}, which made {self._folder}, are needed once more "
            f"and are not on this machine: install PostgreSQL {major}, then run `studbook db "
            "upgrade` again."
        )

    def _refuse_without_room(self, size: int) -> None:
        needed = size * 5 // 4 + _BESIDES
        free = shutil.disk_usage(self._folder).free
        if free < needed:
            raise DatabaseError(
                f"An upgrade makes a second copy of the data and needs about {_in_words(needed)}, "
                f"but the disk of {self._folder} has {_in_words(free)} free: make room, then run "
                "`studbook db upgrade` again."
            )

    def _fill(self, old: Programs, new: Programs, lock: int, tell: Callable[[str], None]) -> None:
        self._new.initialise(new, "--no-sync")
        for name in _TAKEN_OVER:
            shutil.copyfile(self._old.data / name, self._new.data / name)
        self._old.start(old, lock)
        try:
            self._new.start(new, lock, **_UNSAFE)
            try:
                self._copy_roles(new)
                for database, size in self._databases():
                    tell(
                        f"Copying the database {database} ({_in_words(size)}) from PostgreSQL "
                        f"{old.major} to {new.major}."
                    )
                    self._copy(database, new)
                self._analyze(new)
            finally:
                self._new.stop()
        finally:
            self._old.stop()

    def _databases(self) -> list[tuple[str, int]]:
        with self._old.connect() as connection:
            return connection.execute(
                "select datname::text, pg_database_size(oid) from pg_database"
                " where datallowconn and datname <> 'template0' order by 1"
            ).fetchall()

    def _copy_roles(self, programs: Programs) -> None:
        account = self._ownership.account
        login = self._login(self._old)
        with tempfile.TemporaryFile() as roles, tempfile.TemporaryFile() as said:
            with programs.start(
                "pg_dumpall", "--globals-only", "--dbname", login, account=account, says=said
            ) as dump:
                assert dump.stdout
                # This one is there: initdb made it.
                mine = f"CREATE ROLE {USER};\n".encode()
                roles.writelines(line for line in dump.stdout if line != mine)
            roles.seek(0)
            with programs.start(
                "psql",
                *("--no-psqlrc", "--quiet", "--set", "ON_ERROR_STOP=1"),
                *("--dbname", self._login(self._new)),
                account=account,
                reads=roles,
                says=said,
            ) as restore:
                restore.communicate()
            self._require(dump.returncode == 0 == restore.returncode, "the roles", said)

    def _copy(self, database: str, programs: Programs) -> None:
        account = self._ownership.account
        create = () if database in ("postgres", "template1") else ("--create",)
        into = "postgres" if create else database
        with tempfile.TemporaryFile() as said:
            with programs.start(
                "pg_dump",
                *("--format=custom", "--compress=0", "--no-toast-compression"),
                *("--dbname", self._login(self._old, database)),
                account=account,
                says=said,
            ) as dump:
                assert dump.stdout
                with programs.start(
                    "pg_restore",
                    *(*create, "--exit-on-error", "--dbname", self._login(self._new, into)),
                    account=account,
                    reads=dump.stdout,
                    says=said,
                ) as restore:
                    # Else the dump would not notice that the restoring has ended.
                    dump.stdout.close()
                    restore.communicate()
            done = dump.returncode == 0 == restore.returncode
            self._require(done, f"the database {database}", said)

    def _analyze(self, programs: Programs) -> None:
        programs.run(
            "vacuumdb",
            *("--all", "--analyze-only", "--quiet", "--jobs=2"),
            *("--maintenance-db", self._login(self._new)),
            account=self._ownership.account,
        )

    def _require(self, done: bool, what: str, said: IO[bytes]) -> None:
        if not done:
            said.seek(0)
            told = " ".join(said.read().decode(errors="replace").split())
            raise DatabaseError(
                f"The upgrade could not copy {what} ({told[:300]}), and the data are what they "
                "were: correct that, then run `studbook db upgrade` again."
            )

    def _login(self, cluster: Cluster, database: str = "postgres") -> str:
        return make_conninfo(
            host=str(cluster.socket), port=cluster.port, user=USER, dbname=database
        )


def _size(folder: Path) -> int:
    return sum(_sizes(folder))


def _sizes(folder: Path) -> Iterator[int]:
    """Of the files in it, in bytes, but for the log of changes, which is not copied."""
    for place, folders, files in os.walk(folder):
        if "pg_wal" in folders:
            folders.remove("pg_wal")
        for file in files:
            yield (Path(place) / file).stat().st_size


def _in_words(size: int) -> str:
    return f"{size / _GIB:.1f} GB" if size >= _GIB else f"{size // _MIB} MB"
