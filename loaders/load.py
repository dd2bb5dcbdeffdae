"""One load: fetches ahead, lands in order, and writes down how it went."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

import psycopg

from loaders import landing, resources
from loaders.client import (
    ApiError,
    NotFoundError,
    Patience,
    RacingApi,
    RefusedError,
    UnavailableError,
)
from loaders.config import Settings
from loaders.errors import StudbookError
from loaders.landing import Batch, DayLog, LandingError, Load
from loaders.resources import RESOURCES, Days, Fetched

# After so many answers in a row that did not come, waiting for the next is a waste.
_MOST_UNANSWERED = 3
_HORSES_IN_A_BATCH = 100
# How many rejected objects are told of one by one.
_REASONS = 3

Item = TypeVar("Item")


class LoadInterruptedError(StudbookError):
    """The load was stopped by Ctrl-C."""


class Progress(Protocol):
    """Hears how a load goes along."""

    def begin(self, resource: str, steps: int, what: str) -> None:
        """A resource is about to be loaded, in so many steps: `what` says which."""

    def step(self) -> None:
        """One step is done."""

    def problem(self, text: str) -> None:
        """Something failed that does not stop the load, or a limit was met."""

    def end(self) -> None:
        """The resource that was begun is done or given up."""


@dataclass
class Summary:
    """What a load did with one resource; days is None for one that does not go by date."""

    resource: str
    days: int | None = None
    received: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0
    repeated: int = 0
    failed: int = 0

    def add(self, log: DayLog) -> None:
        """Count a finished line of the log."""
        self.received += log.received
        self.new += log.new
        self.changed += log.changed
        self.unchanged += log.unchanged
        self.rejected += log.rejected
        self.repeated += log.repeated


@dataclass
class Report:
    """How a load ended."""

    load_id: int
    summaries: list[Summary] = field(default_factory=list)
    # Why the first of the rejected objects could not land.
    reasons: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether everything that was asked for has landed."""
        return not any(summary.failed or summary.rejected for summary in self.summaries)


@dataclass(frozen=True)
class Request:
    """What to load: a name of RESOURCES, dates (both included), at most so many horses."""

    name: str = "all"
    date_from: date | None = None
    date_to: date | None = None
    most_horses: int | None = None


def today_in_london() -> date:
    """The racing day: British and Irish clocks agree."""
    return datetime.now(ZoneInfo("Europe/London")).date()


def run(
    request: Request,
    settings: Settings,
    connection: psycopg.Connection,
    progress: Progress,
    *,
    today: date | None = None,
    patience: Patience | None = None,
) -> Report:
    """Load what is asked for; one day or horse that fails does not stop the others.

    Raises StudbookError when the load cannot begin or go on; the log of loads says so too.
    """
    today = today or today_in_london()
    resources.check_range(request.date_from, request.date_to, today)
    try:
        load = Load.start(
            connection,
            resources=RESOURCES[request.name],
            date_from=request.date_from,
            date_to=request.date_to,
            regions=settings.regions,
            base_url=settings.base_url,
        )
    except psycopg.Error as error:
        raise _refused_by_database(error) from error
    report = Report(load.load_id)
    loading = _Loading(request, settings, load, progress, today, report)
    try:
        asyncio.run(loading.run(patience))
        report.reasons = load.first_reasons(_REASONS)
        load.finish("success" if report.clean else "partial")
    except KeyboardInterrupt as stop:
        load.finish("interrupted")
        raise LoadInterruptedError(
            "Interrupted: what has landed stays; load again to get the rest."
        ) from stop
    except Exception as error:
        told = _refused_by_database(error) if isinstance(error, psycopg.Error) else error
        # The database may be what failed.
        with suppress(psycopg.Error):
            load.finish("failed", str(told))
        if told is error:
            raise
        raise told from error
    return report


def _refused_by_database(error: psycopg.Error) -> LandingError:
    told = error.diag.message_primary or str(error).strip() or type(error).__name__
    return LandingError(f"The database failed the load ({told}); load again when it is in order.")


class _Loading:
    def __init__(
        self,
        request: Request,
        settings: Settings,
        load: Load,
        progress: Progress,
        today: date,
        report: Report,
    ) -> None:
        self.request = request
        self.settings = settings
        self.load = load
        self.progress = progress
        self.today = today
        self.report = report
        self.unanswered = 0

    async def run(self, patience: Patience | None) -> None:
        steps: dict[str, Callable[[RacingApi], Awaitable[None]]] = {
            "regions": self._regions,
            "courses": self._courses,
            "racecards": self._racecards,
            "results": self._results,
            "horses": self._horses,
        }
        async with RacingApi(self.settings, patience, self.progress.problem) as api:
            for name in RESOURCES[self.request.name]:
                try:
                    await steps[name](api)
                finally:
                    self.progress.end()

    async def _regions(self, api: RacingApi) -> None:
        summary = self._begin("regions", 1, "all")
        await self._land(summary, None, await resources.fetch_regions(api))

    async def _courses(self, api: RacingApi) -> None:
        regions = self.settings.regions
        summary = self._begin("courses", 1, f"of {', '.join(regions)}")
        await self._land(summary, None, await resources.fetch_courses(api, regions))

    async def _racecards(self, api: RacingApi) -> None:
        days = await self._days(resources.racecard_days)
        await self._by_day(api, "racecards", days, resources.fetch_racecards)

    async def _results(self, api: RacingApi) -> None:
        days = await self._days(resources.result_days)
        await self._by_day(api, "results", days, resources.fetch_results)

    async def _days(self, choose: Callable[..., Days]) -> Days:
        return await asyncio.to_thread(
            choose,
            self.load.connection,
            self.settings.regions,
            self.today,
            self.request.date_from,
            self.request.date_to,
        )

    async def _by_day(
        self,
        api: RacingApi,
        resource: str,
        chosen: Days,
        fetch: Callable[[RacingApi, Sequence[str], date], Awaitable[Fetched]],
    ) -> None:
        days = chosen.days
        what = f"{days[0]} to {days[-1]}" if days else "none are published in these days"
        summary = self._begin(resource, len(days), what)
        summary.days = 0
        arrivals = _in_order(
            days, lambda day: fetch(api, self.settings.regions, day), api.in_flight(resource)
        )
        async with aclosing(arrivals):
            async for day, fetched in arrivals:
                refused = isinstance(fetched.error, RefusedError) and fetched.error.status == 422
                if refused and day >= chosen.ahead:
                    # Neither this day nor a later one has been published yet.
                    break
                await self._land(summary, day, fetched)
                summary.days += 1

    async def _land(self, summary: Summary, day: date | None, fetched: Fetched) -> None:
        log = DayLog(
            summary.resource,
            day,
            fetched.started_at,
            pages=fetched.pages,
            failed_requests=fetched.tally.failed,
            complete=fetched.error is None,
            error=None if fetched.error is None else str(fetched.error),
        )
        summary.add(await asyncio.to_thread(self.load.land, log, fetched.batch))
        self.progress.step()
        if fetched.error is None:
            self.unanswered = 0
            return
        what = summary.resource if day is None else f"{summary.resource} of {day}"
        if self._is_final(summary, what, fetched.error):
            raise fetched.error

    async def _horses(self, api: RacingApi) -> None:
        missing = await asyncio.to_thread(
            resources.missing_horses, self.load.connection, self.request.most_horses
        )
        summary = self._begin("horses", len(missing), f"{len(missing)} without a profile")
        log = DayLog("horses", None, datetime.now(UTC))
        arrivals = _in_order(
            missing, lambda horse_id: resources.fetch_horse(api, horse_id), api.in_flight("horses")
        )
        batch, unknown, unknown_in_all = Batch(landing.HORSES), [], 0
        stop: ApiError | None = None
        async with aclosing(arrivals):
            async for horse_id, fetched in arrivals:
                log = replace(
                    log,
                    pages=log.pages + fetched.pages,
                    failed_requests=log.failed_requests + fetched.tally.failed,
                )
                batch.extend(fetched.batch)
                self.progress.step()
                if isinstance(fetched.error, NotFoundError):
                    unknown.append(horse_id)
                    unknown_in_all += 1
                elif fetched.error is not None:
                    log = replace(log, error=str(fetched.error))
                    if self._is_final(summary, f"horse {horse_id}", fetched.error):
                        stop = fetched.error
                        break
                else:
                    self.unanswered = 0
                if len(batch) + len(unknown) >= _HORSES_IN_A_BATCH:
                    log = await self._land_horses(log, batch, unknown)
                    batch, unknown = Batch(landing.HORSES), []
        log = replace(log, complete=not summary.failed)
        summary.add(await self._land_horses(log, batch, unknown))
        if unknown_in_all:
            self.progress.problem(
                f"horses: the API does not know {unknown_in_all}; they are asked for again after "
                "30 days"
            )
        if stop is not None:
            raise stop

    async def _land_horses(self, log: DayLog, batch: Batch, unknown: Sequence[str]) -> DayLog:
        await asyncio.to_thread(self.load.remember_not_found, "horses", unknown)
        return await asyncio.to_thread(self.load.land, log, batch)

    def _begin(self, resource: str, steps: int, what: str) -> Summary:
        summary = Summary(resource)
        self.report.summaries.append(summary)
        self.progress.begin(resource, steps, what)
        return summary

    def _is_final(self, summary: Summary, what: str, error: ApiError) -> bool:
        """Count a failure, tell whether going on is of no use, and report it if not."""
        summary.failed += 1
        self.unanswered += isinstance(error, UnavailableError)
        if isinstance(error, RefusedError) or self.unanswered == _MOST_UNANSWERED:
            return True
        self.progress.problem(f"{what}: {error}")
        return False


async def _in_order(
    items: Iterable[Item], fetch: Callable[[Item], Awaitable[Fetched]], width: int
) -> AsyncGenerator[tuple[Item, Fetched], None]:
    """Fetch so many items at once, and give them in the order in which they were asked for."""
    under_way: deque[tuple[Item, asyncio.Future[Fetched]]] = deque()
    try:
        for item in items:
            under_way.append((item, asyncio.ensure_future(fetch(item))))
            if len(under_way) > width:
                first, task = under_way.popleft()
                yield first, await task
        while under_way:
            first, task = under_way.popleft()
            yield first, await task
    finally:
        for _, task in under_way:
            task.cancel()
        await asyncio.gather(*(task for _, task in under_way), return_exceptions=True)
