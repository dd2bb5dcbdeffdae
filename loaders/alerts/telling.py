"""Whoever looks after a warehouse is told what began and what ended, each once."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import psycopg

from loaders.alerts.looking import look
from loaders.alerts.remembered import going_on, remember
from loaders.alerts.sending import receivers, refuse, send
from loaders.alerts.trouble import Failure, Kind, Trouble
from loaders.alerts.wording import Message, message
from loaders.errors import StudbookError, printable
from loaders.postgres.relations import is_there
from loaders.raw.schema import migrate
from loaders.settings import Plan

# The two halves of an advisory lock's name; each database has locks of its own.
_LOCK = {"space": int.from_bytes(b"stud"), "name": int.from_bytes(b"tell")}
# Steps that say what troubles of a kind say, too.
_SAID_BY = {"freshness": Kind.STALE}


class AlertError(StudbookError):
    """What is wrong with a warehouse cannot be found out or remembered."""


@dataclass(frozen=True)
class Told:
    """What began and what ended since the last message, what goes on, and the message about it.

    `message` is None when there is nothing to say, `receivers` are those that it was sent to.
    """

    begun: Sequence[Trouble]
    ended: Sequence[Trouble]
    going_on: Sequence[Trouble]
    message: Message | None
    receivers: int = 0


def tell(
    connection: psycopg.Connection,
    url: str | None,
    failed: Sequence[Failure] | None = None,
    *,
    well: Collection[str] | None = None,
    plan: Plan | None = None,
) -> Told:
    """Look what is wrong, and send one message to `url` about what began and what has ended.

    `failed` are the steps of the present run that failed, `well` those that ended well, by default
    all others; what was told of another step's failure stays as it is, and of every step's where
    there is no run to tell of: `failed` is None. `plan` is the account's, where it is known.
    Without a URL nothing is sent, and nothing is remembered as told. `connection` commits each
    statement.

    Raises SendingError when an address cannot be used, and when one did not take the message;
    SchemaError or AlertError when what is told cannot be remembered. What reached no receiver, or
    was not remembered, is told again by the next call.
    """
    try:
        addresses = receivers(url) if url else []
        with _alone(connection):
            if url and is_there(connection, "raw.load_days"):
                # What is looked for goes by today's columns.
                migrate(connection)
            told = _compare(connection, failed, well, plan)
            if told.message is None or not url:
                return told
            migrate(connection)
            # What cannot be remembered would be sent by every run.
            with connection.transaction(force_rollback=True):
                remember(connection, told.begun, told.ended)
            refused = send(addresses, told.message)
            with connection.transaction():
                remember(connection, told.begun, told.ended)
        refuse(refused)
        return Told(told.begun, told.ended, told.going_on, told.message, len(addresses))
    except psycopg.Error as error:
        said = printable(error.diag.message_primary or str(error))
        raise AlertError(
            f"What is wrong with the database {connection.info.dbname} cannot be told ({said}): "
            "run this as the user who loads, when the database is in order."
        ) from error


@contextmanager
def _alone(connection: psycopg.Connection) -> Iterator[None]:
    """Let nobody else tell meanwhile: two at once would both tell of the same."""
    connection.execute("select pg_advisory_lock(%(space)s, %(name)s)", _LOCK)
    try:
        yield
    finally:
        if not connection.closed:
            connection.execute("select pg_advisory_unlock(%(space)s, %(name)s)", _LOCK)


def _compare(
    connection: psycopg.Connection,
    failed: Sequence[Failure] | None,
    well: Collection[str] | None,
    plan: Plan | None,
) -> Told:
    now = datetime.now(UTC)
    known = going_on(connection)
    seen = look(connection, known, plan)
    wrong = {trouble.key: trouble for trouble in seen.troubles}
    said = {trouble.kind for trouble in seen.troubles}
    wrong |= {
        (Kind.FAILED, step.step): _failed(step, now)
        for step in failed or ()
        if _SAID_BY.get(step.step) not in said
    }
    before = {trouble.key for trouble in known}

    def has_ended(trouble: Trouble) -> bool:
        if trouble.key in wrong:
            return False
        if trouble.kind is Kind.FAILED:
            return failed is not None and (well is None or trouble.subject in well)
        return trouble.kind in seen.kinds

    begun = [trouble for key, trouble in wrong.items() if key not in before]
    ended = [trouble for trouble in known if has_ended(trouble)]
    rest = [trouble for trouble in known if not has_ended(trouble)]
    text = message(connection.info.dbname, begun, ended, rest, now)
    return Told(begun, ended, rest, text)


def _failed(failure: Failure, now: datetime) -> Trouble:
    said = printable(failure.message).rstrip(".")
    return Trouble(
        Kind.FAILED,
        failure.step,
        f"The step {failure.step} failed: {said}.",
        now,
        failure.look,
    )
