"""Endpoints whose answers go wrong as a plan says."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus

import anyio
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from simulator.faults.kinds import Kind
from simulator.faults.schedule import FaultPlan
from simulator.faults.spoiling import spoil

Handler = Callable[[Request], Awaitable[Response]]

_JSON = "application/json"
# How many objects early or late a page begins.
_SHIFTS: Mapping[Kind | int | None, int] = {Kind.REPEATED: -1, Kind.MISSING: 1}
# Bytes that a drip sends at once.
_DROP = 2


def failing(handler: Handler, endpoint: str, plan: FaultPlan) -> Handler:
    """The same endpoint, its answers gone wrong as planned; what it refuses stays refused."""

    async def answer(request: Request) -> Response:
        kind = plan.due(endpoint)
        request.state.shift = _SHIFTS.get(kind, 0)
        response = await handler(request)
        if kind is None or kind in _SHIFTS:
            return response
        return _fail(kind, endpoint, bytes(response.body), plan.drip)

    return answer


def _fail(kind: Kind | int, endpoint: str, body: bytes, drip: float) -> Response:
    match kind:
        case int():
            return _refusal(kind)
        case Kind.TOO_MANY_RETRY_AFTER:
            return _refusal(429, {"Retry-After": "1"})
        case Kind.HTML:
            return _page("We will be back soon", 200)
        case Kind.HANG:
            return _Hang()
        case Kind.DROP:
            return _Drop(body, media_type=_JSON)
        case Kind.DRIP:
            return _Drip(body, drip)
        case Kind.TRUNCATED:
            return Response(body[: len(body) // 2], media_type=_JSON)
    return Response(spoil(kind, endpoint, body), media_type=_JSON)


def _refusal(status: int, headers: Mapping[str, str] | None = None) -> Response:
    """A status as the API says it below 500, as what stands in front of the API from there on."""
    known = {each.value: each.phrase for each in HTTPStatus}
    phrase = known.get(status, "Error")
    if status < 500:
        return JSONResponse({"detail": phrase}, status, headers)
    if status == 500:
        return PlainTextResponse(phrase, status)
    return _page(f"{status} {phrase}", status)


def _page(title: str, status: int) -> Response:
    page = f"<html><head><title>{title}</title></head><body><h1>{title}</h1></body></html>"
    return HTMLResponse(page, status)


class _Hang(Response):
    """Never comes."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _gone(receive)


class _Drop(Response):
    """Ends in the middle of its body; the server then closes the connection."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _start(self, send)
        await _send_part(self.body[: len(self.body) // 2], send)


class _Drip(Response):
    """Comes a few bytes at a time, `interval` seconds apart, while the client waits for it."""

    def __init__(self, body: bytes, interval: float) -> None:
        super().__init__(body, media_type=_JSON)
        self._interval = interval

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _start(self, send)
        for at in range(0, len(self.body), _DROP):
            await _send_part(self.body[at : at + _DROP], send)
            with anyio.move_on_after(self._interval):
                await _gone(receive)
                return
        await send({"type": "http.response.body", "body": b""})


async def _start(response: Response, send: Send) -> None:
    await send(
        {
            "type": "http.response.start",
            "status": response.status_code,
            "headers": response.raw_headers,
        }
    )


async def _send_part(body: bytes | memoryview, send: Send) -> None:
    await send({"type": "http.response.body", "body": bytes(body), "more_body": True})


async def _gone(receive: Receive) -> None:
    """Wait until the client has gone away."""
    while (await receive())["type"] != "http.disconnect":
        pass
