"""What of a request the account's plan includes, and what is said of the rest."""

from __future__ import annotations

from datetime import date

from loaders.api.plans import best
from loaders.loading.request import Request
from loaders.settings import Plan


def not_included(request: Request, resource: str, plan: Plan, today: date) -> str | None:
    """A sentence about what a plan lacks of what a request asks of a resource; None: nothing."""
    endpoint = best(resource, plan)
    if endpoint is None:
        needed = min(it for it in Plan if best(resource, it))
        return (
            f"The account's plan, {plan}, includes no {resource}; {needed} is the first that does."
        )
    first, last = endpoint.days(today)
    until = request.date_to or last
    if resource == "results":
        # No plan has those of days to come.
        until = min(until, today)
    if (request.date_from or first) >= first and until <= last:
        return None
    needed = min(it for it in Plan if (found := best(resource, it)) and not found.only)
    return (
        f"The account's plan, {plan}, includes {resource} of {' and '.join(endpoint.only)} only; "
        f"{needed} is the first that includes other days."
    )
