"""A dbt build of the benchmark: run in a process of its own, timed node by node."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from time import monotonic
from typing import Any

from loaders.errors import StudbookError
from loaders.postgres import database
from loaders.settings import ROOT, environment
from tests.bench.cpu import children_cpu, server_cpu
from tests.bench.memory import peak_of

# Unit tests ask about no table.
WITH_TESTS = ("--exclude-resource-type", "unit_test")
WITHOUT_TESTS = ("--exclude-resource-type", "unit_test", "test")
_FINE = ("success", "pass", "warn")


class BuildError(StudbookError):
    """dbt ended before it had built anything."""


@dataclass
class Build:
    """How a build went: seconds of its clock, of all processors, of each node; bytes at its peak.

    Nodes are several at once. The processors are those of dbt and of the whole server; where it is
    another machine's, dbt's alone.
    """

    seconds: float = 0.0
    cpu: float = 0.0
    models: dict[str, float] = field(default_factory=dict)
    tests: dict[str, float] = field(default_factory=dict)
    warnings: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: int = 0
    peak: int = 0

    def add(self, node: Mapping[str, Any], result: Mapping[str, Any]) -> None:
        """Count a node of dbt's manifest by what its run results say."""
        if node["resource_type"] == "test":
            self.tests[node["name"]] = result["execution_time"]
        elif node["resource_type"] in ("model", "seed"):
            self.models[node["name"]] = result["execution_time"]
        self.warnings += result["status"] == "warn"
        if result["status"] == "skipped":
            self.skipped += 1
        elif result["status"] not in _FINE:
            self.failed.append(f"{node['name']}: {result['message']}")


class Dbt:
    """dbt on one database, as of a day; it keeps what it has parsed in a folder."""

    def __init__(self, name: str, target: Path) -> None:
        env = environment()
        if server := database.embedded(env):
            env |= server.environment()
        self._name = name
        self._environment = {**env, "PGDATABASE": name}
        self._target = target
        self._read_as_of: date | None = None

    def parse(self, as_of: date) -> None:
        """Read the project, which dbt does again whenever its variables are others.

        A daily build, to which nobody gives a day, finds it read. Raises BuildError.
        """
        if as_of != self._read_as_of:
            if subprocess.run(self._command("parse", as_of), env=self._environment).returncode:
                raise BuildError("dbt could not read the project; what it said stands above.")
            self._read_as_of = as_of

    def build(self, as_of: date, *arguments: str) -> Build:
        """Run `dbt build` with those arguments.

        Raises BuildError when it ended before it built anything.
        """
        self._read_as_of = as_of
        results = self._target / "run_results.json"
        results.unlink(missing_ok=True)
        build = Build()
        command = [*self._command("build", as_of), *arguments]
        with database.connect(dbname=self._name, autocommit=True) as connection:
            used, started = children_cpu() + server_cpu(connection), monotonic()
            with subprocess.Popen(command, env=self._environment) as process:
                while process.poll() is None:
                    build.peak = max(build.peak, peak_of(process.pid))
                    with suppress(subprocess.TimeoutExpired):
                        process.wait(0.1)
            build.seconds = monotonic() - started
            build.cpu = children_cpu() + server_cpu(connection) - used
        if not results.exists():
            raise BuildError("dbt ended before it built anything; what it said stands above.")
        nodes = json.loads((self._target / "manifest.json").read_text())["nodes"]
        for result in json.loads(results.read_text())["results"]:
            if node := nodes.get(result["unique_id"]):
                build.add(node, result)
        return build

    def _command(self, what: str, as_of: date) -> list[str]:
        return [
            *(str(Path(sys.executable).with_name("dbt")), "--quiet", what),
            *("--project-dir", str(ROOT / "dbt_project"), "--profiles-dir", str(ROOT / "profiles")),
            *("--target-path", str(self._target), "--log-path", str(self._target)),
            *("--vars", json.dumps({"as_of_date": f"{as_of}"})),
        ]
