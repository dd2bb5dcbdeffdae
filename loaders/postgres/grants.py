"""The SQL that parts loading, building and reading among three roles of PostgreSQL."""

from __future__ import annotations

from importlib import resources as package_files

from psycopg import sql


def grants(database: str) -> str:
    """SQL for a superuser in `database` that makes the schemas, and roles with the least rights.

    It changes nothing when it is run again, and fails whole in a database of another name.
    """
    text = (
        package_files.files("loaders.postgres").joinpath("grants.sql").read_text(encoding="utf-8")
    )
    return (
        sql.SQL(text)
        .format(database=sql.Identifier(database), name=sql.Literal(database))
        .as_string()
    )
