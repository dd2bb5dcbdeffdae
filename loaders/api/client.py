"""A session with The Racing API over httpx: login, pace, patience."""

from __future__ import annotations

import asyncio
import logging
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import metadata
from time import monotonic
from types import TracebackType
from typing import Self

import httpx

from loaders.api.pacing import MOST_IN_FLIGHT, Pacer
from loaders.api.pages import PageReader
from loaders.api.patience import Losses, Patience, in_words
from loaders.api.provenance import AnotherOriginError, Origin
from loaders.api.refusals import (
    GATEWAY,
    ApiError,
    NotFoundError,
    OutOfPatienceError,
    RefusedError,
    UnavailableError,
    address_of,
    is_html,
    is_the_apis_own,
    refusal,
    retry_after,
    said_by,
    worded,
)
from loaders.api.shapes import Page, Shape, UnreadableBodyError
from loaders.api.way import way_to
from loaders.errors import printable
from loaders.settings import Settings

Parameters = Mapping[str, str | int | Sequence[str]]

_log = logging.getLogger(__name__)
_RETRIED = {408, 425, 429}
# Seconds.
_CONNECTING = 10.0
_BETWEEN_SETBACKS = 60.0
# Bytes of one answer, unpacked: no page of the API is a hundredth of it.
_LARGEST = 256 * 1024 * 1024
# Who the time is lost to.
_API = "the API"
_ANY_LIST = PageReader(Shape(key="region_code"))


class _Setback(Exception):  # noqa: N818 - not an error yet
    """One attempt brought nothing usable.

    `pause` is the wait (seconds) that the API asks for, `too_many_at` when a request went out that
    was one too many.
    """

    def __init__(
        self, problem: str, pause: float | None = None, too_many_at: float | None = None
    ) -> None:
        super().__init__(problem)
        self.pause = pause
        self.too_many_at = too_many_at


@dataclass(slots=True)
class Tally:
    """Requests made, and those among them that brought nothing usable."""

    requests: int = 0
    failed: int = 0


class RacingApi:
    """A session with the Racing API; an async context manager."""

    def __init__(
        self,
        settings: Settings,
        patience: Patience | None = None,
        losses: Losses | None = None,
    ) -> None:
        """`losses` is what the load has lost so far, where others add to it too.

        The log has each request, and as a warning a setback at once, then at most one a minute.
        Raises ConfigError when the environment names a way to the API that cannot be gone.
        """
        self._patience = patience or Patience(in_all=settings.patience)
        self._losses = losses or Losses(self._patience.in_all)
        self._answered = 0
        self._silent_until = -math.inf
        self._told = False
        self._base_url = settings.base_url
        self._pacer = Pacer(settings)
        way = way_to(settings.base_url)
        self._through = way.told
        # Whose the answers are; None until the first has come.
        self.origin: Origin | None = None
        self._http = httpx.AsyncClient(
            base_url=settings.base_url,
            auth=httpx.BasicAuth(settings.username, settings.password),
            timeout=httpx.Timeout(self._patience.response, connect=_CONNECTING),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=MOST_IN_FLIGHT),
            headers={
                "Accept": "application/json",
                "User-Agent": f"studbook/{metadata.version('studbook')}",
            },
            proxy=way.proxy,
            verify=way.verify,
            trust_env=False,
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._http.__aexit__(kind, error, traceback)

    def in_flight(self, group: str) -> int:
        """How many requests of a group may be under way at once."""
        return self._pacer.in_flight(group)

    async def get(
        self,
        group: str,
        path: str,
        parameters: Parameters,
        reader: PageReader,
        tally: Tally,
    ) -> Page:
        """The page that `reader` finds in the answer; what it cannot read is asked for again.

        Raises RefusedError (NotFoundError for 404) at once, UnavailableError when only this
        request fails again and again, OutOfPatienceError when the whole load has lost too much,
        AnotherOriginError when another one answers than before.
        """
        request = self._http.build_request("GET", path, params=parameters)
        answered_before = self._answered
        attempt = 0
        while True:
            attempt += 1
            tally.requests += 1
            others_answered = self._answered > answered_before
            try:
                page = await self._ask(group, request, reader, attempt)
            except NotFoundError:
                self._came()
                raise
            except RefusedError:
                tally.failed += 1
                raise
            except _Setback as setback:
                tally.failed += 1
                self._losses.failed(_API)
                problem = str(setback)
                pause = setback.pause or 0
                wait = max(self._patience.wait(attempt), pause)
                left = self._losses.left
                if setback.too_many_at is not None and pause <= left:
                    await self._pacer.hold(min(wait, left), setback.too_many_at)
                enough = attempt >= self._patience.attempts
                if enough and others_answered:
                    raise UnavailableError(
                        f"{self._unanswered(request, attempt, problem)}, though others are "
                        "answered; the next load asks for it again."
                    ) from None
                if setback.pause is not None:
                    problem += f", and asks for a pause of {in_words(setback.pause)}"
                if not left or pause > left:
                    raise OutOfPatienceError(
                        f"{self._unanswered(request, attempt, problem)}, and patience is at its "
                        "end (STUDBOOK_PATIENCE): check RACING_API_BASE_URL and the network, or "
                        "load again later."
                    ) from None
                self._tell(problem, left)
                answered_before = self._answered
                if enough and await self._answers():
                    # What failed may have been the whole API: this is asked for once more.
                    self._answered += 1
                    wait = pause
            else:
                self._came()
                return page
            await asyncio.sleep(min(wait, left))

    def _came(self) -> None:
        self._answered += 1
        self._losses.came(_API)
        if self._told:
            self._told = False
            _log.warning("The Racing API answers again.")

    async def _answers(self) -> bool:
        """Whether the API answers anything, asked of what costs it least."""
        request = self._http.build_request("GET", "/v1/courses/regions")
        try:
            await self._ask("reference", request, _ANY_LIST)
        except (_Setback, ApiError):
            return False
        return True

    def _unanswered(self, request: httpx.Request, attempt: int, problem: str) -> str:
        attempts = "1 attempt" if attempt == 1 else f"{attempt} attempts"
        return (
            f"The Racing API at {self._base_url} gave no usable answer to {address_of(request)} in "
            f"{attempts} (the last time: {problem})"
        )

    def _tell(self, problem: str, left: float) -> None:
        if monotonic() >= self._silent_until:
            self._silent_until = monotonic() + _BETWEEN_SETBACKS
            self._told = True
            _log.warning(
                f"The Racing API at {self._base_url} (RACING_API_BASE_URL) gave no usable answer "
                f"({problem}); it is asked again for up to {in_words(left)} (STUDBOOK_PATIENCE)."
            )

    async def _ask(
        self, group: str, request: httpx.Request, reader: PageReader, attempt: int = 1
    ) -> Page:
        longest = min(self._patience.response, max(self._losses.left, 1.0))
        asked_at, outcome = None, "no answer"
        try:
            async with self._pacer.slots(group):
                await self._pacer.turn(group)
                asked_at = monotonic()
                async with asyncio.timeout(longest):
                    response, body = await self._exchange(request)
            outcome = str(response.status_code)
        except httpx.ConnectTimeout as error:
            raise _Setback(f"no connection within {_CONNECTING:g} s{self._through}") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _Setback(f"no answer within {longest:.3g} s") from error
        except httpx.RequestError as error:
            raise _Setback(f"{worded(error)}{self._through}") from error
        finally:
            if asked_at is not None:
                _log.debug(
                    "%s %s: %s, %.3f s, attempt %d",
                    request.method,
                    address_of(request),
                    outcome,
                    monotonic() - asked_at,
                    attempt,
                )
        status = response.status_code
        if status != 200 and (status >= 500 or status in _RETRIED or not is_the_apis_own(body)):
            raise _Setback(
                f"{status} {said_by(response, body)}",
                pause=retry_after(response),
                too_many_at=asked_at if status == 429 else None,
            )
        if status != 200:
            self._came_from(Origin.of(response))
            raise refusal(response, body)
        try:
            page = reader.read(body)
        except UnreadableBodyError as error:
            told = GATEWAY if is_html(body) else f"the answer is not what was asked for: {error}"
            raise _Setback(printable(told)) from error
        self._came_from(Origin.of(response))
        return page

    def _came_from(self, origin: Origin) -> None:
        if self.origin not in (None, origin):
            raise AnotherOriginError(
                f"Of the answers at {self._base_url} (RACING_API_BASE_URL) some come from "
                f"{self.origin} and some from {origin}: load again when only one of them answers "
                "there."
            )
        self.origin = origin

    async def _exchange(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """The response to a request, and its body.

        httpx's responses are part of a cycle: the body of one that has read it stays in memory
        until the garbage collector comes by, and pages are megabytes.
        """
        response = await self._http.send(request, stream=True)
        try:
            chunks, size = [], 0
            async for chunk in response.aiter_bytes():
                chunks.append(chunk)
                size += len(chunk)
                if size > _LARGEST:
                    raise _Setback(f"the answer is larger than {_LARGEST >> 20} MB")
            return response, b"".join(chunks)
        finally:
            await response.aclose()
