"""The database in use: the one that the standard PG* variables name, else the embedded one."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.pq import Conninfo

from loaders.config import environment
from loaders.connection import OLDEST_MAJOR, PORT, DatabaseError, open_connection, place
from loaders.embedded import DATABASE, USER, EmbeddedServer


def embedded(env: Mapping[str, str] | None = None) -> EmbeddedServer | None:
    """The project's own server, or None when PGHOST in `env` names another one."""
    host = (environment() if env is None else env).get("PGHOST", "")
    if host and not host.startswith("/"):
        return None
    server = EmbeddedServer()
    return server if not host or Path(host).resolve() == server.socket.resolve() else None


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
        (state, f"data    {server.folder}", f"socket  {server.socket}", f"log     {server.log}")
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


def shell_exports() -> str:
    """Shell commands that export what .env adds to the environment and, when PGHOST is unset, the
    variables of the embedded server, so that psql and dbt find what `studbook` uses."""
    env = environment()
    if not env.get("PGHOST"):
        # psql and dbt would look for the socket under the name that a stray PGPORT gives it.
        server = EmbeddedServer().environment()
        env |= {key: server[key] for key in ("PGHOST", "PGPORT")}
        env = server | env
    added = {key: value for key, value in env.items() if os.environ.get(key) != value}
    return "\n".join(
        f"export {key}={shlex.quote(value)}" for key, value in added.items() if key.isidentifier()
    )


def _parameters(env: Mapping[str, str], server: EmbeddedServer | None) -> dict[str, Any]:
    """libpq's connection parameters from every PG* variable it knows."""
    parameters: dict[str, Any] = {
        option.keyword.decode(): env[option.envvar.decode()]
        for option in Conninfo.get_defaults()
        if option.envvar and env.get(option.envvar.decode())
    }
    if server:
        parameters = {
            "user": USER,
            "dbname": DATABASE,
            **parameters,
            "host": str(server.socket),
            "port": PORT,
        }
        parameters.pop("hostaddr", None)
    return {"connect_timeout": 10, **parameters}
