"""One connection to PostgreSQL, and the sentence that says why there is none."""

from __future__ import annotations

import os
import pwd
import re
from collections.abc import Mapping
from typing import Any

import psycopg

from loaders.errors import StudbookError

OLDEST_MAJOR = 14
PORT = "5432"
# For long work: a server that is cut off is noticed within a minute or so (seconds, milliseconds).
KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
_UNREACHABLE = ("refused", "No such file", "timeout", "resolve", "unreachable", "No route")


class DatabaseError(StudbookError):
    """The database cannot be started, reached or used."""


def open_connection(**parameters: Any) -> psycopg.Connection:
    """Connect with libpq's parameters; raises DatabaseError when the server does not let us in."""
    try:
        return psycopg.connect(**parameters)
    except psycopg.Error as error:
        raise DatabaseError(_explain(str(error), parameters)) from None


def place(parameters: Mapping[str, Any]) -> str:
    """Where a server is, in words: its socket's folder, or its host and port."""
    host = parameters.get("host", "localhost")
    return host if str(host).startswith("/") else f"{host}:{parameters.get('port', PORT)}"


def login(parameters: Mapping[str, Any]) -> tuple[str, str]:
    """The user and the database that libpq takes, which has defaults for both."""
    user = parameters.get("user") or account_name(os.geteuid())
    return user, parameters.get("dbname") or user


def account_name(uid: int) -> str:
    """The name of an operating system's user; its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _explain(message: str, parameters: Mapping[str, Any]) -> str:
    """One sentence for libpq's `message`, which never holds the password."""
    server = place(parameters)
    user, database = login(parameters)
    if "no password supplied" in message:
        return f"The server at {server} asks user {user} for a password: set PGPASSWORD."
    if "authentication failed" in message:
        return f"The server at {server} refused user {user}: check PGUSER and PGPASSWORD."
    if re.search(r'role ".*" does not exist', message):
        return f"The server at {server} has no user {user}: set PGUSER to one that it has."
    if re.search(r'database ".*" does not exist', message):
        return (
            f"The server at {server} has no database {database}: create it with "
            f"`createdb {database}`, or set PGDATABASE to one that it has."
        )
    if any(sign in message for sign in _UNREACHABLE):
        return (
            f"No PostgreSQL server answers at {server}: start it, correct PGHOST and PGPORT, or "
            "unset PGHOST to use the embedded server."
        )
    said = message.strip().splitlines()[-1].strip(" -\t.")
    return f"The server at {server} does not let user {user} into database {database}: {said}."
