"""What ra_features says of its columns: from when each can be known, and that it is told once."""

from __future__ import annotations

import re
from typing import Any

import yaml

from loaders.settings import ROOT

MARTS = ROOT / "dbt_project" / "models" / "marts"
KNOWN = {"before_declaration", "morning", "off", "after"}
# The tables whose columns it carries, and what stands before their names there.
CARRIED = {
    "supplementary/ra_runner_statistics": "horse_",
    "features/ra_runner_changes": "",
    "features/ra_runner_connections": "",
}
# What tells the rows of those tables apart, and when they were landed.
OF_ROWS = {
    *("id", "runner_id", "race_id", "horse_id", "race_date", "created_at", "updated_at"),
    # Which run was the last, who rode in the end, and since when there is any history.
    *("last_race_id", "history_from"),
}


def columns(model: str) -> dict[str, dict[str, Any]]:
    described = yaml.safe_load((MARTS / f"{model}.yml").read_text())["models"][0]
    return {column["name"]: column for column in described["columns"]}


def test_every_column_says_from_when_it_is_known_and_only_targets_after_the_race() -> None:
    known = {
        name: column["config"]["meta"]["known"]
        for name, column in columns("features/ra_features").items()
    }

    assert set(known.values()) == KNOWN
    after = {name for name, when in known.items() if when == "after"}
    assert after == {name for name in known if name.startswith("target_")}
    assert after == {
        *("target_position", "target_won", "target_placed"),
        *("target_prb", "target_sp", "target_bsp"),
    }


def test_what_counts_runs_up_to_the_day_before_is_not_known_at_declaration() -> None:
    known = {
        name: column["config"]["meta"]["known"]
        for name, column in columns("features/ra_features").items()
    }
    counts = re.compile(
        r"horse_(?!id).*|last_.*|days_since_.*|run_.*|.*_(runs|wins|places|expected_wins|prb|last_3|2nds|3rds)"
    )

    counted = {name for name in known if counts.fullmatch(name)}
    assert len(counted) > 230
    assert {name for name in counted if known[name] == "before_declaration"} == set()


def test_what_it_carries_is_all_there_is_with_the_types_and_meanings_of_its_tables() -> None:
    features = columns("features/ra_features")

    for model, prefix in CARRIED.items():
        carried = {
            name: column
            for name, column in columns(model).items()
            if name not in OF_ROWS and (prefix, name) != ("horse_", "jockey_id")
        }
        assert len(carried) > 20
        for name, column in carried.items():
            told = features[prefix + name]
            assert told["data_type"] == column["data_type"], name
            assert told["description"].split() == column["description"].split(), name
