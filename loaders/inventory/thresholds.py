"""How old each source may become: what `dbt source freshness` goes by, read from the same YAML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import yaml

from loaders.errors import StudbookError
from loaders.inventory.columns import PROJECT

_FILE = PROJECT / "models" / "staging" / "racing_api" / "_sources.yml"


class ThresholdError(StudbookError):
    """The YAML of the sources cannot be read."""


@dataclass(frozen=True)
class Threshold:
    """How old a source may become before a warning, and the SQL that says when it was loaded."""

    source: str
    oldest: timedelta
    loaded_at_query: str


def thresholds() -> list[Threshold]:
    """That of each source that is asked how fresh it is.

    Raises ThresholdError when the file is not as dbt would have it.
    """
    try:
        described = yaml.safe_load(_FILE.read_text(encoding="utf-8"))["sources"]
        return [
            Threshold(table["name"], _period(freshness["warn_after"]), config["loaded_at_query"])
            for source in described
            for table in source["tables"]
            if (config := table["config"])
            and (freshness := config.get("freshness", source["config"]["freshness"]))
        ]
    except (OSError, yaml.YAMLError, LookupError, TypeError) as error:
        reason = " ".join(str(error).split())
        raise ThresholdError(
            f"{_FILE} cannot be read ({reason}): `dbt parse` says what is wrong with it."
        ) from None


def _period(described: Mapping[str, Any]) -> timedelta:
    return timedelta(**{f"{described['period']}s": described["count"]})
