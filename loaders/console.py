"""What Studbook's commands have in common: how they take a day and how they fail."""

from __future__ import annotations

from datetime import date

import click

from loaders.errors import StudbookError


class Group(click.Group):
    """A command group that shows a StudbookError as one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StudbookError as error:
            raise click.ClickException(str(error)) from error


class Day(click.ParamType):
    """A day as 2025-01-31."""

    name = "day"

    def convert(
        self, value: str | date, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        try:
            return value if isinstance(value, date) else date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is not a day such as 2025-01-31.", param, ctx)
