"""The steps of a run that load: each is `studbook load`, and ends as that does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from loaders.api.plans import best
from loaders.daily.outcome import Ended, Outcome
from loaders.daily.since import first_day
from loaders.daily.step import Ground, Step
from loaders.daily.studbook_commands import studbook
from loaders.loading.run import today_in_london
from loaders.postgres.statements import statement

# Nearly all corrections come within days; the late ones within so many.
LATE = 60


def reference() -> Step:
    """All regions and courses."""
    return Step("reference", lambda ground: _load(ground, "reference"))


def reference_once() -> Step:
    """The same, where it has not been loaded yet: without it nothing else can be understood."""

    def does(ground: Ground) -> Ended:
        with ground.connect() as connection:
            if connection.execute(statement(__package__, "has_reference")).fetchone() == (True,):
                return Ended(Outcome.SUCCESS, "is there; `studbook weekly` loads it again")
        return _load(ground, "reference")

    return Step("reference", does)


def racecards(after: Sequence[str] = ()) -> Step:
    """The cards of today and the next days, and of the last ones that may have changed."""
    return Step("racecards", _by_days("racecards"), tuple(after))


def results(after: Sequence[str] = ()) -> Step:
    """The results of today and of the last days, which may have been corrected."""
    return Step("results", _by_days("results"), tuple(after))


def late_corrections(after: Sequence[str] = ()) -> Step:
    """The results of two months again."""

    def does(ground: Ground) -> Ended:
        first = _first(ground, "results", today_in_london() - timedelta(days=LATE))
        return _load(ground, "results", "--from", f"{first}", "--settled", f"{LATE}")

    return Step("results", does, tuple(after))


def horses(after: Sequence[str] = (), most: int | None = None) -> Step:
    """The profiles of horses that have none, or another one by now."""

    def does(ground: Ground) -> Ended:
        plan = ground.plan()
        if plan is not None and best("horses", plan) is None:
            return Ended(Outcome.SUCCESS, f"the account's plan, {plan}, has none")
        limit = () if most is None else ("--max-horses", f"{most}")
        return _load(ground, "horses", *limit)

    return Step("horses", does, tuple(after))


def a_day_of(resource: str, first: date, last: date, after: Sequence[str] = ()) -> Step:
    """The races from one day to another."""
    days = ("--from", f"{first}", "--to", f"{last}")
    return Step(resource, lambda ground: _load(ground, resource, *days), tuple(after))


def _by_days(resource: str) -> Callable[[Ground], Ended]:
    def does(ground: Ground) -> Ended:
        return _load(ground, resource, "--from", f"{_first(ground, resource, date.max)}")

    return does


def _first(ground: Ground, resource: str, at_latest: date) -> date:
    with ground.connect() as connection:
        return min(first_day(connection, resource, today_in_london()), at_latest)


def _load(ground: Ground, *arguments: str) -> Ended:
    return studbook(ground, "load", *arguments)
