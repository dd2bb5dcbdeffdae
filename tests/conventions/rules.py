"""The rules, each a function from a manifest to who breaks it and what to do about it."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

Manifest = Mapping[str, Any]
Node = Mapping[str, Any]
# The name of a model, seed, source or exposure, and a sentence about it.
Breach = tuple[str, str]
Rule = Callable[[Manifest], Iterator[Breach]]

EXCEPTIONS = Path(__file__).with_name("exceptions.csv")
# What the models of a layer read.
_READS = {
    "staging": {"source"},
    "intermediate": {"staging", "intermediate", "seed"},
    "marts": {"staging", "intermediate", "marts", "seed"},
}
_ACCESS = {"staging": "private", "intermediate": "private", "marts": "public"}


def broken(manifest: Manifest, excused: Collection[tuple[str, str]]) -> list[str]:
    """A sentence for each breach of a rule that is not excused, and each excuse without one.

    `excused` are names of a rule and of who may break it.
    """
    found = [
        (rule, name, sentence)
        for rule, breaches in RULES.items()
        for name, sentence in breaches(manifest)
    ]
    told = [
        f"{name}: {sentence} ({rule})"
        for rule, name, sentence in found
        if (rule, name) not in excused
    ]
    breaking = {(rule, name) for rule, name, _ in found}
    told += [
        f"{name}: breaks no rule of {rule} any more; take it out of {EXCEPTIONS.name}."
        for rule, name in excused
        if (rule, name) not in breaking
    ]
    return sorted(told)


def exceptions() -> list[tuple[str, str]]:
    """Who may break which rule, each with a reason in the file."""
    with EXCEPTIONS.open() as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        if row["rule"] not in RULES or not row["reason"]:
            raise ValueError(f"{EXCEPTIONS}: {row} names no rule, or gives no reason.")
    return [(row["rule"], row["name"]) for row in rows]


def names(manifest: Manifest) -> Iterator[Breach]:
    """The folder says the layer, the name begins with it, and a .sql and a .yml bear the name."""
    for model in _models(manifest):
        path, name = Path(model["original_file_path"]), model["name"]
        folders = path.parts[1:-1]
        prefixes = {"intermediate": "int_", "marts": "ra_"}
        if len(folders) == 2 and folders[0] == "staging":
            prefixes["staging"] = f"stg_{folders[1]}__"
        prefix = prefixes.get(folders[0]) if len(folders) == 2 else None
        if prefix is None:
            yield (
                name,
                f"{path} is in none of models/staging/*, models/intermediate/*, models/marts/*.",
            )
        elif not name.startswith(prefix):
            yield name, f"models of {path.parent} are called {prefix}…; rename it."
        patch = (model["patch_path"] or "").partition("://")[2]
        if patch != str(path.with_suffix(".yml")):
            yield name, f"describe it in {path.with_suffix('.yml')}, beside it."


def layers(manifest: Manifest) -> Iterator[Breach]:
    """Staging reads sources; intermediate reads staging; marts read both, but no source."""
    for model in _models(manifest):
        allowed = _READS.get(_layer(model), set())
        for unique_id in model["depends_on"]["nodes"]:
            kind, _, name = unique_id.split(".", 2)
            read = _layer(manifest["nodes"][unique_id]) if kind == "model" else kind
            if read not in allowed:
                yield (
                    model["name"],
                    f"a model of {_layer(model)} reads {' and '.join(sorted(allowed))}, not {name} "
                    f"of {read}.",
                )


def descriptions(manifest: Manifest) -> Iterator[Breach]:
    """Whatever people meet on the documentation site says what it is."""
    seeds = (node for node in manifest["nodes"].values() if node["resource_type"] == "seed")
    described = (*_models(manifest), *seeds, *manifest["sources"].values())
    for node in (*described, *manifest["exposures"].values()):
        if not node["description"]:
            yield node["name"], "give it a description in the YAML beside it."
    for node in described:
        lacking = [name for name, column in node["columns"].items() if not column["description"]]
        if lacking:
            yield node["name"], f"describe its columns {', '.join(lacking)}: meaning and unit."
        if node["resource_type"] == "model" and not node["columns"]:
            yield node["name"], "list its columns in the YAML beside it."


def keys(manifest: Manifest) -> Iterator[Breach]:
    """A mart has a contract and a key that PostgreSQL holds."""
    for model in _models(manifest):
        if _layer(model) == "marts":
            if not model["config"]["contract"]["enforced"]:
                yield model["name"], "enforce its contract."
            if not _has_key(model):
                yield (
                    model["name"],
                    "give it a primary key (constraints), or where it is large a unique index.",
                )


def tests(manifest: Manifest) -> Iterator[Breach]:
    """A model has a test of data, a unit test, or a key."""
    tested = {
        unique_id
        for node in manifest["nodes"].values()
        if node["resource_type"] == "test"
        for unique_id in node["depends_on"]["nodes"]
    } | {
        unique_id
        for test in manifest["unit_tests"].values()
        for unique_id in test["depends_on"]["nodes"]
    }
    for model in _models(manifest):
        if model["unique_id"] not in tested and not _has_key(model):
            yield model["name"], "test it: a key, a unit test in its YAML, or a test of its data."


def access(manifest: Manifest) -> Iterator[Breach]:
    """Marts are public, what they are made of is private, and somebody keeps it all."""
    for model in _models(manifest):
        wanted = _ACCESS.get(_layer(model))
        if model["access"] != wanted:
            yield model["name"], f"its access is to be {wanted}, not {model['access']}."
        if not model["group"]:
            yield model["name"], "put it into a group (dbt_project.yml)."
    for owned in (*manifest["groups"].values(), *manifest["exposures"].values()):
        if not (owned["owner"]["name"] or owned["owner"]["email"]):
            yield owned["name"], "say who owns it."


def exposures(manifest: Manifest) -> Iterator[Breach]:
    """Each mart is shown by each command that shows all of them."""
    for exposure in manifest["exposures"].values():
        for model in _models(manifest):
            if (
                _layer(model) == "marts"
                and model["unique_id"] not in exposure["depends_on"]["nodes"]
            ):
                yield model["name"], f"add it to {exposure['name']} in models/_exposures.yml."


RULES: Mapping[str, Rule] = {
    rule.__name__: rule for rule in (names, layers, descriptions, keys, tests, access, exposures)
}


def _models(manifest: Manifest) -> list[Node]:
    return [node for node in manifest["nodes"].values() if node["resource_type"] == "model"]


def _layer(node: Node) -> str:
    """The first folder below models/."""
    return str(node["fqn"][1])


def _has_key(model: Node) -> bool:
    constraints = [
        *model["constraints"],
        *(each for column in model["columns"].values() for each in column["constraints"]),
    ]
    if any(each["type"] in ("primary_key", "unique") for each in constraints):
        return True
    return any(index.get("unique") for index in model["config"].get("indexes") or [])
