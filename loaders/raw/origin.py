"""Where the objects in a database came from: the real API, or one simulated world.

Simulated horses have ids that look real, and two simulated worlds give one id to different horses:
once mixed, they could never be told apart again.
"""

from __future__ import annotations

from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from loaders.errors import StudbookError
from loaders.postgres.statements import statement
from loaders.settings import is_loopback

# Everything that a load or dbt, with either of its targets, makes.
SCHEMAS = ("raw", "racing", "racing_staging", "racing_test", "racing_test_staging")
_LONGEST_WAIT = "10s"


class OriginError(StudbookError):
    """The objects in a database are of another source than what is asked for needs."""


def refuse_to_mix(connection: psycopg.Connection, base_url: str) -> None:
    """Raise OriginError when raw holds objects of another source than `base_url`."""
    others = [url for url in _sources(connection) if _source(url) != _source(base_url)]
    if not others:
        return
    database = connection.info.dbname
    if is_loopback(others[0]):
        raise OriginError(
            f"The database {database} holds simulated races ({others[0]}), and those of {base_url} "
            "must not be mixed with them: `studbook db reset` drops the simulated races, and "
            "`export PGDATABASE=racing` names another database (the embedded server makes it)."
        )
    raise OriginError(
        f"The database {database} holds races of the real API ({others[0]}), and those of "
        f"{base_url} must not be mixed with them: `export PGDATABASE=simulated` names another "
        "database (the embedded server makes it)."
    )


def drop_simulated(connection: psycopg.Connection) -> list[str]:
    """Drop what loads and dbt have made of simulated races; returns the names of the schemas.

    Raises OriginError, and drops nothing, when not every object came from this machine.
    """
    database = connection.info.dbname
    try:
        with connection.transaction():
            # A build under way would make each of them wait, and then lose what it is making.
            connection.execute("select set_config('lock_timeout', %s, true)", [_LONGEST_WAIT])
            found = connection.execute("select to_regclass('raw.loads')").fetchone()
            if found is None or found[0] is None:
                # Schemas of these names that Studbook has not filled are somebody else's.
                return []
            real = [url for url in _sources(connection) if not is_loopback(url)]
            if real:
                raise OriginError(
                    f"The database {database} holds races of the real API ({real[0]}), and nothing "
                    "was dropped: `export PGDATABASE=simulated` names another database for "
                    "simulated ones (the embedded server makes it)."
                )
            rows = connection.execute(
                "select nspname::text from pg_namespace where nspname = any(%s)", [list(SCHEMAS)]
            ).fetchall()
            dropped = [schema for schema in SCHEMAS if (schema,) in rows]
            for schema in dropped:
                connection.execute(sql.SQL("drop schema {} cascade").format(sql.Identifier(schema)))
    except psycopg.Error as error:
        told = error.diag.message_primary or str(error).strip()
        raise OriginError(
            f"The database {database} cannot be reset ({told}), and nothing was dropped: end what "
            "uses it, and run this as the owner of all its schemas or as a superuser."
        ) from error
    return dropped


def _sources(connection: psycopg.Connection) -> list[str]:
    """The addresses that objects have been received from."""
    rows = connection.execute(statement(__package__, "origins")).fetchall()
    return [url for (url,) in rows]


def _source(url: str) -> str:
    """What tells sources apart: of a simulator the path, which names its world; ports come and go.

    Any address beyond this machine is the real API's or a way to it.
    """
    return f"simulated {urlsplit(url).path.rstrip('/')}" if is_loopback(url) else "real"
