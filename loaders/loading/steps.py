"""The steps of a load, one after another: fetched ahead, compared with what has landed, landed."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TypeVar

import psycopg

from loaders.api.client import RacingApi
from loaders.api.patience import Losses, Patience
from loaders.api.plans import explain_refusal
from loaders.api.refusals import (
    ApiError,
    OutOfPatienceError,
    RefusedError,
    UnavailableError,
)
from loaders.errors import StudbookError
from loaders.loading.fetch import EmptiedError, Fetched, fetch, group_of
from loaders.loading.in_order import in_order
from loaders.loading.plan import Item, Plan, plan
from loaders.loading.report import Progress, Report, Summary
from loaders.loading.request import RESOURCES, Request
from loaders.raw.landing import Load
from loaders.raw.load_log import DayLog
from loaders.raw.rows import Batch
from loaders.raw.tables import TABLES
from loaders.settings import Settings

T = TypeVar("T")

_log = logging.getLogger(__name__)
# After so many in a row that got no answer while others did, waiting for the next is a waste.
_MOST_UNANSWERED = 3


class LoadInterruptedError(StudbookError):
    """The load was stopped: by Ctrl-C, or by the system."""


class Steps:
    """All steps of one load that has begun."""

    def __init__(
        self, request: Request, settings: Settings, load: Load, progress: Progress, today: date
    ) -> None:
        self.request = request
        self.settings = settings
        self.load = load
        self.progress = progress
        self.today = today
        self.report = Report(load.load_id)
        self.stopping = asyncio.Event()
        self.unanswered = 0

    async def run(self, patience: Patience, losses: Losses) -> None:
        """Load every resource of the request.

        Raises LoadInterruptedError when told to stop, ApiError when going on is of no use, and what
        the database raises.
        """
        with self._stoppable():
            async with RacingApi(self.settings, patience, losses) as api:
                for name in RESOURCES[self.request.name]:
                    try:
                        await self._load(api, name)
                    finally:
                        self.progress.end()
                    if self.stopping.is_set():
                        raise LoadInterruptedError

    @contextmanager
    def _stoppable(self) -> Iterator[None]:
        """Let Ctrl-C, or an end that the system asks for, come after the step in hand."""
        loop = asyncio.get_running_loop()
        signals: Sequence[signal.Signals] = (signal.SIGINT, signal.SIGTERM)
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
        _log.warning("Stopping after the step in hand; Ctrl-C again gives it up.")
        self.stopping.set()
        self.load.session.stopping.set()

    async def _load(self, api: RacingApi, resource: str) -> None:
        steps = await self._in_database(
            lambda connection: plan(
                connection, resource, self.request, self.settings.regions, self.today
            )
        )
        summary = Summary(resource, days=0 if steps.goes_by_day else None)
        self.report.summaries.append(summary)
        self.progress.begin(resource, len(steps.items), steps.what)
        self.unanswered = 0
        if steps.goes_by_day:
            await self._load_days(api, steps, summary)
        else:
            await self._load_all(api, steps, summary)

    async def _load_days(self, api: RacingApi, steps: Plan, summary: Summary) -> None:
        """Land each day with a line of the log of its own."""
        async with aclosing(self._fetched(api, steps.resource, steps.items)) as arrivals:
            async for day, fetched in arrivals:
                assert isinstance(day, date)
                if day >= steps.ahead and _is_out_of_range(fetched.error):
                    # Neither this day nor a later one has been published yet.
                    return
                withdrawn = await self._missing(day, fetched)
                if withdrawn:
                    # Nor is it withdrawn for being left out once.
                    second = [it async for it in self._fetched(api, steps.resource, [day])]
                    if not second:
                        return
                    fetched = fetched.confirmed_by(second[0][1])
                    withdrawn = await self._missing(day, fetched)
                if withdrawn and not fetched.batch and self._is_past(day):
                    fetched.error = EmptiedError(
                        f"The Racing API has no {steps.resource} of {day} any more, of which "
                        f"{len(withdrawn)} have landed, and they stay: load with --from {day} --to "
                        f"{day} --refresh if that is right."
                    )
                    withdrawn = ()
                log = DayLog(
                    steps.resource, day, fetched.started_at, complete=fetched.error is None
                )
                log = await self._land(log, fetched, withdrawn)
                summary.objects += log.objects
                summary.days = (summary.days or 0) + 1
                if self._is_in_vain(summary, day, fetched.error):
                    return

    async def _load_all(self, api: RacingApi, steps: Plan, summary: Summary) -> None:
        """Land each step as it comes; all have one line of the log, complete when none is left."""
        log = DayLog(steps.resource, None, datetime.now(UTC))
        landed = 0
        try:
            async with aclosing(self._fetched(api, steps.resource, steps.items)) as arrivals:
                async for item, fetched in arrivals:
                    log = await self._land(log, fetched)
                    landed += 1
                    summary.objects = log.objects
                    summary.not_found += len(fetched.not_found)
                    if self._is_in_vain(summary, item, fetched.error):
                        break
        finally:
            if summary.not_found:
                _log.warning(
                    "%s: the API does not know %d; they are asked for again after 30 days",
                    steps.resource,
                    summary.not_found,
                )
        whole = landed == len(steps.items) and not summary.failed
        await self._land(replace(log, complete=whole), Fetched(Batch(TABLES[steps.resource])))

    async def _fetched(
        self, api: RacingApi, resource: str, items: Sequence[Item]
    ) -> AsyncGenerator[tuple[Item, Fetched], None]:
        """What steps bring, in their order; it ends when the load is to stop."""

        async def bring(item: Item) -> Fetched:
            return await fetch(api, resource, self.settings.regions, item)

        width = api.in_flight(group_of(resource))
        async with aclosing(in_order(items, bring, width, self.stopping)) as arrivals:
            async for arrival in arrivals:
                yield arrival

    async def _in_database(self, work: Callable[[psycopg.Connection], T]) -> T:
        return await asyncio.to_thread(self.load.session.run, work)

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

    async def _land(self, log: DayLog, fetched: Fetched, withdrawn: Sequence[str] = ()) -> DayLog:
        """Land what a step has brought; returns its line of the log, which has grown by it."""
        log = replace(
            log,
            pages=log.pages + fetched.pages,
            failed_requests=log.failed_requests + fetched.tally.failed,
            error=log.error if fetched.error is None else str(fetched.error),
        )
        log = await asyncio.to_thread(
            self.load.land, log, fetched.batch, withdrawn, fetched.not_found
        )
        if not fetched.tally.requests:
            return log
        _log.info(
            "%s%s: %d received, %d new, %d changed, %d withdrawn, %d rejected; %d pages",
            log.resource,
            f" of {log.day}" if log.day else "",
            log.objects.received,
            log.objects.new,
            log.objects.changed,
            log.objects.withdrawn,
            log.objects.rejected,
            log.pages,
        )
        return log

    def _is_in_vain(self, summary: Summary, item: Item, error: ApiError | None) -> bool:
        """Count a step and tell of its failure; whether the rest is better left for later.

        Raises ApiError when nothing else of the load is of any use either.
        """
        self.progress.step()
        unanswered = isinstance(error, UnavailableError)
        self.unanswered = self.unanswered + 1 if unanswered else 0
        if error is None:
            return False
        summary.failed += 1
        if isinstance(error, RefusedError) and isinstance(item, date):
            raise explain_refusal(error, summary.resource, item, self.today)
        if isinstance(error, RefusedError | OutOfPatienceError):
            raise error
        _log.warning("%s: %s", _named(summary.resource, item), error)
        if self.unanswered < _MOST_UNANSWERED:
            return False
        _log.warning(
            "%s: %d in a row got no answer, and the rest is left for the next load.",
            summary.resource,
            _MOST_UNANSWERED,
        )
        return True


def _is_out_of_range(error: ApiError | None) -> bool:
    return isinstance(error, RefusedError) and error.status == 422


def _named(resource: str, item: Item) -> str:
    """A step in words."""
    if isinstance(item, date):
        return f"{resource} of {item}"
    return resource if item is None else f"horse {item}"
