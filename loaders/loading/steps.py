"""The steps of a load, one after another: fetched ahead, compared with what has landed, landed."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

import psycopg

from loaders.api.client import RacingApi
from loaders.api.patience import Losses, Patience
from loaders.api.plans import PlanError, explain_refusal, is_about_the_account
from loaders.api.refusals import (
    ApiError,
    OutOfPatienceError,
    RefusedError,
    UnavailableError,
)
from loaders.errors import StudbookError
from loaders.loading.fetch import Fetched, ThinnedError, UnknownError, fetch, group_of
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
# After so many in a row that got no answer while others did, waiting for the next is a waste; one
# that is refused costs less. By whether it got no answer.
_MOST_IN_A_ROW = {True: 3, False: 20}
# So many in a row that are empty, or unknown, are more likely to be the API's trouble than true.
_MOST_EMPTY = 7
_MOST_UNKNOWN = 20
# Christmas: nobody races in Britain and Ireland.
_WITHOUT_RACING = {(12, 23), (12, 24), (12, 25)}
# A day that has lost so much of what it had, and so many races, is not believed.
_MOST_LOST, _FEWEST_LOST = 1 / 3, 3


class LoadInterruptedError(StudbookError):
    """The load was stopped: by Ctrl-C (SIGINT), or by the system (SIGTERM)."""

    def __init__(self, message: str = "", number: signal.Signals = signal.SIGINT) -> None:
        super().__init__(message)
        # As shells have it for a command that a signal ended.
        self.exit_code = 128 + number


class Steps:
    """All steps of one load that has begun."""

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
        self.stopped_by = signal.SIGINT
        self.in_a_row = 0

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
            loop.add_signal_handler(number, self._stop, number)
        try:
            yield
        finally:
            for number in signals:
                loop.remove_signal_handler(number)

    def _stop(self, number: signal.Signals) -> None:
        self.stopped_by = number
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
        self.in_a_row = 0
        if steps.goes_by_day:
            await self._load_days(api, steps, summary)
        else:
            await self._load_all(api, steps, summary)

    async def _load_days(self, api: RacingApi, steps: Plan, summary: Summary) -> None:
        """Land each day with a line of the log of its own."""
        empty: list[date] = []
        async with aclosing(self._fetched(api, steps.resource, steps.items)) as arrivals:
            async for day, fetched in arrivals:
                assert isinstance(day, date)
                if day >= steps.ahead and _is_out_of_range(fetched.error):
                    # Neither this day nor a later one has been published yet.
                    return
                landed = await self._landed(steps.resource, day)
                withdrawn = _missing(landed, fetched)
                if withdrawn:
                    # Nothing is withdrawn for being left out once.
                    second = [it async for it in self._fetched(api, steps.resource, [day])]
                    if not second:
                        return
                    fetched = fetched.confirmed_by(second[0][1])
                    withdrawn = _missing(landed, fetched)
                if self._is_past(day) and _is_too_much(withdrawn, landed, fetched):
                    fetched.error = ThinnedError(
                        f"The Racing API has {len(withdrawn)} of the {len(landed)} "
                        f"{steps.resource} of {day} no more that have landed, and they stay: load "
                        f"with --from {day} --to {day} --refresh if that is right."
                    )
                    withdrawn = ()
                log = DayLog(
                    steps.resource, day, fetched.started_at, complete=fetched.error is None
                )
                log = await self._land(log, fetched, withdrawn)
                summary.objects += log.objects
                is_in_vain = self._is_in_vain(summary, day, fetched.error)
                summary.days = (summary.days or 0) + 1
                if is_in_vain:
                    return
                if fetched.batch or fetched.error or self._may_be_empty(day, steps):
                    empty.clear()
                else:
                    if empty and day - empty[-1] > timedelta(days=1):
                        # What lies between has been read for good.
                        empty.clear()
                    empty.append(day)
                self._tell_of_empty(summary, empty)

    def _may_be_empty(self, day: date, steps: Plan) -> bool:
        """Whether a day without races is no sign of an API in trouble."""
        return (
            day >= self.today
            or self.request.refresh
            or day in steps.seen_empty
            or (day.month, day.day) in _WITHOUT_RACING
        )

    def _tell_of_empty(self, summary: Summary, days: Sequence[date]) -> None:
        """Count days in a row without races as failures, once there are so many."""
        if len(days) < _MOST_EMPTY:
            return
        summary.failed += _MOST_EMPTY if len(days) == _MOST_EMPTY else 1
        if len(days) == _MOST_EMPTY:
            _log.warning(
                "%s: none on %d days in a row from %s on, which an API in trouble says, too; a "
                "load in an hour or more asks again, and believes it then.",
                summary.resource,
                _MOST_EMPTY,
                days[0],
            )

    async def _load_all(self, api: RacingApi, steps: Plan, summary: Summary) -> None:
        """Land each step as it comes; all have one line of the log, complete when none is left."""
        log = DayLog(steps.resource, None, datetime.now(UTC))
        # Many in a row that are unknown are no news of horses; until another comes, none is noted.
        unknown: list[str] = []
        landed = 0
        try:
            async with aclosing(self._fetched(api, steps.resource, steps.items)) as arrivals:
                async for item, fetched in arrivals:
                    unknown += fetched.not_found
                    if len(unknown) >= _MOST_UNKNOWN:
                        fetched.error = UnknownError(
                            f"The API says that it does not know any of {len(unknown)} in a row; "
                            "the next load asks for them again."
                        )
                        unknown.clear()
                    noted = tuple(unknown) if fetched.batch else ()
                    log = await self._land(log, replace(fetched, not_found=noted))
                    landed += 1
                    summary.objects = log.objects
                    if noted:
                        summary.not_found += len(noted)
                        unknown.clear()
                    if self._is_in_vain(summary, item, fetched.error):
                        break
            rest = Fetched(Batch(TABLES[steps.resource]), not_found=tuple(unknown))
            whole = landed == len(steps.items) and not summary.failed
            await self._land(replace(log, complete=whole), rest)
            summary.not_found += len(unknown)
        finally:
            if summary.not_found:
                _log.warning(
                    "%s: the API does not know %d; they are asked for again after 30 days",
                    steps.resource,
                    summary.not_found,
                )

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

    async def _landed(self, resource: str, day: date) -> Sequence[str]:
        """The keys of what is live of a day's list."""
        return await asyncio.to_thread(
            self.load.live_keys, TABLES[resource], day, self.settings.regions
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
        self.in_a_row = self.in_a_row + 1 if error is not None else 0
        if error is None:
            return False
        summary.failed += 1
        if isinstance(error, RefusedError):
            if isinstance(item, date):
                error = explain_refusal(error, summary.resource, item, self.today)
            if isinstance(error, PlanError) or is_about_the_account(error):
                raise error
        if isinstance(error, OutOfPatienceError):
            raise error
        _log.warning("%s: %s", _named(summary.resource, item), error)
        if self.in_a_row < _MOST_IN_A_ROW[isinstance(error, UnavailableError)]:
            return isinstance(error, UnknownError)
        _log.warning(
            "%s: %d in a row brought nothing, and the rest is left for the next load.",
            summary.resource,
            self.in_a_row,
        )
        return True


def _missing(landed: Sequence[str], fetched: Fetched) -> Sequence[str]:
    """The keys of what has landed of a day and did not come when all of its pages did.

    None are missing as far as can be told when something came without a sound key.
    """
    if fetched.error is not None or fetched.repeats:
        return ()
    if any(reject.key is None for reject in fetched.batch.rejects):
        return ()
    came = fetched.batch.keys
    return [key for key in landed if key not in came]


def _is_too_much(withdrawn: Sequence[str], landed: Sequence[str], fetched: Fetched) -> bool:
    """Whether a day has lost more than days of the past do: all, or a third and at least three."""
    lost = len(withdrawn)
    if lost and not fetched.batch:
        return True
    return lost >= _FEWEST_LOST and lost >= _MOST_LOST * len(landed)


def _is_out_of_range(error: ApiError | None) -> bool:
    return isinstance(error, RefusedError) and error.status == 422


def _named(resource: str, item: Item) -> str:
    """A step in words."""
    if isinstance(item, date):
        return f"{resource} of {item}"
    return resource if item is None else f"horse {item}"
