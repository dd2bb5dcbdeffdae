"""The rules by which payloads are read have a version, which says what has to be read again."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from loaders.settings import ROOT

PROJECT = ROOT / "dbt_project"
READING = PROJECT / "macros" / "reading"
ENGINE = PROJECT / "macros" / "engine"
VERSION = READING / "reading_version.sql"
RACING = PROJECT / "macros" / "racing"

# What the rules of each version amount to: whoever changes one raises reading_version().
VERSIONS = {
    2: "8677c690fbb2145e",
    3: "3b75db5110f408d7",
    4: "8c6c5b985dec3e13",
}


def rules() -> list[Path]:
    """The files that say what a payload's fields mean."""
    taken_apart = (
        "array_entries",
        "bytewise",
        "price_entries",
        "price_history",
        "record_lists",
        "row_id",
        "runner_entries",
    )
    staging = (PROJECT / "models" / "staging" / "racing_api").glob("*.sql")
    return sorted(
        [
            *(path for path in READING.glob("*.sql") if path != VERSION),
            *(ENGINE / f"{name}.sql" for name in taken_apart),
            RACING / "runs.sql",
            *(path for path in staging if "'incremental'" in path.read_text()),
        ]
    )


def digest() -> str:
    """What the rules amount to, whatever their comments and white space."""
    told = hashlib.sha256()
    for path in rules():
        code = re.sub(r"{#.*?#}|--[^\n]*", "", path.read_text(), flags=re.DOTALL)
        told.update(f"{path.name} {' '.join(code.split())}\n".encode())
    return told.hexdigest()[:16]


def version() -> int:
    found = re.search(r"%}\s*(\d+)\s*{%", VERSION.read_text())
    assert found
    return int(found[1])


def test_a_rule_that_changed_has_a_version_of_its_own() -> None:
    assert VERSIONS.get(version()) == digest(), (
        f"A reading rule changed: raise reading_version() in {VERSION.relative_to(ROOT)}, so that "
        f"rows that are unpacked already are read again, and add {version() + 1}: {digest()!r}."
    )


def test_every_macro_that_staging_calls_belongs_to_the_rules() -> None:
    within = {path.stem: path.read_text() for path in rules()}
    defined = {
        name: path
        for path in (PROJECT / "macros").rglob("*.sql")
        for name in re.findall(r"{%-?\s*macro (\w+)", path.read_text())
    }
    # What says which rows are unpacked, and how a plan is made, reads no field.
    engine = {"delete_changed", "select_unpacked", "computed_once", "reading_version"}
    called = {
        name
        for text in within.values()
        for name in re.findall(r"\b(\w+)\(", text)
        if name in defined and name not in engine
    }
    assert {name for name in called if defined[name] not in rules()} == set()
    assert {"api_text", "price", "is_run", "runner_id"} <= called
