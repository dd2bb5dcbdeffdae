"""What Studbook's commands have in common: how they take a day and how they fail."""

from __future__ import annotations

import re
from datetime import date

import click

from loaders.errors import StudbookError, printable

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Group(click.Group):
    """A command group that shows a StudbookError as one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StudbookError as error:
            raise click.ClickException(printable(str(error), longest=None)) from error


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
