"""Changes of the project itself: a seed, a model, a rule of racing, a rule of reading."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from random import Random

from loaders.settings import ROOT

PROJECT = ROOT / "dbt_project"


@dataclass(frozen=True)
class Edit:
    """A pattern in files of the project and what takes its place; `seed` is one that is filled."""

    told: str
    files: dict[str, tuple[str, str]]
    seed: str | None = None


EDITS = (
    Edit(
        "good to firm is good",
        {"seeds/going_groups.csv": (r"(Good To Firm,Good To Firm),firm", r"\1,good")},
        "going_groups",
    ),
    Edit(
        "seven furlongs is a sprint",
        {"seeds/distance_bands.csv": ("mile,7", "mile,7.5")},
        "distance_bands",
    ),
    Edit(
        "a euro is two pounds",
        {"seeds/eur_gbp_rates.csv": (r"2025,[\d.]+", "2025,2.00000")},
        "eur_gbp_rates",
    ),
    Edit(
        "the model of pedigrees writes breeders in capitals",
        {
            "models/marts/core/ra_horse_pedigree.sql": (
                r"horses\.breeder,", "upper(horses.breeder) as breeder,",
            )
        },
    ),
    Edit(
        "the model of horses takes the code of a colour from its name",
        {
            "models/intermediate/entities/int_horses.sql": (
                r"coalesce\(bred\.colour_code, upper\(bred\.colour\)\)", "lower(bred.colour)",
            )
        },
    ),
    Edit(
        "the model of races writes their names in capitals",
        {
            "models/intermediate/races/int_races.sql": (
                r"coalesce\(results\.race_name, racecards\.race_name\)",
                "upper(coalesce(results.race_name, racecards.race_name))",
            )
        },
    ),
    Edit("the third is not placed", {"macros/racing/runs.sql": ("between 1 and 3", "in (1, 2)")}),
    Edit(
        "a run that is lost costs two units",
        {"macros/racing/market.sql": (r"else -1\b", "else -2")},
    ),
    Edit(
        "what is below three is read as no price",
        {
            "macros/reading/price.sql": (r"(?s)nullif\(.*?, 1\), 1\)",
                "nullif(greatest({{ api_numeric(expression) }}, 3), 3)",
            ),
        },
    ),
)  # fmt: skip


class Rules:
    """A copy of the project in which rules are changed, and put back."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.changed: list[Edit] = []
        shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs"))

    def change(self, rng: Random, *, of_seeds: bool) -> Edit:
        """Change one more of the seeds, or of the other rules."""
        unchanged = [edit for edit in EDITS if edit not in self.changed]
        edit = rng.choice([edit for edit in unchanged if bool(edit.seed) == of_seeds])
        for name, (pattern, instead) in edit.files.items():
            file = self.folder / name
            text, found = re.subn(pattern, instead, file.read_text())
            assert found, f"{name} has nothing like {pattern!r}: change it here as it changed there"
            file.write_text(text)
        self.changed.append(edit)
        return edit

    def put_back(self) -> list[Edit]:
        """Let all be as it was; returns what had been changed."""
        changed, self.changed = self.changed, []
        for edit in changed:
            for name in edit.files:
                shutil.copyfile(PROJECT / name, self.folder / name)
        return changed
