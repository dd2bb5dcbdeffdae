"""Which version of the feed words a day's races, and since when it gives longer ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from loaders.errors import StudbookError

OLD, NEW = "1.4.3", "1.4.4"
# The day on which the real feed changed.
CHANGE = date(2026, 6, 1)
# Races got longer ids so many days after the words changed.
_RACES_FOLLOW = 61
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class FeedError(StudbookError):
    """A feed that there is not."""


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed by its `name`: one version for all days, or a change from one to the other.

    Races on and after `words_from` are worded as 1.4.4, those before as 1.4.3. Horses and owners
    that come on or after `ids_from` have longer ids; whoever came before keeps the old one,
    whatever the words.
    """

    name: str
    words_from: date
    ids_from: date

    @classmethod
    def parse(cls, text: str) -> Feed:
        """A feed as the command line has it: 1.4.3, 1.4.4 or the day of the change."""
        if text == OLD:
            return cls(text, date.max, date.max)
        if text == NEW:
            return cls(text, date.min, CHANGE)
        try:
            change = date.fromisoformat(text if _DAY.fullmatch(text) else "")
        except ValueError:
            raise FeedError(
                f"There is no feed {text!r}: --feed takes {OLD}, {NEW} or a day such as {CHANGE}."
            ) from None
        return cls(text, change, change)

    def is_new(self, day: date) -> bool:
        """Whether the races of a day are worded as 1.4.4."""
        return day >= self.words_from

    def has_long_race_ids(self, day: date) -> bool:
        """Whether the races of a day have ids of eleven digits."""
        return (day - self.ids_from).days >= _RACES_FOLLOW
