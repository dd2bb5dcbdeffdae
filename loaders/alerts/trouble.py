"""One thing that is wrong: of what kind, with what, since when, and where to look further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from loaders.errors import printable


class Kind(Enum):
    """What may be wrong; the value is how raw.alerts has it."""

    FAILED = "failed"
    REJECTED = "rejected"
    STALE = "stale"
    DRIED_UP = "dried_up"
    NO_RACES = "no_races"
    # Whether one of these is so could not be seen.
    UNSEEN = "unseen"


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong: `what` is a sentence, `look` the command to look further.

    Two of one kind are told apart by their subjects, such as a day or a column. `since` has a time
    zone; where only the day is known it is a date.
    """

    kind: Kind
    subject: str
    what: str
    since: date | datetime
    look: str

    @property
    def key(self) -> tuple[Kind, str]:
        """What it has in common with itself as it was seen before."""
        return self.kind, self.subject


@dataclass(frozen=True)
class Failure:
    """A step of the present run that failed: its name, a sentence, the command to look further.

    One of which `has_failed` is false did not fail: the sentence alone is what is told of it.
    """

    step: str
    message: str
    look: str = "studbook daily"
    has_failed: bool = True

    @property
    def what(self) -> str:
        """The sentence that is told."""
        said = printable(self.message).rstrip(".")
        return f"The step {self.step} failed: {said}." if self.has_failed else f"{said}."
