"""What must be in raw after a load: told by what the API answered, without any of the loaders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

Payload = dict[str, Any]

# How often a load of the machine asks for one thing before it leaves it for the next load.
ATTEMPTS = 6
# After so many days in a row that got no answer the rest is left, too.
UNANSWERED = 3
# How often a list that has something twice is read before it is taken as it is.
READINGS = 3
# So many past days in a row without races are a failure, unless an earlier load saw that, too.
EMPTY = 7
# A past day that loses so many races, and a third of those it had, keeps them.
LOST = 3
# So many days after it a day is read for good; an empty one, when two loads saw it.
SETTLED = timedelta(days=5)


@dataclass(frozen=True)
class Load:
    """A load of the days from the first to the last, made on `today`."""

    table: str
    first: date
    last: date
    today: date
    refresh: bool = False

    @property
    def days(self) -> list[date]:
        """The days, in order; of a day that has not come there are cards, but no results."""
        last = min(self.last, self.today) if self.table == "results" else self.last
        return [self.first + timedelta(days=n) for n in range((last - self.first).days + 1)]


@dataclass(frozen=True)
class Kept:
    """An object of raw; one that is not `live` is withdrawn."""

    payload: Payload
    live: bool = True


# An answer to a request for a day: its objects, or None when it was no whole list.
Answer = Sequence[Payload] | None


@dataclass
class Told:
    """What the answers of a day come to in one load: the lists that were taken, in order.

    `doubtful`: one of them has something twice, perhaps in the place of something else.
    `unanswered`: the last request was given up.
    """

    lists: list[Sequence[Payload]] = field(default_factory=list)
    doubtful: bool = False
    unanswered: bool = False

    @classmethod
    def by(cls, answers: Sequence[Answer]) -> Told:
        """What so many answers come to."""
        told = cls()
        failed = doubtful = 0
        for answer in answers:
            if answer is None:
                failed += 1
                continue
            failed = 0
            doubtful = (
                doubtful + 1 if len({each["race_id"] for each in answer}) < len(answer) else 0
            )
            if not doubtful or doubtful == READINGS:
                told.lists.append(answer)
                told.doubtful |= bool(doubtful)
                doubtful = 0
        told.unanswered = failed >= ATTEMPTS
        return told

    @property
    def objects(self) -> dict[str, Payload]:
        """Of each key the payload that came last."""
        return {each["race_id"]: each for taken in self.lists for each in taken}


class Model:
    """What one table of raw has to hold."""

    def __init__(self, table: str) -> None:
        self.table = table
        self.kept: dict[str, Kept] = {}
        # The day whose list an object came in last.
        self._listed: dict[str, date] = {}
        self._settled: set[date] = set()
        self._seen_empty: dict[date, set[date]] = {}

    def asked(self, load: Load) -> list[date]:
        """The days that a load asks for: not those that were read for good, unless to refresh."""
        return [day for day in load.days if load.refresh or day not in self._settled]

    def check(
        self,
        load: Load,
        answers: Mapping[date, Sequence[Answer]],
        lines: Mapping[date, bool],
        ended: bool | None,
        found: Mapping[str, Kept],
    ) -> None:
        """Compare what a load has left with what it had to leave.

        `lines` are the days that it wrote in its log, and whether as complete; `ended` says whether
        it told that all had landed, None that it was stopped; `found` is what is in the table.
        """
        asked = self.asked(load)
        assert answers.keys() | lines.keys() <= set(asked), "it asks for days read for good"
        told = {day: Told.by(answers.get(day, ())) for day in asked}
        if ended is not None:
            self._check_end(load, told, lines, ended)
        for day in asked:
            if day not in lines:
                continue
            if lines[day]:
                self._read(load, day, told[day])
            else:
                self._break(load, day, told[day], found)
        assert dict(found) == self.kept
        for day in asked:
            if lines.get(day):
                self._note(load.today, day, told[day])

    def _note(self, today: date, day: date, told: Told) -> None:
        """A complete day is read for good if it was late enough, and an empty one seen twice."""
        if not told.objects:
            self._seen_empty.setdefault(day, set()).add(today)
        late = {seen for seen in self._seen_empty.get(day, ()) if seen >= day + SETTLED}
        if today >= day + SETTLED and (told.objects or len(late) > 1):
            self._settled.add(day)

    def _is_doubtful(
        self, load: Load, told: Mapping[date, Told], lines: Mapping[date, bool]
    ) -> bool:
        """Whether so many past days in a row are empty that the load says so."""
        in_a_row = 0
        for day, said in told.items():
            is_news = day < load.today and not load.refresh and day not in self._seen_empty
            empty = is_news and lines.get(day, False) and not said.objects
            in_a_row = in_a_row + 1 if empty else 0
            if in_a_row == EMPTY:
                return True
        return False

    def _check_end(
        self, load: Load, told: Mapping[date, Told], lines: Mapping[date, bool], ended: bool
    ) -> None:
        """A load that goes to its end has told of every day, and ends well if all are complete."""
        in_a_row, expected = 0, []
        for day, said in told.items():
            expected.append(day)
            in_a_row = in_a_row + 1 if said.unanswered else 0
            if in_a_row == UNANSWERED:
                break
        assert sorted(lines) == expected
        assert ended == (all(lines.values()) and not self._is_doubtful(load, told, lines))

    def _read(self, load: Load, day: date, told: Told) -> None:
        """A day that is complete holds what came, and nothing else is live."""
        assert told.lists, "a day is complete of which nothing was told"
        assert not told.unanswered, "a day is complete although its last request was given up"
        assert told.objects or len(told.lists) > 1, "one empty list is not enough to be believed"
        missing = self._missing(day, told)
        if missing and not told.doubtful:
            assert len(told.lists) > 1, "one list is not enough to withdraw anything"
            assert not self._must_stay(load, day, told), "too much of a past day went"
            for key in missing:
                self.kept[key] = Kept(self.kept[key].payload, live=False)
        self.kept |= {key: Kept(payload) for key, payload in told.objects.items()}
        self._listed |= dict.fromkeys(told.objects, day)

    def _break(self, load: Load, day: date, told: Told, found: Mapping[str, Kept]) -> None:
        """Of a day that is not complete, what came has landed or has not, and nothing went."""
        if not told.unanswered:
            assert len(told.lists) > 1, "one list is no reason to give up a day"
            assert self._must_stay(load, day, told), "a day is not complete that was told whole"
        for key, payload in told.objects.items():
            if found.get(key) == Kept(payload):
                self.kept[key] = Kept(payload)
                self._listed[key] = day

    def _missing(self, day: date, told: Told) -> list[str]:
        """What is live of a day and in none of the lists."""
        return [
            key
            for key, kept in self.kept.items()
            if kept.live and self._listed[key] == day and key not in told.objects
        ]

    def _must_stay(self, load: Load, day: date, told: Told) -> bool:
        """Whether a past day has lost more than anybody believes who was not told to."""
        if day > load.today or load.refresh or told.doubtful:
            return False
        lost = len(self._missing(day, told))
        had = sum(kept.live and self._listed[key] == day for key, kept in self.kept.items())
        return lost > 0 and (not told.objects or (lost >= LOST and 3 * lost >= had))
