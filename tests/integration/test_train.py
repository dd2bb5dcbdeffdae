"""The README's model learns from the exported features of a season more than how many win."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

from loaders.settings import ROOT
from tests.integration.conftest import Warehouse


def test_the_model_of_the_readme_beats_a_constant_and_says_what_is_so(
    season: Warehouse, tmp_path: Path
) -> None:
    _, _, section = (ROOT / "README.md").read_text().partition("\n## Train on it\n")
    [export, program] = re.findall(r"(?:^    .+\n)+", section.partition("\n## ")[0], re.MULTILINE)
    _, command, folder, *tables = export.split()
    season.run("studbook", command, str(tmp_path / folder), *tables)

    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", dedent(program)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stderr
    losses = re.match(r"log loss ([\d.]+) and of a constant ([\d.]+)\n", done.stdout)
    assert losses
    assert float(losses[1]) < float(losses[2]) - 0.003
    # A fifth of the chances a line: what was said, and what won.
    fifths = [
        [float(figure) for figure in line.split("]")[1].split()]
        for line in done.stdout.splitlines()
        if "]" in line
    ]
    assert len(fifths) == 5
    assert all(abs(said - won) < 0.06 for said, won in fifths)
    assert fifths[-1][1] > 2 * fifths[0][1]
