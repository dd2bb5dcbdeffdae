"""What a column of PostgreSQL is in Arrow, and how PostgreSQL writes it for that."""

from __future__ import annotations

import re

import pyarrow as pa

from loaders.inventory.columns import Column, Table

_NUMERIC = re.compile(r"numeric\((\d+),\s*(\d+)\)")
_TYPES = {
    "text": pa.string(),
    "boolean": pa.bool_(),
    "smallint": pa.int16(),
    "integer": pa.int32(),
    "bigint": pa.int64(),
    "date": pa.date32(),
    "time": pa.time64("us"),
    "timestamptz": pa.timestamp("us", tz="UTC"),
    # As text: Arrow has no JSON of its own that all readers know.
    "jsonb": pa.string(),
}
LISTS = {"text[]": pa.list_(pa.string())}


def arrow_type(column: Column) -> pa.DataType:
    """The type of a column in Arrow; of a numeric one a decimal with its digits.

    Raises KeyError for a type that no column of the racing schema has.
    """
    written = column.type or ""
    numeric = _NUMERIC.fullmatch(written)
    if numeric:
        return pa.decimal128(int(numeric[1]), int(numeric[2]))
    return LISTS[written] if written in LISTS else _TYPES[written]


def arrow_schema(table: Table) -> pa.Schema:
    """The columns of a table with their descriptions."""
    return pa.schema(
        [
            pa.field(column.name, arrow_type(column), metadata={"description": column.description})
            for column in table.columns
        ]
    )
