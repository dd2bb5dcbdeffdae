"""Ids grow longer some time after the feed has changed, and stay what they were for the rest."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from random import Random

import pytest

from simulator.feed.editions import Feed
from simulator.feed.registry import Registry
from simulator.scene.bloodstock import Bloodstock
from simulator.scene.meetings import days
from simulator.scene.names import Names, with_title
from simulator.world import World
from tests.unit.simulator.conftest import Payload

SIZE = {"seed": 3, "seasons": 0.75, "races_per_day": 6, "end": date(2026, 11, 20)}
CHANGE, RACES = "2026-06-01", "2026-08-01"


@pytest.fixture(scope="module")
def changing() -> World:
    return World(**SIZE, feed=CHANGE)


@pytest.fixture(scope="module")
def raced(changing: World) -> list[Payload]:
    return [race for day in days(changing.start, changing.end) for race in changing.results(day)]


def digits(text: str) -> int:
    """How many digits an id has."""
    return len(text.partition("_")[2])


def test_the_words_change_on_the_day(raced: list[Payload]) -> None:
    for race in raced:
        assert all(("performance_rating" in r) == (race["date"] >= CHANGE) for r in race["runners"])
        assert any(r["rpr"] for r in race["runners"]) == (race["date"] < CHANGE)


def test_race_ids_are_longer_two_months_later(raced: list[Payload]) -> None:
    assert len({race["race_id"] for race in raced}) == len(raced)
    for race in raced:
        assert digits(race["race_id"]) == (11 if race["date"] >= RACES else 8)


def test_horses_that_are_new_after_the_change_have_longer_ids(raced: list[Payload]) -> None:
    names, seen, lengths = defaultdict(set), {}, defaultdict(set)
    for race in raced:
        for runner in race["runners"]:
            names[runner["horse_id"]].add(runner["horse"])
            seen.setdefault(runner["horse_id"], race["date"])
    assert all(len(some) == 1 for some in names.values())
    assert len({name for some in names.values() for name in some}) == len(names)
    for horse, first in seen.items():
        lengths[first >= CHANGE].add(digits(horse))
    # Many of those first seen since have a past that the world does not show.
    assert lengths == {False: {7}, True: {7, 9, 11}}


def test_owners_that_are_new_after_the_change_have_longer_ids_and_titles(
    raced: list[Payload],
) -> None:
    owners, first = {}, {}
    for race in raced:
        for runner in race["runners"]:
            if runner["owner_id"]:
                assert owners.setdefault(runner["owner_id"], runner["owner"]) == runner["owner"]
                first.setdefault(runner["owner_id"], race["date"])
    longer = {owner for owner in owners if digits(owner) == 10}
    assert longer
    assert all(first[owner] >= CHANGE for owner in longer)
    assert all(digits(owner) < 8 for owner in owners.keys() - longer)
    assert all(with_title(owners[owner]) == owners[owner] for owner in longer)
    assert any(owners[owner].startswith("Mr ") for owner in longer)


def test_a_name_gets_a_title_only_when_it_is_a_persons() -> None:
    assert with_title("James Adams") == "Mr James Adams"
    assert with_title("Emma Adams") == "Mrs Emma Adams"
    for name in ("Mr K Adams", "Adams, Kelly & Walsh", "Adams Racing Club", "Upton House Stud"):
        assert with_title(name) == name


def test_everything_is_found_by_its_longer_id(changing: World, raced: list[Payload]) -> None:
    race = next(race for race in raced if digits(race["race_id"]) == 11)
    assert changing.result(race["race_id"]) == race
    card = changing.racecard(race["race_id"])
    assert card is not None
    assert card["race_id"] == race["race_id"]
    runner = next(r for race in raced for r in race["runners"] if digits(r["horse_id"]) == 11)
    profile = changing.horse(runner["horse_id"])
    assert profile is not None
    assert (profile["id"], profile["name"]) == (runner["horse_id"], runner["horse"])
    assert runner["horse_id"] in [
        found["id"] for found in changing.search("horses", runner["horse"].partition(" (")[0])
    ]
    owner = next(
        r for race in raced for r in race["runners"]
        if digits(r["owner_id"]) == 10 and r["owner"].startswith("Mr ")
    )  # fmt: skip
    assert {"id": owner["owner_id"], "name": owner["owner"]} in changing.search(
        "owners", owner["owner"]
    )
    for key in ("sire_id", "dam_id", "damsire_id"):
        parent = changing.horse("hrs_" + runner[key].partition("_")[2])
        assert parent is not None


def test_a_racehorse_at_stud_keeps_the_digits_of_its_id() -> None:
    rng = Random(1)
    stock = Bloodstock(rng, Names(rng), 300, 2020)
    fillies = [foal for foal in (stock.foal(2024, False) for _ in range(60)) if not foal.male]
    registry = Registry(Feed.parse(CHANGE), date(2025, 11, 21))
    lengths = set()
    for filly in fillies:
        filly.debut = date(2026, 6, 14).toordinal()
        stock.retire(filly, 2028)
        assert registry.horse(stock.mares[-1]) == registry.horse(filly)
        lengths.add(len(str(registry.horse(filly))))
    assert lengths == {9, 11}


def test_the_real_day_of_the_change_counts_where_one_version_words_all() -> None:
    world = World(**SIZE, feed="1.4.4")
    lengths = defaultdict(set)
    for day in days(world.start, world.end):
        for race in world.results(day):
            lengths[race["date"] >= RACES].add(digits(race["race_id"]))
    assert lengths == {False: {8}, True: {11}}
    old = World(**SIZE, feed="1.4.3")
    day = old.end
    while not old.results(day):
        day = date.fromordinal(day.toordinal() - 1)
    for race in old.results(day):
        assert digits(race["race_id"]) == 8
        assert all(digits(r["horse_id"]) <= 8 for r in race["runners"])
