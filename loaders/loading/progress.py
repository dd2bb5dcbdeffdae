"""What a user sees of a load while it runs and at its end."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import Any

import click

from loaders.errors import StudbookError, printable
from loaders.loading.report import Progress, Report, Summary

_SECONDS_BETWEEN_LINES = 5.0
_SHOWN = ("received", "new", "changed", "unchanged", "withdrawn", "rejected")


class PartlyLandedError(StudbookError):
    """Some of what was asked for has not landed."""

    exit_code = 3


class LogFileError(StudbookError):
    """The log cannot be written where it should be."""


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


class _Shown(logging.Handler):
    """Tells a progress what the log says, but for errors: the command itself ends with one."""

    def __init__(self, progress: Progress, level: int) -> None:
        super().__init__(level)
        self._progress = progress

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.ERROR:
            self._progress.problem(record.getMessage())


@contextmanager
def told_by(
    progress: Progress, *, verbose: bool = False, log_file: Path | None = None
) -> Iterator[None]:
    """Have a progress tell what the loaders' log warns of while this lasts.

    `verbose`: all that it says, each request too; a file gets all of that in any case.

    Raises LogFileError when the file cannot be written.
    """
    handlers: list[logging.Handler] = [
        _Shown(progress, logging.DEBUG if verbose else logging.WARNING)
    ]
    if log_file is not None:
        handlers.append(_to_file(log_file))
    logger = logging.getLogger("loaders")
    level = logger.level
    logger.setLevel(logging.DEBUG if verbose or log_file else logging.WARNING)
    for handler in handlers:
        logger.addHandler(handler)
    try:
        yield
    finally:
        logger.setLevel(level)
        for handler in handlers:
            logger.removeHandler(handler)
            handler.close()


def _to_file(path: Path) -> logging.Handler:
    try:
        handler = _File(path, encoding="utf-8")
    except OSError as error:
        raise LogFileError(
            f"The log cannot be written to {path} ({error.strerror}): name another --log-file."
        ) from None
    handler.setFormatter(_OneLine("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    return handler


class _File(logging.FileHandler):
    """A file that may be full: the load goes on without it, which is told once."""

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's own name
        logger = logging.getLogger("loaders")
        if self in logger.handlers:
            logger.removeHandler(self)
            logger.warning("The log cannot be written to %s any more.", self.baseFilename)

    def close(self) -> None:
        with suppress(OSError):
            super().close()


class _OneLine(logging.Formatter):
    """A record on one line, its time in UTC."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def format(self, record: logging.LogRecord) -> str:
        return printable(super().format(record), longest=None)


def summary_table(summaries: Sequence[Summary]) -> str:
    """What a load did, a line for each resource."""
    rows: list[tuple[str, ...]] = [("", "days", "objects", *_SHOWN[1:])]
    rows += [
        (
            summary.resource,
            "" if summary.days is None else f"{summary.days:,}",
            *(f"{getattr(summary.objects, name):,}" for name in _SHOWN),
        )
        for summary in summaries
    ]
    return "\n".join(
        f"{name:<10}" + "".join(f"{cell:>11}" for cell in cells) for name, *cells in rows
    )


def shortfall(report: Report) -> str | None:
    """A sentence about what a load could not land, and why; None when there is nothing."""
    rejected = sum(summary.objects.rejected for summary in report.summaries)
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
