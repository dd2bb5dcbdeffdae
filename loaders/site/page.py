"""A page of the site, and the moment that all pages tell of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import psycopg
from psycopg.rows import dict_row

from loaders.postgres.statements import statement

Row = dict[str, Any]


@dataclass(frozen=True)
class Moment:
    """One state of the racing schema: every question put to it sees the same.

    `today` is the day in London on which the pages are made, or the one asked for, `made_at` when
    (London's time).
    """

    connection: psycopg.Connection[Any]
    today: date
    made_at: datetime

    def rows(self, name: str, **parameters: Any) -> list[Row]:
        """What the statement sql/<name>.sql finds, each row by the names of its columns."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            return cursor.execute(statement(__package__, name), parameters).fetchall()

    def row(self, name: str, **parameters: Any) -> Row:
        """The one row of a statement that always has one, such as a count."""
        [row] = self.rows(name, **parameters)
        return row


@dataclass(frozen=True)
class Page:
    """A page: templates/<name>.html.j2 filled with what `context` finds.

    `title` stands in the navigation and above the page, `about` in a sentence below it.
    """

    name: str
    title: str
    about: str
    context: Callable[[Moment], Mapping[str, Any]]

    @property
    def file(self) -> str:
        """Its name in the folder; the first page is what a browser opens there."""
        return "index.html" if self.name == "today" else f"{self.name}.html"
