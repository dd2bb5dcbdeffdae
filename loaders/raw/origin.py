"""Where the objects in a database came from: the real API, or one simulated world.

Simulated horses have ids that look real, and two simulated worlds give one id to different horses:
once mixed, they could never be told apart again.
"""

from __future__ import annotations

import psycopg
from psycopg import sql

from loaders.api.provenance import Origin
from loaders.errors import StudbookError
from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement
from loaders.raw.builds import running_build
from loaders.raw.schema import migrate
from loaders.raw.session import Session

# Everything that a load or dbt, with either of its targets, makes.
SCHEMAS = ("raw", "racing", "racing_staging", "racing_test", "racing_test_staging")
_LONGEST_WAIT = "10s"


class OriginError(StudbookError):
    """The objects in a database are of another origin than what is asked for needs."""


def refuse_to_mix(connection: psycopg.Connection, origin: Origin) -> None:
    """Raise OriginError when raw holds objects of another origin."""
    others = [held for held in _origins(connection) if held != origin]
    if not others:
        return
    database = connection.info.dbname
    if others[0].world is None:
        raise OriginError(
            f"The database {database} holds races of {others[0]}, and those of {origin} must not "
            "be mixed with them: `export PGDATABASE=simulated` names another database (the "
            "embedded server makes it)."
        )
    raise OriginError(
        f"The database {database} holds races of {others[0]}, and those of {origin} must not be "
        "mixed with them: `studbook db reset` drops the simulated races, and `export "
        "PGDATABASE=racing` names another database (the embedded server makes it)."
    )


def drop_simulated(session: Session) -> list[str]:
    """Drop what loads and dbt have made of simulated races; returns the names of the schemas.

    `session` is open, so that no load is at work; a build is waited for.

    Raises OriginError, and drops nothing, when not every object came from a simulator,
    OthersAtWorkError when patience ends before a build.
    """
    connection = session.connection
    database = connection.info.dbname
    if not is_there(connection, "raw.loads"):
        # Schemas of these names that Studbook has not filled are somebody else's.
        return []
    try:
        migrate(connection)
        session.wait_while(running_build(connection, SCHEMAS))
        with connection.transaction():
            # Whoever uses them would make each of them wait.
            connection.execute("select set_config('lock_timeout', %s, true)", [_LONGEST_WAIT])
            if Origin() in _origins(connection):
                raise OriginError(
                    f"The database {database} holds races of {Origin()}, and nothing was dropped: "
                    "`export PGDATABASE=simulated` names another database for simulated ones (the "
                    "embedded server makes it)."
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


def _origins(connection: psycopg.Connection) -> list[Origin]:
    """Whose objects have been received, the real API's first."""
    rows = connection.execute(statement(__package__, "origins")).fetchall()
    return [Origin(world) for (world,) in rows]
