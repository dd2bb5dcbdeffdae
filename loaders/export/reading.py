"""Rows as they come out of PostgreSQL's COPY: as text, or as batches of Arrow."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import psycopg
import pyarrow as pa
from psycopg import sql
from pyarrow import csv

from loaders.export.arrow import LISTS, arrow_schema
from loaders.inventory.columns import Table

_BLOCK = 16 * 1024**2


class Copied(io.RawIOBase):
    """What a COPY sends, as a file that is read once; `pieces` are its bytes."""

    def __init__(self, pieces: Iterator[bytes | bytearray | memoryview]) -> None:
        self._pieces = pieces
        self._left = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._left:
            try:
                self._left = memoryview(next(self._pieces))
            except StopIteration:
                return 0
        size = min(len(buffer), len(self._left))
        buffer[:size] = self._left[:size]
        self._left = self._left[size:]
        return size


def copy_statement(table: sql.Composable, columns: Table, rows: sql.Composable) -> sql.Composed:
    """A COPY of a table's columns, of the rows that a condition picks, as CSV with names."""
    selected = sql.SQL(", ").join(
        sql.SQL("to_jsonb({0}) as {0}").format(sql.Identifier(column.name))
        if column.type in LISTS
        else sql.Identifier(column.name)
        for column in columns.columns
    )
    return sql.SQL(
        "copy (select {} from {} where {}) to stdout (format csv, header, encoding 'utf8')"
    ).format(selected, table, rows)


def batches(
    connection: psycopg.Connection[Any], copy: sql.Composed, table: Table
) -> Iterator[pa.RecordBatch]:
    """The rows of a COPY as batches of some megabytes each.

    Null is what stands without quotes where nothing is; an empty text has them.
    """
    schema = arrow_schema(table)
    lists = [column.name for column in table.columns if column.type in LISTS]
    types = {field.name: pa.string() if field.name in lists else field.type for field in schema}
    with connection.cursor() as cursor, cursor.copy(copy) as copied:
        reader = csv.open_csv(
            io.BufferedReader(Copied(iter(copied)), _BLOCK),
            read_options=csv.ReadOptions(block_size=_BLOCK),
            parse_options=csv.ParseOptions(newlines_in_values=True),
            convert_options=csv.ConvertOptions(
                column_types=types,
                null_values=[""],
                strings_can_be_null=True,
                quoted_strings_can_be_null=False,
                true_values=["t"],
                false_values=["f"],
            ),
        )
        for batch in reader:
            yield _with_lists(batch, lists, schema)


def _with_lists(batch: pa.RecordBatch, lists: list[str], schema: pa.Schema) -> pa.RecordBatch:
    """The batch with its lists, which came as JSON, as lists."""
    arrays = []
    for field in schema:
        array = batch.column(field.name)
        if field.name in lists:
            found = [None if text is None else json.loads(text) for text in array.to_pylist()]
            array = pa.array(found, type=field.type)
        arrays.append(array)
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
