"""The loaders' SQL, which stands in .sql files beside the modules that run it."""

from __future__ import annotations

from functools import cache
from importlib import resources as package_files

from psycopg import sql


def statement(package: str, name: str, **parts: sql.Composable) -> sql.Composed:
    """The statement in sql/<name>.sql of a package, with {parts} in it, such as identifiers."""
    return _read(package, name).format(**parts)


@cache
def _read(package: str, name: str) -> sql.SQL:
    file = package_files.files(package).joinpath("sql", f"{name}.sql")
    # It is the project's own text; nothing that a user or the API says ever becomes part of it.
    return sql.SQL(file.read_text(encoding="utf-8"))
