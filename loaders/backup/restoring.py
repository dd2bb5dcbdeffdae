"""The raw schema brought back from a backup into a database that has none."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from loaders.backup.folders import refuse_broken
from loaders.backup.tools import ToolError, tools
from loaders.errors import StudbookError
from loaders.postgres.statements import statement
from loaders.raw.schema import migrate
from loaders.raw.session import Session


class RestoreError(StudbookError):
    """A backup cannot be restored."""


def restore(session: Session, folder: Path) -> None:
    """Fill the schema raw of a database, which is to hold nothing, from a backup: all or nothing.

    `session` is open, so that no load is at work.

    Raises RestoreError when there is something in the schema, or the backup cannot be brought back;
    NoBackupError when the folder is none or broken, ToolError when pg_restore is missing or too
    old, SchemaError when a newer Studbook made the backup.
    """
    refuse_broken(folder)
    connection = session.connection
    name = connection.info.dbname
    _refuse_what_is_there(connection)
    # With --schema, it leaves the schema itself alone.
    found = connection.execute("select to_regnamespace('raw')").fetchone()
    only = () if found == (None,) else ("--schema=raw",)
    programs = tools(connection.info.server_version // 10_000)
    try:
        programs.run(
            "pg_restore",
            # Rights are given again by `studbook db grants`: the roles may have other names here.
            *("--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges"),
            *("--dbname", ""),
            *only,
            folder,
            **_as_loads_do(connection, programs.environment.get("PGOPTIONS", "")),
        )
    except ToolError as error:
        raise RestoreError(
            f"{folder} was not restored into the database {name} ({error}), which is as it was: "
            "correct that, or run this as a user who may create schemas there."
        ) from None
    connection.execute("grant select on raw.migrations to public")
    migrate(connection)
    tables = connection.execute(statement(__package__, "tables")).fetchall()
    for (table,) in tables:
        connection.execute(sql.SQL("analyze {}").format(sql.Identifier("raw", table)))


def _refuse_what_is_there(connection: psycopg.Connection) -> None:
    tables = [table for (table,) in connection.execute(statement(__package__, "tables"))]
    if tables:
        raise RestoreError(
            f"The schema raw of the database {connection.info.dbname} is not empty (it has "
            f"{', '.join(tables[:3])}{' and more' if len(tables) > 3 else ''}), and nothing was "
            "restored: `export PGDATABASE=restored` names another database (the embedded server "
            "makes it)."
        )


def _as_loads_do(connection: psycopg.Connection, options: str) -> dict[str, str]:
    """The environment in which values are compressed as those that land are."""
    found = connection.execute(statement(__package__, "compresses_by_lz4")).fetchone()
    if found != (True,):
        return {}
    return {"PGOPTIONS": f"{options} -c default_toast_compression=lz4".strip()}
