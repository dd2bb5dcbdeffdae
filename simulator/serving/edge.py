"""The provider's network edge, which counts an account's calls before the API sees them."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

_PAGE = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass(frozen=True, slots=True)
class EdgeLimits:
    """What the edge lets through; by default what is known of the provider's.

    An account has `calls` in any `seconds`. An address that sends more than `closing` in that time
    finds the edge closed for `closed` seconds.
    """

    calls: int = 50
    seconds: float = 10.0
    closing: int = 100
    closed: float = 300.0


@dataclass(slots=True)
class Edge:
    """Lets the calls of the one account through, from any address; those it refuses count too."""

    limits: EdgeLimits
    _came: dict[str, deque[float]] = field(default_factory=dict)
    _closed_until: dict[str, float] = field(default_factory=dict)

    def refuse(self, request: Request) -> Response | None:
        """The edge's own page for a call too many, which never says when to retry; else None."""
        now = time.monotonic()
        address = request.client.host if request.client else ""
        if now < self._closed_until.get(address, now):
            return _too_many()
        self._came.setdefault(address, deque()).append(now)
        for came in self._came.values():
            while came and came[0] <= now - self.limits.seconds:
                came.popleft()
        if len(self._came[address]) > self.limits.closing:
            self._closed_until[address] = now + self.limits.closed
        if sum(map(len, self._came.values())) > self.limits.calls:
            return _too_many()
        return None


def _too_many() -> Response:
    status = HTTPStatus.TOO_MANY_REQUESTS
    return HTMLResponse(_PAGE.format(f"{status} {status.phrase}"), status)
