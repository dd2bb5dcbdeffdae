"""Whether what the API says of a day is believed: a day that lost races, days without any."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import date, timedelta

from loaders.api.refusals import ApiError
from loaders.loading.agenda import Agenda
from loaders.loading.fetch import Fetched

_log = logging.getLogger(__name__)
# A day that has lost so much of what it had, and so many races, is not believed.
_MOST_LOST, _FEWEST_LOST = 1 / 3, 3
# So many in a row that are empty are more likely to be the API's trouble than true.
_MOST_EMPTY = 7
# Christmas: nobody races in Britain and Ireland.
WITHOUT_RACING = {(12, 23), (12, 24), (12, 25)}


class ThinnedError(ApiError):
    """A day has lost so many of its races, or all, as only an API in trouble is likely to say."""


def missing(landed: Sequence[str], fetched: Fetched) -> Sequence[str]:
    """The keys of what has landed of a day and did not come when all of its pages did.

    None are missing as far as can be told when something came without a sound key.
    """
    if fetched.error is not None or fetched.repeats:
        return ()
    if any(reject.key is None for reject in fetched.batch.rejects):
        return ()
    came = fetched.batch.keys
    return [key for key in landed if key not in came]


def thinned(
    resource: str, day: date, lost: Sequence[str], landed: Sequence[str], fetched: Fetched
) -> ThinnedError | None:
    """The error when a day lost more than days of the past do: all, or a third and at least 3."""
    few = len(lost) < _FEWEST_LOST or len(lost) < _MOST_LOST * len(landed)
    if not lost or (few and fetched.batch):
        return None
    return ThinnedError(
        f"The Racing API has {len(lost)} of the {len(landed)} {resource} of {day} no more that "
        f"have landed, and they stay: load with --from {day} --to {day} --refresh if that is right."
    )


class EmptyDays:
    """Counts days in a row without races, and tells of them once there are too many."""

    def __init__(self, agenda: Agenda, today: date, refresh: bool) -> None:
        self._agenda = agenda
        self._today = today
        self._refresh = refresh
        self._days: list[date] = []

    def after(self, day: date, fetched: Fetched) -> int:
        """How many days count as failures now that this one has been fetched: mostly none."""
        days = self._days
        if fetched.batch or fetched.error or self._may_be_empty(day):
            days.clear()
            return 0
        if days and day - days[-1] > timedelta(days=1):
            # What lies between has been read for good.
            days.clear()
        days.append(day)
        if len(days) != _MOST_EMPTY:
            return int(len(days) > _MOST_EMPTY)
        _log.warning(
            "%s: none on %d days in a row from %s on, which an API in trouble says, too; a load in "
            "an hour or more asks again, and believes it then.",
            self._agenda.resource,
            _MOST_EMPTY,
            days[0],
        )
        return _MOST_EMPTY

    def _may_be_empty(self, day: date) -> bool:
        """Whether a day without races is no sign of an API in trouble."""
        return (
            day >= self._today
            or self._refresh
            or day in self._agenda.seen_empty
            or (day.month, day.day) in WITHOUT_RACING
        )
