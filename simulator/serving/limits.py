"""How often the API may be asked."""

from __future__ import annotations

import math
import time

from starlette.responses import JSONResponse, Response


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
