"""What a load says of itself: as it goes along, and at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from loaders.raw.load_log import Counts


class Progress(Protocol):
    """Hears how a load goes along."""

    def begin(self, resource: str, steps: int, what: str) -> None:
        """A resource is about to be loaded, in so many steps: `what` says which."""

    def step(self) -> None:
        """One step is done."""

    def problem(self, text: str) -> None:
        """Something failed that does not stop the load, or a limit was met."""

    def end(self) -> None:
        """The resource that was begun is done or given up."""


@dataclass
class Summary:
    """What a load did with one resource; days is None for one that does not go by date.

    `failed` are the steps that brought nothing, `not_found` those whose key the API does not know.
    """

    resource: str
    days: int | None = None
    objects: Counts = field(default_factory=Counts)
    failed: int = 0
    not_found: int = 0


@dataclass
class Report:
    """How a load ended."""

    load_id: int | None = None
    summaries: list[Summary] = field(default_factory=list)
    # Why the first of the rejected objects could not land.
    reasons: list[str] = field(default_factory=list)

    def summary(self, resource: str, goes_by_day: bool) -> Summary:
        """The line of a resource, a new one at its first call."""
        for summary in self.summaries:
            if summary.resource == resource:
                return summary
        summary = Summary(resource, days=0 if goes_by_day else None)
        self.summaries.append(summary)
        return summary

    @property
    def clean(self) -> bool:
        """Whether everything that was asked for has landed."""
        return not any(summary.failed or summary.objects.rejected for summary in self.summaries)
