"""How a step, and a run of several, can end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum


class Outcome(Enum):
    """The words are those of raw.runs and raw.run_steps."""

    SUCCESS = "success"
    PARTIAL = "partial"
    FAILED = "failed"
    INTERRUPTED = "interrupted"
    PASSED_OVER = "passed over"


# As `studbook load` ends: what is partial, the same command asks for again.
EXIT_CODES = {Outcome.SUCCESS: 0, Outcome.PARTIAL: 3, Outcome.FAILED: 1}


@dataclass(frozen=True)
class Ended:
    """How a step ended, with a sentence where there is something to say.

    `is_alarming`: its owner is to hear of it, though it did not fail.
    """

    outcome: Outcome
    message: str | None = None
    is_alarming: bool = False


def in_all(outcomes: Iterable[Outcome]) -> Outcome:
    """How a run of steps ended that ended so."""
    found = set(outcomes)
    for worse in (Outcome.INTERRUPTED, Outcome.FAILED, Outcome.PARTIAL):
        if worse in found:
            return worse
    return Outcome.SUCCESS
