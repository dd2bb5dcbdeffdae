"""What of a request the account's plan includes, and what is said of the rest."""

from __future__ import annotations

from datetime import date

from loaders.api.plans import PlanError, best
from loaders.loading.request import Request
from loaders.settings import Plan


def not_included(request: Request, resource: str, plan: Plan, today: date) -> str | None:
    """A sentence about what a plan lacks of what a request asks of a resource; None: nothing.

    Raises PlanError when that is all of a resource that is asked for by its name.
    """
    is_named = resource == request.name
    endpoint = best(resource, plan)
    if endpoint is None:
        needed = min(it for it in Plan if best(resource, it))
        told = (
            f"The account's plan, {plan}, includes no {resource}; {needed} is the first that does"
        )
        if is_named:
            raise PlanError(f"{told}: load something else, or change the plan.")
        return f"{told}."
    first, last = endpoint.days(today)
    date_from, date_to = request.date_from or first, request.date_to or last
    if resource == "results":
        # No plan has those of days to come.
        date_to = min(date_to, today)
    if date_from >= first and date_to <= last:
        return None
    needed = min(it for it in Plan if (found := best(resource, it)) and not found.only)
    told = (
        f"The account's plan, {plan}, includes {resource} of {' and '.join(endpoint.only)} only; "
        f"{needed} is the first that includes other days"
    )
    if is_named and (date_from > last or date_to < first):
        raise PlanError(f"{told}: leave out --from and --to, or change the plan.")
    return f"{told}."
