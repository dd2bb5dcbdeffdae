"""The lists of the API that come page by page: racecards and results."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, timedelta

from starlette.requests import Request
from starlette.responses import Response

from simulator.feed.archive import Listed
from simulator.feed.tiers import Plan
from simulator.serving.parameters import (
    UnprocessableError,
    place_filter,
    read_date,
    read_integer,
    read_word,
    result_filter,
)
from simulator.world import AHEAD, World

FIRST_CARD = date(2023, 1, 23)
FIRST_RESULT = date(1988, 1, 1)
LONGEST_RANGE = timedelta(days=365)
# The days that plans below pro have racecards of, as so many from the world's last one.
CARD_DAYS = {"today": timedelta(0), "tomorrow": timedelta(1)}
# Races by their day and their place in its list.
Found = list[tuple[date, int]]


class Listings:
    """The endpoints that list races, each in the shape of the request's `state.plan`.

    Without `history` results go back no more than 365 days.

    A page has at most `largest_page` objects, whatever limit was asked for. It begins so many
    objects late, or early, as the request's `state.shift` says. The last `rendered_days` stay
    rendered, since pages follow each other.
    """

    def __init__(
        self,
        world: World,
        *,
        history: bool,
        largest_page: int | None = None,
        rendered_days: int = 4,
    ) -> None:
        self._world = world
        self._history = history
        self._largest_page = largest_page
        self._rendered_days = rendered_days
        self._pages: dict[tuple[str, Plan, date], list[str]] = {}

    async def racecards(self, request: Request) -> Response:
        world = self._world
        day = read_date(request, "date") or world.end
        if not FIRST_CARD <= day <= world.end + AHEAD:
            raise UnprocessableError(
                "date",
                f"racecards are available from {FIRST_CARD} to {world.end + AHEAD}",
                "value_error.date",
            )
        return self._cards(request, day)

    async def racecards_of_day(self, request: Request) -> Response:
        day = self._world.end + CARD_DAYS[read_word(request, "day", CARD_DAYS, "today")]
        return self._cards(request, day)

    def _cards(self, request: Request, day: date) -> Response:
        limit = read_integer(request, "limit", 500, least=1, most=500)
        skip = read_integer(request, "skip", 0, least=0, most=500)
        keep = place_filter(request, "region_codes", "course_ids")
        found = [(day, i) for i, race in enumerate(self._world.listed(day)) if keep(race)]
        return self._page(request, "racecards", found, limit, skip)

    async def results(self, request: Request) -> Response:
        world = self._world
        last = read_date(request, "end_date") or world.end
        first = read_date(request, "start_date") or world.end - LONGEST_RANGE
        earliest = FIRST_RESULT if self._history else world.end - LONGEST_RANGE
        if first < earliest:
            raise UnprocessableError(
                "start_date", f"start_date must not be before {earliest}", "value_error.date"
            )
        if first > last:
            raise UnprocessableError(
                "end_date", "end_date must not be before start_date", "value_error.date"
            )
        if last - first > LONGEST_RANGE:
            raise UnprocessableError(
                "end_date", "end_date must be at most 365 days after start_date", "value_error.date"
            )
        limit = read_integer(request, "limit", 50, least=1, most=100)
        skip = read_integer(request, "skip", 0, least=0, most=20000)
        keep = result_filter(request)
        return self._page(request, "results", self._results(first, last, keep), limit, skip)

    async def today(self, request: Request) -> Response:
        end = self._world.end
        limit = read_integer(request, "limit", 50, least=1, most=100)
        skip = read_integer(request, "skip", 0, least=0, most=None)
        keep = place_filter(request, "region", None)
        return self._page(request, "results", self._results(end, end, keep), limit, skip)

    def _results(self, first: date, last: date, keep: Callable[[Listed], bool]) -> Found:
        found: Found = []
        day = min(last, self._world.end)
        while day >= max(first, self._world.start):
            done = [race for race in self._world.listed(day) if race.has_result]
            found += [(day, i) for i, race in enumerate(reversed(done)) if keep(race)]
            day -= timedelta(days=1)
        return found

    def _page(self, request: Request, kind: str, found: Found, limit: int, skip: int) -> Response:
        limit = min(limit, self._largest_page or limit)
        start = max(skip + getattr(request.state, "shift", 0), 0)
        query = [list(pair) for pair in request.query_params.multi_items()]
        head = {"total": len(found), "limit": limit, "skip": skip, "query": query}
        plan = request.state.plan
        wanted = found[start : start + limit]
        rows = ",".join(self._rendered(kind, plan, day)[i] for day, i in wanted)
        body = f'{{"{kind}":[{rows}],{json.dumps(head, ensure_ascii=False)[1:]}'
        return Response(body, media_type="application/json")

    def _rendered(self, kind: str, plan: Plan, day: date) -> list[str]:
        """A day's objects as JSON."""
        if (kind, plan, day) not in self._pages:
            of_day = self._world.racecards if kind == "racecards" else self._world.results
            objects = of_day(day, plan)
            if len(self._pages) >= self._rendered_days:
                del self._pages[next(iter(self._pages))]
            self._pages[kind, plan, day] = [
                json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in objects
            ]
        return self._pages[kind, plan, day]
