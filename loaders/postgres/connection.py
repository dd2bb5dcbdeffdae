"""One connection to PostgreSQL, and the sentence that says why there is none."""

from __future__ import annotations

import pwd
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.pq import Conninfo

from loaders.errors import StudbookError

PORT = "5432"
# For long work: a server that is cut off is noticed within a minute or so (seconds, milliseconds).
KEEPALIVE = {
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 60_000,
}
# How psycopg begins to tell of a parameter with which nothing was even tried.
_NOT_TRIED = ("connection is bad: ", "bad value for ")
_UNREACHABLE = ("refused", "No such file", "timeout expired", "resolve", "unreachable", "No route")


class DatabaseError(StudbookError):
    """The database cannot be started, reached or used."""


def open_connection(**parameters: Any) -> psycopg.Connection:
    """Connect with libpq's parameters, user and dbname among them, and speak UTF-8.

    Raises DatabaseError when the server does not let us in.
    """
    with explained(parameters):
        # Neither PGCLIENTENCODING nor what a server has for a user or a database goes before it.
        return psycopg.connect(**{**parameters, "client_encoding": "UTF8"})


@contextmanager
def explained(parameters: Mapping[str, Any]) -> Iterator[None]:
    """Turns what a server, or a pooler before it, says to who connects into a DatabaseError."""
    try:
        yield
    except psycopg.Error as error:
        raise DatabaseError(_explain(str(error), parameters)) from None


def place(parameters: Mapping[str, Any]) -> str:
    """Where a server is, in words: its socket's folder, or its host and port."""
    host = parameters.get("host", "localhost")
    return host if str(host).startswith("/") else f"{host}:{parameters.get('port', PORT)}"


def account_name(uid: int) -> str:
    """The name of an operating system's user; its number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _explain(message: str, parameters: Mapping[str, Any]) -> str:
    """One sentence for libpq's `message`, which never holds the password."""
    server = place(parameters)
    user, database = parameters["user"], parameters["dbname"]
    said = _said(message)
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
    if message.startswith(_NOT_TRIED):
        named = _variables_with(re.findall("['\"](.*?)['\"]", said), parameters)
        return f"{named} cannot be used ({said}): correct or unset it."
    return f"The server at {server} does not let user {user} into database {database}: {said}."


def _said(message: str) -> str:
    """What a message says last, without its hints and what libpq puts before it."""
    lines = message.strip().splitlines()
    told = next((line for line in reversed(lines) if "failed: " in line), lines[0])
    said = told.rpartition("failed: ")[2].removeprefix(_NOT_TRIED[0]).removeprefix("FATAL:")
    return said.strip(" -\t.")


def _variables_with(values: Sequence[str], parameters: Mapping[str, Any]) -> str:
    """The PG* variables that hold one of these values, which libpq says are wrong."""
    found = [
        option.envvar.decode()
        for option in Conninfo.get_defaults()
        if option.envvar and str(parameters.get(option.keyword.decode())) in values
    ]
    return " or ".join(found) or "One of the PG* variables"
