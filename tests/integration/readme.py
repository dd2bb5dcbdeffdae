"""The messages in the README's table, each with … for what differs."""

from __future__ import annotations

import re

from loaders.settings import ROOT


def explained() -> list[str]:
    section = (ROOT / "README.md").read_text().partition("## When something goes wrong")[2]
    return re.findall(r"^\| `(.+?)` \|", section.partition("\n## ")[0], re.MULTILINE)


def only(message: str) -> str:
    """The one message of the README that begins so."""
    [found] = [row for row in explained() if row.startswith(message)]
    return found


def matches(message: str, printed: str) -> bool:
    pattern = ".+?".join(re.escape(part) for part in message.split("…"))
    return re.search(pattern.replace("`", "`?"), printed) is not None
