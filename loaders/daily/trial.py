"""A database for a trial: beside the real one, with a day of races, made anew each time."""

from __future__ import annotations

import psycopg
from psycopg import sql

from loaders.errors import StudbookError
from loaders.postgres.statements import statement

# Told by this comment from a database of that name that is somebody's own.
_MARK = "A trial of studbook daily; the next one drops it."
_LONGEST = 58


class TrialError(StudbookError):
    """There is no database to try a run in."""


def trial_name(database: str) -> str:
    """The name of the database of a trial beside this one."""
    return f"{database[:_LONGEST]}_test"


def make(connection: psycopg.Connection) -> str:
    """Make an empty database beside the one connected to, and drop that of a trial before.

    Raises TrialError when there is another one of its name, or the user may make none.
    """
    name = trial_name(connection.info.dbname)
    drop(connection, name)
    identifier = sql.Identifier(name)
    try:
        connection.execute(
            sql.SQL("create database {} template template0 encoding 'UTF8'").format(identifier)
        )
        connection.execute(
            sql.SQL("comment on database {} is {}").format(identifier, sql.Literal(_MARK))
        )
    except psycopg.Error as error:
        told = error.diag.message_primary or str(error).strip()
        raise TrialError(
            f"A trial needs a database {name} of its own, which cannot be made ({told}): let user "
            f"{connection.info.user} create databases, or try it on the embedded server."
        ) from None
    return name


def drop(connection: psycopg.Connection, name: str) -> None:
    """Drop the database of a trial, if there is one.

    Raises TrialError when the one of that name is not a trial's.
    """
    found = connection.execute(
        statement(__package__, "comment_of_database"), {"name": name}
    ).fetchone()
    if found is None:
        return
    if found[0] != _MARK:
        raise TrialError(
            f"A trial would use the database {name}, which is somebody's own: rename it, or set "
            "PGDATABASE to a database of another name."
        )
    connection.execute(sql.SQL("drop database {} with (force)").format(sql.Identifier(name)))
