"""A dbt build of the benchmark: run in a process of its own, timed node by node."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from loaders.errors import StudbookError
from loaders.settings import ROOT
from tests.bench.memory import peak_of

MARTS = ("core", "pedigree", "supplementary", "odds", "system")
CATEGORIES = (*MARTS, "staging", "intermediate", "seeds", "tests")
_FINE = ("success", "pass", "warn")


class BuildError(StudbookError):
    """dbt ended before it had built anything."""


@dataclass
class Build:
    """How a build went: its clock in seconds, what its nodes took (several at once), bytes."""

    seconds: float = 0.0
    models: dict[str, float] = field(default_factory=dict)
    categories: Counter[str] = field(default_factory=Counter)
    tests: int = 0
    warnings: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: int = 0
    peak: int = 0

    def add(self, node: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Count a node of dbt's manifest by what its run results say."""
        kind, name, seconds = node["resource_type"], node["name"], result["execution_time"]
        if kind == "model":
            self.models[name] = seconds
            self.categories[next(part for part in node["fqn"] if part in CATEGORIES)] += seconds
        elif kind in ("test", "unit_test"):
            self.tests += 1
            self.categories["tests"] += seconds
        else:
            self.categories["seeds"] += seconds
        self.warnings += result["status"] == "warn"
        if result["status"] == "skipped":
            self.skipped += 1
        elif result["status"] not in _FINE:
            self.failed.append(f"{name}: {result['message']}")


def run(
    environment: Mapping[str, str], target: Path, as_of: date, arguments: Sequence[str]
) -> Build:
    """Run `dbt build` as of four in the afternoon of a day, and read what it wrote in `target`.

    Raises BuildError when it wrote nothing.
    """
    results = target / "run_results.json"
    results.unlink(missing_ok=True)
    variables = {"as_of_date": f"{as_of}", "as_of_time": f"{as_of} 16:00:00+00:00"}
    command = [
        *(str(Path(sys.executable).with_name("dbt")), "--quiet", "build"),
        *("--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT / "profiles")),
        *("--target-path", str(target), "--log-path", str(target)),
        *("--vars", json.dumps(variables), *arguments),
    ]
    build = Build()
    started = monotonic()
    with subprocess.Popen(command, env=dict(environment)) as process:
        while process.poll() is None:
            build.peak = max(build.peak, peak_of(process.pid))
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.5)
    build.seconds = monotonic() - started
    if not results.exists():
        raise BuildError("dbt ended before it built anything; what it said stands above.")
    nodes = json.loads((target / "manifest.json").read_text())
    nodes = {**nodes["nodes"], **nodes["unit_tests"]}
    for result in json.loads(results.read_text())["results"]:
        if node := nodes.get(result["unique_id"]):
            build.add(node, result)
    return build
