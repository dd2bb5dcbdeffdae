"""Databases that a benchmark makes anew for itself."""

from __future__ import annotations

from psycopg import sql

from loaders.postgres import database


def make_anew(name: str) -> None:
    """Make an empty database; one of that name is dropped, whoever is using it."""
    drop(name)
    with database.connect(dbname="postgres", autocommit=True) as connection:
        connection.execute(sql.SQL("create database {}").format(sql.Identifier(name)))


def drop(name: str) -> None:
    """Drop a database, if it is there."""
    with database.connect(dbname="postgres", autocommit=True) as connection:
        connection.execute(
            sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
        )
