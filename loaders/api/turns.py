"""The rules of an account's pace: when its next request may go out, and what a refusal changes."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

# The part of the permitted rate that is used: the rest keeps a request that is late on its way from
# meeting the next one within the API's second.
_HEADROOM = 0.965
# How far (seconds) a turn that came late may be made up for.
_SLACK = 0.005
# The load that had the last turn comes so much later (seconds) to the next one, and never by more
# than this part of the time between turns, so that another one finds its way in between.
_COURTESY = 0.003
_COURTEOUS_PART = 0.25
# For so long (seconds) after its last turn a load counts as one that goes on.
_GOING_ON = 30.0
_LEAST_SHARE = 1 / 8
# Of the permitted pace, a second: from half of it to the whole takes five minutes.
_REGAINED = 0.5 / 300
# Turns older than this (seconds) hold nobody up.
_OVER = 1.0


class Turns(msgspec.Struct):
    """What the loads of one account know of its pace; times are seconds of the monotonic clock.

    `due` has the next turn under each limit, `taken` when each load had its last one. A refusal as
    one too many halves the pace, to `share` of the permitted one; from the end of the pause on,
    `held_until`, it grows by a tenth of the permitted pace each minute. `refused_at`: when that
    was.
    """

    due: dict[str, float] = {}
    taken: dict[str, float] = {}
    share: float = 1.0
    refused_at: float = 0.0
    held_until: float = 0.0

    def joined(self, other: Turns) -> Turns:
        """What is known here or there; of two refusals the later one has set the pace."""
        later = max(self, other, key=lambda turns: turns.refused_at)
        return Turns(
            _latest(self.due, other.due),
            _latest(self.taken, other.taken),
            later.share,
            later.refused_at,
            max(self.held_until, other.held_until),
        )

    def take(self, load: str, limits: Mapping[str, float], now: float) -> float:
        """Take a turn under all limits (requests a second) that a request comes under.

        Returns 0 if it was due, else after how many seconds it may be, for another try.
        """
        due = max(self.held_until, *(self.due.get(limit, 0.0) for limit in limits))
        intervals = {
            limit: 1 / (rate * _HEADROOM * self.pace(now)) for limit, rate in limits.items()
        }
        if self._was_last(load, now):
            due += min(_COURTESY, _COURTEOUS_PART * min(intervals.values()))
        if now < due:
            return due - now
        for limit, interval in intervals.items():
            self.due[limit] = max(self.due.get(limit, 0.0), now - _SLACK) + interval
        self.taken[load] = now
        return 0.0

    def refuse(self, asked_at: float, pause: float, now: float) -> None:
        """Take note that a request was one too many, and that no other may go out for a pause."""
        # Requests that were under way together are refused together; that is one reason, not many.
        if asked_at > self.refused_at:
            self.share = max(self.pace(now) / 2, _LEAST_SHARE)
            self.refused_at = now
        self.held_until = max(self.held_until, now + pause)

    def pace(self, now: float) -> float:
        """The share of the permitted pace that is used now."""
        recovering = max(now - max(self.held_until, self.refused_at), 0.0)
        return min(self.share + _REGAINED * recovering, 1.0)

    def matters(self, now: float) -> bool:
        """Whether a load that begins now has anything to learn from it."""
        return self.pace(now) < 1 or max(self.held_until, *self.due.values(), 0.0) > now - _OVER

    def _was_last(self, load: str, now: float) -> bool:
        """Whether of several loads that go on this one had the last turn."""
        self.taken = {one: at for one, at in self.taken.items() if now - at < _GOING_ON}
        return len(self.taken) > 1 and max(self.taken, key=self.taken.__getitem__) == load


def _latest(one: Mapping[str, float], other: Mapping[str, float]) -> dict[str, float]:
    return {name: max(times.get(name, 0.0) for times in (one, other)) for name in {**one, **other}}
