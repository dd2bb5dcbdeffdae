"""Tells with every answer that the API is a simulated one."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADER = "X-Simulated-World"


class Signed:
    """ASGI middleware whose answers, errors too, all have the name of the world in their header."""

    def __init__(self, app: ASGIApp, world: str) -> None:
        self._app = app
        self._world = world

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def signed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[HEADER] = self._world
            await send(message)

        await self._app(scope, receive, signed)
