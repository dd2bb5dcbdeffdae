"""The Racing API's HTTP side: paths, parameters, errors and limits, over a simulated world."""

from __future__ import annotations

import base64
import binascii
import json
import math
import secrets
import time
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any

import anyio
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from loaders.simulator.geography import COURSES, REGIONS
from loaders.simulator.world import AHEAD, SEARCHABLE, Listed, World

FIRST_CARD = date(2023, 1, 23)
FIRST_RESULT = date(1988, 1, 1)
LONGEST_RANGE = timedelta(days=365)
# Parameters of the results and what of a race they choose by.
RESULT_FILTERS = {
    "type": "type",
    "going": "going",
    "race_class": "race_class",
    "age_band": "age_band",
    "sex_restriction": "sex_rule",
}

Endpoint = Callable[[Request], Awaitable[Response]]
Found = list[tuple[date, int]]


class UnprocessableError(Exception):
    """A parameter that the API refuses; becomes a 422 of the documented form."""

    def __init__(self, name: str, message: str, kind: str, **context: object) -> None:
        self.error: dict[str, Any] = {"loc": ["query", name], "msg": message, "type": kind}
        if context:
            self.error["ctx"] = context


class RateLimit:
    """So many requests a second on each endpoint, with as many at once after a pause."""

    def __init__(self, override: float | None) -> None:
        self._override = override
        self._credit: dict[str, tuple[float, float]] = {}
        self._refusals = 0

    def refuse(self, endpoint: str, documented: float) -> Response | None:
        """The 429 for a request too many, else None. Every other refusal says when to retry."""
        rate = self._override or documented
        now = time.monotonic()
        burst = max(1.0, rate)
        credit, then = self._credit.get(endpoint, (burst, now))
        credit = min(burst, credit + (now - then) * rate)
        if credit >= 1:
            self._credit[endpoint] = (credit - 1, now)
            return None
        self._credit[endpoint] = (credit, now)
        self._refusals += 1
        headers = {"Retry-After": str(math.ceil((1 - credit) / rate))} if self._refusals % 2 else {}
        return JSONResponse({"detail": "Rate limit exceeded"}, 429, headers=headers)


class _Api:
    """The endpoints over one world."""

    def __init__(self, world: World, *, history: bool) -> None:
        self._world = world
        self._history = history
        self._pages: dict[tuple[str, date], list[str]] = {}

    # ----------------------------------------------------------------- reference

    async def regions(self, request: Request) -> Response:
        return JSONResponse(self._world.regions())

    async def courses(self, request: Request) -> Response:
        wanted = _regions(request, "region_codes")
        courses = [c for c in self._world.courses() if not wanted or c["region_code"] in wanted]
        return JSONResponse({"courses": courses, "total": len(courses)})

    # ----------------------------------------------------------------- racecards

    async def racecards(self, request: Request) -> Response:
        world = self._world
        day = _date(request, "date") or world.end
        if not FIRST_CARD <= day <= world.end + AHEAD:
            raise UnprocessableError(
                "date",
                f"racecards are available from {FIRST_CARD} to {world.end + AHEAD}",
                "value_error.date",
            )
        limit = _integer(request, "limit", 500, least=1, most=500)
        skip = _integer(request, "skip", 0, least=0, most=500)
        keep = _filter(request, "region_codes", "course_ids")
        found = [(day, i) for i, race in enumerate(world.listed(day)) if keep(race)]
        return self._page(request, "racecards", found, limit, skip)

    async def racecard(self, request: Request) -> Response:
        return _one(self._world.racecard(request.path_params["race_id"]))

    # ----------------------------------------------------------------- results

    async def results(self, request: Request) -> Response:
        world = self._world
        last = _date(request, "end_date") or world.end
        first = _date(request, "start_date") or world.end - LONGEST_RANGE
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
        limit = _integer(request, "limit", 50, least=1, most=100)
        skip = _integer(request, "skip", 0, least=0, most=20000)
        keep = _result_filter(request)
        return self._page(request, "results", self._results(first, last, keep), limit, skip)

    async def today(self, request: Request) -> Response:
        end = self._world.end
        limit = _integer(request, "limit", 50, least=1, most=100)
        skip = _integer(request, "skip", 0, least=0, most=None)
        keep = _filter(request, "region", None)
        return self._page(request, "results", self._results(end, end, keep), limit, skip)

    async def result(self, request: Request) -> Response:
        return _one(self._world.result(request.path_params["race_id"]))

    def _results(self, first: date, last: date, keep: Callable[[Listed], bool]) -> Found:
        found: Found = []
        day = min(last, self._world.end)
        while day >= max(first, self._world.start):
            done = [race for race in self._world.listed(day) if race.has_result]
            found += [(day, i) for i, race in enumerate(reversed(done)) if keep(race)]
            day -= timedelta(days=1)
        return found

    def _page(self, request: Request, kind: str, found: Found, limit: int, skip: int) -> Response:
        head = {"total": len(found), "limit": limit, "skip": skip,
                "query": [list(pair) for pair in request.query_params.multi_items()]}  # fmt: skip
        rows = ",".join(self._rendered(kind, day)[i] for day, i in found[skip : skip + limit])
        body = f'{{"{kind}":[{rows}],{json.dumps(head, ensure_ascii=False)[1:]}'
        return Response(body, media_type="application/json")

    def _rendered(self, kind: str, day: date) -> list[str]:
        """A day's objects as JSON; the last few days stay, since pages follow each other."""
        if (kind, day) not in self._pages:
            world = self._world
            objects = world.racecards(day) if kind == "racecards" else world.results(day)
            if len(self._pages) >= 4:
                del self._pages[next(iter(self._pages))]
            self._pages[kind, day] = [
                json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in objects
            ]
        return self._pages[kind, day]

    # ----------------------------------------------------------------- one horse

    async def horse(self, request: Request) -> Response:
        return _one(self._world.horse(request.path_params["horse_id"]))

    async def odds(self, request: Request) -> Response:
        params = request.path_params
        return _one(self._world.odds(params["race_id"], params["horse_id"]))

    async def search(self, request: Request) -> Response:
        if "name" not in request.query_params:
            raise UnprocessableError("name", "field required", "value_error.missing")
        kind = request.url.path.split("/")[2]
        return JSONResponse(
            {"search_results": self._world.search(kind, request.query_params["name"])}
        )


def _one(payload: dict[str, Any] | None) -> Response:
    if payload is None:
        raise HTTPException(404)
    return JSONResponse(payload)


def _date(request: Request, name: str) -> date | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UnprocessableError(name, "invalid date format", "value_error.date")


def _integer(request: Request, name: str, default: int, *, least: int, most: int | None) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise UnprocessableError(
            name, "value is not a valid integer", "type_error.integer"
        ) from None
    if value < least:
        raise UnprocessableError(name, f"ensure this value is greater than or equal to {least}",
                            "value_error.number.not_ge", limit_value=least)  # fmt: skip
    if most is not None and value > most:
        raise UnprocessableError(name, f"ensure this value is less than or equal to {most}",
                            "value_error.number.not_le", limit_value=most)  # fmt: skip
    return value


def _regions(request: Request, name: str) -> frozenset[str]:
    codes = request.query_params.getlist(name)
    for code in codes:
        if code not in REGIONS:
            raise UnprocessableError(name, f"unknown region code: {code}", "value_error")
    return frozenset(codes)


def _filter(request: Request, regions: str, courses: str | None) -> Callable[[Listed], bool]:
    """A test of races; as the API documents, given courses make it ignore the regions."""
    wanted = _regions(request, regions)
    ids = frozenset(request.query_params.getlist(courses)) if courses else frozenset()
    if ids:
        return lambda race: COURSES[race.course].id in ids
    return lambda race: not wanted or COURSES[race.course].region in wanted


def _result_filter(request: Request) -> Callable[[Listed], bool]:
    """The filters of the results beyond region and course; values are the API's: good_to_firm."""
    placed = _filter(request, "region", "course")
    least = _integer(request, "min_distance_y", 0, least=0, most=None)
    most = _integer(request, "max_distance_y", 99_999, least=0, most=None)
    wanted = {
        attribute: frozenset(values)
        for name, attribute in RESULT_FILTERS.items()
        if (values := request.query_params.getlist(name))
    }

    def keep(race: Listed) -> bool:
        return (
            placed(race)
            and least <= race.yards <= most
            and all(
                getattr(race, attribute).lower().replace(" ", "_") in values
                for attribute, values in wanted.items()
            )
        )

    return keep


def _authorized(request: Request, username: str, password: str) -> bool:
    scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "basic":
        return False
    try:
        given = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        return False
    return secrets.compare_digest(given, f"{username}:{password}".encode())


def create_app(
    world: World, *, username: str = "demo", password: str = "demo",
    rate_limits: bool | float = True, latency: float = 0.0, history: bool = True,
) -> Starlette:  # fmt: skip
    """The API of `world` as an ASGI application.

    `rate_limits`: True for the documented limits, a number for so many requests a second on each
    endpoint, False for none. `latency`: seconds before each answer. `history`: whether the account
    has the add-on that opens results before the last 365 days.
    """
    api = _Api(world, history=history)
    override = None if isinstance(rate_limits, bool) else rate_limits
    limiter = RateLimit(override) if rate_limits else None

    def endpoint(path: str, handler: Endpoint, limit: float) -> Route:
        async def answer(request: Request) -> Response:
            if not _authorized(request, username, password):
                detail = (
                    "Incorrect username or password"
                    if "authorization" in request.headers
                    else "Not authenticated"
                )
                return JSONResponse({"detail": detail}, 401, headers={"WWW-Authenticate": "Basic"})
            refusal = limiter.refuse(path, limit) if limiter else None
            if refusal:
                return refusal
            if latency:
                await anyio.sleep(latency)
            try:
                return await handler(request)
            except UnprocessableError as error:
                return JSONResponse({"detail": [error.error]}, 422)

        return Route(path, answer, methods=["GET"])

    async def not_found(request: Request, error: Exception) -> Response:
        return JSONResponse({"detail": "Not Found"}, 404)

    return Starlette(
        routes=[
            endpoint("/v1/courses/regions", api.regions, 1),
            endpoint("/v1/courses", api.courses, 1),
            endpoint("/v1/racecards/pro", api.racecards, 2),
            endpoint("/v1/racecards/{race_id}/pro", api.racecard, 5),
            endpoint("/v1/results", api.results, 5),
            endpoint("/v1/results/today", api.today, 5),
            endpoint("/v1/results/{race_id}", api.result, 5),
            *(endpoint(f"/v1/{kind}/search", api.search, 5) for kind in SEARCHABLE),
            endpoint("/v1/horses/{horse_id}/pro", api.horse, 5),
            endpoint("/v1/odds/{race_id}/{horse_id}", api.odds, 5),
        ],
        exception_handlers={404: not_found},
    )
