"""What the columns of exported tables mean, beside them."""

from __future__ import annotations

import json
from collections.abc import Sequence

from loaders.inventory.columns import Table


def as_json(tables: Sequence[Table]) -> str:
    """A list of tables, each with its columns: name, type, description, source and `known`."""
    return json.dumps(
        [
            {
                "table": table.name,
                "category": table.category,
                "columns": [
                    {
                        "name": column.name,
                        "type": column.type,
                        "description": column.description,
                        "source": column.source,
                        "known": column.known,
                    }
                    for column in table.columns
                ],
            }
            for table in tables
        ],
        indent=2,
        ensure_ascii=False,
    )


def as_markdown(tables: Sequence[Table]) -> str:
    """The same to read: a section a table, a line a column."""
    lines = ["# Data dictionary"]
    for table in tables:
        lines += [
            "",
            f"## {table.name}",
            "",
            "| column | type | meaning | source | known |",
            "|---|---|---|---|---|",
        ]
        lines += [
            f"| `{column.name}` | {column.type} | {_cell(column.description)} | "
            f"{_cell(column.source or '')} | {column.known or ''} |"
            for column in table.columns
        ]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")
