"""One load into the raw schema, from its first line in the log to its last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

import psycopg

from loaders.api.provenance import Origin
from loaders.errors import StudbookError, printable
from loaders.postgres.statements import statement
from loaders.raw import merge
from loaders.raw.load_log import (
    DayLog,
    finish_load,
    logged_objects,
    note_plan,
    remembered_plan,
    start_load,
    went_on_as,
)
from loaders.raw.origin import refuse_to_mix
from loaders.raw.rows import Batch
from loaders.raw.schema import migrate
from loaders.raw.session import Session
from loaders.raw.tables import Table
from loaders.settings import Plan


class LandingError(StudbookError):
    """The database cannot take the load."""


class SupersededError(StudbookError):
    """Another load has landed while this one had lost its database."""


class Load:
    """A load that has begun.

    Every method is a transaction of its own, done again when the database goes away meanwhile.
    """

    def __init__(
        self, session: Session, load_id: int, asked: Mapping[str, Any], plan: Plan | None
    ) -> None:
        self.session = session
        self.load_id = load_id
        self._asked = dict(asked)
        self.plan = plan
        # Nothing lands before it is known.
        self.origin: Origin | None = None

    @classmethod
    def start(
        cls,
        session: Session,
        *,
        resources: Sequence[str],
        date_from: date | None,
        date_to: date | None,
        regions: Sequence[str],
        base_url: str,
        plan: Plan | None = None,
    ) -> Load:
        """Make sure of the schema, and write the load's first line.

        `session` is open, so that no other load is at work: those that the log has as running were
        killed, and it says so from now on. Without a plan it is pro where it was the last time.

        Raises SchemaError when the raw schema is newer than this version of Studbook.
        """
        session.run(migrate)
        asked = {
            "resources": list(resources),
            "date_from": date_from,
            "date_to": date_to,
            "regions": list(regions),
            "base_url": base_url,
            "simulated_world": None,
        }
        if plan is None:
            remembered = session.run(partial(remembered_plan, base_url=base_url))
            plan = Plan.PRO if remembered and remembered[0] is Plan.PRO else None

        def begin(connection: psycopg.Connection) -> int:
            with connection.transaction():
                connection.execute(statement(__package__, "end_killed_loads"))
                return start_load(connection, asked, plan)

        load = cls(session, session.run(begin), asked, plan)
        session.resumed = load._check_that_it_is_the_newest
        return load

    def go_on_as(self, plan: Plan, because: str | None = None) -> None:
        """Note the account's plan; where another one was noted, in a new line of the log.

        So what a line has landed is all of one plan. The line before ends with the reason.
        """
        before, self.plan = self.plan, plan
        first = self.load_id

        def note(connection: psycopg.Connection) -> int:
            if before is None:
                note_plan(connection, self.load_id, plan)
                return self.load_id
            with connection.transaction():
                finish_load(connection, self.load_id, "partial", because)
                return start_load(connection, self._asked, plan)

        def was_noted(connection: psycopg.Connection) -> int | None:
            return None if self.load_id == first else self.load_id

        self.load_id = self.session.run(note, was_noted)

    def _check_that_it_is_the_newest(self, connection: psycopg.Connection) -> None:
        # The connection may have broken after its own new line had been committed.
        self.load_id = went_on_as(connection, self.load_id) or self.load_id
        found = connection.execute(statement(__package__, "newest_load")).fetchone()
        if found and found[0] != self.load_id:
            raise SupersededError(
                f"While the database was away, load {found[0]} landed what may be newer than what "
                "this one was about to land: load again, to get what is missing."
            )

    def comes_from(self, origin: Origin) -> None:
        """Write down whose the objects are that will land.

        Raises OriginError when the database holds objects of another origin.
        """

        def note(connection: psycopg.Connection) -> None:
            refuse_to_mix(connection, origin)
            connection.execute(
                statement(__package__, "comes_from"),
                {"load_id": self.load_id, "world": origin.world},
            )

        self.session.run(note)
        self._asked["simulated_world"] = origin.world
        self.origin = origin

    def finish(self, outcome: str, error: str | None = None) -> None:
        """Write the load's end; outcome is success, partial, failed or interrupted."""
        self.session.run(lambda connection: finish_load(connection, self.load_id, outcome, error))

    def first_reasons(self, most: int) -> list[str]:
        """Why the first objects that this load rejected could not land."""
        asked = {"load_id": self.load_id, "most": most}
        rows = self.session.run(
            lambda connection: connection.execute(
                statement(__package__, "first_reasons"), asked
            ).fetchall()
        )
        return [printable(reason) for (reason,) in rows]

    def live_keys(self, table: Table, day: date, regions: Sequence[str]) -> list[str]:
        """Keys of what is live of a day's list in some regions."""
        return self.session.run(lambda connection: merge.live_keys(connection, table, day, regions))

    def land(
        self,
        log: DayLog,
        batch: Batch,
        withdrawn: Sequence[str] = (),
        not_found: Sequence[str] = (),
    ) -> DayLog:
        """Land a batch and its line of the log, as merge.merge does; returns the line.

        What only the server refuses goes to the rejects too.
        """
        assert self.origin is not None or not (batch or not_found), "comes_from() is first"

        merged = partial(merge.merge, load_id=self.load_id, plan=self.plan or Plan.PRO, log=log)

        def attempt(connection: psycopg.Connection) -> DayLog:
            try:
                return merged(connection, batch=batch, withdrawn=withdrawn, not_found=not_found)
            except psycopg.errors.QueryCanceled:
                raise
            except (psycopg.DataError, psycopg.OperationalError):
                taken = merge.without_refused(connection, batch)
                if taken is None:
                    raise
            return merged(connection, batch=taken, withdrawn=withdrawn, not_found=not_found)

        def was_landed(connection: psycopg.Connection) -> DayLog | None:
            if not batch:
                # The line would tell nothing; doing it again changes nothing.
                return None
            received = log.objects.received + len(batch)
            expected = replace(log, objects=replace(log.objects, received=received))
            objects = logged_objects(connection, self.load_id, expected)
            return None if objects is None else replace(log, objects=objects)

        return self.session.run(attempt, was_landed)
