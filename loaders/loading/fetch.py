"""What can be loaded: which requests each resource needs, and which objects they bring."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from urllib.parse import quote

import psycopg

from loaders.api.client import ApiError, Parameters, RacingApi, RefusedError, Tally
from loaders.api.pages import ApiObject, Page, read_bare_list, read_member_list, read_single
from loaders.api.regions import REGIONS
from loaders.errors import StudbookError
from loaders.raw import merge as landing
from loaders.raw.merge import Batch, Checked, Table, check

# What `studbook load <name>` asks for, in this order. Results go first, since a plan may not reach
# back as far as is asked for; racecards go before horses, since they tell most of what a horse's
# profile would.
RESOURCES: Mapping[str, tuple[str, ...]] = {
    "reference": ("regions", "courses"),
    "racecards": ("racecards",),
    "results": ("results",),
    "horses": ("horses",),
    "all": ("regions", "courses", "results", "racecards", "horses"),
}

_WITHOUT_DAYS = ("reference", "horses")

FIRST_RESULTS = date(1988, 1, 1)
FIRST_RACECARDS = date(2023, 1, 23)
RACECARDS_AHEAD = timedelta(days=7)
FIRST_RUN = timedelta(days=365)
# Results are corrected for days: a day counts as read for good when it was read so long after it.
SETTLED_AFTER = timedelta(days=5)
# A list that changes while it is being paged is read again from its first page, so many times.
_READINGS = 3


class PagingError(ApiError):
    """The pages of a list do not add up to what the API says it holds."""


class EmptiedError(ApiError):
    """A day that had races has none any more, which an API in trouble says, too."""


class _RepeatedError(PagingError):
    """Something came twice in a list, perhaps in the place of something else."""


class RangeError(StudbookError):
    """A range of dates that cannot be loaded."""


class RegionError(StudbookError):
    """A region that the API does not have."""


@dataclass(frozen=True)
class Request:
    """What to load: a name of RESOURCES, dates (both included), at most so many horses.

    `refresh`: days that have been read for good are asked for again. `regions` are those that the
    command line named, if any.
    """

    name: str = "all"
    date_from: date | None = None
    date_to: date | None = None
    most_horses: int | None = None
    refresh: bool = False
    regions: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that asks for it."""
        options = {"--from": self.date_from, "--to": self.date_to, "--max-horses": self.most_horses}
        return " ".join(
            (
                "studbook load",
                *([] if self.name == "all" else [self.name]),
                *(f"{name} {value}" for name, value in options.items() if value is not None),
                *(f"--region {region}" for region in self.regions),
                *(["--refresh"] if self.refresh else []),
            )
        )


@dataclass
class Fetched:
    """What a series of requests brought, checked; `error` when it broke off before its end.

    `repeats`: something came twice however often it was asked for, so that nothing can be said to
    be missing.
    """

    batch: Batch
    pages: int = 0
    tally: Tally = field(default_factory=Tally)
    error: ApiError | None = None
    repeats: bool = False
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def confirmed_by(self, second: Fetched) -> Fetched:
        """This with what a second fetch brought, which goes before it; its error, if it has one."""
        newer = {row.key for row in second.batch.rows}
        batch = Batch(self.batch.table)
        batch.rows = [row for row in self.batch.rows if row.key not in newer] + second.batch.rows
        batch.rejects = list(second.batch.rejects if second.error is None else self.batch.rejects)
        return replace(
            second,
            batch=batch,
            pages=self.pages + second.pages,
            tally=Tally(
                self.tally.requests + second.tally.requests, self.tally.failed + second.tally.failed
            ),
            started_at=self.started_at,
        )


@dataclass(frozen=True)
class Listing:
    """A list of the API; `page_size` is None where everything comes in one response."""

    table: Table
    group: str
    path: str
    read: Callable[[str, Callable[[ApiObject], Checked]], Page[Checked]]
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
        read = partial(read_single, take=partial(check, landing.HORSES))
        page = await api.get("horses", path, {}, read, fetched.tally)
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
    if isinstance(fetched.error, _RepeatedError):
        fetched.error, fetched.repeats = None, True
    return fetched


async def _read_pages(
    api: RacingApi, listing: Listing, asked: Parameters, fetched: Fetched
) -> None:
    name = listing.table.resource
    read = partial(listing.read, take=partial(check, listing.table))
    seen: set[str] = set()
    received = 0
    total: int | None = None
    while True:
        paging: Parameters = {}
        if listing.page_size is not None:
            paging = {"limit": listing.page_size, "skip": received}
        page = await api.get(listing.group, listing.path, {**asked, **paging}, read, fetched.tally)
        before = len(fetched.batch.rows)
        fetched.pages += 1
        fetched.batch.add(page.objects)
        received += len(page.objects)
        if listing.page_size is None:
            return
        if page.total is None:
            raise PagingError(f"The Racing API did not say how many {name} there are.")
        keys = {row.key for row in fetched.batch.rows[before:]}
        if keys & seen or page.total != (page.total if total is None else total):
            raise PagingError(f"The list of {name} changed while its pages were being read.")
        seen |= keys
        total = page.total
        if received == total:
            unknown = sum(reject.key is None for reject in fetched.batch.rejects)
            if len(fetched.batch.keys) + unknown < total:
                raise _RepeatedError(f"The Racing API sent some of its {name} twice.")
            return
        # A page may be shorter than was asked for, but not empty.
        if received > total or not page.objects:
            raise PagingError(f"The Racing API sent {received} of {total} {name}.")


@dataclass(frozen=True)
class Days:
    """The days to ask for; those from `ahead` on are asked for until the API has no more.

    `settled` is how many more of the range have been read for good and are not asked for again.
    """

    days: Sequence[date]
    ahead: date
    settled: int = 0


def check_range(request: Request, today: date) -> None:
    """Refuse a range of dates that no request could serve."""
    date_from, date_to = request.date_from, request.date_to
    if request.name in _WITHOUT_DAYS and (date_from or date_to or request.refresh):
        raise RangeError(
            f"`studbook load {request.name}` goes by no days: leave out --from, --to and --refresh."
        )
    if request.refresh and date_from is None:
        raise RangeError("--refresh needs --from, the first day to be asked for again.")
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
    last = today if request.name == "results" else today + RACECARDS_AHEAD
    if date_from > last:
        raise RangeError(f"--from {date_from} is too late; nothing is published after {last}.")
    if date_from < FIRST_RESULTS:
        raise RangeError(f"--from {date_from} is too early; results begin on {FIRST_RESULTS}.")


def explain_refusal(error: RefusedError, resource: str, day: date, today: date) -> ApiError:
    """The error to end a load with when the API refused a day: which days the plan allows."""
    earliest = today - FIRST_RUN
    about_the_plan = error.status in (402, 403) or (error.status == 422 and "date" in error.said)
    if resource != "results" or day >= earliest or not about_the_plan:
        return error
    return RefusedError(
        f"The account's plan has no results of {day} ({error.status}: {error.said}): it allows "
        f"those from {earliest} to {today}. Load with --from {earliest}, or add historical results "
        "to the plan.",
        error.status,
        error.said,
    )


def is_unknown(error: ApiError | None) -> bool:
    """Whether the API has nothing under an id, or takes it for none."""
    return isinstance(error, RefusedError) and error.status not in (401, 402, 403)


def check_regions(regions: Sequence[str], connection: psycopg.Connection) -> None:
    """Refuse regions that the API did not have when Studbook was written, nor when it was asked."""
    known = set(REGIONS)
    if set(regions) - known:
        found = connection.execute("select to_regclass('raw.regions')").fetchone()
        if found != (None,):
            known |= {code for (code,) in connection.execute("select region_code from raw.regions")}
    for region in regions:
        if region not in known:
            raise RegionError(
                f"The Racing API has no region {region}: correct RACING_API_REGIONS or --region to "
                f"some of {', '.join(sorted(known))}."
            )


def racecard_days(
    connection: psycopg.Connection, request: Request, regions: Sequence[str], today: date
) -> Days:
    """The days of racecards to ask for, in order."""
    last = min(request.date_to or today + RACECARDS_AHEAD, today + RACECARDS_AHEAD)
    first = request.date_from or today - FIRST_RUN
    found = _days(connection, "racecards", request, regions, max(first, FIRST_RACECARDS), last)
    return replace(found, ahead=today + timedelta(days=1))


def result_days(
    connection: psycopg.Connection, request: Request, regions: Sequence[str], today: date
) -> Days:
    """The days of results to ask for, in order."""
    last = min(request.date_to or today, today)
    first = request.date_from or today - FIRST_RUN
    return _days(connection, "results", request, regions, first, last)


# The days that a load of these regions, or of more, has read for good.
_SETTLED_DAYS = """
select distinct load_days.day
from raw.load_days
inner join raw.loads using (load_id)
where load_days.resource = %(resource)s
    and load_days.day between %(first)s and %(last)s
    and load_days.complete
    and loads.regions @> %(regions)s
    and (load_days.started_at at time zone 'Europe/London')::date
    >= load_days.day + %(settled_after)s
"""


def _days(
    connection: psycopg.Connection,
    resource: str,
    request: Request,
    regions: Sequence[str],
    first: date,
    last: date,
) -> Days:
    """The days from the first to the last, without those that have been read for good."""
    wanted = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    if request.refresh:
        return Days(wanted, date.max)
    asked = {
        "resource": resource,
        "regions": list(regions),
        "first": first,
        "last": last,
        "settled_after": SETTLED_AFTER.days,
    }
    settled = {day for (day,) in connection.execute(_SETTLED_DAYS, asked)}
    days = [day for day in wanted if day not in settled]
    return Days(days, date.max, len(wanted) - len(days))


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
