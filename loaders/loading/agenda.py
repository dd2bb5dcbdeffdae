"""Which days and horses a request comes to, given what has been read for good already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import psycopg

from loaders.api.plans import RESULTS_BACK, Endpoint, smaller
from loaders.api.regions import REGIONS
from loaders.errors import StudbookError
from loaders.loading.request import BELIEVED_AFTER, CORRECTED_FOR, RACECARDS_AHEAD, Request
from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement
from loaders.settings import Plan

# What is asked for in one step: a day, the profile of a horse, or all of a list without days.
Item = date | str | None

FIRST_RACECARDS = date(2023, 1, 23)
_UNKNOWN = ["", "-", "\N{EN DASH}", "None"]


class RegionError(StudbookError):
    """A region that the API does not have."""


@dataclass(frozen=True)
class Agenda:
    """The steps of loading a resource, in order; `what` names them in words.

    Days from `ahead` on are asked for until the API has no more. `seen_empty` are those that had no
    races when they were asked for before, an hour or more ago.
    """

    resource: str
    items: Sequence[Item]
    what: str
    ahead: date = date.max
    seen_empty: frozenset[date] = frozenset()

    @property
    def goes_by_day(self) -> bool:
        """Whether each step is a day."""
        return self.resource in ("racecards", "results")


def agenda(
    connection: psycopg.Connection,
    endpoint: Endpoint,
    request: Request,
    regions: Sequence[str],
    today: date,
) -> Agenda:
    """The steps of one of a request's resources, as far as an endpoint reaches.

    Results and racecards go by days, those left out that have been read for good, unless the
    request is to refresh them; horses are those without a profile.
    """
    resource = endpoint.resource
    if resource == "racecards":
        last = min(request.date_to or today + RACECARDS_AHEAD, today + RACECARDS_AHEAD)
        first = max(request.date_from or today - RESULTS_BACK, FIRST_RACECARDS)
        ahead = today + timedelta(days=1)
        return _by_day(connection, endpoint, request, regions, first, last, ahead, today)
    if resource == "results":
        last = min(request.date_to or today, today)
        first = request.date_from or today - RESULTS_BACK
        return _by_day(connection, endpoint, request, regions, first, last, date.max, today)
    if resource == "horses":
        if request.refresh and request.name == "horses":
            horses = _known_horses(connection, request.most_horses)
            return Agenda(resource, horses, f"{len(horses)} with a profile")
        horses = missing_horses(connection, request.most_horses, endpoint.plan)
        return Agenda(resource, horses, f"{len(horses)} without a profile")
    return Agenda(resource, [None], "all" if resource == "regions" else f"of {', '.join(regions)}")


def missing_horses(
    connection: psycopg.Connection, most: int | None = None, plan: Plan = Plan.PRO
) -> list[str]:
    """Ids of horses, newest races first, whose profile has to be asked for.

    They are those of live results and racecards that have no profile yet and that no racecard has
    described (date of birth, colour, breeder); those whose profile came from a smaller plan than
    this; those that have run a year after their profile was received; and those of whom a newer
    race names other parents. None of them is one that the API did not know in the last 30 days.
    """
    asked = {"unknown": _UNKNOWN, "most": most, "smaller": smaller("horses", plan)}
    rows = connection.execute(statement(__package__, "missing_horses"), asked).fetchall()
    return [horse_id for (horse_id,) in rows]


def settled_days(
    connection: psycopg.Connection,
    endpoint: Endpoint,
    regions: Sequence[str],
    days: tuple[date, date],
    today: date,
    settled: int = CORRECTED_FOR.days,
) -> set[date]:
    """The days from one to another that have been read for good, from an endpoint as good.

    The last `settled` days are when they were read so many days after; those without races when
    they were read twice.
    """
    asked = {
        **_asked(endpoint, regions, days),
        "recent": today - timedelta(days=settled),
        "settled": settled,
        "corrected": CORRECTED_FOR.days,
    }
    return _days(connection, "settled_days", asked)


def check_regions(regions: Sequence[str], connection: psycopg.Connection) -> None:
    """Refuse regions that the API did not have when Studbook was written, nor when it was asked."""
    known = set(REGIONS)
    if set(regions) - known and is_there(connection, "raw.regions"):
        known |= {code for (code,) in connection.execute("select region_code from raw.regions")}
    for region in regions:
        if region not in known:
            raise RegionError(
                f"The Racing API has no region {region}: correct RACING_API_REGIONS or --region to "
                f"some of {', '.join(sorted(known))}."
            )


def _by_day(
    connection: psycopg.Connection,
    endpoint: Endpoint,
    request: Request,
    regions: Sequence[str],
    first: date,
    last: date,
    ahead: date,
    today: date,
) -> Agenda:
    """The days from the first to the last, without those that have been read for good."""
    earliest, latest = endpoint.days(today)
    first, last = max(first, earliest), min(last, latest)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    range_ = (first, last)
    settled = set()
    if not request.refresh:
        settled = settled_days(connection, endpoint, regions, range_, today, request.settled)
    items = [day for day in days if day not in settled]
    what = f"{items[0]} to {items[-1]}" if items else "no day of these is to be asked for"
    if settled:
        what += f", {len(settled)} more complete already"
    seen_empty = _days(connection, "seen_empty", _asked(endpoint, regions, range_))
    return Agenda(endpoint.resource, items, what, ahead, frozenset(seen_empty))


def _asked(endpoint: Endpoint, regions: Sequence[str], days: tuple[date, date]) -> dict[str, Any]:
    """What reads of days are asked for, those of an endpoint as good and of regions as many."""
    first, last = days
    return {
        "resource": endpoint.resource,
        "smaller": smaller(endpoint.resource, endpoint.plan),
        "regions": list(regions),
        "first": first,
        "last": last,
        "believed_after": BELIEVED_AFTER,
    }


def _days(connection: psycopg.Connection, name: str, asked: dict[str, Any]) -> set[date]:
    return {day for (day,) in connection.execute(statement(__package__, name), asked)}


def _known_horses(connection: psycopg.Connection, most: int | None) -> list[str]:
    found = connection.execute(statement(__package__, "known_horses"), {"most": most})
    return [horse_id for (horse_id,) in found]
