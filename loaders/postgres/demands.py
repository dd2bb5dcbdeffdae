"""What Studbook asks of a server, and the sentence that says what one does not have."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import psycopg

from loaders.postgres.connection import DatabaseError, open_connection, place
from loaders.postgres.pooler import is_a_session

OLDEST_MAJOR = 14


def refuse_unfit(connection: psycopg.Connection, parameters: Mapping[str, Any]) -> None:
    """Look at a connection in autocommit mode, and at the way to it, that `parameters` made.

    Raises DatabaseError when Studbook cannot use it.
    """
    server, database = place(parameters), connection.info.dbname
    version = connection.info.server_version // 10000
    if version < OLDEST_MAJOR:
        raise DatabaseError(
            f"The server at {server} is PostgreSQL {version}; "
            f"Studbook needs PostgreSQL {OLDEST_MAJOR} or newer."
        )
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != "UTF8":
        raise DatabaseError(
            f"The database {database} at {server} keeps text as {encoding}, which does not hold "
            "what the API sends: create another with `createdb --encoding=UTF8 --locale=C "
            "--template=template0 NAME`, and set PGDATABASE to its name."
        )
    if not is_a_session(connection, partial(open_connection, **parameters)):
        raise DatabaseError(
            f"At {server} is a pooler that lends a session for one transaction, and Studbook needs "
            "one for longer: set PGHOST and PGPORT to the server itself, or to a pooler in session "
            "mode (Supabase has it at port 5432)."
        )
