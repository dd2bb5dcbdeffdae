"""The message about what began and what ended, in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from loaders.alerts.trouble import Kind, Trouble

# The shortest message of those that most services take holds some 4,000 characters.
_LONGEST = 3000
_MOST_GOING_ON = 5
_ENDED = {
    Kind.FAILED: "it has run well",
    Kind.REJECTED: "what came last has landed whole",
    Kind.STALE: "they have been loaded, or the plan has none",
    Kind.DRIED_UP: "it is filled again, or no longer asked for",
    Kind.NO_RACES: "races have come, or the day has been read for good",
    Kind.UNSEEN: "it can be seen again",
}


@dataclass(frozen=True)
class Message:
    """What a receiver gets: a title and some lines of text; `warns` if something began."""

    title: str
    body: str
    warns: bool

    def __str__(self) -> str:
        return f"{self.title}\n\n{self.body}"


TEST = Message(
    "Studbook: a test", "What goes wrong with Studbook's tables is told here.", warns=False
)


def message(
    database: str,
    begun: Sequence[Trouble],
    ended: Sequence[Trouble],
    going_on: Sequence[Trouble],
    now: datetime,
) -> Message | None:
    """The one about what began and what ended; None when nothing did. `now` has a time zone."""
    counts = [
        *([f"{len(begun)} new {'warning' if len(begun) == 1 else 'warnings'}"] if begun else []),
        *([f"{len(ended)} ended"] if ended else []),
    ]
    if not counts:
        return None
    lines = _section("New:", [_begun(trouble) for trouble in begun])
    lines += _section("Ended:", [_ended(trouble, now) for trouble in ended])
    if going_on:
        lines.append(f"Going on: {_listed(going_on)}.")
    title = f"Studbook, database {database}: {' and '.join(counts)}"
    return Message(title, "\n".join(lines), bool(begun))


def found(begun: Sequence[Trouble], going_on: Sequence[Trouble]) -> str:
    """All that is wrong, a line each."""
    if not begun and not going_on:
        return "Nothing is wrong, as far as can be seen."
    return "\n".join(_begun(trouble) for trouble in (*going_on, *begun))


def moment(at: date | datetime) -> str:
    """A moment on this machine's clock, or a day."""
    return f"{at.astimezone():%Y-%m-%d %H:%M %Z}" if isinstance(at, datetime) else f"{at}"


def hours(length: timedelta) -> str:
    """A length of time in hours, or in days from two days on."""
    whole = max(length // timedelta(hours=1), 0)
    if whole < 48:
        return f"{whole} hour{'' if whole == 1 else 's'}"
    return f"{whole // 24} days"


def _begun(trouble: Trouble) -> str:
    return f"- {trouble.what} Since {moment(trouble.since)}; look further: {trouble.look}"


def _ended(trouble: Trouble, now: datetime) -> str:
    since = trouble.since
    if not isinstance(since, datetime):
        since = datetime.combine(since, time.min, UTC)
    return f"- {trouble.what} Over after {_lasted(now - since)}: {_ENDED[trouble.kind]}."


def _lasted(length: timedelta) -> str:
    minutes = max(length // timedelta(minutes=1), 0)
    return hours(length) if minutes >= 60 else f"{minutes} minute{'' if minutes == 1 else 's'}"


def _section(title: str, lines: Sequence[str]) -> list[str]:
    """A title and its lines, as many of them as fit; how many more there are otherwise."""
    if not lines:
        return []
    shown, length = [title], 0
    for place, line in enumerate(lines):
        length += len(line)
        if length > _LONGEST / 2:
            shown.append(f"- and {len(lines) - place} more: studbook alert --dry-run shows all.")
            break
        shown.append(line)
    return shown


def _listed(going_on: Sequence[Trouble]) -> str:
    named = [f"{_NAMES[trouble.kind]} {trouble.subject}" for trouble in going_on]
    more = len(named) - _MOST_GOING_ON
    told = "; ".join(named[:_MOST_GOING_ON])
    return f"{told}; and {more} more" if more > 0 else told


_NAMES = {
    Kind.FAILED: "failed",
    Kind.REJECTED: "rejects among",
    Kind.STALE: "stale",
    Kind.DRIED_UP: "dried up",
    Kind.NO_RACES: "no races in",
    Kind.UNSEEN: "not seen",
}
