"""Who takes part in a run: the horse, its people and its parents."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from tests.oracle import pedigree
from tests.oracle.racing import Feed, Run, runs
from tests.oracle.text import known

PARENTS = ("sire", "dam", "damsire")

Entities = Mapping[str, str]


def with_entities(feed: Feed) -> Iterator[tuple[Run, Entities]]:
    """Each run and who took part in it, {entity type: id} of those that are known."""
    parents_of = parents(feed)
    for run in runs(feed):
        horse_id = known(run.runner.get("horse_id"))
        found = {"horse": horse_id}
        found |= {kind: known(run.runner.get(f"{kind}_id")) for kind in ("jockey", "trainer")}
        found["owner"] = known(run.runner.get("owner_id"))
        found |= parents_of.get(horse_id or "", {})
        yield run, {kind: entity_id for kind, entity_id in found.items() if entity_id}


def parents(feed: Feed) -> dict[str, dict[str, str]]:
    """The parents of each horse, {kind of parent: id} of those that are known."""
    parents_of: dict[str, dict[str, str]] = {}
    for parent in PARENTS:
        for horse_id, parent_id in pedigree.parents(feed, parent).items():
            parents_of.setdefault(horse_id, {})[parent] = parent_id
    return parents_of
