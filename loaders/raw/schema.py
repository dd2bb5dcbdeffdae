"""The raw schema, made and changed by numbered migrations that each database records."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from importlib import resources as package_files
from importlib.resources.abc import Traversable

import psycopg

from loaders.errors import StudbookError
from loaders.postgres.statements import statement

_log = logging.getLogger(__name__)
_NAME = re.compile(r"(?P<number>\d{4})_(?P<name>\w+)\.sql")


class SchemaError(StudbookError):
    """The raw schema is not one that this version of Studbook can load into."""


@dataclass(frozen=True, order=True)
class Migration:
    """One change of the raw schema: the SQL in migrations/<number>_<name>.sql."""

    number: int
    name: str
    ddl: bytes


def migrations(folder: Traversable | None = None) -> list[Migration]:
    """The changes that make the schema as it is today, in order; each is one file, never edited."""
    folder = folder or package_files.files(__package__).joinpath("migrations")
    found = []
    for file in folder.iterdir():
        if named := _NAME.fullmatch(file.name):
            found.append(Migration(int(named["number"]), named["name"], file.read_bytes()))
    return sorted(found)


def migrate(connection: psycopg.Connection, folder: Traversable | None = None) -> None:
    """Bring the raw schema of a database, or none, to what it is today.

    All that is missing is done in one transaction. Safe with several at once, and without the right
    to create anything where nothing is missing.

    Raises SchemaError when the schema is newer than this version of Studbook.
    """
    wanted = migrations(folder)
    with connection.transaction():
        # "if not exists" does not keep two sessions from creating the same thing at once.
        connection.execute("select pg_advisory_xact_lock(hashtext('studbook raw schema'))")
        done = _recorded(connection)
        if newer := done - {each.number for each in wanted}:
            raise SchemaError(
                f"The raw schema of the database {connection.info.dbname} was made by a newer "
                f"Studbook (migration {max(newer)}): update this one."
            )
        for each in wanted:
            if each.number not in done:
                connection.execute(each.ddl)
                connection.execute(
                    statement(__package__, "record_migration"),
                    {"number": each.number, "name": each.name},
                )
                _log.info("raw: migration %04d, %s", each.number, each.name)


def _recorded(connection: psycopg.Connection) -> set[int]:
    found = connection.execute("select to_regclass('raw.migrations')").fetchone()
    if found is None or found[0] is None:
        return set()
    return {number for (number,) in connection.execute("select number from raw.migrations")}
