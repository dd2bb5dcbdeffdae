"""Simulated races are believable in what statistics will be made of."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import date
from itertools import pairwise
from statistics import fmean, median

from simulator.scene.meetings import days
from simulator.world import World
from tests.unit.simulator.conftest import EN_DASH, END, Payload


def test_fields_classes_types_and_connections_look_like_real_ones(
    results: list[Payload], ran: list[Payload]
) -> None:
    assert 8.3 < fmean(len(race["runners"]) for race in results) < 10
    home = [race for race in results if race["region"] == "GB"]
    classes = Counter(race["class"] for race in home)
    assert set(classes) == {f"Class {n}" for n in range(1, 8)}
    assert {race["class"] for race in results if race["region"] == "IRE"} == {""}
    assert {race["type"] for race in results} == {"Flat", "Hurdle", "Chase", "NH Flat"}
    assert 0.55 < fmean(bool(race["rating_band"]) for race in results) < 0.85
    for key in ("trainer_id", "jockey_id", "sire_id"):
        counts = sorted(Counter(r[key] for r in ran).values(), reverse=True)
        assert 0.33 < sum(counts[: len(counts) // 10]) / len(ran) < 0.52
    per_month = Counter(race["date"][5:7] for race in results)
    assert per_month["07"] > 1.4 * per_month["01"]


def test_every_position_code_occurs_in_a_season(ran: list[Payload]) -> None:
    codes = {r["position"] for r in ran if not r["position"].isdigit()}
    assert codes == {
        "PU",
        "F",
        "UR",
        "BD",
        "RO",
        "SU",
        "RR",
        "REF",
        "LFT",
        "CO",
        "DSQ",
        "DIED",
        "VOI",
    }


def test_a_void_race_is_void_for_all_and_pays_nothing(results: list[Payload]) -> None:
    void = [race for race in results if race["runners"][0]["position"] == "VOI"]
    assert void
    for race in void:
        assert {r["position"] for r in race["runners"]} == {"VOI"}
        assert {r["prize"] for r in race["runners"]} == {""}


def test_dead_heats_share_position_and_prize(results: list[Payload]) -> None:
    first = [
        shared
        for race in results
        if len(shared := [r for r in race["runners"] if r["position"] == "1"]) > 1
    ]
    assert 1 <= len(first) < 0.01 * len(results)
    for shared in first:
        assert len({r["prize"] for r in shared}) == 1
        assert {r["btn"] for r in shared} == {"0"}
    for race in results:
        places = [r["position"] for r in race["runners"] if r["position"].isdigit()]
        # Two firsts and then a third.
        assert all(place == str(places.index(place) + 1) for place in places)
    shared_third = [
        race for race in results if [r["position"] for r in race["runners"]].count("3") > 1
    ]
    assert shared_third


def test_positions_distances_and_times_are_in_order(results: list[Payload]) -> None:
    sums_differ = rows = 0
    for race in results:
        placed = [r for r in race["runners"] if r["position"].isdigit()]
        total = 0.0
        for before, after in pairwise(placed):
            assert int(before["position"]) <= int(after["position"])
            assert float(before["ovr_btn"]) <= float(after["ovr_btn"])
            total += float(after["btn"])
            rows += 1
            sums_differ += abs(total - float(after["ovr_btn"])) > 1e-6
        for runner in race["runners"]:
            assert re.fullmatch(r"-|\d:\d{1,2}\.\d\d", runner["time"])
            assert runner["btn"] == "-" or 0 <= float(runner["btn"]) <= 99
    assert 0.4 < sums_differ / rows < 0.6


def test_most_winners_earn_the_highest_figure(results: list[Payload]) -> None:
    known = [
        race["runners"]
        for race in results
        if race["runners"][0]["position"] == "1" and race["runners"][0]["rpr"] != EN_DASH
    ]
    best = [
        int(runners[0]["rpr"]) == max(int(r["rpr"]) for r in runners if r["rpr"] != EN_DASH)
        for runners in known
    ]
    assert 0.55 < fmean(best) < 0.85


def test_horses_rest_between_races_but_for_a_few(results: list[Payload]) -> None:
    runs = defaultdict(list)
    for race in results:
        for runner in race["runners"]:
            runs[runner["horse_id"]].append(date.fromisoformat(race["date"]))
    gaps = [(b - a).days for dates in runs.values() for a, b in pairwise(sorted(dates))]
    assert 0 < sum(gap < 4 for gap in gaps) < 0.01 * len(gaps)
    assert 15 < median(gaps) < 45


def test_several_seasons_have_new_crops_and_horses_that_run_twice_a_day() -> None:
    world = World(seed=2, seasons=2.4, races_per_day=5, end=END)
    born, same_day, sexes = defaultdict(set), 0, defaultdict(set)
    codes, trainers = defaultdict(set), defaultdict(set)
    for day in days(world.start, world.end):
        today = Counter()
        for race in world.results(day):
            for runner in race["runners"]:
                today[runner["horse_id"]] += 1
                born[day.year].add(day.year - int(runner["age"]))
                sexes[runner["horse_id"]].add(runner["sex"])
                codes[runner["horse_id"]].add(race["type"])
                trainers[runner["horse_id"]].add(runner["trainer_id"])
        same_day += sum(count > 1 for count in today.values())
    assert {2021, 2022, 2023} <= born[2025]
    assert max(born[2025]) == 2023
    assert 1 <= same_day < 20
    assert any(kinds >= {"C", "G"} for kinds in sexes.values())
    assert any(kinds >= {"F", "M"} for kinds in sexes.values())
    assert any(kinds >= {"Flat", "Hurdle"} for kinds in codes.values())
    assert any(kinds >= {"Hurdle", "Chase"} for kinds in codes.values())
    assert any(len(yards) > 1 for yards in trainers.values())
