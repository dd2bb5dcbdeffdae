"""What each plan of an account reaches, and what a refusal says about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from loaders.api.refusals import ABOUT_THE_ACCOUNT, ApiError, RefusedError
from loaders.settings import Plan

# From standard on a plan has the results of so many days up to today; older ones are an add-on.
RESULTS_BACK = timedelta(days=365)
# What a plan has and lacks, as a user says it.
IN_WORDS: Mapping[Plan, str] = {
    Plan.FREE: "the main fields of today's and tomorrow's racecards and of today's results; no "
    "prices, no odds, no horses",
    Plan.BASIC: "today's and tomorrow's racecards, today's results; no odds, no horses",
    Plan.STANDARD: "today's and tomorrow's racecards with odds, results of the last 12 months, the "
    "parents of horses; no earlier or later racecards, no history of odds",
    Plan.PRO: "all that Studbook loads",
}


class PlanError(ApiError):
    """The account's plan does not reach what was asked for."""


@dataclass(frozen=True)
class Endpoint:
    """An address of the API, for accounts of a `plan` and of bigger ones.

    A day goes into the parameters `dates`: as it is or, where the endpoint has only those days
    from today on that `only` names, by that name. `rate` is documented, in requests a second, for
    each endpoint; those of a `group` share it. `member` is the name of the list in an answer, None
    where the answer is the list itself or one object; `page_size` is the most objects that can be
    asked for, None where all come in one answer.
    """

    resource: str
    plan: Plan
    path: str
    group: str
    rate: float
    regions: str | None = None
    dates: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    member: str | None = None
    page_size: int | None = None

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day that it may be asked for, as far as the plan goes."""
        if not self.only:
            return date.min, date.max
        return today, today + timedelta(days=len(self.only) - 1)

    def asked(
        self, regions: Sequence[str], day: date | None, today: date
    ) -> dict[str, str | int | Sequence[str]]:
        """The parameters that ask for some regions, and for a day where it goes by days."""
        parameters: dict[str, str | int | Sequence[str]] = {}
        if day is not None:
            told = self.only[(day - today).days] if self.only else f"{day}"
            parameters = dict.fromkeys(self.dates, told)
        if self.regions is not None:
            parameters[self.regions] = regions
        return parameters


# The best that a plan has of a resource stands before what smaller ones have.
ENDPOINTS = (
    Endpoint("regions", Plan.FREE, "/v1/courses/regions", "reference", 1.0),
    Endpoint(
        "courses",
        Plan.FREE,
        "/v1/courses",
        "reference",
        1.0,
        regions="region_codes",
        member="courses",
    ),
    Endpoint(
        "racecards",
        Plan.PRO,
        "/v1/racecards/pro",
        "racecards",
        2.0,
        regions="region_codes",
        dates=("date",),
        member="racecards",
        page_size=500,
    ),
    *(
        Endpoint(
            "racecards",
            plan,
            f"/v1/racecards/{plan}",
            group,
            rate,
            regions="region_codes",
            dates=("day",),
            only=("today", "tomorrow"),
            member="racecards",
            page_size=500,
        )
        for plan, group, rate in (
            (Plan.STANDARD, "racecards", 2.0),
            (Plan.BASIC, "racecards", 2.0),
            (Plan.FREE, "free racecards", 1.0),
        )
    ),
    Endpoint(
        "results",
        Plan.STANDARD,
        "/v1/results",
        "results",
        5.0,
        regions="region",
        dates=("start_date", "end_date"),
        member="results",
        page_size=100,
    ),
    *(
        Endpoint(
            "results",
            plan,
            path,
            group,
            rate,
            regions="region",
            only=("today",),
            member="results",
            page_size=100,
        )
        for plan, path, group, rate in (
            (Plan.BASIC, "/v1/results/today", "results", 5.0),
            (Plan.FREE, "/v1/results/today/free", "free results", 1.0),
        )
    ),
    Endpoint("horses", Plan.PRO, "/v1/horses/{horse_id}/pro", "horses", 5.0),
    Endpoint("horses", Plan.STANDARD, "/v1/horses/{horse_id}/standard", "horses", 5.0),
)
DOCUMENTED_RATES = {endpoint.group: endpoint.rate for endpoint in ENDPOINTS}


def best(resource: str, plan: Plan) -> Endpoint | None:
    """The best endpoint that a plan has for a resource; None when it has none."""
    found = (it for it in ENDPOINTS if it.resource == resource and it.plan <= plan)
    return next(found, None)


def lacking(plan: Plan | None) -> list[str]:
    """The resources that a plan has nothing of; none where it is not known."""
    resources = dict.fromkeys(endpoint.resource for endpoint in ENDPOINTS)
    return [name for name in resources if plan is not None and best(name, plan) is None]


def smaller(resource: str, plan: Plan) -> list[str]:
    """The names of the plans that have less of a resource than this one."""
    return [f"{it}" for it in Plan if _level(resource, it) < _level(resource, plan)]


def bigger(resource: str, plan: Plan) -> list[str]:
    """The names of the plans that have more of a resource than this one."""
    return [f"{it}" for it in Plan if _level(resource, it) > _level(resource, plan)]


def _level(resource: str, plan: Plan) -> int:
    """A number that grows with what a plan has of a resource."""
    found = best(resource, plan)
    return -1 if found is None else list(Plan).index(found.plan)


def is_unknown(error: RefusedError, parameter: str) -> bool:
    """Whether the API says that what a parameter named is unknown to it, or no such thing."""
    return error.status == 404 or (error.status == 422 and parameter in error.said)


def is_about_the_account(error: RefusedError) -> bool:
    """Whether the account may not ask, so that the API has said nothing about what it was asked."""
    return error.status in ABOUT_THE_ACCOUNT


def explain_refusal(error: RefusedError, resource: str, day: date, today: date) -> ApiError:
    """The error to end a load with when the API refused a day: which days the plan allows."""
    earliest = today - RESULTS_BACK
    about_the_plan = error.status in (402, 403) or "plan" in error.said.lower()
    about_the_day = error.status == 422 and "date" in error.said
    if resource != "results" or day >= earliest or not (about_the_plan or about_the_day):
        return error
    return PlanError(
        f"The account's plan has no results of {day} ({error.status}: {error.said}): it allows "
        f"those from {earliest} to {today}. Load with --from {earliest}, or add historical results "
        "to the plan."
    )
