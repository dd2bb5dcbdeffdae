"""What is wrong with a warehouse at the moment, as its tables say."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

import psycopg

from loaders.alerts.trouble import Kind, Trouble
from loaders.alerts.wording import hours, moment
from loaders.api.plans import best, lacking
from loaders.errors import StudbookError, printable
from loaders.inventory.population import dried_up_fields
from loaders.inventory.thresholds import thresholds
from loaders.loading.agenda import settled_days
from loaders.loading.days import WITHOUT_RACING
from loaders.loading.request import CORRECTED_FOR
from loaders.loading.run import today_in_london
from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement
from loaders.settings import Plan

_LONGEST_REASON = 120


@dataclass(frozen=True)
class Seen:
    """What is wrong, and of which kinds that could be seen."""

    troubles: Sequence[Trouble]
    kinds: frozenset[Kind]


def look(
    connection: psycopg.Connection, going_on: Collection[Trouble], plan: Plan | None = None
) -> Seen:
    """What is wrong, but for the steps of a run; `going_on` is what has been told of.

    What cannot be looked at is a trouble itself. In a database where nothing has landed nothing is
    wrong, nor is with what the account's plan, where it is known, does not have.

    Raises psycopg.Error when the connection breaks.
    """
    troubles: list[Trouble] = []
    kinds = {Kind.UNSEEN}
    days = [_day(trouble) for trouble in going_on if trouble.kind is Kind.NO_RACES]
    looks: dict[Kind, Callable[[], list[Trouble] | None]] = {
        Kind.REJECTED: lambda: _rejected(connection),
        Kind.STALE: lambda: _stale(connection, plan),
        Kind.NO_RACES: lambda: _without_races(connection, days, plan),
        Kind.DRIED_UP: lambda: _dried_up(connection),
    }
    for kind, find in looks.items():
        try:
            with connection.transaction():
                found = find()
        except (StudbookError, psycopg.Error) as error:
            if connection.closed:
                raise
            troubles.append(_unseen(kind, error))
        else:
            if found is not None:
                kinds.add(kind)
                troubles += found
    return Seen(troubles, frozenset(kinds))


def _rejected(connection: psycopg.Connection) -> list[Trouble]:
    if not is_there(connection, "raw.rejects"):
        return []
    return [
        Trouble(
            Kind.REJECTED,
            _named(resource, day),
            f"{count} of the {resource}{f' of {day}' if day else ''} could not land "
            f"({printable(reason or 'no reason was kept', _LONGEST_REASON)}).",
            since,
            f"studbook rejects --load {load_id}",
        )
        for resource, day, load_id, count, reason, since in connection.execute(
            statement(__package__, "rejected")
        )
    ]


def _stale(connection: psycopg.Connection, plan: Plan | None) -> list[Trouble]:
    if not is_there(connection, "raw.load_days"):
        return []
    troubles = []
    without = lacking(plan)
    for threshold in thresholds():
        if threshold.source in without:
            continue
        # It is the project's own, and the one that dbt asks.
        row = connection.execute(threshold.loaded_at_query.encode()).fetchone()
        loaded_at = row[0] if row else None
        # What was never loaded is not asked for, or cannot be had.
        if loaded_at is None or datetime.now(UTC) - loaded_at <= threshold.oldest:
            continue
        troubles.append(
            Trouble(
                Kind.STALE,
                threshold.source,
                f"The {threshold.source} were last loaded at {moment(loaded_at)}, longer ago than "
                f"{hours(threshold.oldest)}.",
                loaded_at + threshold.oldest,
                "dbt source freshness",
            )
        )
    return troubles


def _without_races(
    connection: psycopg.Connection, told: Sequence[date], plan: Plan | None
) -> list[Trouble]:
    """Days that came empty, of those that a load still asks for and those that were told of.

    One that has been read for good is believed, and so are the racecards of one whose results have.
    """
    if not is_there(connection, "raw.load_days"):
        return []
    today = today_in_london()
    first = today - CORRECTED_FOR
    asked = {"first": first, "last": today, "told": list(told)}
    settled = {}
    for resource in ("racecards", "results"):
        endpoint = best(resource, plan or Plan.PRO)
        assert endpoint is not None
        settled[resource] = settled_days(
            connection, endpoint, ["gb"], (min([first, *told]), today), today
        )
    settled["racecards"] |= settled["results"]
    return [
        Trouble(
            Kind.NO_RACES,
            _named(resource, day),
            f"The {resource} of {day} came without a race, and Britain races on such a day.",
            since,
            f"studbook load {resource} --from {day} --to {day} --refresh",
        )
        for resource, day, since in connection.execute(statement(__package__, "no_races"), asked)
        if (day.month, day.day) not in WITHOUT_RACING and day not in settled[resource]
    ]


def _dried_up(connection: psycopg.Connection) -> list[Trouble] | None:
    """None where no build has looked."""
    fields = dried_up_fields(connection)
    if fields is None:
        return None
    return [
        Trouble(Kind.DRIED_UP, field.field, f"{field.told}.", field.since, "studbook status")
        for field in fields
    ]


def _unseen(kind: Kind, error: Exception) -> Trouble:
    told = error.diag.message_primary if isinstance(error, psycopg.Error) else None
    return Trouble(
        Kind.UNSEEN,
        kind.value,
        f"It cannot be seen whether {_IN_QUESTION[kind]}: {printable(told or str(error))}",
        datetime.now(UTC),
        "studbook alert",
    )


_IN_QUESTION = {
    Kind.REJECTED: "objects were rejected",
    Kind.STALE: "a source is stale",
    Kind.NO_RACES: "a day came without races",
    Kind.DRIED_UP: "a field of the feed dried up",
}


def _named(resource: str, day: date | None) -> str:
    return f"{resource} of {day}" if day else resource


def _day(trouble: Trouble) -> date:
    """The day of a subject that _named has made."""
    return date.fromisoformat(trouble.subject.rpartition(" ")[2])
