"""The `studbook` command: every command is a few lines that call the modules beside this one."""

from __future__ import annotations

import click

from loaders.errors import StudbookError


class _Group(click.Group):
    """A command group that shows a StudbookError as one sentence instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except StudbookError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=_Group)
@click.version_option(package_name="studbook")
def main() -> None:
    """Load the Racing API into Postgres; dbt turns it into the racing tables."""
