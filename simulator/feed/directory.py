"""Horses, their parents and people by name and number."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from simulator.feed.portraits import found
from simulator.feed.registry import Registry
from simulator.scene.horses import Horse, Parent
from simulator.scene.people import Jockey, Owner, People, Trainer

# What can be searched by name, with the prefix of its ids.
PEOPLE = {"jockeys": "jky", "trainers": "trn", "owners": "own"}
PARENTS = {"sires": "sir", "dams": "dam", "damsires": "dsi"}
SEARCHABLE = ("horses", *PEOPLE, *PARENTS)


class Directory:
    """Everybody in a world that is complete, as of its last day `end`."""

    def __init__(self, horses: list[Horse], people: People, registry: Registry, end: date) -> None:
        self._horses = horses
        self._people = people
        self._registry = registry
        self._end = end
        self._by_number = {registry.horse(horse): horse for horse in horses}
        self._parents: dict[str, dict[int, Parent]] = {kind: {} for kind in PARENTS}
        for horse in horses:
            family = (horse.sire, horse.dam, horse.damsire)
            for kind, parent in zip(PARENTS, family, strict=True):
                self._parents[kind][registry.horse(parent)] = parent

    def horse(self, number: int) -> Horse | Parent | None:
        """A racehorse or a parent by the digits of its id."""
        parents = (animals[number] for animals in self._parents.values() if number in animals)
        return self._by_number.get(number) or next(parents, None)

    def search(self, kind: str, name: str) -> list[dict[str, str]]:
        """What /v1/{kind}/search finds: whoever has `name` in the name, whatever its case."""
        wanted = name.casefold()
        if kind == "horses":
            return [
                found(horse, self._registry, self._end)
                for horse in self._horses
                if wanted in horse.name.casefold()
            ]
        if kind in PEOPLE:
            somebody = (self._known(one) for one in getattr(self._people, kind))
            return _hits(PEOPLE[kind], wanted, somebody)
        parents = self._parents[kind].items()
        return _hits(
            PARENTS[kind],
            wanted,
            ((number, one.name, f" ({one.country})") for number, one in parents),
        )

    def _known(self, one: Trainer | Jockey | Owner) -> tuple[int, str, str]:
        if isinstance(one, Owner):
            return self._registry.owner(one), self._registry.owner_name(one), ""
        return one.number, one.name, ""


def _hits(
    prefix: str, wanted: str, candidates: Iterable[tuple[int, str, str]]
) -> list[dict[str, str]]:
    return [
        {"id": f"{prefix}_{number}", "name": name + suffix}
        for number, name, suffix in candidates
        if wanted in name.casefold()
    ]
