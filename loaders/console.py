"""What Studbook's commands have in common: how they take a day, fail, and are imported."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from importlib import import_module
from typing import Any

import click

from loaders.errors import StudbookError, printable

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Group(click.Group):
    """A command group that shows a StudbookError as one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StudbookError as error:
            told = click.ClickException(printable(str(error), longest=None))
            # It is one of the instance too, which is how click reads it.
            told.exit_code = error.exit_code  # type: ignore[misc]
            raise told from error


@contextmanager
def trouble_ends_with(exit_code: int) -> Iterator[None]:
    """Gives another exit code to a StudbookError, for a command whose 1 says something else."""
    try:
        yield
    except StudbookError as error:
        error.exit_code = exit_code
        raise


class Lazy(click.Command):
    """A command that is imported when it is called or asked for help: `target` is module:attribute.

    Until then only its name and its short help are known.
    """

    def __init__(self, name: str, target: str, short_help: str) -> None:
        super().__init__(name, short_help=short_help)
        self._target = target

    def make_context(
        self,
        info_name: str | None,
        args: list[str],
        parent: click.Context | None = None,
        **extra: Any,
    ) -> click.Context:
        """The context of the command itself, which is the one that is then invoked."""
        module, attribute = self._target.split(":")
        command: click.Command = getattr(import_module(module), attribute)
        return command.make_context(info_name, args, parent, **extra)


class Day(click.ParamType[date]):
    """A day as 2025-01-31."""

    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        if isinstance(value, date):
            return value
        try:
            # By itself it takes other forms too, such as 2025W051.
            return date.fromisoformat(value if _DAY.fullmatch(value) else "")
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2025-01-31.", param, ctx)
