"""One step of a run, and what it works with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

from loaders.daily.children import Children
from loaders.daily.outcome import Ended, Outcome
from loaders.settings import Plan

# A run's own name among its steps.
RUN = "run"


@dataclass(frozen=True)
class Ground:
    """What the steps of a run stand on.

    `connect` leads to the run's database in autocommit mode, which is also that of what `children`
    run; `target` is the folder that dbt writes into, `dbt_options` go with each of its commands.
    `plan` is the account's, where it is known; `alarming` are the steps so far that their owner is
    to hear of, and how each ended, `well` those that went well. RUN stands there for a run itself.
    """

    children: Children
    connect: Callable[[], psycopg.Connection]
    target: Path
    dbt_options: tuple[str, ...]
    environment: Mapping[str, str] = field(repr=False)
    plan: Callable[[], Plan | None]
    alarming: dict[str, Ended] = field(default_factory=dict)
    well: set[str] = field(default_factory=set)


@dataclass(frozen=True)
class Step:
    """A part of a run with a name; it is passed over when one that it `needs` failed.

    `is_for_stopped`: it is done, too, when the system stops the run before its turn.
    """

    name: str
    does: Callable[[Ground], Ended]
    needs: tuple[str, ...] = ()
    is_for_stopped: bool = False


def on_database(work: Callable[[psycopg.Connection], Ended]) -> Callable[[Ground], Ended]:
    """A step that is work on the database."""

    def does(ground: Ground) -> Ended:
        with ground.connect() as connection:
            return work(connection)

    return does


def failed(message: str) -> Ended:
    """A step that failed."""
    return Ended(Outcome.FAILED, message)
