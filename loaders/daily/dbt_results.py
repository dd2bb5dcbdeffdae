"""What dbt has written of a run that has ended: which nodes failed, which sources are stale."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loaders.errors import printable
from loaders.settings import ROOT

# So many are named, the rest is counted.
_NAMED = 3
_FAILED = ("error", "fail", "runtime error")


def target_folder(environment: Mapping[str, str]) -> Path:
    """Where dbt writes: DBT_TARGET_PATH."""
    return ROOT / "dbt_project" / (environment.get("DBT_TARGET_PATH") or "target")


def failed_nodes(target: Path, since: float) -> str | None:
    """A sentence that names what failed; None where dbt has written nothing since then."""
    failed = [each for each in _results(target / "run_results.json", since) if _has_failed(each)]
    return _sentence([f"{_name(each)} ({_said(each)})" for each in failed], "failed")


def warnings(target: Path, since: float) -> str | None:
    """A sentence that names the nodes that warn; None where there are none."""
    results = _results(target / "run_results.json", since)
    found = [_name(each) for each in results if each["status"] == "warn"]
    return _sentence(found, "warned" if len(found) > 1 else "warns")


def stale_sources(target: Path, since: float) -> str | None:
    """A sentence that names the sources that are stale; None where there are none."""
    stale = []
    for each in _results(target / "sources.json", since):
        if _has_failed(each):
            loaded = str(each.get("max_loaded_at") or "")[:16].replace("T", " ")
            never = "never loaded" if loaded < "1900" else f"last loaded {loaded} UTC"
            told = each.get("error") or never
            stale.append(f"raw.{_name(each)} ({printable(str(told))})")
    return _sentence(stale, "stale: load again")


def _results(file: Path, since: float) -> list[dict[str, Any]]:
    try:
        if file.stat().st_mtime < since:
            return []
        results: list[dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))["results"]
    except (OSError, ValueError, KeyError):
        return []
    return results


def _has_failed(result: Mapping[str, Any]) -> bool:
    return result["status"] in _FAILED


def _name(result: Mapping[str, Any]) -> str:
    """A node's own name: test.studbook.unique_ra_races_id.1a2b3c has its hash behind it."""
    parts = str(result["unique_id"]).split(".")
    return parts[2] if parts[0] in ("test", "unit_test") else parts[-1]


def _said(result: Mapping[str, Any]) -> str:
    lines = [line.strip() for line in str(result.get("message") or "").splitlines()]
    # dbt says first which node it was, and where it stands last.
    kept = [line for line in lines if line and " Error in " not in line]
    return printable(kept[0]) if kept else "without a word"


def _sentence(named: Sequence[str], verb: str) -> str | None:
    if not named:
        return None
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"{', '.join(named[:_NAMED])}{more} {verb}"
