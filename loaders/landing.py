"""Landing: the raw schema, checks, COPY and merge, the load log, rejects.

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
from typing import Any

import psycopg
from psycopg import sql

from loaders.errors import StudbookError, printable
from loaders.payload import ApiObject
from loaders.sources import refuse_to_mix


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


@dataclass(slots=True)
class Batch:
    """Checked objects on their way into one table."""

    table: Table
    rows: list[Row] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def add(self, objects: Iterable[ApiObject]) -> None:
        """Check objects and take them in."""
        for item in objects:
            checked = check(self.table, item)
            if isinstance(checked, Row):
                self.rows.append(checked)
            else:
                self.rejects.append(checked)

    def extend(self, other: Batch) -> None:
        """Take in another batch for the same table."""
        self.rows += other.rows
        self.rejects += other.rejects

    def __len__(self) -> int:
        return len(self.rows) + len(self.rejects)


@dataclass(frozen=True, slots=True)
class DayLog:
    """The line of raw.load_days of a resource and day (None: a resource without days).

    The counts are of objects: received = new + changed + unchanged + rejected + repeated, the last
    being further copies of a key in one batch.
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


def check(table: Table, item: ApiObject) -> Row | Reject:
    """The row an object makes in a table, or why it cannot."""
    value = item.value if isinstance(item.value, dict) else {}
    key = value.get(table.key_field)
    reason = item.flaw or _flaw(table, item.value)
    if reason:
        return Reject(None if key is None else _shown(key), reason, _storable(item.text))
    return Row(key, date.fromisoformat(value["date"]) if table.dated else None, item.text)


def _flaw(table: Table, value: Any) -> str | None:
    if not isinstance(value, dict):
        return "it is not a JSON object"
    name, key = table.key_field, value.get(table.key_field)
    if key is None:
        return f"it has no {name}"
    # A JSON number is read as a kind of str; a key must be a JSON string.
    if type(key) is not str:
        return f"its {name} is not a string"
    if not key.strip():
        return f"its {name} is empty"
    if len(key) > _LONGEST_KEY:
        return f"its {name} is longer than {_LONGEST_KEY} characters"
    if table.dated and not _is_day(value.get("date")):
        return f"its date is {_shown(value.get('date'))}, not a day such as 2025-01-31"
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


_COPY = "copy pg_temp.landing (key, race_date, payload) from stdin"

_MERGE = """
with merged as (
    insert into raw.{table} as landed (
        {key_column}, {race_date} payload, first_landed_at, changed_at, load_id
    )
    select key, {race_date} payload, now(), now(), %(load_id)s
    from pg_temp.landing
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

select
    count(*) filter (where is_new),
    count(*) filter (where not is_new)
from merged
"""

# jsonpath's lax mode steps over runners and odds that are missing or of another type.
_CARD_COUNTS = """
with prices as (
    select price ->> 'bookmaker' as bookmaker, count(*) as prices
    from
        pg_temp.landing,
        jsonb_path_query(payload, '$.runners[*].odds[*] ? (@.type() == "object")') as price
    group by 1
)

select
    (select count(*) from pg_temp.landing),
    (
        select count(distinct horse_id)
        from pg_temp.landing, jsonb_path_query(payload, '$.runners[*].horse_id') as horse_id
    ),
    (select coalesce(sum(prices), 0)::int from prices),
    (
        select coalesce(array_agg(bookmaker order by bookmaker), '{}')
        from prices
        where bookmaker is not null
    )
"""

_REJECT = """
insert into raw.rejects (load_id, resource, day, key, reason, payload, rejected_at)
values (%s, %s, %s, %s, %s, %s, clock_timestamp())
"""

_LOG_DAY = """
insert into raw.load_days (
    load_id, resource, day, pages,
    objects_received, objects_new, objects_changed, objects_unchanged,
    objects_rejected, objects_repeated, failed_requests, complete,
    started_at, finished_at, error, races, horses, prices, bookmakers
)
values (
    %(load_id)s, %(resource)s, %(day)s, %(pages)s,
    %(received)s, %(new)s, %(changed)s, %(unchanged)s,
    %(rejected)s, %(repeated)s, %(failed_requests)s, %(complete)s,
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
    failed_requests = excluded.failed_requests,
    complete = excluded.complete,
    finished_at = excluded.finished_at,
    error = excluded.error,
    races = excluded.races,
    horses = excluded.horses,
    prices = excluded.prices,
    bookmakers = excluded.bookmakers
"""


def ensure_schema(connection: psycopg.Connection) -> None:
    """Create the raw schema where it is missing.

    Safe with several at once, and without the right to create anything where it exists.
    """
    ddl = package_files.files("loaders").joinpath("raw.sql").read_text(encoding="utf-8")
    with connection.transaction():
        # "if not exists" does not keep two sessions from creating the same thing at once.
        connection.execute("select pg_advisory_xact_lock(hashtext('studbook raw schema'))")
        # The last thing that raw.sql makes; all of it is made in one transaction.
        found = connection.execute("select to_regclass('raw.results_race_date')").fetchone()
        if found is None or found[0] is None:
            connection.execute(ddl)


class Load:
    """One load into the raw schema, from its first line in the log to its last.

    The connection is put in autocommit mode: every method is a transaction of its own.
    """

    def __init__(self, connection: psycopg.Connection, load_id: int) -> None:
        self.connection = connection
        self.load_id = load_id

    @classmethod
    def start(
        cls,
        connection: psycopg.Connection,
        *,
        resources: Sequence[str],
        date_from: date | None,
        date_to: date | None,
        regions: Sequence[str],
        base_url: str,
    ) -> Load:
        """Make sure of the schema, refuse to mix sources, and write the load's first line.

        Raises SourceError when the database holds objects of another source.
        """
        connection.autocommit = True
        ensure_schema(connection)
        refuse_to_mix(connection, base_url)
        row = connection.execute(
            """
            insert into raw.loads (
                resources, date_from, date_to, regions, base_url, started_at, outcome
            )
            values (%s, %s, %s, %s, %s, clock_timestamp(), 'running')
            returning load_id
            """,
            (list(resources), date_from, date_to, list(regions), base_url),
        ).fetchone()
        assert row is not None
        connection.execute(
            """
            create temporary table if not exists landing (
                key text not null, race_date date, payload jsonb not null
            ) on commit delete rows
            """
        )
        # A crash of the server may take the last batches with it, but their lines of the log too.
        connection.execute("set synchronous_commit = off")
        # Most of landing is compressing; lz4, where the server has it, takes half as long.
        connection.execute(
            """
            select set_config('default_toast_compression', 'lz4', false)
            from pg_settings
            where name = 'default_toast_compression' and 'lz4' = any(enumvals)
            """
        )
        return cls(connection, row[0])

    def finish(self, outcome: str, error: str | None = None) -> None:
        """Write the load's end; outcome is success, partial, failed or interrupted."""
        self.connection.execute(
            """
            update raw.loads set finished_at = clock_timestamp(), outcome = %s, error = %s
            where load_id = %s
            """,
            (outcome, error, self.load_id),
        )

    def first_reasons(self, most: int) -> list[str]:
        """Why the first objects that this load rejected could not land."""
        rows = self.connection.execute(
            """
            select concat_ws(' ', resource, day, key) || ': ' || reason
            from raw.rejects
            where load_id = %s
            order by reject_id
            limit %s
            """,
            (self.load_id, most),
        ).fetchall()
        return [printable(reason) for (reason,) in rows]

    def land(self, log: DayLog, batch: Batch) -> DayLog:
        """Land a batch and its line of the log in one transaction; returns the line, batch counted.

        Of one key twice the last wins. What the server refuses after all goes to the rejects too.
        """
        try:
            return self._land(log, batch)
        except (psycopg.DataError, psycopg.OperationalError):
            refused = self._refused(batch.rows)
            if not refused:
                raise
        taken = Batch(batch.table, rejects=list(batch.rejects))
        for row in batch.rows:
            if row.text in refused:
                taken.rejects.append(Reject(row.key, refused[row.text], row.text))
            else:
                taken.rows.append(row)
        return self._land(log, taken)

    def _land(self, log: DayLog, batch: Batch) -> DayLog:
        rows = {row.key: row for row in batch.rows}
        new = changed = 0
        with self.connection.transaction(), self.connection.cursor() as cursor:
            if rows:
                with cursor.copy(_COPY) as copy:
                    for row in rows.values():
                        copy.write_row((row.key, row.race_date, row.text))
            if batch.table is RACECARDS:
                log = _with_card_counts(cursor, log)
            if rows:
                cursor.execute(_merge(batch.table), {"load_id": self.load_id})
                new, changed = cursor.fetchone() or (0, 0)
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
            )
            self._write(cursor, log)
        return log

    def _refused(self, rows: Sequence[Row]) -> dict[str, str]:
        """The texts that the server does not take as jsonb, each with the server's reason."""
        refused = {}
        for row in rows:
            try:
                self.connection.execute("select %s::jsonb is null", (row.text,))
            except (psycopg.DataError, psycopg.OperationalError) as error:
                if self.connection.closed:
                    raise
                refused[row.text] = f"the database does not take it: {error.diag.message_primary}"
        return refused

    def _write(self, cursor: psycopg.Cursor, log: DayLog) -> None:
        values = {name: getattr(log, name) for name in DayLog.__slots__}
        cursor.execute(_LOG_DAY, {"load_id": self.load_id, **values})

    def remember_not_found(self, resource: str, keys: Sequence[str]) -> None:
        """Note keys that the API does not know, with the time they were asked for."""
        with self.connection.transaction(), self.connection.cursor() as cursor:
            cursor.executemany(
                """
                insert into raw.not_found (resource, key, load_id, checked_at)
                values (%s, %s, %s, clock_timestamp())
                on conflict (resource, key) do update set
                    load_id = excluded.load_id, checked_at = excluded.checked_at
                """,
                [(resource, key, self.load_id) for key in keys],
            )


def _merge(table: Table) -> sql.Composed:
    return sql.SQL(_MERGE).format(
        table=sql.Identifier(table.resource),
        key_column=sql.Identifier(table.key_column),
        race_date=sql.SQL("race_date," if table.dated else ""),
        keep_race_date=sql.SQL("race_date = excluded.race_date," if table.dated else ""),
    )


def _with_card_counts(cursor: psycopg.Cursor, log: DayLog) -> DayLog:
    row = cursor.execute(_CARD_COUNTS).fetchone()
    assert row is not None
    races, horses, prices, bookmakers = row
    return replace(
        log,
        races=(log.races or 0) + races,
        horses=(log.horses or 0) + horses,
        prices=(log.prices or 0) + prices,
        bookmakers=sorted({*(log.bookmakers or ()), *bookmakers}),
    )
