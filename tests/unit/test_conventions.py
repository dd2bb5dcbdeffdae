"""The rules of tests/conventions find who breaks them, and say what to do."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.conventions.rules import RULES, broken, exceptions

OWNER = {"name": "somebody", "email": None}


def model(name: str, folder: str, *reads: str, **fields: Any) -> dict[str, Any]:
    """A model that breaks no rule, as dbt's manifest has it."""
    layer = folder.split("/")[0]
    return {
        "unique_id": f"model.studbook.{name}",
        "resource_type": "model",
        "name": name,
        "fqn": ["studbook", *folder.split("/"), name],
        "original_file_path": f"models/{folder}/{name}.sql",
        "patch_path": f"studbook://models/{folder}/{name}.yml",
        "description": "One race.",
        "columns": {
            "id": {"name": "id", "description": "Its id.", "constraints": [{"type": "primary_key"}]}
        },
        "constraints": [],
        "config": {"contract": {"enforced": layer == "marts"}},
        "depends_on": {"nodes": list(reads)},
        "access": "public" if layer == "marts" else "private",
        "group": "warehouse",
        **fields,
    }


@pytest.fixture
def manifest() -> dict[str, Any]:
    """Of a project that keeps every rule: a source, and a model of each layer over it."""
    staging, intermediate, mart = (
        "model.studbook.stg_racing_api__races",
        "model.studbook.int_races",
        "model.studbook.ra_races",
    )
    source = "source.studbook.racing_api.races"
    described = {"description": "What it is.", "columns": {}}
    return {
        "nodes": {
            staging: model("stg_racing_api__races", "staging/racing_api", source),
            intermediate: model("int_races", "intermediate/races", staging),
            mart: model("ra_races", "marts/core", intermediate, staging, "seed.studbook.goings"),
            "seed.studbook.goings": {"name": "goings", "resource_type": "seed", **described},
        },
        "sources": {source: {"name": "races", "resource_type": "source", **described}},
        "unit_tests": {},
        "groups": {"group.studbook.warehouse": {"name": "warehouse", "owner": OWNER}},
        "exposures": {
            "exposure.studbook.site": {
                "name": "site",
                "description": "Pages.",
                "owner": OWNER,
                "depends_on": {"nodes": [mart]},
            }
        },
    }


def test_a_project_that_keeps_the_rules_is_left_alone(manifest: dict[str, Any]) -> None:
    assert broken(manifest, []) == []


@pytest.mark.parametrize(
    ("node", "changed", "sentence"),
    [
        (
            "int_races",
            {"name": "races"},
            "races: models of models/intermediate/races are called int_…; rename it. (names)",
        ),
        (
            "stg_racing_api__races",
            {"name": "stg_races"},
            "stg_races: models of models/staging/racing_api are called stg_racing_api__…; rename "
            "it. (names)",
        ),
        (
            "int_races",
            {"patch_path": "studbook://models/intermediate/all.yml"},
            "int_races: describe it in models/intermediate/races/int_races.yml, beside it. (names)",
        ),
        (
            "ra_races",
            {"depends_on": {"nodes": ["source.studbook.racing_api.races"]}},
            "ra_races: a model of marts reads intermediate and marts and seed and staging, not "
            "racing_api.races of source. (layers)",
        ),
        (
            "stg_racing_api__races",
            {"depends_on": {"nodes": ["model.studbook.int_races"]}},
            "stg_racing_api__races: a model of staging reads source, not int_races of "
            "intermediate. (layers)",
        ),
        (
            "int_races",
            {"description": ""},
            "int_races: give it a description in the YAML beside it. (descriptions)",
        ),
        (
            "ra_races",
            {"config": {"contract": {"enforced": False}}},
            "ra_races: enforce its contract. (keys)",
        ),
        (
            "int_races",
            {"access": "protected"},
            "int_races: its access is to be private, not protected. (access)",
        ),
        (
            "ra_races",
            {"group": None},
            "ra_races: put it into a group (dbt_project.yml). (access)",
        ),
        (
            "int_races",
            {"columns": {"id": {"name": "id", "description": "", "constraints": []}}},
            "int_races: describe its columns id: meaning and unit. (descriptions)",
        ),
    ],
)
def test_who_breaks_a_rule_is_named(
    manifest: dict[str, Any], node: str, changed: dict[str, Any], sentence: str
) -> None:
    manifest["nodes"][f"model.studbook.{node}"] |= changed

    assert sentence in broken(manifest, [])


def test_a_mart_without_key_or_test_is_named_until_it_has_one(manifest: dict[str, Any]) -> None:
    mart = manifest["nodes"]["model.studbook.ra_races"]
    mart["columns"]["id"]["constraints"] = [{"type": "not_null"}]
    key = (
        "ra_races: give it a primary key (constraints), or where it is large a unique index. (keys)"
    )
    test = "ra_races: test it: a key, a unit test in its YAML, or a test of its data. (tests)"
    assert broken(manifest, []) == [key, test]

    of_it = {"depends_on": {"nodes": [mart["unique_id"]]}}
    manifest["unit_tests"]["unit_test.studbook.ra_races.one"] = of_it
    assert broken(manifest, []) == [key]
    manifest["unit_tests"] = {}
    manifest["nodes"]["test.studbook.one"] = {"resource_type": "test", **of_it}
    assert broken(manifest, []) == [key]
    mart["config"]["indexes"] = [{"columns": ["date"]}, {"columns": ["id"], "unique": True}]
    assert broken(manifest, []) == []


def test_a_mart_that_no_page_or_file_shows_is_named(manifest: dict[str, Any]) -> None:
    site = copy.deepcopy(manifest["exposures"]["exposure.studbook.site"])
    manifest["exposures"]["exposure.studbook.export"] = site
    site |= {"name": "export", "owner": {"name": None, "email": None}, "description": ""}
    site["depends_on"]["nodes"] = []

    assert broken(manifest, []) == [
        "export: give it a description in the YAML beside it. (descriptions)",
        "export: say who owns it. (access)",
        "ra_races: add it to export in models/_exposures.yml. (exposures)",
    ]


def test_an_exception_excuses_one_rule_and_is_named_when_it_is_not_needed(
    manifest: dict[str, Any],
) -> None:
    mart = manifest["nodes"]["model.studbook.ra_races"]
    mart["depends_on"]["nodes"].append("source.studbook.racing_api.races")
    mart["config"]["contract"]["enforced"] = False

    assert broken(manifest, [("layers", "ra_races")]) == ["ra_races: enforce its contract. (keys)"]
    assert broken(manifest, [("layers", "ra_races"), ("keys", "ra_races"), ("tests", "gone")]) == [
        "gone: breaks no rule of tests any more; take it out of exceptions.csv."
    ]


def test_every_exception_names_a_rule_and_a_reason() -> None:
    assert {rule for rule, _ in exceptions()} <= RULES.keys()
