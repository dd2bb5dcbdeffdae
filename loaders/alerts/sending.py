"""A message sent by Apprise, to whatever its owner reads, with the addresses kept secret.

An address holds tokens and passwords, and Apprise and what it sends by write them into their logs:
nothing is logged while they work, and no exception of theirs goes further.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from loaders.alerts.wording import Message
from loaders.errors import StudbookError

if TYPE_CHECKING:
    from apprise import Apprise

_BETWEEN = re.compile(r"\s+|,+(?=[\w.+-]+://)")
# How long (seconds) one receiver may take.
_PATIENCE = 60


class SendingError(StudbookError):
    """A message did not reach each of its receivers."""


def send(url: str, message: Message) -> int:
    """Send a message to each of the addresses in `url`; returns how many there are.

    Spaces or commas part them. Raises SendingError when one cannot be used, before anything is
    sent, and when one does not take the message, after all have been tried; it says which by its
    place.
    """
    addresses = [part for text in _BETWEEN.split(url) if (part := text.strip(","))]
    places = [_placed(place, len(addresses)) for place in range(1, len(addresses) + 1)]
    with _hushed():
        receivers = [_receiver(address) for address in addresses]
        unknown = [place for place, it in zip(places, receivers, strict=True) if it is None]
        known = [it for it in receivers if it is not None]
        refused = [
            f"{place}, {receiver[0].service_name},"
            for place, receiver in zip(places, known, strict=False)
            if not unknown and not _takes(receiver, message)
        ]
    if unknown or not addresses:
        raise SendingError(
            f"STUDBOOK_ALERT_URL cannot be used: {' and '.join(unknown) or 'it'} is no address "
            "that Apprise knows. Write it as https://appriseit.com has it for your service, such "
            "as mailto://user:password@gmail.com."
        )
    if refused:
        raise SendingError(
            f"The alert was not sent: {' and '.join(refused)} of STUDBOOK_ALERT_URL cannot be "
            "reached or did not take it. The next run tries again; correct the address if it is "
            "wrong."
        )
    return len(addresses)


def _receiver(address: str) -> Apprise | None:
    """What sends to an address; None when Apprise knows none such."""
    # It takes a second, and only a run that has something to tell needs it.
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


def _placed(place: int, count: int) -> str:
    return "the address" if count == 1 else f"address {place} of {count}"


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
