"""The `studbook` command: every command is a few lines that call the modules beside this one."""

from __future__ import annotations

import click

from loaders import database
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


@main.group()
def db() -> None:
    """The database in use: the server that PGHOST names, else an embedded PostgreSQL."""


@db.command("up")
def db_up() -> None:
    """Start the embedded server, or check that the one PGHOST names answers."""
    database.connect().close()
    click.echo(database.status())


@db.command("down")
def db_down() -> None:
    """Stop the embedded server."""
    database.stop()


@db.command("status")
def db_status() -> None:
    """Say whether the server runs and where its data are."""
    click.echo(database.status())


@db.command("url")
def db_url() -> None:
    """Print a libpq URI of the database, without a password."""
    click.echo(database.url())
