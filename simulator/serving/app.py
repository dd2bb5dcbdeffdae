"""The Racing API over a simulated world, as an ASGI application: its paths, login and errors."""

from __future__ import annotations

import base64
import binascii
import secrets
from collections.abc import Callable

import anyio
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from simulator.faults.failing import Handler, failing
from simulator.faults.schedule import FaultPlan
from simulator.feed.directory import SEARCHABLE
from simulator.feed.tiers import Plan
from simulator.serving.edge import Edge, EdgeLimits
from simulator.serving.limits import RateLimit
from simulator.serving.lookups import Lookups
from simulator.serving.observing import Answered, Observed
from simulator.serving.parameters import UnprocessableError
from simulator.serving.race_lists import Listings
from simulator.serving.signature import Signed
from simulator.world import World


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
    world: World,
    *,
    username: str = "demo",
    password: str = "demo",
    plan: Plan = Plan.PRO,
    rate_limits: bool | float = True,
    edge_limits: EdgeLimits | None = None,
    latency: float = 0.0,
    history: bool = True,
    largest_page: int | None = None,
    rendered_days: int = 4,
    faults: FaultPlan | None = None,
    on_answer: Callable[[Answered], None] | None = None,
) -> Starlette:
    """The API of `world` as an ASGI application, at its root and under /{world.name}.

    `plan`: the account's. `rate_limits`: True for the documented limits, a number for so many
    requests a second on each endpoint, False for none. `edge_limits`: those of the account as a
    whole; by default the known ones beside the documented limits, else none. `latency`: seconds
    before each answer. `history`: whether the account has the add-on that opens results before the
    last 365 days, which only the pro plan can have. `largest_page`: the most objects on a page,
    however many are asked for. `rendered_days`: of how many days the lists stay rendered.
    `on_answer` hears of each answer that an endpoint gives.
    """
    listings = Listings(
        world,
        history=history and plan is Plan.PRO,
        largest_page=largest_page,
        rendered_days=rendered_days,
    )
    lookups = Lookups(world)
    override = None if isinstance(rate_limits, bool) else rate_limits
    limiter = RateLimit(override) if rate_limits else None
    if rate_limits is True:
        edge_limits = edge_limits or EdgeLimits()
    edge = Edge(edge_limits) if edge_limits else None

    def endpoint(name: str, path: str, handler: Handler, limit: float, needed: Plan) -> Route:
        handle = failing(handler, name, faults) if faults else handler

        async def answer(request: Request) -> Response:
            if edge and (closed := edge.refuse(request)):
                return closed
            if not _authorized(request, username, password):
                detail = (
                    "Incorrect username or password"
                    if "authorization" in request.headers
                    else "Not authenticated"
                )
                return JSONResponse({"detail": detail}, 401, headers={"WWW-Authenticate": "Basic"})
            if not plan.includes(needed):
                return JSONResponse({"detail": f"{needed.capitalize()} Plan required"}, 401)
            request.state.plan = needed
            refusal = limiter.refuse(path, limit) if limiter else None
            if refusal:
                return refusal
            if latency:
                await anyio.sleep(latency)
            try:
                return await handle(request)
            except UnprocessableError as error:
                return JSONResponse({"detail": [error.error]}, 422)

        observed = [Middleware(Observed, name, on_answer)] if on_answer else None
        return Route(path, answer, methods=["GET"], middleware=observed)

    async def not_found(request: Request, error: Exception) -> Response:
        return JSONResponse({"detail": "Not Found"}, 404)

    free, basic, standard, pro = Plan
    routes = [
        endpoint("regions", "/v1/courses/regions", lookups.regions, 1, free),
        endpoint("courses", "/v1/courses", lookups.courses, 1, free),
        endpoint("racecards", "/v1/racecards/free", listings.racecards_of_day, 1, free),
        endpoint("racecards", "/v1/racecards/basic", listings.racecards_of_day, 2, basic),
        endpoint("racecards", "/v1/racecards/standard", listings.racecards_of_day, 2, standard),
        endpoint("racecards", "/v1/racecards/pro", listings.racecards, 2, pro),
        endpoint(
            "racecard", "/v1/racecards/{race_id}/standard", lookups.near_racecard, 5, standard
        ),
        endpoint("racecard", "/v1/racecards/{race_id}/pro", lookups.racecard, 5, pro),
        endpoint("results", "/v1/results/today/free", listings.today, 1, free),
        endpoint("results", "/v1/results/today", listings.today, 5, basic),
        endpoint("results", "/v1/results", listings.results, 5, standard),
        endpoint("result", "/v1/results/{race_id}", lookups.result, 5, standard),
        *(
            endpoint("search", f"/v1/{kind}/search", lookups.search, 5, standard)
            for kind in SEARCHABLE
        ),
        endpoint("horses", "/v1/horses/{horse_id}/standard", lookups.horse, 5, standard),
        endpoint("horses", "/v1/horses/{horse_id}/pro", lookups.horse, 5, pro),
        endpoint("odds", "/v1/odds/{race_id}/{horse_id}", lookups.odds, 5, pro),
    ]
    return Starlette(
        routes=[*routes, Mount(f"/{world.name}", routes=routes)],
        middleware=[Middleware(Signed, world.name)],
        exception_handlers={404: not_found},
    )
