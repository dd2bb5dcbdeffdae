"""Many questions to the racing tables that are all answered of one state."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql

from loaders.inventory.population import SCHEMA


@contextmanager
def one_state(connection: psycopg.Connection[Any], names: Sequence[str]) -> Iterator[None]:
    """A transaction in which a connection sees these tables, which are built, as of one moment.

    They are locked before that moment: what a build has replaced since would be seen as empty.
    """
    connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
    tables = sql.SQL(", ").join(sql.Identifier(SCHEMA, name) for name in names)
    with connection.transaction():
        connection.execute(sql.SQL("lock table {} in access share mode").format(tables))
        yield
