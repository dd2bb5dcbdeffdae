"""One load, from its beginning to what is written down and told of its end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import psycopg

from loaders.api.client import RacingApi
from loaders.api.patience import Losses, Patience
from loaders.errors import StudbookError, printable
from loaders.loading.agenda import check_regions
from loaders.loading.report import Progress, Report
from loaders.loading.request import RESOURCES, Request
from loaders.loading.steps import LoadInterruptedError, Steps
from loaders.raw.landing import LandingError, Load
from loaders.raw.merge import prepare
from loaders.raw.session import Session, StoppedError
from loaders.settings import Settings

_log = logging.getLogger(__name__)
# How many rejected objects are told of one by one.
_REASONS = 3

_NOT_ALLOWED = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)


def today_in_london(now: datetime | None = None) -> date:
    """The racing day: British and Irish clocks agree."""
    return (now or datetime.now(UTC)).astimezone(ZoneInfo("Europe/London")).date()


def run(
    request: Request,
    settings: Settings,
    connect: Callable[[], psycopg.Connection],
    progress: Progress,
    *,
    today: Callable[[], date] = today_in_london,
    patience: Patience | None = None,
    report: Report | None = None,
) -> Report:
    """Load what is asked for; one day or horse that fails does not stop the others.

    The load is that of the day which `today` tells when no other load is at work any more.
    `report`, which is returned, tells how far a load has come that ends with an error.

    Raises StudbookError when the load cannot begin or go on; the log of loads says so too.
    """
    request.check_range(today())
    patience = patience or Patience(in_all=settings.patience)
    losses = Losses(patience.in_all)
    api = RacingApi(settings, patience, losses)
    session = Session(
        connect, name=request.command, prepare=prepare, patience=patience, losses=losses
    )
    try:
        load = _begin(request, settings, session)
        report = report or Report()
        report.load_id = load.load_id
        steps = Steps(request, settings, load, progress, today, report)
        try:
            asyncio.run(steps.run(api))
            report.reasons = load.first_reasons(_REASONS)
            outcome = "success" if report.clean else "partial"
            load.finish(outcome)
            _log.info("load %d ends: %s", load.load_id, outcome)
        except (Exception, KeyboardInterrupt) as error:
            told = _ended(load, request, error, steps)
            if told is error:
                raise
            raise told from error
    finally:
        session.close()
    return report


def _begin(request: Request, settings: Settings, session: Session) -> Load:
    try:
        session.open()
        session.run(lambda connection: check_regions(settings.regions, connection))
        load = Load.start(
            session,
            resources=RESOURCES[request.name],
            date_from=request.date_from,
            date_to=request.date_to,
            regions=settings.regions,
            base_url=settings.base_url,
            plan=settings.plan,
        )
    except StudbookError as error:
        _log.error("%s", error)
        raise
    except psycopg.Error as error:
        told = refused_by_database(error)
        _log.error("%s", told)
        raise told from error
    except KeyboardInterrupt:
        raise LoadInterruptedError(
            f"Interrupted before anything was asked for; `{request.command}` tries again."
        ) from None
    plan = f"plan {load.plan}" if load.plan else "its plan is found out first"
    _log.info("load %d begins: %s (%s)", load.load_id, request.command, plan)
    return load


def _ended(
    load: Load, request: Request, error: BaseException, steps: Steps
) -> StudbookError | BaseException:
    """Write in the log how a load ended before its end; returns what to tell the user."""
    outcome, told = "failed", error
    if isinstance(error, psycopg.Error):
        told = refused_by_database(error)
    canceled = steps.stopping.is_set() and isinstance(error, psycopg.errors.QueryCanceled)
    if canceled or isinstance(error, KeyboardInterrupt | StoppedError | LoadInterruptedError):
        outcome = "interrupted"
        told = LoadInterruptedError(
            f"Interrupted: what has landed stays, and `{request.command}` goes on from there.",
            steps.stopped_by,
        )
    _log.error("load %d ends: %s: %s", load.load_id, outcome, told)
    # The database may be what failed.
    with suppress(psycopg.Error, StudbookError):
        load.finish(outcome, None if outcome == "interrupted" else str(told))
    return told


def refused_by_database(error: psycopg.Error) -> LandingError:
    """The sentence for what the database says to who writes in raw."""
    told = printable(error.diag.message_primary or str(error)) or type(error).__name__
    if isinstance(error, _NOT_ALLOWED):
        return LandingError(
            f"This user of the database may not load ({told}): set PGUSER to one who may; "
            "`studbook db grants` prints the SQL that makes one."
        )
    return LandingError(f"The database failed the load ({told}); load again when it is in order.")
