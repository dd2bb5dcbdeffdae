"""A Racing API over real HTTP that answers what a test tells it to, byte for byte."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

USERNAME, PASSWORD = "stable-lad", "s3cret-of-the-yard"
PATHS = {"racecards": "/v1/racecards/pro", "results": "/v1/results"}


@dataclass
class Answer:
    """A response that goes before the regular one."""

    status: int = 200
    body: str | bytes = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """A request that arrived, and when (seconds of the monotonic clock)."""

    path: str
    query: list[tuple[str, str]]
    at: float


class Api:
    """Serves lists of objects: each a value, or the exact text of one.

    `answers[path]` are given first, one a request; then what `instead` tells; where `refuse` is
    true the answer is a 422; `latency` is in seconds, and while it is `held` no answer comes. A
    path before /v1 makes no difference to a regular answer. With a `world` it is its simulator.
    """

    def __init__(self, username: str = USERNAME, password: str = PASSWORD) -> None:
        self._username, self._password = username, password
        self.regions: list[Any] = []
        self.courses: list[Any] = []
        self.racecards: dict[str, list[Any]] = {}
        self.results: dict[str, list[Any]] = {}
        self.horses: dict[str, Any] = {}
        self.answers: dict[str, list[Answer]] = {}
        self.refuse: Callable[[str, Mapping[str, str]], bool] = lambda path, query: False
        self.instead: Callable[[str, Mapping[str, str]], Answer | None] = lambda path, query: None
        self.world: str | None = None
        self.latency = 0.0
        self.held = False
        self.asked: list[Asked] = []
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(
            uvicorn.Config(
                Starlette(routes=[Route("/{path:path}", self._answer)]), log_level="critical"
            )
        )
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        while not self._server.started:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        # A response that a test left pending is not waited for.
        self._server.should_exit = self._server.force_exit = True
        self._thread.join()
        self._socket.close()

    def environment(self, **settings: str) -> dict[str, str]:
        """The variables that point a load at it, as fast as it goes, on the plan pro."""
        return {
            "RACING_API_BASE_URL": self.base_url,
            "RACING_API_USERNAME": self._username,
            "RACING_API_PASSWORD": self._password,
            "RACING_API_RATE": "1000",
            "RACING_API_PLAN": "pro",
            **settings,
        }

    def paths(self) -> list[str]:
        """The paths asked for, in order."""
        return [asked.path for asked in self.asked]

    def days(self, resource: str) -> list[str]:
        """The days asked for, sorted."""
        return sorted(
            {
                value
                for asked in self.asked
                if asked.path == PATHS[resource]
                for name, value in asked.query
                if name in ("date", "start_date")
            }
        )

    async def _answer(self, request: Request) -> Response:
        answer = await self._answered(request)
        if self.world is not None:
            answer.headers["X-Simulated-World"] = self.world
        return answer

    async def _answered(self, request: Request) -> Response:
        path, query = request.scope["path"], request.query_params
        self.asked.append(Asked(path, query.multi_items(), time.monotonic()))
        await asyncio.sleep(self.latency)
        while self.held:
            await asyncio.sleep(0.01)
        answer = self.answers[path].pop(0) if self.answers.get(path) else self.instead(path, query)
        if answer:
            return Response(answer.body, answer.status, answer.headers, "application/json")
        login = b64encode(f"{self._username}:{self._password}".encode()).decode()
        if request.headers.get("Authorization") != f"Basic {login}":
            return _json({"detail": "Incorrect username or password"}, 401)
        if self.refuse(path, query):
            return _json({"detail": [{"loc": ["query"], "msg": "refused", "type": "v"}]}, 422)
        path = path[path.find("/v1/") :]
        if path == "/v1/courses/regions":
            return Response(_list(self.regions), media_type="application/json")
        if path == "/v1/courses":
            return _json_text(f'{{"courses": {_list(self.courses)}, "total": {len(self.courses)}}}')
        if path == PATHS["racecards"]:
            return self._page("racecards", self.racecards.get(query.get("date", ""), []), query)
        if path == PATHS["results"]:
            assert query["start_date"] == query["end_date"]
            return self._page("results", self.results.get(query["start_date"], []), query)
        horse = self.horses.get(path.removeprefix("/v1/horses/").removesuffix("/pro"))
        return _json({"detail": "Not Found"}, 404) if horse is None else _json_text(_text(horse))

    def _page(self, member: str, objects: list[Any], query: Mapping[str, str]) -> Response:
        limit, skip = int(query["limit"]), int(query.get("skip", 0))
        page = _list(objects[skip : skip + limit])
        return _json_text(
            f'{{"{member}": {page}, "total": {len(objects)}, "limit": {limit}, "skip": {skip}}}'
        )


def _text(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item)


def _list(objects: list[Any]) -> str:
    return f"[{', '.join(_text(item) for item in objects)}]"


def _json(value: Any, status: int) -> Response:
    return Response(json.dumps(value), status, media_type="application/json")


def _json_text(text: str) -> Response:
    return Response(text, media_type="application/json")
