"""Who answers: the real API, or the simulator of one world, which says so in every answer."""

from __future__ import annotations

from dataclasses import dataclass

import httpx

from loaders.api.refusals import ApiError
from loaders.errors import printable

_HEADER = "X-Simulated-World"


class AnotherOriginError(ApiError):
    """The answers to one load come from more than one source."""


@dataclass(frozen=True, slots=True)
class Origin:
    """The simulator of a world, by its name; without one the real API."""

    world: str | None = None

    @classmethod
    def of(cls, response: httpx.Response) -> Origin:
        """Who gave an answer."""
        world = response.headers.get(_HEADER)
        return cls(None if world is None else printable(world))

    def __str__(self) -> str:
        return "the real API" if self.world is None else f"the simulated world {self.world}"
