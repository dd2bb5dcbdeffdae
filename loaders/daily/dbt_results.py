"""What dbt has written of a run that has ended: which nodes failed, which sources are stale."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from loaders.errors import printable

# So many are named, the rest is counted.
_NAMED = 3
_FAILED = ("error", "fail", "runtime error")
_RESULTS, _SOURCES = "run_results.json", "sources.json"
# Tests that print a line for each column that they warn of, which says more than their results.
_TALKATIVE = ("expected_population_", "feed_fields_dried_up")
_COLUMN_TOLD = re.compile(r"[\d:]{8} +(\w+\.\w+(?: is|:) filled in .+)")


def forget_results(target: Path) -> None:
    """Remove what dbt has written: what is there after its next command is of that one."""
    for name in (_RESULTS, _SOURCES):
        (target / name).unlink(missing_ok=True)


def failed_nodes(target: Path) -> str | None:
    """A sentence that names what failed; None where nothing did, or dbt has written nothing."""
    # An operation that never began has no word there.
    failed = [it for it in _results(target / _RESULTS) if _has_failed(it) and it.get("message")]
    told = _listed([f"{_name(each)} ({_said(each)})" for each in failed], ", ")
    return f"{told} failed" if told else None


def warnings(target: Path, printed: Sequence[str]) -> str | None:
    """What dbt warns of, in what it `printed`, else by the names of tests; None for nothing."""
    found = [_name(each) for each in _results(target / _RESULTS) if each["status"] == "warn"]
    if not found:
        return None
    told = [match[1] for line in printed if (match := _COLUMN_TOLD.fullmatch(line))]
    columns = [printable(line.partition(" where ")[0]) for line in told]
    named = columns + [name for name in found if not (columns and name.startswith(_TALKATIVE))]
    return f"{len(named)} warning{'s' if len(named) > 1 else ''}: {_listed(named, '; ')}"


def stale_sources(target: Path) -> str | None:
    """A sentence that names the sources that are stale; None where there are none."""
    stale = []
    for each in _results(target / _SOURCES):
        if _has_failed(each):
            loaded = str(each.get("max_loaded_at") or "")[:16].replace("T", " ")
            never = "never loaded" if loaded < "1900" else f"last loaded {loaded} UTC"
            told = each.get("error") or never
            stale.append(f"raw.{_name(each)} ({printable(str(told))})")
    # dbt writes them in the order in which it had an answer for each.
    told = _listed(sorted(stale), ", ")
    return f"{told} stale: load again" if told else None


def _results(file: Path) -> list[dict[str, Any]]:
    try:
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


def _listed(named: Sequence[str], between: str) -> str:
    more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
    return f"{between.join(named[:_NAMED])}{more}"
