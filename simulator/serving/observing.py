"""Tells who asks for it of every answer that the simulated API gives."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp, Message, Receive, Scope, Send


@dataclass(frozen=True, slots=True)
class Answered:
    """A request that was answered: `at` is when it came, in seconds of the monotonic clock."""

    at: float
    endpoint: str
    status: int


class Observed:
    """ASGI middleware around one endpoint; `tell` is called as an answer begins to be sent."""

    def __init__(self, app: ASGIApp, endpoint: str, tell: Callable[[Answered], None]) -> None:
        self._app = app
        self._endpoint = endpoint
        self._tell = tell

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        at = time.monotonic()

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._tell(Answered(at, self._endpoint, message["status"]))
            await send(message)

        await self._app(scope, receive, told)
