"""What has to be asked of the API for one step of a plan, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from urllib.parse import quote

from loaders.api.client import Parameters, RacingApi, Tally
from loaders.api.pages import PageReader
from loaders.api.plans import is_unknown
from loaders.api.refusals import ApiError, RefusedError
from loaders.api.shapes import Shape
from loaders.loading.plan import Item
from loaders.raw.rows import Batch
from loaders.raw.tables import COURSES, HORSES, RACECARDS, REGIONS, RESULTS, Table

# A list that changes while it is being paged is read again from its first page, so many times.
_READINGS = 3


class PagingError(ApiError):
    """The pages of a list do not add up to what the API says it holds."""


class ThinnedError(ApiError):
    """A day has lost so many of its races, or all, as only an API in trouble is likely to say."""


class UnknownError(ApiError):
    """So many in a row are unknown to the API that it is not believed."""


class _RepeatedError(PagingError):
    """Something came twice in a list, perhaps in the place of something else."""


@dataclass
class Fetched:
    """What a series of requests brought, checked; `error` when it broke off before its end.

    `repeats`: something came twice however often it was asked for, so that nothing can be said to
    be missing. `not_found` are the keys that the API does not know.
    """

    batch: Batch
    pages: int = 0
    tally: Tally = field(default_factory=Tally)
    error: ApiError | None = None
    repeats: bool = False
    not_found: tuple[str, ...] = ()
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
class _Listing:
    """A list of the API: its address, what to ask for in a step, how its answers look.

    `page_size` is None where the API takes no such parameters, and all comes in one answer.
    """

    table: Table
    path: str
    asked: Callable[[Sequence[str], Item], Parameters]
    member: str | None = None
    page_size: int | None = None


_LISTINGS = {
    "regions": _Listing(REGIONS, "/v1/courses/regions", lambda regions, day: {}),
    "courses": _Listing(
        COURSES,
        "/v1/courses",
        lambda regions, day: {"region_codes": regions},
        "courses",
    ),
    "racecards": _Listing(
        RACECARDS,
        "/v1/racecards/pro",
        lambda regions, day: {"date": f"{day}", "region_codes": regions},
        "racecards",
        page_size=500,
    ),
    "results": _Listing(
        RESULTS,
        "/v1/results",
        lambda regions, day: {"start_date": f"{day}", "end_date": f"{day}", "region": regions},
        "results",
        page_size=100,
    ),
}
_READERS = {
    name: PageReader(Shape(listing.table.key_field, listing.member, is_dated=listing.table.dated))
    for name, listing in _LISTINGS.items()
}
_PROFILE = PageReader(Shape(HORSES.key_field, is_single=True))


def group_of(resource: str) -> str:
    """The group of endpoints whose rate a resource is asked for at."""
    return "reference" if resource in ("regions", "courses") else resource


async def fetch(api: RacingApi, resource: str, regions: Sequence[str], item: Item) -> Fetched:
    """One step of a plan: a day's races, a horse's profile, or a list without days."""
    if resource == "horses":
        assert isinstance(item, str)
        return await _fetch_profile(api, item)
    fetched = await _fetch_list(api, resource, regions, item)
    if isinstance(item, date) and fetched.error is None and not fetched.batch:
        # What a busy API leaves out once is no reason to believe that it is not there.
        return fetched.confirmed_by(await _fetch_list(api, resource, regions, item))
    return fetched


async def _fetch_profile(api: RacingApi, horse_id: str) -> Fetched:
    """The profile of a horse; without objects when the API does not know it."""
    fetched = Fetched(Batch(HORSES))
    path = f"/v1/horses/{quote(horse_id, safe='')}/pro"
    try:
        page = await api.get("horses", path, {}, _PROFILE, fetched.tally)
    except RefusedError as error:
        if is_unknown(error, "horse_id"):
            fetched.not_found = (horse_id,)
        else:
            fetched.error = error
    except ApiError as error:
        fetched.error = error
    else:
        fetched.pages = 1
        fetched.batch.add(page.objects)
        if fetched.batch.rows and fetched.batch.rows[0].key != horse_id:
            # It is landed as what it is, and what was asked for is not known.
            fetched.not_found = (horse_id,)
    return fetched


async def _fetch_list(api: RacingApi, resource: str, regions: Sequence[str], item: Item) -> Fetched:
    listing = _LISTINGS[resource]
    asked = listing.asked(regions, item)
    tally = Tally()
    for _ in range(_READINGS):
        fetched = Fetched(Batch(listing.table), tally=tally)
        try:
            await _read_pages(api, resource, asked, fetched)
        except ApiError as error:
            fetched.error = error
        if not isinstance(fetched.error, PagingError):
            break
    if isinstance(fetched.error, _RepeatedError):
        fetched.error, fetched.repeats = None, True
    return fetched


async def _read_pages(api: RacingApi, resource: str, asked: Parameters, fetched: Fetched) -> None:
    listing, reader, group = _LISTINGS[resource], _READERS[resource], group_of(resource)
    seen: set[str] = set()
    received = 0
    total: int | None = None
    while True:
        paging: Parameters = {}
        if listing.page_size is not None:
            paging = {"limit": listing.page_size, "skip": received}
        page = await api.get(group, listing.path, {**asked, **paging}, reader, fetched.tally)
        before = len(fetched.batch.rows)
        fetched.pages += 1
        fetched.batch.add(page.objects)
        received += len(page.objects)
        if listing.member is None:
            return
        if page.total is None:
            raise PagingError(f"The Racing API did not say how many {resource} there are.")
        keys = {row.key for row in fetched.batch.rows[before:]}
        if keys & seen or page.total != (page.total if total is None else total):
            raise PagingError(f"The list of {resource} changed while its pages were being read.")
        seen |= keys
        total = page.total
        if received == total:
            unknown = sum(reject.key is None for reject in fetched.batch.rejects)
            if len(fetched.batch.keys) + unknown < total:
                raise _RepeatedError(f"The Racing API sent some of its {resource} twice.")
            return
        # A page may be shorter than was asked for, but not empty.
        if received > total or not page.objects or listing.page_size is None:
            raise PagingError(f"The Racing API sent {received} of {total} {resource}.")
