"""The steps of a run that are commands of dbt."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence

from loaders.api.plans import lacking
from loaders.daily.dbt_results import failed_nodes, stale_sources, warnings
from loaders.daily.outcome import Ended, Outcome
from loaders.daily.step import Ground, Step, failed
from loaders.errors import printable

# So many groups of runs are counted anew, drawn by lot.
_GROUPS = 200


def build() -> Step:
    """Everything that changed, and its tests; those of the rules read no table."""
    return Step(
        "build", lambda ground: _run(ground, "build", "--exclude-resource-type", "unit_test")
    )


def tests(after: Sequence[str]) -> Step:
    """All tests of all tables, and those of the rules."""
    return Step("tests", lambda ground: _run(ground, "test"), tuple(after))


def sample(after: Sequence[str]) -> Step:
    """Some groups of runs are what a fresh count gives."""
    asked = ("run-operation", "compare_sample", "--args", json.dumps({"groups": _GROUPS}))
    return Step("sample", lambda ground: _run(ground, *asked), tuple(after))


def freshness() -> Step:
    """How long ago each kind of object was loaded, but for those that the plan does not have."""

    def does(ground: Ground) -> Ended:
        without = [f"source:racing_api.{name}" for name in lacking(ground.plan())]
        return _run(ground, "source", "freshness", *(("--exclude", *without) if without else ()))

    return Step("freshness", does)


def _run(ground: Ground, *arguments: str) -> Ended:
    # What dbt writes is a little older than what the clock says when it has done so.
    began = time.time() - 1
    command = ("dbt", "--no-use-colors", *arguments, *ground.dbt_options)
    code, printed = ground.children.run(*command)
    if code == 0:
        return Ended(Outcome.SUCCESS, warnings(ground.target, began))
    told = stale_sources(ground.target, began) or failed_nodes(ground.target, began)
    return failed(told or _last_words(printed) or f"dbt ended with {code}")


def _last_words(printed: Sequence[str]) -> str | None:
    """What dbt said last that is a sentence: an error of several lines is indented."""
    lines = [line.strip() for line in printed if line.startswith("  ") and line.strip()]
    kept = [line for line in lines if not line.startswith(("> in macro", "> called by"))]
    return printable(kept[-1], longest=600) if kept else None
