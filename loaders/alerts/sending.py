"""A message sent by Apprise, to whatever its owner reads, with the addresses kept secret.

An address holds tokens and passwords, and Apprise and what it sends by write them into their logs:
nothing is logged while they work, and no exception of theirs goes further.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from loaders.alerts.wording import TEST, Message
from loaders.errors import StudbookError

if TYPE_CHECKING:
    from apprise import Apprise

_BETWEEN = re.compile(r"\s+|,+(?=[\w.+-]+://)")
# How long (seconds) one receiver may take.
_PATIENCE = 60


class SendingError(StudbookError):
    """A message did not reach each of its receivers."""


@dataclass(frozen=True)
class Receiver:
    """One address: its place among all of them, in words, and what sends to it."""

    place: str
    apprise: Apprise = field(repr=False)


def receivers(url: str) -> list[Receiver]:
    """Those of the addresses in `url`; spaces or commas part them.

    Raises SendingError when one cannot be used; it says which by its place.
    """
    addresses = [part for text in _BETWEEN.split(url) if (part := text.strip(","))]
    found, unknown = [], []
    count = len(addresses)
    with _hushed():
        for number, address in enumerate(addresses, start=1):
            place = "the address" if count == 1 else f"address {number} of {count}"
            if apprise := _apprise(address):
                found.append(Receiver(f"{place}, {apprise[0].service_name},", apprise))
            else:
                unknown.append(place)
    if unknown or not addresses:
        raise SendingError(
            f"STUDBOOK_ALERT_URL cannot be used: {' and '.join(unknown) or 'it'} is no address "
            "that Apprise knows. Write it as https://appriseit.com has it for your service, such "
            "as mailto://user:password@gmail.com."
        )
    return found


def send(receivers: Sequence[Receiver], message: Message) -> list[Receiver]:
    """Send a message to each; returns those that did not take it, fewer than all.

    Raises SendingError when none took it.
    """
    with _hushed():
        refused = [it for it in receivers if not _takes(it.apprise, message)]
    if len(refused) == len(receivers):
        raise SendingError(
            f"The alert was not sent: {_listed(refused)} of STUDBOOK_ALERT_URL cannot be reached "
            "or did not take it. The next run tries again; correct the address if it is wrong."
        )
    return refused


def refuse(refused: Sequence[Receiver]) -> None:
    """Raise SendingError if there are some that did not take what others took."""
    if refused:
        raise SendingError(
            f"The alert reached all but {_listed(refused)} of STUDBOOK_ALERT_URL, which cannot be "
            "reached or did not take it, and will not get it: correct the address, and try it "
            "with `studbook alert --test`."
        )


def try_out(url: str | None) -> int:
    """Send a line to each of the addresses in `url`; returns how many there are.

    Raises SendingError when there is none, or one cannot be used or did not take it.
    """
    if url is None:
        raise SendingError("STUDBOOK_ALERT_URL is not set: set it to the addresses to try.")
    addresses = receivers(url)
    refuse(send(addresses, TEST))
    return len(addresses)


def _apprise(address: str) -> Apprise | None:
    """What sends to an address; None when Apprise knows none such."""
    # It takes a second, and only who is to be told needs it.
    from apprise import Apprise

    receiver = Apprise()
    with suppress(Exception):
        receiver.add(address)
    return receiver if len(receiver) == 1 else None


def _takes(receiver: Apprise, message: Message) -> bool:
    """Send a message; whether it was taken."""
    from apprise import NotifyFormat, NotifyType

    with suppress(Exception):
        return bool(
            receiver.notify(
                title=message.title,
                body=message.body,
                body_format=NotifyFormat.TEXT,
                notify_type=NotifyType.WARNING if message.warns else NotifyType.SUCCESS,
                timeout=_PATIENCE,
            )
        )
    return False


def _listed(receivers: Sequence[Receiver]) -> str:
    return " and ".join(receiver.place for receiver in receivers)


@contextmanager
def _hushed() -> Iterator[None]:
    """Let nobody in this process log, or warn."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)
