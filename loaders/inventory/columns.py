"""The list of every column of every table in the racing schema: the YAML beside dbt's models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2
import yaml

from loaders.errors import StudbookError
from loaders.settings import ROOT

PROJECT = ROOT / "dbt_project"
# The order in which dbt_project.yml and the README name them.
CATEGORIES = ("core", "pedigree", "supplementary", "odds", "features", "system")

_DOC_BLOCK = re.compile(r"{%-?\s*docs\s+(\w+)\s*-?%}(.*?){%-?\s*enddocs\s*-?%}", re.DOTALL)
# Where the answers of an endpoint land; the first that fits counts.
_ENDPOINTS = {
    "/v1/courses/regions": "regions",
    "/v1/courses": "courses",
    "/v1/racecards/pro": "racecards",
    "/v1/results": "results",
    "/v1/horses": "horses",
}
_NAMED = re.compile(rf"{'|'.join(_ENDPOINTS)}|\braw\.(\w+)")
# The loader that libyaml speeds up tenfold comes with every wheel of PyYAML.
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class InventoryError(StudbookError):
    """The YAML beside dbt's models cannot be read."""


@dataclass(frozen=True)
class Column:
    """A column as its YAML tells it.

    `min_population` is the least share, 0 to 1, of filled values among the rows that
    `population_where`, a condition in SQL, picks; without a condition, among all rows. A column
    that the feed may stop filling has `expected_population` instead. The feed sent it for races
    before the day `sent_before`, or since `sent_since`, and the share is asked of those. `plan` is
    the smallest one that fills it, and the share is asked of rows from that or a bigger one. From
    when a feature of a runner can be known is `known`: before_declaration, morning, off or after.
    """

    name: str
    type: str | None
    description: str
    source: str | None
    min_population: float | None
    population_where: str | None
    expected_population: float | None = None
    sent_before: str | None = None
    sent_since: str | None = None
    plan: str | None = None
    known: str | None = None


@dataclass(frozen=True)
class Table:
    """A table of the racing schema.

    `race_id` and `race_date` are the SQL of a row's race and its day; None where it has no race.
    `row_plan` is that of the plan it came from; None where it sums up many races.
    """

    name: str
    category: str
    columns: tuple[Column, ...]
    race_id: str | None = None
    race_date: str | None = None
    row_plan: str | None = None
    description: str = ""

    @property
    def resources(self) -> set[str]:
        """The raw tables that it comes from: its columns' sources name them, or their endpoints."""
        named = _NAMED.finditer(" ".join(column.source or "" for column in self.columns))
        return {match[1] or _ENDPOINTS[match[0]] for match in named}


def read_tables(project: Path = PROJECT) -> list[Table]:
    """Every table that a dbt project describes, by category and name.

    dbt's own parse takes longer than all the rest of an inventory, so the YAML is read directly,
    doc blocks in it resolved; a test compares what comes out with dbt's manifest.

    Raises InventoryError, naming the file, when one cannot be read.
    """
    models = project / "models"
    blocks = {
        name: text
        for path in sorted(models.rglob("*.md"))
        for name, text in _DOC_BLOCK.findall(path.read_text())
    }
    return [
        table
        for category in CATEGORIES
        for path in sorted((models / "marts" / category).glob("*.yml"))
        for table in _read_file(path, category, blocks)
    ]


def _read_file(path: Path, category: str, blocks: Mapping[str, str]) -> list[Table]:
    try:
        models = yaml.load(path.read_text(), _LOADER)["models"]  # noqa: S506 - a safe loader
        return [_table(model, category, blocks) for model in models]
    except (yaml.YAMLError, jinja2.TemplateError, LookupError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise InventoryError(
            f"{path} cannot be read ({reason}): `dbt parse` says what is wrong with it."
        ) from None


def _table(model: Mapping[str, Any], category: str, blocks: Mapping[str, str]) -> Table:
    columns = []
    for column in model["columns"]:
        meta = column.get("config", {}).get("meta", {})
        columns.append(
            Column(
                name=column["name"],
                type=column.get("data_type"),
                description=_render(column.get("description", ""), blocks),
                source=meta.get("source"),
                min_population=meta.get("min_population"),
                population_where=meta.get("population_where"),
                expected_population=meta.get("expected_population"),
                sent_before=meta.get("sent_before"),
                sent_since=meta.get("sent_since"),
                plan=meta.get("plan"),
                known=meta.get("known"),
            )
        )
    meta = model.get("config", {}).get("meta", {})
    return Table(
        model["name"],
        category,
        tuple(columns),
        race_id=meta.get("race_id"),
        race_date=meta.get("race_date"),
        row_plan=meta.get("row_plan"),
        description=_render(model.get("description", ""), blocks),
    )


def _render(description: str, blocks: Mapping[str, str]) -> str:
    """A description on one line, with its doc blocks in it."""
    text = jinja2.Template(description).render(doc=lambda name: blocks[name])
    return " ".join(text.split())
