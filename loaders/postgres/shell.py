"""What .envrc adds to a user's shell, as shell commands: `python -m loaders.postgres.shell`."""

from __future__ import annotations

import json
import os
import shlex
import sys

import click

from loaders.errors import StudbookError
from loaders.postgres.database import embedded
from loaders.postgres.embedded import DATABASE
from loaders.postgres.local.cluster import USER
from loaders.settings import EXPORTED, environment, own_environment

_PASSED_ON = ("PG", "DBT_")


def shell_exports() -> str:
    """Shell commands that export what psql and dbt need to find what `studbook` uses.

    That is what .env adds to PG* and DBT_*, the user, the database and the encoding, and, when the
    embedded server is in use, the way to it. What an earlier sourcing exported and no longer
    applies is unset.
    """
    own = own_environment()
    env = {"PGUSER": USER, "PGDATABASE": DATABASE}
    env |= {key: value for key, value in environment().items() if value}
    # dbt's driver would go by that of the user, or of the role in the database.
    env["PGCLIENTENCODING"] = "UTF8"
    useless = set(os.environ) - set(own)
    if server := embedded(env):
        way = server.environment()
        # psql and dbt would look for the socket under the name that a stray PGPORT gives it.
        env = way | env | {key: way[key] for key in ("PGHOST", "PGPORT")}
        # Meant for another server: `studbook` does not pass them to this one either.
        useless |= {"PGOPTIONS"} & set(os.environ)
        env.pop("PGOPTIONS", None)
    added = {
        key: value
        for key, value in env.items()
        if key.startswith(_PASSED_ON) and key.isidentifier() and own.get(key) != value
    }
    lines = [f"unset {key}" for key in sorted(useless - set(added))]
    lines += [f"export {key}={shlex.quote(value)}" for key, value in added.items()]
    return "\n".join((*lines, f"export {EXPORTED}={shlex.quote(json.dumps(added))}"))


if __name__ == "__main__":
    try:
        click.echo(shell_exports())
    except StudbookError as error:
        sys.exit(f"Error: {error}")
