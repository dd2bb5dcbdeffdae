"""What can be loaded: which requests each resource needs, and which objects they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import quote

import psycopg

from loaders import landing
from loaders.client import ApiError, Parameters, RacingApi, Tally
from loaders.errors import StudbookError
from loaders.landing import Batch, Table
from loaders.payload import Page, read_bare_list, read_member_list, read_single

# What `studbook load <name>` asks for, in this order; racecards go before horses, since they tell
# most of what a horse's profile would.
RESOURCES: Mapping[str, tuple[str, ...]] = {
    "reference": ("regions", "courses"),
    "racecards": ("racecards",),
    "results": ("results",),
    "horses": ("horses",),
    "all": ("regions", "courses", "racecards", "results", "horses"),
}

FIRST_RESULTS = date(1988, 1, 1)
FIRST_RACECARDS = date(2023, 1, 23)
RACECARDS_AHEAD = timedelta(days=7)
FIRST_RUN = timedelta(days=365)
# A list that changes while it is being paged is read again from its first page, so many times.
_READINGS = 3


class PagingError(ApiError):
    """The pages of a list do not add up to what the API says it holds."""


class RangeError(StudbookError):
    """A range of dates that cannot be loaded."""


@dataclass
class Fetched:
    """What a series of requests brought, checked; `error` when it broke off before its end."""

    batch: Batch
    pages: int = 0
    tally: Tally = field(default_factory=Tally)
    error: ApiError | None = None
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass(frozen=True)
class Listing:
    """A list of the API; `page_size` is None where everything comes in one response."""

    table: Table
    group: str
    path: str
    read: Callable[[str], Page]
    page_size: int | None = None


_REGIONS = Listing(landing.REGIONS, "reference", "/v1/courses/regions", read_bare_list)
_COURSES = Listing(
    landing.COURSES, "reference", "/v1/courses", partial(read_member_list, member="courses")
)
_RACECARDS = Listing(
    landing.RACECARDS,
    "racecards",
    "/v1/racecards/pro",
    partial(read_member_list, member="racecards"),
    page_size=500,
)
_RESULTS = Listing(
    landing.RESULTS,
    "results",
    "/v1/results",
    partial(read_member_list, member="results"),
    page_size=100,
)


async def fetch_regions(api: RacingApi) -> Fetched:
    """All regions."""
    return await _fetch(api, _REGIONS, {})


async def fetch_courses(api: RacingApi, regions: Sequence[str]) -> Fetched:
    """The courses of some regions."""
    return await _fetch(api, _COURSES, {"region_codes": regions})


async def fetch_racecards(api: RacingApi, regions: Sequence[str], day: date) -> Fetched:
    """The racecards of a day."""
    return await _fetch(api, _RACECARDS, {"date": day.isoformat(), "region_codes": regions})


async def fetch_results(api: RacingApi, regions: Sequence[str], day: date) -> Fetched:
    """The results of a day."""
    asked = {"start_date": day.isoformat(), "end_date": day.isoformat(), "region": regions}
    return await _fetch(api, _RESULTS, asked)


async def fetch_horse(api: RacingApi, horse_id: str) -> Fetched:
    """The profile of a horse; without objects when the API does not know it."""
    fetched = Fetched(Batch(landing.HORSES))
    path = f"/v1/horses/{quote(horse_id, safe='')}/pro"
    try:
        page = await api.get("horses", path, {}, read_single, fetched.tally)
    except ApiError as error:
        fetched.error = error
    else:
        fetched.pages = 1
        fetched.batch.add(page.objects)
    return fetched


async def _fetch(api: RacingApi, listing: Listing, asked: Parameters) -> Fetched:
    tally = Tally()
    for _ in range(_READINGS):
        fetched = Fetched(Batch(listing.table), tally=tally)
        try:
            await _read_pages(api, listing, asked, fetched)
        except ApiError as error:
            fetched.error = error
        if not isinstance(fetched.error, PagingError):
            break
    return fetched


async def _read_pages(
    api: RacingApi, listing: Listing, asked: Parameters, fetched: Fetched
) -> None:
    seen: set[str] = set()
    received = 0
    while True:
        paging: Parameters = {}
        if listing.page_size is not None:
            paging = {"limit": listing.page_size, "skip": received}
        page = await api.get(
            listing.group, listing.path, {**asked, **paging}, listing.read, fetched.tally
        )
        before = len(fetched.batch.rows)
        fetched.pages += 1
        fetched.batch.add(page.objects)
        received += len(page.objects)
        if listing.page_size is None:
            return
        name = listing.table.resource
        if page.total is None:
            raise PagingError(f"The Racing API did not say how many {name} there are.")
        keys = {row.key for row in fetched.batch.rows[before:]}
        if keys & seen:
            raise PagingError(f"The list of {name} changed while its pages were being read.")
        seen |= keys
        if received >= page.total:
            return
        if len(page.objects) < listing.page_size:
            raise PagingError(f"The Racing API sent {received} of {page.total} {name}.")


@dataclass(frozen=True)
class Days:
    """The days to ask for; those from `ahead` on are asked for until the API has no more."""

    days: Sequence[date]
    ahead: date


def check_range(date_from: date | None, date_to: date | None, today: date) -> None:
    """Refuse a range of dates that no request could serve."""
    if date_from is None and date_to is not None:
        raise RangeError("--to needs --from, the day where the range begins.")
    if date_from is None:
        return
    if date_to is not None and date_from > date_to:
        raise RangeError(f"--from {date_from} is after --to {date_to}; exchange them.")
    if date_to is None and date_from > today:
        raise RangeError(
            f"--from {date_from} is after today, {today}: give an earlier day, or --to as well."
        )
    if date_from < FIRST_RESULTS:
        raise RangeError(f"--from {date_from} is too early; results begin on {FIRST_RESULTS}.")


def racecard_days(
    connection: psycopg.Connection,
    regions: Sequence[str],
    today: date,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Days:
    """The days of racecards to ask for, in order."""
    last = min(date_to or today + RACECARDS_AHEAD, today + RACECARDS_AHEAD)
    if date_from is not None:
        return Days(_every_day(max(date_from, FIRST_RACECARDS), last), today + timedelta(days=1))
    first = max(today - FIRST_RUN, FIRST_RACECARDS)
    days = _days_since_last(connection, "racecards", regions, first, today, last)
    return Days(days, today + timedelta(days=1))


def result_days(
    connection: psycopg.Connection,
    regions: Sequence[str],
    today: date,
    date_from: date | None = None,
    date_to: date | None = None,
) -> Days:
    """The days of results to ask for, in order."""
    last = min(date_to or today, today)
    if date_from is not None:
        return Days(_every_day(date_from, last), date.max)
    days = _days_since_last(connection, "results", regions, today - FIRST_RUN, today, last)
    return Days(days, date.max)


def _every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _days_since_last(
    connection: psycopg.Connection,
    resource: str,
    regions: Sequence[str],
    first_run: date,
    today: date,
    last: date,
) -> list[date]:
    """The days from the last loaded one on, after those of the past year that a load left undone.

    A day loaded before it came, as racecards are, is loaded again when it has: it is not the last.
    """
    row = connection.execute(
        """
        select max(day)
        from raw.load_days
        inner join raw.loads using (load_id)
        where resource = %s and complete and day <= %s and regions @> %s
            and (load_days.started_at at time zone 'Europe/London')::date >= day
        """,
        (resource, today, list(regions)),
    ).fetchone()
    last_loaded = row[0] if row else None
    undone = connection.execute(
        """
        select day
        from raw.load_days
        inner join raw.loads using (load_id)
        where resource = %s and day >= %s and day < %s and regions && %s
        group by day
        having not bool_or(complete)
        order by day
        """,
        (resource, first_run, last_loaded or first_run, list(regions)),
    ).fetchall()
    return [day for (day,) in undone] + _every_day(last_loaded or first_run, last)


# Unknown is said in the ways of the feed: missing, "", "-", the en dash, "None".
_MISSING_HORSES = """
with seen as (
    select
        runner ->> 'horse_id' as horse_id,
        race_date,
        false as has_dob,
        false as has_colour,
        false as has_breeder
    from
        raw.results,
        jsonb_path_query(payload, '$.runners[*] ? (@.horse_id.type() == "string")') as runner
    where withdrawn_at is null
    union all
    select
        runner ->> 'horse_id' as horse_id,
        race_date,
        coalesce(runner ->> 'dob', '') <> all(%(unknown)s) as has_dob,
        coalesce(runner ->> 'colour', '') <> all(%(unknown)s) as has_colour,
        coalesce(runner ->> 'breeder', '') <> all(%(unknown)s) as has_breeder
    from
        raw.racecards,
        jsonb_path_query(payload, '$.runners[*] ? (@.horse_id.type() == "string")') as runner
    where withdrawn_at is null
)

select horse_id
from seen
where horse_id <> ''
    and not exists (select from raw.horses where horses.horse_id = seen.horse_id)
    and not exists (
        select
        from raw.not_found
        where not_found.resource = 'horses' and not_found.key = seen.horse_id
            and not_found.checked_at > now() - interval '30 days'
    )
group by horse_id
having not (bool_or(has_dob) and bool_or(has_colour) and bool_or(has_breeder))
order by max(race_date) desc, horse_id
limit %(most)s
"""


def missing_horses(connection: psycopg.Connection, most: int | None = None) -> list[str]:
    """Ids of horses, newest races first, whose profile has to be asked for.

    They are those of live results and racecards that have no profile yet, that no racecard has
    described (date of birth, colour, breeder), and that the API did not lack in the last 30 days.
    """
    rows = connection.execute(
        _MISSING_HORSES, {"unknown": ["", "-", "\N{EN DASH}", "None"], "most": most}
    ).fetchall()
    return [horse_id for (horse_id,) in rows]
