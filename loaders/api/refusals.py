"""What the API, or the way to it, gave instead of an answer: as errors, in a user's words."""

from __future__ import annotations

import json
import re
import socket
import ssl
from base64 import b64decode
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import httpx

from loaders.errors import StudbookError, printable

GATEWAY = "a page of HTML from something between here and the API"
# Seconds: whoever asks for more than a day has got something wrong.
_LONGEST_PAUSE = 24 * 3600.0
# Statuses with which the API refuses the account, whatever it was asked.
ABOUT_THE_ACCOUNT = (401, 402, 403)
_PLAN_REQUIRED = re.compile(r"\b(free|basic|standard|pro) plan required\b", re.IGNORECASE)


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


class PlanRequiredError(RefusedError):
    """The account's plan does not include this address: the API names the plan that does."""


def worded(error: httpx.RequestError) -> str:
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


def is_the_apis_own(body: bytes) -> bool:
    """Whether an error comes from the API, which explains each, and not from a gateway."""
    try:
        return "detail" in json.loads(body)
    except (ValueError, TypeError, RecursionError):
        return False


def is_html(body: bytes) -> bool:
    """Whether a body is a page for a browser."""
    return body.lstrip()[:1] == b"<"


def refusal(response: httpx.Response, body: bytes) -> RefusedError:
    """The error that says why the API will not answer, and what to do about it."""
    status, address = response.status_code, address_of(response.request)
    said = said_by(response, body)
    if status in ABOUT_THE_ACCOUNT and "plan" in said.lower():
        kind = PlanRequiredError if _PLAN_REQUIRED.search(said) else RefusedError
        return kind(
            f"The account's plan does not include {address} ({status}: {said}); ask for what it "
            "includes, or change the plan.",
            status,
            said,
        )
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


def address_of(request: httpx.Request) -> str:
    """Path and query of a request; neither ever carries the login."""
    return printable(request.url.raw_path.decode("ascii"))


def said_by(response: httpx.Response, body: bytes) -> str:
    """What an error response says, as one printable line without the login that was sent."""
    if is_html(body):
        return f"{response.reason_phrase}, {GATEWAY}".lstrip(", ")
    text = body.decode("utf-8", "replace")
    for secret in _login(response.request):
        # As it is, and the two ways in which JSON writes it.
        in_json = (json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False))
        for written in (secret, *in_json):
            text = text.replace(written, "***")
    try:
        detail = json.loads(text)["detail"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return printable(text) or response.reason_phrase or "no explanation"
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


def retry_after(response: httpx.Response) -> float | None:
    """The seconds that Retry-After asks to wait, in either form; None if it asks for no wait."""
    value = response.headers.get("Retry-After", "").strip()
    if re.fullmatch("[0-9]{1,9}", value):
        seconds = float(value)
    else:
        try:
            moment = parsedate_to_datetime(value)
        except (ValueError, TypeError, OverflowError):
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        seconds = (moment - datetime.now(UTC)).total_seconds()
    return seconds if 0 < seconds <= _LONGEST_PAUSE else None
