"""The merge: a batch goes into its table, with its line of the log, in one transaction.

So the log never says more or less than the tables hold. Payloads go in as the text that was
received.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
from psycopg import sql

from loaders.api.plans import bigger, smaller
from loaders.postgres.statements import statement
from loaders.raw.load_log import Cards, Counts, DayLog, log_day
from loaders.raw.rows import Batch, Reject, Row
from loaders.raw.tables import HORSES, RACECARDS, Table
from loaders.settings import Plan


def prepare(connection: psycopg.Connection) -> None:
    """Make a new connection ready for merging: how payloads are compressed."""
    # Most of landing is compressing; lz4, where the server has it, takes half as long.
    connection.execute(statement(__package__, "compress_by_lz4"))


def merge(
    connection: psycopg.Connection,
    load_id: int,
    plan: Plan,
    log: DayLog,
    batch: Batch,
    withdrawn: Sequence[str] = (),
    not_found: Sequence[str] = (),
) -> DayLog:
    """Land a batch and its line of the log; returns the line with the batch counted.

    Of one key twice the last wins, but never over what a bigger plan has landed. The objects whose
    keys are `withdrawn` are marked as that, and kept; keys that the API does not know, `not_found`,
    are noted with the time.

    Raises psycopg.DataError or psycopg.OperationalError when the server refuses an object.
    """
    rows = {row.key: row for row in batch.rows}
    with connection.transaction():
        # A build takes it alone for the moment from which on it reads raw: all that is written
        # bears a later time than the lock, and so than that moment.
        connection.execute("select pg_advisory_xact_lock_shared(hashtext('studbook raw'))")
        new, changed = _merge_rows(connection, load_id, plan, batch.table, list(rows.values()))
        if batch.table.dated and rows:
            connection.execute(_of(batch.table, "list"), {"day": log.day, "keys": list(rows)})
        if batch.table is HORSES and rows:
            connection.execute(statement(__package__, "check_profiles"), {"keys": list(rows)})
        if withdrawn:
            connection.execute(_of(batch.table, "withdraw"), {"keys": list(withdrawn)})
        with connection.cursor() as cursor:
            cursor.executemany(
                statement(__package__, "reject"),
                [_rejected(load_id, log, reject) for reject in batch.rejects],
            )
            cursor.executemany(
                statement(__package__, "remember_not_found"),
                [{"resource": log.resource, "key": key, "load_id": load_id} for key in not_found],
            )
        came = Counts(
            received=len(batch),
            new=new,
            changed=changed,
            unchanged=len(rows) - new - changed,
            rejected=len(batch.rejects),
            repeated=len(batch.rows) - len(rows),
            withdrawn=len(withdrawn),
        )
        log = replace(log, objects=log.objects + came)
        if batch.table is RACECARDS:
            log = replace(log, cards=_count_cards(connection, list(rows)))
        log_day(connection, load_id, log)
    return log


def without_refused(connection: psycopg.Connection, batch: Batch) -> Batch | None:
    """The batch with what the server does not take as jsonb among its rejects; None: it takes all.

    The server's reason is theirs.
    """
    taken = Batch(batch.table, rejects=list(batch.rejects))
    for row in batch.rows:
        try:
            connection.execute("select %s::jsonb is null", (row.text,))
        except (psycopg.DataError, psycopg.OperationalError) as error:
            if connection.closed:
                raise
            reason = f"the database does not take it: {error.diag.message_primary}"
            taken.rejects.append(Reject(row.key, reason, row.text))
        else:
            taken.rows.append(row)
    return taken if len(taken.rows) < len(batch.rows) else None


def live_keys(
    connection: psycopg.Connection, table: Table, day: date, regions: Sequence[str]
) -> list[str]:
    """Keys of what is live of a day's list in some regions."""
    asked = {"day": day, "regions": list(regions)}
    return [key for (key,) in connection.execute(_of(table, "live_keys"), asked)]


def _merge_rows(
    connection: psycopg.Connection, load_id: int, plan: Plan, table: Table, rows: Sequence[Row]
) -> tuple[int, int]:
    """How many of some rows were new, and how many changed what had landed."""
    found = connection.execute(
        _of(table, "merge_dated" if table.dated else "merge"),
        {
            "keys": [row.key for row in rows],
            "race_dates": [row.race_date for row in rows],
            "payloads": [row.text for row in rows],
            "load_id": load_id,
            "smaller": smaller(table.resource, plan),
            "bigger": bigger(table.resource, plan),
        },
    ).fetchone()
    assert found is not None
    return found


def _count_cards(connection: psycopg.Connection, keys: Sequence[str]) -> Cards:
    found = connection.execute(
        statement(__package__, "count_cards"), {"keys": list(keys)}
    ).fetchone()
    assert found is not None
    return Cards(*found)


def _rejected(load_id: int, log: DayLog, reject: Reject) -> dict[str, Any]:
    return {
        "load_id": load_id,
        "resource": log.resource,
        "day": log.day,
        "key": reject.key,
        "reason": reject.reason,
        "payload": reject.text,
    }


def _of(table: Table, name: str) -> sql.Composed:
    return statement(
        __package__,
        name,
        table=sql.Identifier(table.resource),
        versions=sql.Identifier(table.versions),
        key_column=sql.Identifier(table.key_column),
    )
