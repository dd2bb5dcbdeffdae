"""What has to be asked of the API for one step of an agenda, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from urllib.parse import quote

from loaders.api.client import Parameters, RacingApi, Tally
from loaders.api.pages import PageReader
from loaders.api.plans import ENDPOINTS, Endpoint, is_unknown
from loaders.api.refusals import ApiError, RefusedError
from loaders.api.shapes import Page, Shape
from loaders.loading.agenda import Item
from loaders.raw.rows import Batch
from loaders.raw.tables import HORSES, TABLES

# A list that changes while it is being paged is read again from its first page, so many times.
_READINGS = 3


class PagingError(ApiError):
    """The pages of a list do not add up to what the API says it holds."""


class OtherDayError(ApiError):
    """A list of today or tomorrow is that of another day: here or there it is past midnight."""


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


_READERS = {
    it.resource: PageReader(
        Shape(
            TABLES[it.resource].key_field,
            it.member,
            is_single=TABLES[it.resource] is HORSES,
            is_dated=TABLES[it.resource].dated,
        )
    )
    for it in ENDPOINTS
}


@dataclass(frozen=True)
class Source:
    """Where the steps of a resource are fetched from: for some regions, on a racing day.

    `now` tells which day it is meanwhile.
    """

    api: RacingApi
    endpoint: Endpoint
    regions: Sequence[str]
    today: date
    now: Callable[[], date]

    async def fetch(self, item: Item) -> Fetched:
        """One step: a day's races, a horse's profile, or a list without days."""
        if isinstance(item, str):
            return await self._fetch_profile(item)
        fetched = await self._fetch_list(item)
        if item is not None and fetched.error is None and not fetched.batch:
            # What a busy API leaves out once is no reason to believe that it is not there.
            return fetched.confirmed_by(await self._fetch_list(item))
        return fetched

    async def _fetch_profile(self, horse_id: str) -> Fetched:
        """The profile of a horse; without objects when the API does not know it."""
        fetched = Fetched(Batch(HORSES))
        path = self.endpoint.path.format(horse_id=quote(horse_id, safe=""))
        try:
            page = await self._get(path, {}, fetched.tally)
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

    async def _fetch_list(self, day: date | None) -> Fetched:
        tally = Tally()
        for _ in range(_READINGS):
            fetched = Fetched(Batch(TABLES[self.endpoint.resource]), tally=tally)
            try:
                await self._read_pages(day, fetched)
                self._check_day(day, fetched)
            except ApiError as error:
                fetched.error = error
            if not isinstance(fetched.error, PagingError):
                break
        if isinstance(fetched.error, _RepeatedError):
            fetched.error, fetched.repeats = None, True
        return fetched

    async def _get(self, path: str, parameters: Parameters, tally: Tally) -> Page:
        reader = _READERS[self.endpoint.resource]
        return await self.api.get(self.endpoint.group, path, parameters, reader, tally)

    def _check_day(self, day: date | None, fetched: Fetched) -> None:
        """Keep nothing of a list that is another day's, by its races or by the clock.

        Raises OtherDayError.
        """
        if not self.endpoint.only:
            return
        days = {row.race_date for row in fetched.batch.rows}
        # A list without races does not tell whose it is.
        if self.now() != self.today or (days and day not in days):
            fetched.batch = Batch(fetched.batch.table)
            raise OtherDayError(
                f"The Racing API has another day's {self.endpoint.resource} for {day}: its clock, "
                "or the one here, is past midnight; load again."
            )

    async def _read_pages(self, day: date | None, fetched: Fetched) -> None:
        endpoint = self.endpoint
        resource = endpoint.resource
        asked = endpoint.asked(self.regions, day, self.today)
        seen: set[str] = set()
        received = 0
        total: int | None = None
        while True:
            paging: Parameters = {}
            if endpoint.page_size is not None:
                paging = {"limit": endpoint.page_size, "skip": received}
            page = await self._get(endpoint.path, {**asked, **paging}, fetched.tally)
            before = len(fetched.batch.rows)
            fetched.pages += 1
            fetched.batch.add(page.objects)
            received += len(page.objects)
            if endpoint.member is None:
                return
            if page.total is None:
                raise PagingError(f"The Racing API did not say how many {resource} there are.")
            keys = {row.key for row in fetched.batch.rows[before:]}
            if keys & seen or page.total != (page.total if total is None else total):
                raise PagingError(
                    f"The list of {resource} changed while its pages were being read."
                )
            seen |= keys
            total = page.total
            if received == total:
                unknown = sum(reject.key is None for reject in fetched.batch.rejects)
                if len(fetched.batch.keys) + unknown < total:
                    raise _RepeatedError(f"The Racing API sent some of its {resource} twice.")
                return
            # A page may be shorter than was asked for, but not empty.
            if received > total or not page.objects or endpoint.page_size is None:
                raise PagingError(f"The Racing API sent {received} of {total} {resource}.")
