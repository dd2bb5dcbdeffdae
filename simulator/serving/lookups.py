"""What the API tells without pages: reference data, one object by its id, a search by name."""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from simulator.serving.parameters import UnprocessableError, read_regions
from simulator.serving.race_lists import CARD_DAYS
from simulator.world import World


class Lookups:
    """The endpoints that look something up in one world; `state.plan` of a request is the shape."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def regions(self, request: Request) -> Response:
        return JSONResponse(self._world.regions())

    async def courses(self, request: Request) -> Response:
        wanted = read_regions(request, "region_codes")
        courses = [c for c in self._world.courses() if not wanted or c["region_code"] in wanted]
        return JSONResponse({"courses": courses, "total": len(courses)})

    async def racecard(self, request: Request) -> Response:
        return _one(self._world.racecard(request.path_params["race_id"], request.state.plan))

    async def near_racecard(self, request: Request) -> Response:
        """A racecard of today, tomorrow or a big race."""
        card = self._world.racecard(request.path_params["race_id"], request.state.plan)
        near = {(self._world.end + ahead).isoformat() for ahead in CARD_DAYS.values()}
        return _one(card if card and (card["big_race"] or card["date"] in near) else None)

    async def result(self, request: Request) -> Response:
        return _one(self._world.result(request.path_params["race_id"]))

    async def horse(self, request: Request) -> Response:
        return _one(self._world.horse(request.path_params["horse_id"], request.state.plan))

    async def odds(self, request: Request) -> Response:
        params = request.path_params
        return _one(self._world.odds(params["race_id"], params["horse_id"]))

    async def search(self, request: Request) -> Response:
        if "name" not in request.query_params:
            raise UnprocessableError("name", "field required", "value_error.missing")
        kind = request.url.path.split("/")[-2]
        return JSONResponse(
            {"search_results": self._world.search(kind, request.query_params["name"])}
        )


def _one(payload: dict[str, Any] | None) -> Response:
    if payload is None:
        raise HTTPException(404)
    return JSONResponse(payload)
