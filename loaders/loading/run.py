"""One load: fetches ahead, lands in order, and writes down how it went."""

from __future__ import annotations

import asyncio
import signal
import threading
from collections.abc import (
    Awaitable,
    Callable,
    Iterator,
    Sequence,
)
from contextlib import aclosing, contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import psycopg

from loaders.api.client import (
    ApiError,
    OutOfPatienceError,
    RacingApi,
    RefusedError,
    UnavailableError,
)
from loaders.api.patience import Losses, Patience
from loaders.errors import StudbookError, printable
from loaders.loading import fetch as resources
from loaders.loading.fetch import RESOURCES, Days, Fetched, Request
from loaders.loading.in_order import Fetch, in_order
from loaders.raw import merge as landing
from loaders.raw.merge import Batch, DayLog, LandingError, Load
from loaders.raw.session import Session, StoppedError
from loaders.settings import Settings

# After so many in a row that got no answer while others did, waiting for the next is a waste.
_MOST_UNANSWERED = 3
_HORSES_IN_A_BATCH = 100
# How many rejected objects are told of one by one.
_REASONS = 3

_NOT_ALLOWED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


class LoadInterruptedError(StudbookError):
    """The load was stopped: by Ctrl-C, or by the system."""


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
    withdrawn: int = 0
    failed: int = 0

    def add(self, log: DayLog) -> None:
        """Count a finished line of the log."""
        self.received += log.received
        self.new += log.new
        self.changed += log.changed
        self.unchanged += log.unchanged
        self.rejected += log.rejected
        self.repeated += log.repeated
        self.withdrawn += log.withdrawn


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


def today_in_london(now: datetime | None = None) -> date:
    """The racing day: British and Irish clocks agree."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo("Europe/London")).date()


def run(
    request: Request,
    settings: Settings,
    connect: Callable[[], psycopg.Connection],
    progress: Progress,
    *,
    today: date | None = None,
    patience: Patience | None = None,
) -> Report:
    """Load what is asked for; one day or horse that fails does not stop the others.

    Raises StudbookError when the load cannot begin or go on; the log of loads says so too.
    """
    today = today or today_in_london()
    resources.check_range(request, today)
    patience = patience or Patience(in_all=settings.patience)
    losses = Losses(patience.in_all)
    session = Session(
        connect,
        name=request.command,
        prepare=landing.prepare,
        patience=patience,
        losses=losses,
        say=progress.problem,
    )
    try:
        load = _begin(request, settings, session)
        report = Report(load.load_id)
        loading = _Loading(request, settings, load, progress, today, report)
        try:
            asyncio.run(loading.run(patience, losses))
            report.reasons = load.first_reasons(_REASONS)
            load.finish("success" if report.clean else "partial")
        except (Exception, KeyboardInterrupt) as error:
            told = _ended(load, request, error, loading.stopping.is_set())
            if told is error:
                raise
            raise told from error
    finally:
        session.close()
    return report


def _begin(request: Request, settings: Settings, session: Session) -> Load:
    try:
        session.open()
        session.run(lambda connection: resources.check_regions(settings.regions, connection))
        return Load.start(
            session,
            resources=RESOURCES[request.name],
            date_from=request.date_from,
            date_to=request.date_to,
            regions=settings.regions,
            base_url=settings.base_url,
        )
    except psycopg.Error as error:
        raise _refused_by_database(error) from error
    except KeyboardInterrupt:
        raise LoadInterruptedError(
            f"Interrupted before anything was asked for; `{request.command}` tries again."
        ) from None


def _ended(
    load: Load, request: Request, error: BaseException, was_stopped: bool
) -> StudbookError | BaseException:
    """Write in the log how a load ended before its end; returns what to tell the user."""
    outcome, told = "failed", error
    if isinstance(error, psycopg.Error):
        told = _refused_by_database(error)
    canceled = was_stopped and isinstance(error, psycopg.errors.QueryCanceled)
    if canceled or isinstance(error, KeyboardInterrupt | StoppedError | LoadInterruptedError):
        outcome = "interrupted"
        told = LoadInterruptedError(
            f"Interrupted: what has landed stays, and `{request.command}` goes on from there."
        )
    # The database may be what failed.
    with suppress(psycopg.Error, StudbookError):
        load.finish(outcome, None if outcome == "interrupted" else str(told))
    return told


def _refused_by_database(error: psycopg.Error) -> LandingError:
    told = printable(error.diag.message_primary or str(error)) or type(error).__name__
    if isinstance(error, _NOT_ALLOWED):
        return LandingError(
            f"This user of the database may not load ({told}): set PGUSER to one who may; "
            "`studbook db grants` prints the SQL that makes one."
        )
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
        self.stopping = asyncio.Event()
        self.unanswered = 0

    async def run(self, patience: Patience, losses: Losses) -> None:
        steps: dict[str, Callable[[RacingApi], Awaitable[None]]] = {
            "regions": self._regions,
            "courses": self._courses,
            "racecards": self._racecards,
            "results": self._results,
            "horses": self._horses,
        }
        with self._stoppable():
            async with RacingApi(self.settings, patience, self.progress.problem, losses) as api:
                for name in RESOURCES[self.request.name]:
                    self.unanswered = 0
                    try:
                        await steps[name](api)
                    finally:
                        self.progress.end()
                    if self.stopping.is_set():
                        raise LoadInterruptedError

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Let Ctrl-C, or an end that the system asks for, come after the batch in hand."""
        loop = asyncio.get_running_loop()
        signals = (signal.SIGINT, signal.SIGTERM)
        if threading.current_thread() is not threading.main_thread():
            signals = ()
        for number in signals:
            loop.add_signal_handler(number, self._stop)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    def _stop(self) -> None:
        if self.stopping.is_set():
            self.load.session.cancel()
            return
        self.progress.problem("Stopping after the batch in hand; Ctrl-C again gives it up.")
        self.stopping.set()
        self.load.session.stopping.set()

    async def _regions(self, api: RacingApi) -> None:
        await self._reference("regions", "all", lambda _: resources.fetch_regions(api))

    async def _courses(self, api: RacingApi) -> None:
        regions = self.settings.regions
        what = f"of {', '.join(regions)}"
        await self._reference("courses", what, lambda _: resources.fetch_courses(api, regions))

    async def _reference(self, resource: str, what: str, fetch: Fetch[None]) -> None:
        summary = self._begin(resource, 1, what)
        async with aclosing(in_order([None], fetch, 1, self.stopping)) as arrivals:
            async for _, fetched in arrivals:
                await self._land(summary, None, fetched)

    async def _racecards(self, api: RacingApi) -> None:
        days = await self._days(resources.racecard_days)
        await self._by_day(api, "racecards", days, resources.fetch_racecards)

    async def _results(self, api: RacingApi) -> None:
        days = await self._days(resources.result_days)
        await self._by_day(api, "results", days, resources.fetch_results)

    async def _days(
        self, choose: Callable[[psycopg.Connection, Request, Sequence[str], date], Days]
    ) -> Days:
        return await asyncio.to_thread(
            self.load.session.run,
            lambda connection: choose(connection, self.request, self.settings.regions, self.today),
        )

    async def _by_day(
        self,
        api: RacingApi,
        resource: str,
        chosen: Days,
        fetch_day: Callable[[RacingApi, Sequence[str], date], Awaitable[Fetched]],
    ) -> None:
        days = chosen.days
        what = f"{days[0]} to {days[-1]}" if days else "no day of these is to be asked for"
        if chosen.settled:
            what += f", {chosen.settled} more complete already"
        summary = self._begin(resource, len(days), what)
        summary.days = 0

        async def fetch(day: date) -> Fetched:
            fetched = await fetch_day(api, self.settings.regions, day)
            if fetched.error is None and not fetched.batch:
                # What a busy API leaves out once is no reason to believe that it is not there.
                return fetched.confirmed_by(await fetch_day(api, self.settings.regions, day))
            return fetched

        width = api.in_flight(resource)
        async with aclosing(in_order(days, fetch, width, self.stopping)) as arrivals:
            async for day, fetched in arrivals:
                refused = fetched.error if isinstance(fetched.error, RefusedError) else None
                if refused and refused.status == 422 and day >= chosen.ahead:
                    # Neither this day nor a later one has been published yet.
                    break
                missing = await self._missing(day, fetched)
                if missing:
                    # Nor is it withdrawn for being left out once.
                    again = [found async for found in in_order([day], fetch, 1, self.stopping)]
                    if not again:
                        break
                    fetched = fetched.confirmed_by(again[0][1])
                    missing = await self._missing(day, fetched)
                if missing and not fetched.batch and self._is_past(day):
                    fetched.error = resources.EmptiedError(
                        f"The Racing API has no {resource} of {day} any more, of which "
                        f"{len(missing)} have landed, and they stay: load with --from {day} --to "
                        f"{day} --refresh if that is right."
                    )
                    missing = ()
                await self._land(summary, day, fetched, missing)
                summary.days += 1
                if self._is_useless(summary, fetched.error):
                    break

    def _is_past(self, day: date) -> bool:
        """Whether a day's racing cannot have vanished unless somebody says that it has."""
        return day <= self.today and not self.request.refresh

    async def _missing(self, day: date, fetched: Fetched) -> Sequence[str]:
        """The keys of what has landed of a day and did not come when all of its pages did."""
        if fetched.error is not None or fetched.repeats:
            return ()
        return await asyncio.to_thread(
            self.load.missing, fetched.batch.table, day, self.settings.regions, fetched.batch
        )

    async def _land(
        self,
        summary: Summary,
        day: date | None,
        fetched: Fetched,
        withdrawn: Sequence[str] = (),
    ) -> None:
        log = DayLog(
            summary.resource,
            day,
            fetched.started_at,
            pages=fetched.pages,
            failed_requests=fetched.tally.failed,
            complete=fetched.error is None,
            error=None if fetched.error is None else str(fetched.error),
        )
        landed = await asyncio.to_thread(self.load.land, log, fetched.batch, withdrawn)
        summary.add(landed)
        self.progress.step()
        if fetched.error is not None:
            what = summary.resource if day is None else f"{summary.resource} of {day}"
            self._count_failure(summary, what, fetched.error, day)

    async def _horses(self, api: RacingApi) -> None:
        missing = await asyncio.to_thread(
            self.load.session.run,
            lambda connection: resources.missing_horses(connection, self.request.most_horses),
        )
        summary = self._begin("horses", len(missing), f"{len(missing)} without a profile")
        log = DayLog("horses", None, datetime.now(UTC))
        batch, unknown, unknown_in_all = Batch(landing.HORSES), [], 0
        stop: ApiError | None = None

        async def fetch(horse_id: str) -> Fetched:
            return await resources.fetch_horse(api, horse_id)

        width = api.in_flight("horses")
        async with aclosing(in_order(missing, fetch, width, self.stopping)) as arrivals:
            async for horse_id, fetched in arrivals:
                log = replace(
                    log,
                    pages=log.pages + fetched.pages,
                    failed_requests=log.failed_requests + fetched.tally.failed,
                )
                batch.extend(fetched.batch)
                self.progress.step()
                if resources.is_unknown(fetched.error):
                    unknown.append(horse_id)
                    unknown_in_all += 1
                elif fetched.error is not None:
                    log = replace(log, error=str(fetched.error))
                    try:
                        self._count_failure(summary, f"horse {horse_id}", fetched.error)
                    except ApiError as error:
                        stop = error
                        break
                if self._is_useless(summary, fetched.error):
                    break
                if len(batch) + len(unknown) >= _HORSES_IN_A_BATCH:
                    log = await self._land_horses(log, batch, unknown)
                    batch, unknown = Batch(landing.HORSES), []
        ended = not summary.failed and not self.stopping.is_set()
        log = replace(log, complete=ended)
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

    def _is_useless(self, summary: Summary, error: ApiError | None) -> bool:
        """Whether so many of a resource in a row got no answer that the rest is left for later."""
        unanswered = isinstance(error, UnavailableError)
        self.unanswered = self.unanswered + 1 if unanswered else 0
        if self.unanswered < _MOST_UNANSWERED:
            return False
        self.progress.problem(
            f"{summary.resource}: {_MOST_UNANSWERED} in a row got no answer, and the rest is left "
            "for the next load."
        )
        return True

    def _count_failure(
        self, summary: Summary, what: str, error: ApiError, day: date | None = None
    ) -> None:
        """Count a failure and tell of it; raises when going on is of no use."""
        summary.failed += 1
        if isinstance(error, RefusedError) and day is not None:
            raise resources.explain_refusal(error, summary.resource, day, self.today)
        if isinstance(error, RefusedError | OutOfPatienceError):
            raise error
        self.progress.problem(f"{what}: {error}")
