"""Tables of a page that a reader sorts, searches and pages through."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

from loaders.site.page import Row

# How a value is shown; it is sorted by what it is, and what is missing comes last.
Kind = Literal["text", "prose", "code", "number", "signed", "share", "day", "moment"]


@dataclass(frozen=True)
class Column:
    """A column of a table: `key` is its name in the rows.

    `prose` is given room to be read. A number has `digits` behind the point, a `share` is one of 0
    to 100 with a bar behind it; `signed` shows a plus. `about` explains the heading. `by` is the
    key of what the column is sorted by in the same row, when not by itself.
    """

    key: str
    title: str
    kind: Kind = "text"
    digits: int = 0
    about: str = ""
    by: str = ""


@dataclass(frozen=True)
class Table:
    """A table: `order` are pairs of a column's key and asc or desc, by which it is sorted at first.

    `caption` says what it holds, for those who do not see it, too. Values of `filters`, keys of
    columns with few values, can be picked from a list above it. Of a column in `picked` one value
    is shown at a time, at first the one there; what a reader picks holds for every table and chart
    of the page that has a column, or a parameter, of that key.
    """

    caption: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    order: Sequence[tuple[str, Literal["asc", "desc"]]] = ()
    filters: Sequence[str] = ()
    picked: Mapping[str, str] = field(default_factory=dict)
    page_length: int = 25

    @property
    def explained(self) -> list[Column]:
        """The columns whose headings are explained."""
        return [column for column in self.columns if column.about]

    def told(self) -> dict[str, Any]:
        """What the page's script makes the table of, as JSON holds it."""
        keys = [column.key for column in self.columns]
        others = [column.by for column in self.columns if column.by]
        return {
            "columns": [asdict(column) for column in self.columns],
            "others": others,
            "rows": [[row[key] for key in [*keys, *others]] for row in self.rows],
            "order": [[keys.index(key), direction] for key, direction in self.order],
            "filters": [keys.index(key) for key in self.filters],
            "picked": {keys.index(key): value for key, value in self.picked.items()},
            "pageLength": self.page_length,
        }
