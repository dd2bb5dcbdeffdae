"""The steps of a load, one after another: fetched ahead, compared with what has landed, landed."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import psycopg

from loaders.api.client import RacingApi
from loaders.api.plans import IN_WORDS, PlanError, best, explain_refusal, is_about_the_account
from loaders.api.provenance import AnotherOriginError
from loaders.api.refusals import ApiError, OutOfPatienceError, PlanRequiredError, RefusedError
from loaders.api.which_plan import find_plan, other_plan
from loaders.errors import StudbookError
from loaders.loading.agenda import Agenda, Item, agenda
from loaders.loading.days import EmptyDays, missing, thinned
from loaders.loading.failures import Failures, UnknownError
from loaders.loading.fetch import Fetched, Source
from loaders.loading.in_order import in_order
from loaders.loading.included import not_included
from loaders.loading.report import Progress, Report, Summary
from loaders.loading.request import RESOURCES, Request
from loaders.raw.landing import Load
from loaders.raw.load_log import DayLog
from loaders.raw.rows import Batch
from loaders.raw.tables import TABLES
from loaders.settings import Plan, Settings

T = TypeVar("T")

_log = logging.getLogger(__name__)
# So many in a row that are unknown are more likely to be the API's trouble than true.
_MOST_UNKNOWN = 20


class LoadInterruptedError(StudbookError):
    """The load was stopped: by Ctrl-C (SIGINT), or by the system (SIGTERM)."""

    def __init__(self, message: str = "", number: signal.Signals = signal.SIGINT) -> None:
        super().__init__(message)
        # As shells have it for a command that a signal ended.
        self.exit_code = 128 + number


class _RefusedByPlanError(Exception):
    """The API has refused a step as beyond the account's plan."""

    def __init__(self, item: Item, refusal: PlanRequiredError) -> None:
        super().__init__(refusal)
        self.item = item
        self.refusal = refusal


class Steps:
    """All steps of one load that has begun."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        load: Load,
        progress: Progress,
        today: Callable[[], date],
        report: Report,
    ) -> None:
        self.request = request
        self.settings = settings
        self.load = load
        self.progress = progress
        self.today = today()
        self._today = today
        self.report = report
        self.stopping = asyncio.Event()
        self.stopped_by = signal.SIGINT
        self.failures = Failures()

    async def run(self, api: RacingApi) -> None:
        """Load every resource of the request.

        Raises LoadInterruptedError when told to stop, ApiError when going on is of no use, and what
        the database raises.
        """
        with self._stoppable():
            async with api:
                if self.load.plan is None:
                    found = await self._unless_stopped(find_plan(api))
                    await asyncio.to_thread(self.load.go_on_as, found)
                    _log.info("The account's plan is %s: %s.", found, IN_WORDS[found])
                for name in RESOURCES[self.request.name]:
                    await self._load(api, name)
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

    @property
    def _plan(self) -> Plan:
        assert self.load.plan is not None, "it is found out first"
        return self.load.plan

    async def _load(self, api: RacingApi, resource: str) -> None:
        """Load a resource, with what a smaller plan has of it once the API says that it is one."""
        try:
            await self._load_what_is_included(api, resource)
        except _RefusedByPlanError as refused:
            was = self._plan
            is_set = self.settings.plan is not None
            try:
                found = await self._unless_stopped(other_plan(api, was, is_set, refused.refusal))
            except PlanRequiredError as error:
                raise self._explained(error, resource, refused.item) from None
            told = f"The account's plan is {found}, not {was}: {IN_WORDS[found]}."
            _log.warning("%s", told)
            await asyncio.to_thread(self.load.go_on_as, found, told)
            self.report.load_id = self.load.load_id
            await self._load(api, resource)

    async def _load_what_is_included(self, api: RacingApi, resource: str) -> None:
        if told := not_included(self.request, resource, self._plan, self.today):
            _log.warning("%s: %s", resource, told)
        endpoint = best(resource, self._plan)
        if endpoint is None:
            return
        steps = await self._in_database(
            lambda connection: agenda(
                connection, endpoint, self.request, self.settings.regions, self.today
            )
        )
        summary = self.report.summary(resource, steps.goes_by_day)
        self.progress.begin(resource, len(steps.items), steps.what)
        self.failures = Failures()
        source = Source(api, endpoint, self.settings.regions, self.today, self._today)
        try:
            if steps.goes_by_day:
                await self._load_days(source, steps, summary)
            else:
                await self._load_all(source, steps, summary)
        finally:
            self.progress.end()

    async def _load_days(self, source: Source, steps: Agenda, summary: Summary) -> None:
        """Land each day with a line of the log of its own."""
        empty = EmptyDays(steps, self.today, self.request.refresh)
        async with aclosing(self._fetched(source, steps.items)) as arrivals:
            async for day, fetched in arrivals:
                assert isinstance(day, date)
                if day >= steps.ahead and _is_out_of_range(fetched.error):
                    # Neither this day nor a later one has been published yet.
                    return
                landed = await self._landed(steps.resource, day)
                withdrawn = missing(landed, fetched)
                if withdrawn:
                    # Nothing is withdrawn for being left out once.
                    second = [it async for it in self._fetched(source, [day])]
                    if not second:
                        return
                    fetched = fetched.confirmed_by(second[0][1])
                    withdrawn = missing(landed, fetched)
                if self._is_past(day) and (
                    error := thinned(steps.resource, day, withdrawn, landed, fetched)
                ):
                    fetched.error, withdrawn = error, ()
                log = DayLog(
                    steps.resource, day, fetched.started_at, complete=fetched.error is None
                )
                log = await self._land(log, fetched, withdrawn)
                summary.objects += log.objects
                is_in_vain = self._is_in_vain(summary, day, fetched.error)
                summary.days = (summary.days or 0) + 1
                if is_in_vain:
                    return
                summary.failed += empty.after(day, fetched)

    async def _load_all(self, source: Source, steps: Agenda, summary: Summary) -> None:
        """Land each step as it comes; all have one line of the log, complete when none is left."""
        log = DayLog(steps.resource, None, datetime.now(UTC))
        # Many in a row that are unknown are no news of horses; until another comes, none is noted.
        unknown: list[str] = []
        landed = 0
        try:
            async with aclosing(self._fetched(source, steps.items)) as arrivals:
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
        self, source: Source, items: Sequence[Item]
    ) -> AsyncGenerator[tuple[Item, Fetched], None]:
        """What steps bring, in their order; it ends when the load is to stop.

        Raises _RefusedByPlanError when a step is refused as beyond the account's plan.
        """
        width = source.api.in_flight(source.endpoint.group)
        async with aclosing(in_order(items, source.fetch, width, self.stopping)) as arrivals:
            async for item, fetched in arrivals:
                if self.load.origin is None and source.api.origin is not None:
                    await asyncio.to_thread(self.load.comes_from, source.api.origin)
                if isinstance(fetched.error, PlanRequiredError):
                    raise _RefusedByPlanError(item, fetched.error)
                yield item, fetched

    async def _unless_stopped(self, work: Coroutine[Any, Any, T]) -> T:
        """What `work` brings; raises LoadInterruptedError when the load is to stop before that."""
        async with aclosing(in_order([work], lambda it: it, 1, self.stopping)) as arrivals:
            async for _, found in arrivals:
                return found
        raise LoadInterruptedError

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
        if error is None:
            self.failures.came()
            return False
        summary.failed += 1
        if isinstance(error, RefusedError):
            told = self._explained(error, summary.resource, item)
            if isinstance(told, PlanError) or is_about_the_account(error):
                raise told
        if isinstance(error, OutOfPatienceError | AnotherOriginError):
            raise error
        _log.warning("%s: %s", _named(summary.resource, item), error)
        in_a_row = self.failures.failed(error)
        if not in_a_row:
            return isinstance(error, UnknownError)
        _log.warning(
            "%s: %d in a row brought nothing, and the rest is left for the next load.",
            summary.resource,
            in_a_row,
        )
        return True

    def _explained(self, error: RefusedError, resource: str, item: Item) -> ApiError:
        """The error to end with when the API refused a step: for a day, what the plan allows."""
        if not isinstance(item, date):
            return error
        return explain_refusal(error, resource, item, self.today)


def _is_out_of_range(error: ApiError | None) -> bool:
    return isinstance(error, RefusedError) and error.status == 422


def _named(resource: str, item: Item) -> str:
    """A step in words."""
    if isinstance(item, date):
        return f"{resource} of {item}"
    return resource if item is None else f"horse {item}"
