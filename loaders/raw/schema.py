"""The raw schema, made and changed by numbered migrations that each database records."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass
from importlib import resources as package_files
from importlib.resources.abc import Traversable

import psycopg

from loaders.errors import StudbookError
from loaders.postgres.relations import is_there
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
    found = {}
    for file in folder.iterdir():
        named = _NAME.fullmatch(file.name)
        if named is None or int(named["number"]) in found:
            raise ValueError(f"{file.name} is no <number>_<name>.sql with a number of its own")
        number = int(named["number"])
        found[number] = Migration(number, named["name"], file.read_bytes())
    return sorted(found.values())


def migrate(connection: psycopg.Connection, folder: Traversable | None = None) -> None:
    """Bring the raw schema of a database, or none, to what it is today.

    All that is missing is done in one transaction. Safe with several at once, and without the right
    to create anything where nothing is missing.

    Raises SchemaError when the schema is newer than this version of Studbook, or older and somebody
    else's.
    """
    wanted = migrations(folder)
    with connection.transaction():
        # "if not exists" does not keep two sessions from creating the same thing at once.
        connection.execute("select pg_advisory_xact_lock(hashtext('studbook raw schema'))")
        owner, done = _owner(connection), _recorded(connection)
        if newer := done - {each.number for each in wanted}:
            raise SchemaError(
                f"The raw schema of the database {connection.info.dbname} was made by a newer "
                f"Studbook (migration {max(newer)}): update this one."
            )
        applied = [each for each in wanted if each.number not in done]
        try:
            _apply(connection, applied)
        except psycopg.errors.InsufficientPrivilege as error:
            if owner in (None, connection.info.user):
                raise
            raise SchemaError(
                f"The raw schema of the database {connection.info.dbname} is of an older Studbook, "
                f"and only its owner, user {owner}, can change it: let that user load once, for "
                "instance with `studbook load reference`."
            ) from error
    for each in applied:
        _log.info("raw: migration %04d, %s", each.number, each.name)


def _apply(connection: psycopg.Connection, wanted: list[Migration]) -> None:
    for each in wanted:
        connection.execute(each.ddl)
        connection.execute(
            statement(__package__, "record_migration"), {"number": each.number, "name": each.name}
        )


def _owner(connection: psycopg.Connection) -> str | None:
    """Who owns what an older Studbook has made; None where there is nothing."""
    found = connection.execute(
        "select pg_get_userbyid(relowner) from pg_class where oid = to_regclass('raw.loads')"
    ).fetchone()
    return None if found is None else str(found[0])


def _recorded(connection: psycopg.Connection) -> set[int]:
    if not is_there(connection, "raw.migrations"):
        return set()
    return {number for (number,) in connection.execute("select number from raw.migrations")}
