"""Which steps a day has, which a week, and which a trial of either."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta

from loaders.daily import dbt_steps, last_steps, loading_steps
from loaders.daily.disk_space import look
from loaders.daily.step import Step, on_database
from loaders.daily.upkeep import vacuum
from loaders.loading.run import today_in_london

_TRIED_HORSES = 3


def a_day() -> list[Step]:
    """Every day: what is new, built and tested."""
    return [
        Step("disk", on_database(look)),
        loading_steps.reference_once(),
        loading_steps.racecards(after=["reference"]),
        loading_steps.results(after=["reference", "racecards"]),
        loading_steps.horses(after=["reference", "racecards", "results"]),
        dbt_steps.build(),
        dbt_steps.freshness(),
        last_steps.site(),
        last_steps.alert(),
    ]


def a_week() -> list[Step]:
    """Every week: also what seldom changes, and what looks at everything."""
    return [
        Step("disk", on_database(look)),
        loading_steps.reference(),
        loading_steps.racecards(after=["reference"]),
        loading_steps.late_corrections(after=["reference", "racecards"]),
        loading_steps.horses(after=["reference", "racecards", "results"]),
        dbt_steps.build(),
        dbt_steps.tests(after=["build"]),
        dbt_steps.sample(after=["build"]),
        Step("vacuum", on_database(vacuum)),
        dbt_steps.freshness(),
        last_steps.site(),
        last_steps.backup(),
        last_steps.alert(),
    ]


def a_trial_of_a_day() -> list[Step]:
    """A day's steps over today's cards and yesterday's results; nobody is told of them."""
    today = today_in_london()
    yesterday = today - timedelta(days=1)
    return [
        Step("disk", on_database(look)),
        loading_steps.reference(),
        loading_steps.a_day_of("racecards", today, today, after=["reference"]),
        loading_steps.a_day_of("results", yesterday, today, after=["reference", "racecards"]),
        loading_steps.horses(after=["reference", "racecards", "results"], most=_TRIED_HORSES),
        dbt_steps.build(),
        dbt_steps.freshness(),
    ]


def a_trial_of_a_week() -> list[Step]:
    """A week's steps over the same.

    A build of an empty database has run every test that reads a table. The pages are made of the
    real tables alone.
    """
    return [
        *a_trial_of_a_day(),
        dbt_steps.sample(after=["build"]),
        Step("vacuum", on_database(vacuum)),
        last_steps.trial_backup(),
    ]


STEPS: Mapping[tuple[str, bool], Callable[[], list[Step]]] = {
    ("daily", False): a_day,
    ("weekly", False): a_week,
    ("daily", True): a_trial_of_a_day,
    ("weekly", True): a_trial_of_a_week,
}
