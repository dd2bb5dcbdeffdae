"""The tables of two schemas, side by side: which both have, with which columns, told apart how."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg

from loaders.errors import StudbookError, printable
from loaders.postgres.statements import statement


class DiffError(StudbookError):
    """Two schemas cannot be compared."""


@dataclass(frozen=True)
class TableColumn:
    """A column as PostgreSQL has it: `type` with its precision, such as numeric(8,3), and `kind`
    without; `collation` is 0 where its type has none."""

    name: str
    type: str
    kind: str
    collation: int
    is_compared_as_text: bool


@dataclass(frozen=True)
class BuiltTable:
    """A table of one schema: its columns by name, and its unique keys, the primary one first.

    One that `is_of_builds` remembers when and how tables were built, which no two builds share.
    """

    schema: str
    name: str
    is_of_builds: bool
    columns: dict[str, TableColumn]
    keys: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Pair:
    """A table that both schemas have.

    `columns` are those to compare, as they are before and after; `key` is what tells its rows
    apart in both, None where nothing does.
    """

    name: str
    before: BuiltTable
    after: BuiltTable
    columns: tuple[tuple[TableColumn, TableColumn], ...]
    key: tuple[str, ...] | None
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]


@dataclass(frozen=True)
class Paired:
    """Two schemas: the tables of both, those that only one has, and those that are left out."""

    pairs: tuple[Pair, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    left_out: tuple[str, ...]


def paired(
    connection: psycopg.Connection[Any],
    before: str,
    after: str,
    tables: Sequence[str] = (),
    without: Collection[str] = (),
) -> Paired:
    """The tables of two schemas.

    Only those of `tables`, when any are named; else all but those that tell of the builds
    themselves. Columns named in `without`, as column or table.column, are left out.

    Raises DiffError for a schema, a table or a column that is not there.
    """
    old, new = (_tables_of(connection, schema) for schema in (before, after))
    every = old | new
    for name in tables:
        if name not in every:
            raise DiffError(f"Neither {before} nor {after} has a table {printable(name)!r}.")
    _refuse_unknown_columns(every.values(), without)
    left_out = {name for name, table in every.items() if not tables and table.is_of_builds}
    wanted = {name for name in every if name not in left_out and (not tables or name in tables)}
    return Paired(
        pairs=tuple(
            _pair(old[name], new[name], without)
            for name in sorted(wanted & old.keys() & new.keys())
        ),
        only_before=tuple(sorted(wanted - new.keys())),
        only_after=tuple(sorted(wanted - old.keys())),
        left_out=tuple(sorted(left_out)),
    )


@contextmanager
def explained(connection: psycopg.Connection[Any], what: str) -> Iterator[None]:
    """Turns what PostgreSQL says about something that it does not show into a DiffError."""
    try:
        yield
    except psycopg.errors.InsufficientPrivilege:
        raise DiffError(
            f"User {connection.info.user} may not read {what}: grant it usage on the schema and "
            "select on its tables."
        ) from None
    except psycopg.Error as error:
        raise DiffError(
            f"{what} cannot be compared ({error.diag.message_primary or error}): if it was being "
            "built meanwhile, give the same command again."
        ) from None


def _tables_of(connection: psycopg.Connection[Any], schema: str) -> dict[str, BuiltTable]:
    found = connection.execute(
        statement(__package__, "tables_of_schema"), {"schema": schema}
    ).fetchall()
    if not found:
        names = connection.execute(statement(__package__, "namespaces"), {}).fetchall()
        schemas = [name for (name,) in names]
        said = "an empty schema" if schema in schemas else "no schema"
        raise DiffError(
            f"The database {connection.info.dbname} has {said} {printable(schema)!r}; its schemas "
            f"are {', '.join(schemas)}. `dbt build` builds racing, `dbt build --target test` "
            "racing_test."
        )
    return {
        name: BuiltTable(
            schema,
            name,
            is_of_builds,
            {column["name"]: TableColumn(**column) for column in columns},
            tuple(map(tuple, keys)),
        )
        for name, is_of_builds, columns, keys in found
    }


def _refuse_unknown_columns(tables: Collection[BuiltTable], without: Collection[str]) -> None:
    known = {
        name
        for table in tables
        for column in table.columns
        for name in (column, f"{table.name}.{column}")
    }
    for name in without:
        if name not in known:
            raise DiffError(
                f"No table has a column {printable(name)!r}: write column or table.column."
            )


def _pair(before: BuiltTable, after: BuiltTable, without: Collection[str]) -> Pair:
    compared = [
        name
        for name in before.columns | after.columns
        if name not in without and f"{before.name}.{name}" not in without
    ]
    both = [name for name in compared if name in before.columns and name in after.columns]
    return Pair(
        name=before.name,
        before=before,
        after=after,
        columns=tuple((before.columns[name], after.columns[name]) for name in both),
        key=next((key for key in before.keys if key in after.keys and {*key} <= {*both}), None),
        only_before=tuple(name for name in compared if name not in after.columns),
        only_after=tuple(name for name in compared if name not in before.columns),
    )
