"""What `studbook diff` says of two schemas, to people and to programs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from loaders.diff.comparing import Example, RowsOnly, TableDifference
from loaders.diff.pairs import Paired
from loaders.errors import printable

# What a line shows of a value.
_LONGEST = 60


@dataclass(frozen=True)
class Verdict:
    """Two schemas by name, their tables, and what differs between those of both."""

    before: str
    after: str
    tables: Paired
    differences: Sequence[TableDifference]

    @property
    def is_equal(self) -> bool:
        """Whether both have the same tables with the same columns, types, rows and values."""
        return not (self.tables.only_before or self.tables.only_after or self._unequal)

    def as_text(self) -> str:
        """A paragraph for each table that differs, and a last line about all of them."""
        tables = self.tables
        only = ((tables.only_before, self.before), (tables.only_after, self.after))
        paragraphs = [f"{name}: only in {schema}" for names, schema in only for name in names]
        paragraphs += [
            "\n  ".join([f"{table.name}: {self._rows(table)}", *self._lines(table)])
            for table in self._unequal
        ]
        last = f"{len(self.differences) - len(self._unequal)} of {len(self.differences)} tables"
        paragraphs.append(f"{last} are equal in {self.before} and {self.after}.")
        if len(tables.left_out) > 1:
            left_out = f"{len(tables.left_out)} tables, such as {tables.left_out[0]}"
            paragraphs.append(f"Not compared, as each build has its own: {left_out}.")
        elif tables.left_out:
            paragraphs.append(f"Not compared, as each build has its own: {tables.left_out[0]}.")
        return "\n".join(paragraphs)

    def as_json(self) -> str:
        """The same as one object, with every table that both have in `tables`."""
        told = {
            "before": self.before,
            "after": self.after,
            "is_equal": self.is_equal,
            "only_before": self.tables.only_before,
            "only_after": self.tables.only_after,
            "left_out": self.tables.left_out,
            "tables": [asdict(table) for table in self.differences],
        }
        return json.dumps(told, indent=2, ensure_ascii=False)

    @property
    def _unequal(self) -> list[TableDifference]:
        return [table for table in self.differences if not table.is_equal]

    def _rows(self, table: TableDifference) -> str:
        before, after = table.rows_before, table.rows_after
        if before == after:
            return f"{before:,} rows in both"
        return f"{before:,} rows in {self.before}, {after:,} in {self.after}"

    def _lines(self, table: TableDifference) -> list[str]:
        columns = (
            (table.columns_only_before, self.before),
            (table.columns_only_after, self.after),
        )
        lines = [f"{name}: only in {schema}" for names, schema in columns for name in names]
        rows = ((table.only_before, self.before), (table.only_after, self.after))
        lines += [_rows_only(only, schema, table.key) for only, schema in rows if only.rows]
        for column in table.columns:
            told = []
            if column.types[0] != column.types[1]:
                told.append(
                    f"{column.types[0]} in {self.before}, {column.types[1]} in {self.after}"
                )
            if column.rows:
                examples = "; ".join(_example(example, table.key) for example in column.examples)
                told.append(f"{_differing(column.rows)}, such as {examples}")
            lines.append(f"{column.name}: {', '.join(told)}")
        return lines


def _rows_only(only: RowsOnly, schema: str, key: tuple[str, ...] | None) -> str:
    if key is None:
        examples = "; ".join(_cut(text) for (text,) in only.examples)
    else:
        examples = "; ".join(_named(key, example) for example in only.examples)
    return f"{_counted(only.rows)} only in {schema}, such as {examples}"


def _example(example: Example, key: tuple[str, ...] | None) -> str:
    before, after = (_written(value) for value in (example.before, example.after))
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (one, other) in pairs if one != other), 0)
    # What they have in common at first tells nothing where the rest would be cut off.
    start = max(same - _LONGEST // 3, 0) if max(len(before), len(after)) > _LONGEST else 0
    return f"{_named(key or (), example.key)}: {_cut(before, start)} -> {_cut(after, start)}"


def _named(key: tuple[str, ...], values: tuple[str, ...]) -> str:
    return ", ".join(f"{name} {value}" for name, value in zip(key, values, strict=True))


def _written(value: str | None) -> str:
    return "null" if value is None else printable(value, longest=None)


def _cut(text: str, start: int = 0) -> str:
    shown = text[start : start + _LONGEST]
    return f"{'…' if start else ''}{shown}{'…' if start + _LONGEST < len(text) else ''}"


def _counted(rows: int) -> str:
    return "1 row" if rows == 1 else f"{rows:,} rows"


def _differing(rows: int) -> str:
    return f"{_counted(rows)} {'differs' if rows == 1 else 'differ'}"
