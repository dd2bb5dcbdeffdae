"""A module's name says what lives there, once, and is none of dbt's kinds of things."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from loaders.settings import ROOT

ROOMS = ("loaders", "simulator", "tests/bench")
# What dbt calls its own things; a module of such a name would be looked for in dbt_project/.
DBT = {
    *("source", "seed", "model", "snapshot", "exposure", "macro", "analysis", "metric", "test"),
    *("profile", "package", "selector", "group", "contract", "target", "materialization"),
    *("manifest", "catalog", "node", "state", "operation", "hook", "semantic_model"),
}
PLURALS = {f"{word}s" for word in DBT} | {"analyses"}


def modules() -> list[Path]:
    """The modules and packages, as paths from the root; not those that Python names."""
    found = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    named = {path for path in found if not path.stem.startswith("__")}
    named |= {path.parent for path in found if path.stem == "__init__"}
    return sorted(path.relative_to(ROOT) for path in named)


def test_no_two_modules_have_one_name() -> None:
    named = defaultdict(list)
    for path in modules():
        named[path.stem].append(str(path))
    assert len(named) > 90
    assert [paths for paths in named.values() if len(paths) > 1] == []


def test_no_module_is_called_what_dbt_calls_its_own() -> None:
    assert [str(path) for path in modules() if path.stem in DBT | PLURALS] == []
