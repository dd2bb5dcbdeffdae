"""Earlier versions of what has landed, dropped when they are old enough."""

from __future__ import annotations

from datetime import date

import psycopg
from psycopg import sql

from loaders.postgres.relations import is_there
from loaders.postgres.statements import statement
from loaders.raw.builds import running_build
from loaders.raw.origin import SCHEMAS
from loaders.raw.session import Session
from loaders.raw.tables import RACECARDS, TABLES, Table


def prune_versions(session: Session, before: date) -> dict[str, int]:
    """Drop the versions that others replaced before a day; returns how many, by table.

    Of racecards those stay that stood on the day of the race: a build reads what a card said at the
    off. `session` is open, so that no load is at work; a build is waited for. Nothing is dropped
    where nothing has landed.

    Raises psycopg.Error, OthersAtWorkError when patience ends before a build.
    """
    connection = session.connection
    if not is_there(connection, "raw.racecard_versions"):
        return {}
    session.wait_while(running_build(connection, SCHEMAS))
    with connection.transaction():
        return {table.versions: _prune(connection, table, before) for table in TABLES.values()}


def _prune(connection: psycopg.Connection, table: Table, before: date) -> int:
    name = "prune_card_versions" if table is RACECARDS else "prune_versions"
    versions = sql.Identifier(table.versions)
    done = connection.execute(statement(__package__, name, versions=versions), {"before": before})
    return done.rowcount
