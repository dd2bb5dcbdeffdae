"""What an account's plan reaches, and what a refusal says about it."""

from __future__ import annotations

from datetime import date, timedelta

from loaders.api.refusals import RefusedError

# Every plan has the results of so many days up to today; older ones are an add-on.
RESULTS_BACK = timedelta(days=365)
_ACCOUNT = (401, 402, 403)
_PLAN = (402, 403)


class PlanError(RefusedError):
    """The account's plan does not reach what was asked for."""


def is_unknown(error: RefusedError, parameter: str) -> bool:
    """Whether the API says that what a parameter named is unknown to it, or no such thing."""
    return error.status == 404 or (error.status == 422 and parameter in error.said)


def is_about_the_account(error: RefusedError) -> bool:
    """Whether the account may not ask, so that the API has said nothing about what it was asked."""
    return error.status in _ACCOUNT


def explain_refusal(error: RefusedError, resource: str, day: date, today: date) -> RefusedError:
    """The error to end a load with when the API refused a day: which days the plan allows."""
    earliest = today - RESULTS_BACK
    about_the_plan = error.status in _PLAN or (error.status == 422 and "date" in error.said)
    if resource != "results" or day >= earliest or not about_the_plan:
        return error
    return PlanError(
        f"The account's plan has no results of {day} ({error.status}: {error.said}): it allows "
        f"those from {earliest} to {today}. Load with --from {earliest}, or add historical results "
        "to the plan.",
        error.status,
        error.said,
    )
