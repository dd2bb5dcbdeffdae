"""Which plan an account has, found out from what the API refuses it."""

from __future__ import annotations

from loaders.api.client import RacingApi, Tally
from loaders.api.pages import PageReader
from loaders.api.plans import PlanError, best, is_about_the_account
from loaders.api.refusals import (
    OutOfPatienceError,
    PlanRequiredError,
    RefusedError,
    UnavailableError,
)
from loaders.api.shapes import Shape
from loaders.settings import Plan

_READER = PageReader(Shape("race_id", "racecards"))


async def find_plan(api: RacingApi) -> Plan:
    """The biggest plan that the API does not refuse: each is asked for one racecard.

    Raises PlanError when it refuses all of them, and what `api` raises.
    """
    refused: PlanRequiredError | None = None
    for plan in sorted(Plan, reverse=True):
        endpoint = best("racecards", plan)
        assert endpoint is not None
        try:
            await api.get(endpoint.group, endpoint.path, {"limit": 1}, _READER, Tally())
        except PlanRequiredError as error:
            refused = error
            continue
        except OutOfPatienceError:
            raise
        except UnavailableError:
            # What is refused later tells.
            return plan
        except RefusedError as error:
            if is_about_the_account(error):
                raise
        return plan
    assert refused is not None
    raise PlanError(
        "The Racing API refuses this account even what the plan free includes "
        f"({refused.status}: {refused.said}), which is what an overdue invoice looks like: settle "
        "the account with The Racing API, and load again."
    )


async def other_plan(api: RacingApi, was: Plan, is_set: bool, error: PlanRequiredError) -> Plan:
    """The plan that an account has which the API refused something that `was` includes.

    Raises the error itself when that is the account's plan after all, PlanError when somebody has
    set it, and what find_plan raises.
    """
    found = await find_plan(api)
    if found >= was:
        raise error
    if is_set:
        raise PlanError(
            f"The account's plan is {found}, not {was} ({error.status}: {error.said}): correct "
            "RACING_API_PLAN, or leave it out and the plan is found out."
        )
    return found
