"""The Racing API over httpx: authentication, pacing, retries, typed errors."""

from __future__ import annotations

import asyncio
import json
import math
import re
import socket
import ssl
from base64 import b64decode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

import httpx

from loaders.api.pages import UnreadableBodyError, read_bare_list
from loaders.api.patience import Losses, Patience, in_words
from loaders.errors import StudbookError, printable
from loaders.settings import Settings, is_loopback

# Requests a second that the API documents for each group of endpoints.
DOCUMENTED_RATES = {"reference": 1.0, "racecards": 2.0, "results": 5.0, "horses": 5.0}

Parameters = Mapping[str, str | int | Sequence[str]]
T = TypeVar("T")

# The part of the permitted rate that is used: the rest keeps a request that is late on its way from
# meeting the next one within the API's second.
_HEADROOM = 0.965
# How far (seconds) a turn that came late may be made up for.
_SLACK = 0.005
# A response takes about 0.6 s; enough requests are in flight for one that takes this long.
_SLOWEST_RESPONSE = 2.0
_FEWEST_IN_FLIGHT, _MOST_IN_FLIGHT = 4, 10
_MOST_SLOWDOWN = 8.0
_RETRIED = {408, 425, 429}
# Seconds.
_CONNECTING = 10.0
_BETWEEN_SETBACKS = 60.0
# Who the time is lost to.
_API = "the API"


class ApiError(StudbookError):
    """The API did not give what was asked for."""


class UnavailableError(ApiError):
    """The API gave no usable answer however often it was asked; it may later."""


class OutOfPatienceError(UnavailableError):
    """Nothing usable came from the API for so long that the load ends."""


class RefusedError(ApiError):
    """The API will not answer this request, now or later; `said` is its explanation."""

    def __init__(self, message: str, status: int, said: str) -> None:
        super().__init__(message)
        self.status = status
        self.said = said


class NotFoundError(RefusedError):
    """The API has nothing under this address (404)."""


class _Setback(Exception):  # noqa: N818 - not an error yet
    """One attempt brought nothing usable; `pause` is the wait (seconds) that the API asks for."""

    def __init__(self, problem: str, pause: float | None = None, too_many: bool = False) -> None:
        super().__init__(problem)
        self.pause = pause
        self.too_many = too_many


@dataclass(slots=True)
class Tally:
    """Requests made, and those among them that brought nothing usable."""

    requests: int = 0
    failed: int = 0


class Pacer:
    """Hands out turns, evenly spaced, at a share of a permitted rate (requests a second)."""

    def __init__(self, rate: float) -> None:
        self._interval = 1 / (rate * _HEADROOM)
        self._slowdown = 1.0
        self._next = self._held_until = 0.0
        self._lock = asyncio.Lock()
        in_flight = math.ceil(rate * _SLOWEST_RESPONSE)
        self.in_flight = min(max(in_flight, _FEWEST_IN_FLIGHT), _MOST_IN_FLIGHT)
        self.slots = asyncio.Semaphore(self.in_flight)

    async def turn(self) -> None:
        """Wait for the next turn; turns come in the order in which they were asked for."""
        async with self._lock:
            while (wait := self._next - monotonic()) > 0:
                await asyncio.sleep(wait)
            interval = self._interval * self._slowdown
            self._next = max(self._next, monotonic() - _SLACK) + interval

    def hold(self, seconds: float) -> None:
        """Give no turn for so long, and fewer afterwards: the API said that they were too many."""
        now = monotonic()
        # Requests that were under way together are refused together; that is one reason, not many.
        if now >= self._held_until:
            self._slowdown = min(self._slowdown * 2, _MOST_SLOWDOWN)
        self._held_until = max(self._held_until, now + seconds)
        self._next = max(self._next, self._held_until)

    def ease(self) -> None:
        """Come back to the full rate, a little with every answer."""
        self._slowdown = max(self._slowdown * 0.9, 1.0)


class RacingApi:
    """A session with the Racing API; an async context manager."""

    def __init__(
        self,
        settings: Settings,
        patience: Patience | None = None,
        say: Callable[[str], None] = lambda text: None,
        losses: Losses | None = None,
    ) -> None:
        """`say` hears of a setback at once, and then of at most one a minute.

        `losses` is what the load has lost so far, where others add to it too.
        """
        self._patience = patience or Patience(in_all=settings.patience)
        self._losses = losses or Losses(self._patience.in_all)
        self._answered = 0
        self._say = say
        self._silent_until = -math.inf
        self._told = False
        self._base_url = settings.base_url
        self._pacers = {
            group: Pacer(settings.rate or rate) for group, rate in DOCUMENTED_RATES.items()
        }
        self._http = httpx.AsyncClient(
            base_url=settings.base_url,
            auth=httpx.BasicAuth(settings.username, settings.password),
            timeout=httpx.Timeout(self._patience.response, connect=_CONNECTING),
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=_MOST_IN_FLIGHT),
            headers={
                "Accept": "application/json",
                "User-Agent": f"studbook/{metadata.version('studbook')}",
            },
            # A proxy is for the world outside, not for a simulator on this machine.
            trust_env=not is_loopback(settings.base_url),
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
        return self._pacers[group].in_flight

    async def get(
        self,
        group: str,
        path: str,
        parameters: Parameters,
        read: Callable[[str], T],
        tally: Tally,
    ) -> T:
        """What `read` makes of the response's text; what it cannot read is asked for again.

        Raises RefusedError (NotFoundError for 404) at once, UnavailableError when only this
        request fails again and again, OutOfPatienceError when the whole load has lost too much.
        """
        pacer = self._pacers[group]
        request = self._http.build_request("GET", path, params=parameters)
        answered_before = self._answered
        attempt = 0
        while True:
            attempt += 1
            tally.requests += 1
            try:
                page = await self._ask(pacer, request, read)
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
                wait = self._patience.wait(attempt) if setback.pause is None else setback.pause
                left = self._losses.left
                if setback.too_many:
                    pacer.hold(min(wait, left))
                if attempt >= self._patience.attempts and (
                    self._answered > answered_before or await self._answers()
                ):
                    raise UnavailableError(
                        f"{self._unanswered(request, attempt, problem)}, though others are "
                        "answered; the next load asks for it again."
                    ) from None
                if setback.pause is not None:
                    problem += f", and asks for a pause of {in_words(setback.pause)}"
                if not left or (setback.pause or 0) > left:
                    raise OutOfPatienceError(
                        f"{self._unanswered(request, attempt, problem)}, and patience is at its "
                        "end (STUDBOOK_PATIENCE): check RACING_API_BASE_URL and the network, or "
                        "load again later."
                    ) from None
                self._tell(problem, left)
            else:
                pacer.ease()
                self._came()
                return page
            await asyncio.sleep(min(wait, left))

    def _came(self) -> None:
        self._answered += 1
        self._losses.came(_API)
        if self._told:
            self._told = False
            self._say("The Racing API answers again.")

    async def _answers(self) -> bool:
        """Whether the API answers anything, asked of what costs it least."""
        request = self._http.build_request("GET", "/v1/courses/regions")
        try:
            await self._ask(self._pacers["reference"], request, read_bare_list)
        except (_Setback, ApiError):
            return False
        return True

    def _unanswered(self, request: httpx.Request, attempt: int, problem: str) -> str:
        attempts = "1 attempt" if attempt == 1 else f"{attempt} attempts"
        return (
            f"The Racing API at {self._base_url} gave no usable answer to {_address(request)} in "
            f"{attempts} (the last time: {problem})"
        )

    def _tell(self, problem: str, left: float) -> None:
        if monotonic() >= self._silent_until:
            self._silent_until = monotonic() + _BETWEEN_SETBACKS
            self._told = True
            self._say(
                f"The Racing API at {self._base_url} (RACING_API_BASE_URL) gave no usable answer "
                f"({problem}); it is asked again for up to {in_words(left)} (STUDBOOK_PATIENCE)."
            )

    async def _ask(self, pacer: Pacer, request: httpx.Request, read: Callable[[str], T]) -> T:
        longest = min(self._patience.response, max(self._losses.left, 1.0))
        try:
            async with pacer.slots:
                await pacer.turn()
                async with asyncio.timeout(longest):
                    response, body = await self._exchange(request)
        except httpx.ConnectTimeout as error:
            raise _Setback(f"no connection within {_CONNECTING:g} s") from error
        except (TimeoutError, httpx.TimeoutException) as error:
            raise _Setback(f"no answer within {longest:.3g} s") from error
        except httpx.RequestError as error:
            raise _Setback(_worded(error)) from error
        status = response.status_code
        if status >= 500 or status in _RETRIED:
            raise _Setback(
                f"{status} {_said(response)}", pause=_retry_after(response), too_many=status == 429
            )
        if status != 200:
            raise _refusal(response)
        try:
            return read(body.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise _Setback("the answer is not UTF-8 text") from error
        except UnreadableBodyError as error:
            raise _Setback(printable(f"the answer is not what was asked for: {error}")) from error

    async def _exchange(self, request: httpx.Request) -> tuple[httpx.Response, bytes]:
        """The response to a request, and its body.

        httpx's responses are part of a cycle: the body of one that has read it stays in memory
        until the garbage collector comes by, and pages are megabytes.
        """
        response = await self._http.send(request, stream=True)
        try:
            if response.status_code != 200:
                return response, await response.aread()
            return response, b"".join([chunk async for chunk in response.aiter_bytes()])
        finally:
            await response.aclose()


def _worded(error: httpx.RequestError) -> str:
    """What went wrong on the way to the API or back, in a user's words."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "the name of its server is not known here"
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not trusted: {printable(cause.verify_message)}"
        if isinstance(cause, ConnectionRefusedError):
            return "nothing answers there: the connection was refused"
        cause = cause.__cause__ or cause.__context__
    if isinstance(error, httpx.ConnectError):
        return printable(f"no connection: {error}")
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return "the connection broke off before the answer was whole"
    return printable(f"no answer: {error}")


def _refusal(response: httpx.Response) -> RefusedError:
    status, said, address = response.status_code, _said(response), _address(response.request)
    if status == 401:
        return RefusedError(
            f"The Racing API refused the credentials (401: {said}); check RACING_API_USERNAME and "
            "RACING_API_PASSWORD.",
            status,
            said,
        )
    if status == 403:
        return RefusedError(
            f"The Racing API does not allow this account {address} (403: {said}); ask for what its "
            "plan includes.",
            status,
            said,
        )
    if status == 404:
        return NotFoundError(
            f"The Racing API has nothing at {address} (404: {said}); check RACING_API_BASE_URL.",
            status,
            said,
        )
    return RefusedError(
        f"The Racing API refused {address} ({status}: {said}); ask for something else.",
        status,
        said,
    )


def _address(request: httpx.Request) -> str:
    return printable(request.url.raw_path.decode("ascii"))


def _said(response: httpx.Response) -> str:
    """What an error response says, as one printable line without the login that was sent."""
    text = response.content.decode("utf-8", "replace")
    for secret in _login(response.request):
        # As it is, and the two ways in which JSON writes it.
        in_json = (json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False))
        for written in (secret, *in_json):
            text = text.replace(written, "***")
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, KeyError, TypeError, RecursionError):
        is_page = text.lstrip().startswith("<")
        return response.reason_phrase if is_page else printable(text) or "no explanation"
    if isinstance(detail, list):
        return printable("; ".join(_validation_error(item) for item in detail))
    return printable(detail if isinstance(detail, str) else json.dumps(detail))


def _login(request: httpx.Request) -> list[str]:
    """What a request carried to say who asks: the header's value, the password, the user name."""
    value = request.headers.get("Authorization", "").removeprefix("Basic ")
    username, _, password = b64decode(value).decode().partition(":")
    return [secret for secret in (value, password, username) if secret]


def _validation_error(item: object) -> str:
    if isinstance(item, dict) and isinstance(item.get("loc"), list) and "msg" in item:
        return f"{'.'.join(str(part) for part in item['loc'])}: {item['msg']}"
    return json.dumps(item)


def _retry_after(response: httpx.Response) -> float | None:
    """The seconds that Retry-After asks to wait, from either of its forms; None without it."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"\d{1,9}", value):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max((moment - datetime.now(UTC)).total_seconds(), 0.0)
