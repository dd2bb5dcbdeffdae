"""Landing: the raw schema, checks, the merge, the load log, rejects.

A batch is landed in one transaction together with its line of the load log, so that the log never
says more or less than the tables hold. Payloads go in as the text that was received.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from importlib import resources as package_files
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from loaders.api.pages import ApiObject
from loaders.errors import StudbookError, printable
from loaders.raw.origin import refuse_to_mix
from loaders.raw.session import Session


class LandingError(StudbookError):
    """The database cannot take the load."""


@dataclass(frozen=True, slots=True)
class Table:
    """Where a resource lands: raw.<resource>, its key column, the payload's field with the key."""

    resource: str
    key_column: str
    key_field: str
    dated: bool = False


REGIONS = Table("regions", "region_code", "region_code")
COURSES = Table("courses", "course_id", "id")
HORSES = Table("horses", "horse_id", "id")
RACECARDS = Table("racecards", "race_id", "race_id", dated=True)
RESULTS = Table("results", "race_id", "race_id", dated=True)


@dataclass(frozen=True, slots=True)
class Row:
    """An object that can land: its key, its race date where the table has one, its text."""

    key: str
    race_date: date | None
    text: str


@dataclass(frozen=True, slots=True)
class Reject:
    """An object that cannot land: its key if known, the reason, its text fit for a text column."""

    key: str | None
    reason: str
    text: str


Checked = Row | Reject


@dataclass(slots=True)
class Batch:
    """Checked objects on their way into one table."""

    table: Table
    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, objects: Iterable[Checked]) -> None:
        """Take checked objects in."""
        for item in objects:
            if isinstance(item, Row):
                self.rows.append(item)
            else:
                self.rejects.append(item)

    def extend(self, other: Batch) -> None:
        """Take in another batch for the same table."""
        self.rows += other.rows
        self.rejects += other.rejects

    @property
    def keys(self) -> set[str]:
        """The keys of all objects in it, so far as they are known."""
        return {item.key for item in (*self.rows, *self.rejects) if item.key is not None}

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejects)


@dataclass(frozen=True, slots=True)
class DayLog:
    """The line of raw.load_days of a resource and day (None: a resource without days).

    The counts are of objects: received = new + changed + unchanged + rejected + repeated, the last
    being further copies of a key in one batch. Those withdrawn are the ones that did not come.
    """

    resource: str
    day: date | None
    started_at: datetime
    pages: int = 0
    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    repeated: int = 0
    withdrawn: int = 0
    failed_requests: int = 0
    complete: bool = False
    error: str | None = None
    races: int | None = None
    horses: int | None = None
    prices: int | None = None
    bookmakers: list[str] | None = None


# An index entry must fit in a third of a page; no key of the API is longer than 20 characters.
_LONGEST_KEY = 200
_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


def check(table: Table, item: ApiObject) -> Checked:
    """The row an object makes in a table, or why it cannot; a reject has its key if it is sound."""
    if not isinstance(item.value, dict):
        reason = item.flaw or "it is not a JSON object"
        return Reject(None, reason, _storable(item.text))
    key = item.value.get(table.key_field)
    key_flaw = _flaw_of_key(table.key_field, key)
    day = item.value.get("date")
    reason = item.flaw or key_flaw
    if not reason and table.dated and not _is_day(day):
        reason = f"its date is {_shown(day)}, not a day such as 2025-01-31"
    if reason:
        return Reject(None if key_flaw else key, reason, _storable(item.text))
    return Row(key, date.fromisoformat(day) if table.dated else None, item.text)


def _flaw_of_key(name: str, key: Any) -> str | None:
    if key is None:
        return f"it has no {name}"
    # A JSON number is read as a kind of str; a key must be a JSON string.
    if type(key) is not str:
        return f"its {name} is not a string"
    if not key.strip():
        return f"its {name} is empty"
    if not key.isprintable() or key != key.strip():
        return f"its {name} holds a control character, or white space around it"
    if len(key) > _LONGEST_KEY:
        return f"its {name} is longer than {_LONGEST_KEY} characters"
    return None


def _is_day(value: object) -> bool:
    if type(value) is not str or not _ISO_DATE.fullmatch(value):
        return False
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _shown(value: object) -> str:
    """A value as text that a text column and a terminal take, cut to the length of a key."""
    text = value if isinstance(value, str) and value.isprintable() else json.dumps(value)
    return text[:_LONGEST_KEY]


def _storable(text: str) -> str:
    return text.replace("\x00", "\\u0000")


# One statement, whose parameters are sent in binary (text ones would be quoted): a payload that has
# landed before is never written or compressed again.
_RECEIVED = """
with received as (
    select key, race_date, payload::jsonb as payload
    from
        unnest(%(keys)b::text[], %(race_dates)b::date[], %(payloads)b::text[])
            as sent (key, race_date, payload)
),

merged as (
    insert into raw.{table} as landed (
        {key_column}, {race_date} payload, first_landed_at, changed_at, load_id
    )
    select key, {race_date} payload, now(), now(), %(load_id)s
    from received
    order by key
    on conflict ({key_column}) do update set
        {keep_race_date}
        payload = excluded.payload,
        changed_at = greatest(excluded.changed_at, landed.changed_at + interval '1 microsecond'),
        withdrawn_at = null,
        load_id = excluded.load_id
    where landed.payload is distinct from excluded.payload
        or landed.withdrawn_at is not null
    returning changed_at = first_landed_at as is_new
)
"""

_LAND = """
{received}
select
    count(*) filter (where is_new) as new,
    count(*) filter (where not is_new) as changed
from merged
"""

# jsonpath's lax mode steps over runners and odds that are missing or of another type.
_LAND_RACECARDS = """
{received},

prices as (
    select price ->> 'bookmaker' as bookmaker, count(*) as prices
    from
        received,
        jsonb_path_query(payload, '$.runners[*].odds[*] ? (@.type() == "object")') as price
    group by 1
)

select
    count(*) filter (where is_new) as new,
    count(*) filter (where not is_new) as changed,
    (select count(*) from received) as races,
    (
        select count(distinct horse_id)
        from received, jsonb_path_query(payload, '$.runners[*].horse_id') as horse_id
    ) as horses,
    (select coalesce(sum(prices), 0)::int from prices) as prices,
    (
        select coalesce(array_agg(bookmaker order by bookmaker), '{{}}')
        from prices
        where bookmaker is not null
    ) as bookmakers
from merged
"""

_REJECT = """
insert into raw.rejects (load_id, resource, day, key, reason, payload, rejected_at)
values (%s, %s, %s, %s, %s, %s, clock_timestamp())
"""

_LOG_DAY = """
insert into raw.load_days (
    load_id, resource, day, pages,
    objects_received, objects_new, objects_changed, objects_unchanged,
    objects_rejected, objects_repeated, objects_withdrawn, failed_requests, complete,
    started_at, finished_at, error, races, horses, prices, bookmakers
)
values (
    %(load_id)s, %(resource)s, %(day)s, %(pages)s,
    %(received)s, %(new)s, %(changed)s, %(unchanged)s,
    %(rejected)s, %(repeated)s, %(withdrawn)s, %(failed_requests)s, %(complete)s,
    %(started_at)s, clock_timestamp(), %(error)s, %(races)s, %(horses)s, %(prices)s, %(bookmakers)s
)
on conflict (load_id, resource, coalesce(day, '-infinity'::date)) do update set
    pages = excluded.pages,
    objects_received = excluded.objects_received,
    objects_new = excluded.objects_new,
    objects_changed = excluded.objects_changed,
    objects_unchanged = excluded.objects_unchanged,
    objects_rejected = excluded.objects_rejected,
    objects_repeated = excluded.objects_repeated,
    objects_withdrawn = excluded.objects_withdrawn,
    failed_requests = excluded.failed_requests,
    complete = excluded.complete,
    finished_at = excluded.finished_at,
    error = excluded.error,
    races = excluded.races,
    horses = excluded.horses,
    prices = excluded.prices,
    bookmakers = excluded.bookmakers
"""


# The fields of a DayLog that its line holds, and those of them that landing counts.
_LOGGED = DayLog.__slots__
_COUNTED = (
    *("received", "new", "changed", "unchanged", "rejected", "repeated", "withdrawn"),
    *("races", "horses", "prices", "bookmakers"),
)

_LOGGED_DAY = """
select
    objects_received, objects_new, objects_changed, objects_unchanged,
    objects_rejected, objects_repeated, objects_withdrawn, races, horses, prices, bookmakers
from raw.load_days
where load_id = %s and resource = %s and day is not distinct from %s and objects_received = %s
    and complete = %s
"""

# What a region filter asks for goes by the payload; one that does not tell its region is among what
# it came with.
_MISSING = """
select {key_column}
from raw.{table} as landed
where race_date = %(day)s
    and withdrawn_at is null
    and {key_column} <> all(%(keys)s)
    and coalesce(
        lower(payload ->> 'region') = any(%(regions)s),
        (select regions <@ %(regions)s from raw.loads where loads.load_id = landed.load_id)
    )
order by {key_column}
"""

_WITHDRAW = """
update raw.{table} set withdrawn_at = now()
where {key_column} = any(%(keys)s) and withdrawn_at is null
"""

_NOT_FOUND = """
insert into raw.not_found (resource, key, load_id, checked_at)
values (%s, %s, %s, clock_timestamp())
on conflict (resource, key) do update set
    load_id = excluded.load_id, checked_at = excluded.checked_at
"""

_START = """
insert into raw.loads (resources, date_from, date_to, regions, base_url, started_at, outcome)
values (%s, %s, %s, %s, %s, clock_timestamp(), 'running')
returning load_id
"""

_END_KILLED = """
update raw.loads set
    outcome = 'interrupted',
    error = 'It was killed, or its machine stopped.',
    finished_at = coalesce(
        (select max(finished_at) from raw.load_days where load_days.load_id = loads.load_id),
        started_at
    )
where outcome = 'running'
"""


def ensure_schema(connection: psycopg.Connection) -> None:
    """Create the raw schema where it is missing.

    Safe with several at once, and without the right to create anything where it exists.
    """
    ddl = (
        package_files.files("loaders.raw")
        .joinpath("migrations/0001_raw.sql")
        .read_text(encoding="utf-8")
    )
    with connection.transaction():
        # "if not exists" does not keep two sessions from creating the same thing at once.
        connection.execute("select pg_advisory_xact_lock(hashtext('studbook raw schema'))")
        # The last thing that raw.sql makes; all of it is made in one transaction.
        found = connection.execute(
            """
            select from pg_attribute
            where attrelid = to_regclass('raw.load_days') and attname = 'objects_withdrawn'
            """
        )
        if not found.rowcount:
            connection.execute(ddl)


def prepare(connection: psycopg.Connection) -> None:
    """Make a new connection ready for landing: how payloads are compressed."""
    # Most of landing is compressing; lz4, where the server has it, takes half as long.
    connection.execute(
        """
        select set_config('default_toast_compression', 'lz4', false)
        from pg_settings
        where name = 'default_toast_compression' and 'lz4' = any(enumvals)
        """
    )


class Load:
    """One load into the raw schema, from its first line in the log to its last.

    Every method is a transaction of its own, done again when the database goes away meanwhile.
    """

    def __init__(self, session: Session, load_id: int) -> None:
        self.session = session
        self.load_id = load_id

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
    ) -> Load:
        """Make sure of the schema, refuse to mix sources, and write the load's first line.

        `session` is open, so that no other load is at work: those that the log has as running were
        killed, and it says so from now on.

        Raises SourceError when the database holds objects of another source.
        """
        session.run(ensure_schema)
        session.run(lambda connection: refuse_to_mix(connection, base_url))

        def begin(connection: psycopg.Connection) -> int:
            with connection.transaction():
                connection.execute(_END_KILLED)
                row = connection.execute(
                    _START, (list(resources), date_from, date_to, list(regions), base_url)
                ).fetchone()
            assert row is not None
            return int(row[0])

        return cls(session, session.run(begin))

    def finish(self, outcome: str, error: str | None = None) -> None:
        """Write the load's end; outcome is success, partial, failed or interrupted."""
        self.session.run(
            lambda connection: connection.execute(
                """
                update raw.loads set finished_at = clock_timestamp(), outcome = %s, error = %s
                where load_id = %s
                """,
                (outcome, error, self.load_id),
            )
        )

    def first_reasons(self, most: int) -> list[str]:
        """Why the first objects that this load rejected could not land."""
        rows = self.session.run(
            lambda connection: connection.execute(
                """
                select concat_ws(' ', resource, day, key) || ': ' || reason
                from raw.rejects
                where load_id = %s
                order by reject_id
                limit %s
                """,
                (self.load_id, most),
            ).fetchall()
        )
        return [printable(reason) for (reason,) in rows]

    def missing(self, table: Table, day: date, regions: Sequence[str], batch: Batch) -> list[str]:
        """Keys of a day's live objects of some regions that the batch does not have.

        None are missing as far as can be told when the batch has an object without a sound key.
        """
        if any(reject.key is None for reject in batch.rejects):
            return []
        found = self.session.run(
            lambda connection: connection.execute(
                _of(table, _MISSING),
                {"day": day, "regions": list(regions), "keys": sorted(batch.keys)},
            ).fetchall()
        )
        return [key for (key,) in found]

    def land(self, log: DayLog, batch: Batch, withdrawn: Sequence[str] = ()) -> DayLog:
        """Land a batch and its line of the log in one transaction; returns the line, batch counted.

        Of one key twice the last wins. What the server refuses after all goes to the rejects too.
        The objects whose keys are `withdrawn` are marked as that, and kept.
        """

        def attempt(connection: psycopg.Connection) -> DayLog:
            try:
                return self._land(connection, log, batch, withdrawn)
            except psycopg.errors.QueryCanceled:
                raise
            except (psycopg.DataError, psycopg.OperationalError):
                refused = self._refused(connection, batch.rows)
                if not refused:
                    raise
            taken = Batch(batch.table, rejects=list(batch.rejects))
            for row in batch.rows:
                if row.text in refused:
                    taken.rejects.append(Reject(row.key, refused[row.text], row.text))
                else:
                    taken.rows.append(row)
            return self._land(connection, log, taken, withdrawn)

        return self.session.run(
            attempt, lambda connection: self._written(connection, log, len(batch))
        )

    def _land(
        self, connection: psycopg.Connection, log: DayLog, batch: Batch, withdrawn: Sequence[str]
    ) -> DayLog:
        rows = {row.key: row for row in batch.rows}
        with connection.transaction(), connection.cursor() as cursor:
            statement = _LAND_RACECARDS if batch.table is RACECARDS else _LAND
            found = cursor.execute(
                _of(batch.table, statement, received=_of(batch.table, _RECEIVED)),
                {
                    "keys": [row.key for row in rows.values()],
                    "race_dates": [row.race_date for row in rows.values()],
                    "payloads": [row.text for row in rows.values()],
                    "load_id": self.load_id,
                },
            ).fetchone()
            assert found is not None
            new, changed, *card_counts = found
            if card_counts:
                log = _with_card_counts(log, *card_counts)
            if withdrawn:
                cursor.execute(_of(batch.table, _WITHDRAW), {"keys": list(withdrawn)})
            cursor.executemany(
                _REJECT,
                [
                    (self.load_id, log.resource, log.day, reject.key, reject.reason, reject.text)
                    for reject in batch.rejects
                ],
            )
            log = replace(
                log,
                received=log.received + len(batch),
                new=log.new + new,
                changed=log.changed + changed,
                unchanged=log.unchanged + len(rows) - new - changed,
                rejected=log.rejected + len(batch.rejects),
                repeated=log.repeated + len(batch.rows) - len(rows),
                withdrawn=log.withdrawn + len(withdrawn),
            )
            cursor.execute(
                _LOG_DAY,
                {"load_id": self.load_id, **{name: getattr(log, name) for name in _LOGGED}},
            )
        return log

    def _written(self, connection: psycopg.Connection, log: DayLog, received: int) -> DayLog | None:
        """The line of the log that landing a batch has written, None when it was rolled back."""
        row = connection.execute(
            _LOGGED_DAY,
            (self.load_id, log.resource, log.day, log.received + received, log.complete),
        ).fetchone()
        return None if row is None else replace(log, **dict(zip(_COUNTED, row, strict=True)))

    def _refused(self, connection: psycopg.Connection, rows: Sequence[Row]) -> dict[str, str]:
        """The texts that the server does not take as jsonb, each with the server's reason."""
        refused = {}
        for row in rows:
            try:
                connection.execute("select %s::jsonb is null", (row.text,))
            except (psycopg.DataError, psycopg.OperationalError) as error:
                if connection.closed:
                    raise
                refused[row.text] = f"the database does not take it: {error.diag.message_primary}"
        return refused

    def remember_not_found(self, resource: str, keys: Sequence[str]) -> None:
        """Note keys that the API does not know, with the time they were asked for."""

        def note(connection: psycopg.Connection) -> None:
            with connection.transaction(), connection.cursor() as cursor:
                cursor.executemany(_NOT_FOUND, [(resource, key, self.load_id) for key in keys])

        self.session.run(note)


def _of(table: Table, statement: LiteralString, **parts: sql.Composed) -> sql.Composed:
    return sql.SQL(statement).format(
        table=sql.Identifier(table.resource),
        key_column=sql.Identifier(table.key_column),
        race_date=sql.SQL("race_date," if table.dated else ""),
        keep_race_date=sql.SQL("race_date = excluded.race_date," if table.dated else ""),
        **parts,
    )


def _with_card_counts(
    log: DayLog, races: int, horses: int, prices: int, bookmakers: Sequence[str]
) -> DayLog:
    return replace(
        log,
        races=(log.races or 0) + races,
        horses=(log.horses or 0) + horses,
        prices=(log.prices or 0) + prices,
        bookmakers=sorted({*(log.bookmakers or ()), *bookmakers}),
    )
