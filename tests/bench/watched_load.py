"""The loader as its users run it: `studbook load` in a process of its own, watched from outside."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryFile

from loaders.errors import StudbookError
from tests.bench.cpu import children_cpu
from tests.bench.memory import peak_of, resident_of

_SECONDS_BETWEEN_LOOKS = 0.1
# What the user's environment or .env may say about pace does not count; "" is the default.
_AS_DOCUMENTED = {"RACING_API_RATE": "", "RACING_API_REGIONS": "", "STUDBOOK_PATIENCE": ""}


class LoadFailedError(StudbookError):
    """A load of the benchmark did not end well."""


@dataclass
class Run:
    """What a load took: processor seconds, the most bytes it held, what it held at each look."""

    cpu: float = 0.0
    peak: int = 0
    resident: list[int] = field(default_factory=list)

    def resident_after(self, share: float) -> int:
        """The bytes that it held after a share of its time, 0 where there is no /proc."""
        seen = [held for held in self.resident if held]
        return seen[int(share * (len(seen) - 1))] if seen else 0


def load(database: str, api: Mapping[str, str], *arguments: str) -> Run:
    """Run `studbook load` into a database from the API that RACING_API_* variables lead to.

    Raises LoadFailedError when not all of it landed.
    """
    studbook = str(Path(sys.executable).with_name("studbook"))
    variables = {**os.environ, **_AS_DOCUMENTED, **api, "PGDATABASE": database}
    run = Run()
    before = children_cpu()
    with TemporaryFile("w+") as said:
        with subprocess.Popen(
            [studbook, "load", *arguments], env=variables, stdout=said, stderr=said
        ) as process:
            while process.poll() is None:
                run.peak = max(run.peak, peak_of(process.pid))
                run.resident.append(resident_of(process.pid))
                with suppress(subprocess.TimeoutExpired):
                    process.wait(_SECONDS_BETWEEN_LOOKS)
        if process.returncode:
            said.seek(0)
            told = said.read().strip()
            raise LoadFailedError(
                f"`studbook load {' '.join(arguments)}` failed; run the benchmark again when what "
                f"it said is mended:\n{told}"
            )
    run.cpu = children_cpu() - before
    return run
