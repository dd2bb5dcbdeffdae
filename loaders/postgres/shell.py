"""What .envrc adds to a user's shell: `python -m loaders.postgres.shell` prints it."""

from __future__ import annotations

import json
import os
import shlex
import sys
from pathlib import Path

import click

from loaders.errors import StudbookError
from loaders.postgres.database import embedded
from loaders.postgres.embedded import DATABASE
from loaders.postgres.local.cluster import USER
from loaders.settings import EXPORTED, ROOT, environment, own_environment

_PASSED_ON = ("PG", "DBT_")
# Where `studbook` and dbt are installed.
PROGRAMS = Path(sys.executable).parent


def shell_exports() -> str:
    """Shell commands that export what psql and dbt need to find what `studbook` uses.

    That is what .env adds to PG* and DBT_*, the user, the database and the encoding, and, when the
    embedded server is in use, the way to it. What an earlier sourcing exported and no longer
    applies is unset.
    """
    added, useless = _differences()
    lines = [f"unset {key}" for key in sorted(useless)]
    lines += [f"export {key}={shlex.quote(value)}" for key, value in added.items()]
    return "\n".join((*lines, f"export {EXPORTED}={shlex.quote(json.dumps(added))}"))


def sourced() -> dict[str, str]:
    """The environment as it is once .envrc has been sourced, for programs such as dbt."""
    added, useless = _differences()
    kept = {key: value for key, value in os.environ.items() if key not in useless}
    return {
        **kept,
        **added,
        EXPORTED: json.dumps(added),
        "PATH": os.pathsep.join((str(PROGRAMS), kept.get("PATH", os.defpath))),
        "DBT_PROJECT_DIR": str(ROOT / "dbt_project"),
        "DBT_PROFILES_DIR": str(ROOT / "profiles"),
    }


def _differences() -> tuple[dict[str, str], set[str]]:
    """The variables that are to be exported, and the names of those to be unset."""
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
    return added, useless - set(added)


if __name__ == "__main__":
    try:
        click.echo(shell_exports())
    except StudbookError as error:
        sys.exit(f"Error: {error}")
