"""The database in use: the one that the standard PG* variables name, else the embedded one."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psycopg
from psycopg.pq import Conninfo

from loaders.postgres.connection import PORT, DatabaseError, explained, open_connection, place
from loaders.postgres.demands import refuse_unfit
from loaders.postgres.embedded import DATABASE, EmbeddedServer
from loaders.postgres.local.cluster import USER
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

    `overrides` are arguments of psycopg.connect and go before the PG* variables; the connection is
    in autocommit mode.

    Raises DatabaseError when the server is down or unfit, refuses the user or lacks the database.
    """
    env = environment()
    server = embedded(env)
    parameters = {**_parameters(env, server), **overrides, "autocommit": True}
    if server:
        server.up(database=parameters["dbname"])
    connection = open_connection(**parameters)
    try:
        with explained(parameters):
            refuse_unfit(connection, parameters)
            if not (connection.info.parameter_status("DateStyle") or "").startswith("ISO"):
                # The only one that psycopg reads; PGDATESTYLE, a role or a database has another.
                connection.execute("set datestyle to iso")
    except BaseException:
        connection.close()
        raise
    return connection


def url() -> str:
    """A libpq URI of the database in use, without its password."""
    env = environment()
    parameters = _parameters(env, embedded(env))
    user, database = (quote(parameters[part], safe="") for part in ("user", "dbname"))
    host, port = parameters["host"], parameters.get("port", PORT)
    if host.startswith("/") or "," in host:
        return f"postgresql://{user}@/{database}?host={quote(host, safe='/,')}&port={port}"
    return f"postgresql://{user}@{f'[{host}]' if ':' in host else host}:{port}/{database}"


def name() -> str:
    """The name of the database in use; no server is asked for it."""
    env = environment()
    database: str = _parameters(env, embedded(env))["dbname"]
    return database


def libpq_environment() -> dict[str, str]:
    """The PG* variables, a password among them, that lead PostgreSQL's programs to it."""
    env = environment()
    parameters = _parameters(env, embedded(env))
    return {
        option.envvar.decode(): str(parameters[option.keyword.decode()])
        for option in Conninfo.get_defaults()
        if option.envvar and option.keyword.decode() in parameters
    }


def status() -> str:
    """What database is in use, whether it answers and, for the embedded one, where it is kept."""
    env = environment()
    server = embedded(env)
    if server is None:
        with connect() as connection:
            version = connection.info.parameter_status("server_version")
        return f"PostgreSQL {version} answers at {place(_parameters(env, None))}.\n{url()}"
    return "\n".join(
        (
            server.state(),
            f"database  {_parameters(env, server)['dbname']}",
            f"data      {server.folder}",
            f"socket    {server.socket}",
            f"log       {server.log}",
        )
    )


def stop(*, force: bool = False) -> None:
    """Stop the embedded server; with `force` even while somebody is at work in it.

    Raises DatabaseError when PGHOST names another server, which is not Studbook's to stop.
    """
    _own_server("stop").down(force=force)


def upgrade(tell: Callable[[str], None]) -> str:
    """Bring the embedded server's data to the newest PostgreSQL at hand; returns what was done.

    Raises DatabaseError when that cannot be done, or PGHOST names another server.
    """
    server = _own_server("upgrade")
    done = server.upgrade(tell)
    if done is None:
        return f"{server.folder} needs no upgrade: no newer PostgreSQL is at hand."
    return (
        f"PostgreSQL {done.now} has the data that PostgreSQL {done.before} had. Those are kept in "
        f"{done.kept} ({done.size // 1024**2} MB): when all is well, delete them with "
        f"`rm -rf {shlex.quote(str(done.kept))}`."
    )


def _own_server(verb: str) -> EmbeddedServer:
    server = embedded()
    if server is None:
        raise DatabaseError(
            f"PGHOST names the server at {place(_parameters(environment(), None))}, which is "
            f"not Studbook's to {verb}: unset PGHOST to {verb} the embedded one."
        )
    return server


def _parameters(env: Mapping[str, str], server: EmbeddedServer | None) -> dict[str, Any]:
    """libpq's connection parameters from every PG* variable it knows.

    On every server the user and the database are those of the embedded one, unless they are named:
    so it is in dbt's profile, where libpq's defaults, the name of whoever runs it, are not known.
    """
    if not server:
        # As libpq does, which sees what .envrc exported too.
        env = {**os.environ, **env}
    parameters: dict[str, Any] = {
        option.keyword.decode(): env[option.envvar.decode()]
        for option in Conninfo.get_defaults()
        if option.envvar and env.get(option.envvar.decode())
    }
    here = server.parameters if server else {}
    return {"connect_timeout": 10, "user": USER, "dbname": DATABASE, **parameters, **here}
