"""What a user sees of a load while it runs and at its end."""

from __future__ import annotations

from collections.abc import Sequence
from time import monotonic
from typing import Any

import click

from loaders.errors import printable
from loaders.loading.run import Report, Summary

_SECONDS_BETWEEN_LINES = 5.0


class LineProgress:
    """Plain lines on standard error, one now and then."""

    def __init__(self) -> None:
        self._resource = ""
        self._steps = self._done = 0
        self._said = 0.0

    def begin(self, resource: str, steps: int, what: str) -> None:
        """Name the resource."""
        self._resource, self._steps, self._done, self._said = resource, steps, 0, monotonic()
        click.echo(f"{resource}: {what}", err=True)

    def step(self) -> None:
        """Count, and say so if nothing has been said for a while."""
        self._done += 1
        if monotonic() - self._said >= _SECONDS_BETWEEN_LINES:
            self._said = monotonic()
            click.echo(f"{self._resource}: {self._done} of {self._steps}", err=True)

    def problem(self, text: str) -> None:
        """Tell it at once, whatever of a payload it names."""
        click.echo(printable(text, longest=None), err=True)

    def end(self) -> None:
        """Nothing: the summary follows."""


class BarProgress:
    """A bar that moves, on a terminal."""

    def __init__(self) -> None:
        self._bar: Any = None

    def begin(self, resource: str, steps: int, what: str) -> None:
        """Draw a new bar."""
        label = f"{resource}: {what}"
        self._bar = click.progressbar(
            length=steps, label=label, file=click.get_text_stream("stderr")
        )
        self._bar.__enter__()

    def step(self) -> None:
        """Move the bar."""
        self._bar.update(1)

    def problem(self, text: str) -> None:
        """Tell it on a line of its own; the bar goes on below."""
        click.echo(f"\n{printable(text, longest=None)}", err=True)

    def end(self) -> None:
        """Leave the bar where it is."""
        if self._bar is not None:
            self._bar.render_finish()
            self._bar = None


def summary_table(summaries: Sequence[Summary]) -> str:
    """What a load did, a line for each resource."""
    rows = [("", "days", "objects", "new", "changed", "unchanged", "withdrawn", "rejected")]
    rows += [
        (
            summary.resource,
            "" if summary.days is None else f"{summary.days:,}",
            f"{summary.received:,}",
            f"{summary.new:,}",
            f"{summary.changed:,}",
            f"{summary.unchanged:,}",
            f"{summary.withdrawn:,}",
            f"{summary.rejected:,}",
        )
        for summary in summaries
    ]
    return "\n".join(
        f"{name:<10}" + "".join(f"{cell:>11}" for cell in cells) for name, *cells in rows
    )


def shortfall(report: Report) -> str | None:
    """A sentence about what a load could not land, and why; None when there is nothing."""
    rejected = sum(summary.rejected for summary in report.summaries)
    failed = sum(summary.failed for summary in report.summaries)
    parts = []
    if rejected:
        told = "; ".join(report.reasons)
        more = rejected - len(report.reasons)
        parts.append(
            f"{rejected:,} rejected ({told}{f'; {more:,} more' if more else ''}), which "
            f"`studbook rejects --load {report.load_id}` shows whole"
        )
    if failed:
        parts.append(f"{failed:,} failed (see above), which the same command asks for again")
    return f"Not everything has landed: {' and '.join(parts)}." if parts else None
