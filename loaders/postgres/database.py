"""The database in use: the one that the standard PG* variables name, else the embedded one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.pq import Conninfo

from loaders.postgres.connection import (
    OLDEST_MAJOR,
    PORT,
    DatabaseError,
    login,
    open_connection,
    place,
)
from loaders.postgres.embedded import DATABASE, USER, EmbeddedServer
from loaders.settings import environment


def embedded(env: Mapping[str, str] | None = None) -> EmbeddedServer | None:
    """The project's own server, or None when PGHOST in `env` names another one.

    Raises DatabaseError when a variable that libpq puts before PGHOST would lead past it.
    """
    env = environment() if env is None else env
    host = env.get("PGHOST", "")
    if host and not host.startswith("/"):
        return None
    server = EmbeddedServer()
    if host and Path(host).resolve() != server.socket.resolve():
        return None
    for name in ("PGHOSTADDR", "PGSERVICE"):
        if env.get(name):
            raise DatabaseError(
                f"{name} names a server, but Studbook goes by PGHOST: set PGHOST to use that "
                f"server, or unset {name} to use the embedded one."
            )
    return server


def connect(**overrides: Any) -> psycopg.Connection:
    """Connect to the database in use, starting the embedded server when it is the one and is down.

    `overrides` are arguments of psycopg.connect and go before the PG* variables.

    Raises DatabaseError when the server is down, too old, refuses the user or lacks the database.
    """
    env = environment()
    server = embedded(env)
    parameters = {**_parameters(env, server), **overrides}
    if server:
        server.up(database=parameters["dbname"])
    connection = open_connection(**parameters)
    version = connection.info.server_version // 10000
    if version < OLDEST_MAJOR:
        connection.close()
        raise DatabaseError(
            f"The server at {place(parameters)} is PostgreSQL {version}; "
            f"Studbook needs PostgreSQL {OLDEST_MAJOR} or newer."
        )
    return connection


def url() -> str:
    """A libpq URI of the database in use, without its password."""
    env = environment()
    parameters = _parameters(env, embedded(env))
    user = f"{quote(parameters['user'], safe='')}@" if "user" in parameters else ""
    database = quote(parameters.get("dbname", ""), safe="")
    host, port = parameters["host"], parameters.get("port", PORT)
    if host.startswith("/") or "," in host:
        return f"postgresql://{user}/{database}?host={quote(host, safe='/,')}&port={port}"
    return f"postgresql://{user}{f'[{host}]' if ':' in host else host}:{port}/{database}"


def name() -> str:
    """The name of the database in use; no server is asked for it."""
    env = environment()
    _, database = login(_parameters(env, embedded(env)))
    return database


def status() -> str:
    """What database is in use, whether it answers and, for the embedded one, where it is kept."""
    env = environment()
    server = embedded(env)
    if server is None:
        with connect() as connection:
            version = connection.info.parameter_status("server_version")
        return f"PostgreSQL {version} answers at {place(_parameters(env, None))}.\n{url()}"
    if process := server.process():
        account = f" as user {server.account.name}" if server.account else ""
        state = f"PostgreSQL {server.version()} (embedded) runs{account}, process {process}."
    else:
        state = "The embedded PostgreSQL is not running; `studbook db up` starts it."
    return "\n".join(
        (
            state,
            f"database  {_parameters(env, server)['dbname']}",
            f"data      {server.folder}",
            f"socket    {server.socket}",
            f"log       {server.log}",
        )
    )


def stop() -> None:
    """Stop the embedded server.

    Raises DatabaseError when PGHOST names another server, which is not Studbook's to stop.
    """
    server = embedded()
    if server is None:
        raise DatabaseError(
            f"PGHOST names the server at {place(_parameters(environment(), None))}, which is "
            "not Studbook's to stop: unset PGHOST to stop the embedded one."
        )
    server.down()


def _parameters(env: Mapping[str, str], server: EmbeddedServer | None) -> dict[str, Any]:
    """libpq's connection parameters from every PG* variable it knows."""
    if not server:
        # As libpq does, which sees what .envrc exported too.
        env = {**os.environ, **env}
    parameters: dict[str, Any] = {
        option.keyword.decode(): env[option.envvar.decode()]
        for option in Conninfo.get_defaults()
        if option.envvar and env.get(option.envvar.decode())
    }
    if server:
        parameters = {"user": USER, "dbname": DATABASE, **parameters, **server.parameters}
    return {"connect_timeout": 10, **parameters}
