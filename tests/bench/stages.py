"""The stages of a warehouse's life: what lands, and what each then costs to build."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from time import monotonic

from loaders.postgres import database
from loaders.raw.merge import prepare
from loaders.raw.session import Session
from tests.bench.build import WITH_TESTS, WITHOUT_TESTS, Build, Dbt
from tests.bench.payloads import CORRECTIONS, NEWS, History

FIRST = "first build"
# What comes after it, by the word that chooses it.
LATER = {
    "nothing": "nothing new",
    "day": f"one more day of {NEWS} races",
    "corrections": f"a day with {CORRECTIONS} old races corrected",
}


@dataclass(frozen=True)
class Stage:
    """A build of one stage, with or without tests, and the seconds that landing took before it."""

    what: str
    tested: bool
    landing: float
    build: Build

    @property
    def name(self) -> str:
        return f"{self.what}, with tests" if self.tested else self.what


class Stages:
    """Goes through the stages on a database that is empty at first.

    `arguments` are dbt's, such as a selection.
    """

    def __init__(
        self, name: str, history: History, target: Path, arguments: tuple[str, ...] = ()
    ) -> None:
        self._name = name
        self._history = history
        self._target = target
        self._dbt = Dbt(name, target)
        self._arguments = arguments
        self.as_of = history.last_day

    def land_history(self) -> None:
        """Land what was before the first build."""
        with self._session() as session:
            self._history.land(session)

    def go_through(self, later: Iterable[str], *, tests: bool) -> Iterator[Stage]:
        """Build for the first time, and after what `later` chooses from LATER.

        Each stage is built without tests and, with `tests`, another time with them.
        """
        landing: dict[str, Callable[[], None]] = {
            "nothing": lambda: None,
            "day": self._land_day,
            "corrections": self._land_corrected,
        }
        stages = {FIRST: self._forget} | {LATER[each]: landing[each] for each in later}
        for what, prepare_stage in stages.items():
            for tested in (False, True) if tests else (False,):
                started = monotonic()
                prepare_stage()
                landed = monotonic() - started
                if what != FIRST:
                    self._dbt.parse(self.as_of)
                excluded = WITH_TESTS if tested else WITHOUT_TESTS
                built = self._dbt.build(self.as_of, *self._arguments, *excluded)
                yield Stage(what, tested, landed, built)

    def rebuild_alone(self, *selection: str) -> Build:
        """Build some models from the start, one after the other."""
        alone = ("--full-refresh", "--threads", "1", *WITHOUT_TESTS)
        return self._dbt.build(self.as_of, "--select", *selection, *alone)

    def _forget(self) -> None:
        """Drop all that dbt has made and read."""
        with database.connect(dbname=self._name, autocommit=True) as connection:
            connection.execute("drop schema if exists racing, racing_staging cascade")
        shutil.rmtree(self._target, ignore_errors=True)

    def _land_day(self) -> None:
        with self._session() as session:
            self.as_of = self._history.land_news(session)

    def _land_corrected(self) -> None:
        self._land_day()
        with self._session() as session:
            self._history.land_corrections(session)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        """A load's session, which ends before dbt begins, as a load does."""
        session = Session(partial(database.connect, dbname=self._name), prepare=prepare)
        session.open()
        try:
            yield session
        finally:
            session.close()
