"""Simulated results are written as the API writes them."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta

from loaders.api.regions import REGIONS
from simulator.world import World
from tests.unit.simulator.conftest import EN_DASH, END, Payload, price

# Horses come from here, yet no race of the API is run there.
ABROAD = {"MEX", "VEN", "COL", "ECU", "ROM", "UKR", "ZIM"}


def test_what_is_unknown_is_said_as_the_api_says_it(ran: list[Payload]) -> None:
    assert {r["rpr"] for r in ran if not r["rpr"].isdigit()} == {EN_DASH}
    assert {r["tsr"] for r in ran if not r["tsr"].isdigit()} == {EN_DASH}
    assert {r["or"] for r in ran if not r["or"].isdigit()} == {"-"}
    assert {r["draw"] for r in ran if not r["draw"].isdigit()} == {""}
    assert {r["sp"] for r in ran if price(r) is None} == {"", "-"}
    unplaced = [r for r in ran if r["position"] in ("PU", "F", "UR")]
    assert {r["btn"] for r in unplaced} == {r["time"] for r in unplaced} == {"-"}


def test_result_names_carry_known_countries_but_a_damsire_none(ran: list[Payload]) -> None:
    codes = {code.upper() for code in REGIONS} | ABROAD
    assert not ABROAD & {code.upper() for code in REGIONS}
    seen = set()
    for runner in ran:
        for key in ("horse", "sire", "dam"):
            found = re.search(r" \((\w+)\)$", runner[key])
            assert found
            assert found[1] in codes
            seen.add(found[1])
        assert "(" not in runner["damsire"]
    assert len(seen & ABROAD) >= 3
    assert "JPN" in seen


def test_prizes_are_pounds_without_a_sign_or_euros_with_one(results: list[Payload]) -> None:
    for race in results:
        pattern = r"(€\d+)?" if race["region"] == "IRE" else r"(\d+\.\d\d)?"
        for runner in race["runners"]:
            assert re.fullmatch(pattern, runner["prize"])


def test_weight_carried_is_after_the_claim(world: World, results: list[Payload]) -> None:
    claims = Counter(r["jockey_claim_lbs"] for race in results for r in race["runners"])
    assert set(claims) == {"0", "3", "5", "7"}
    day = END - timedelta(days=20)
    carded = {
        (race["race_id"], r["horse_id"]): r
        for race in world.racecards(day)
        for r in race["runners"]
    }
    for race in world.results(day):
        for runner in race["runners"]:
            entry = carded[race["race_id"], runner["horse_id"]]
            claim = int(runner["jockey_claim_lbs"])
            assert int(entry["lbs"]) - claim == int(runner["weight_lbs"])
            assert entry["jockey"] == runner["jockey"] + (f"({claim})" if claim else "")
            stones, pounds = map(int, runner["weight"].split("-"))
            assert 14 * stones + pounds == int(runner["weight_lbs"])
            assert entry["ofr"] == runner["or"]


def test_results_drop_ampersands_and_commas_from_owners(
    entries: list[Payload], ran: list[Payload]
) -> None:
    assert any("&" in e["owner"] for e in entries)
    assert any("," in e["owner"] for e in entries)
    assert not any("&" in r["owner"] or "," in r["owner"] for r in ran)


def test_off_times_follow_londons_clock(results: list[Payload]) -> None:
    offsets = defaultdict(set)
    missing = []
    for race in results:
        if not race["off_dt"]:
            missing.append(race["off_dt"])
            continue
        offsets[race["date"][5:7]].add(race["off_dt"][-6:])
        hour, minute = int(race["off_dt"][11:13]), race["off_dt"][14:16]
        assert race["off"] == f"{(hour - 1) % 12 + 1}:{minute}"
    assert offsets["07"] == {"+01:00"}
    assert offsets["01"] == {"+00:00"}
    assert set(missing) == {None, ""}
    assert len(missing) < 0.05 * len(results)


def test_a_profile_answers_for_a_horse_and_its_parents(world: World) -> None:
    runner = world.results(END - timedelta(days=9))[0]["runners"][0]
    profile = world.horse(runner["horse_id"])
    assert profile is not None
    assert profile["name"] == runner["horse"]
    assert profile["sire"] == runner["sire"]
    assert profile["damsire"].startswith(f"{runner['damsire']} (")
    for key, code in (("sire_id", "H"), ("dam_id", "M"), ("damsire_id", "H")):
        parent = world.horse("hrs_" + runner[key].split("_")[1])
        assert parent is not None
        assert parent["sex_code"] == code
        assert parent["dob"] < profile["dob"]
    assert world.horse("hrs_1") is None
    assert world.horse(runner["sire_id"]) is None
