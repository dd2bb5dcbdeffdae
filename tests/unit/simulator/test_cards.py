"""Simulated racecards are written as the API writes them, and know only what can be known."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from statistics import fmean

from simulator.scene.meetings import days
from simulator.world import World
from tests.unit.simulator.conftest import END, Payload, ahead


def test_cards_carry_plain_names_and_regions(entries: list[Payload]) -> None:
    assert not any(re.search(r"\([A-Z]+\)$", e[k]) for e in entries for k in ("horse", "sire"))
    for key in ("dob", "breeder", "region", "sire_region", "damsire_region"):
        assert 0.94 <= fmean(bool(e[key]) for e in entries) <= 1


def test_non_runners_stay_on_the_card_but_not_in_the_result(
    world: World, cards: list[Payload]
) -> None:
    kinds = Counter()
    for card in cards:
        result = world.result(card["race_id"])
        if result is None:
            continue
        ran = {r["horse_id"] for r in result["runners"]}
        absent = [e for e in card["runners"] if e["horse_id"] not in ran]
        assert int(card["field_size"]) == len(ran)
        assert result["non_runners"].count(" (") == len(absent)
        for entry in absent:
            prices = {o["decimal"] for o in entry["odds"]}
            placeholder = entry["jockey"] == "NON-RUNNER(5)"
            assert placeholder == (entry["jockey_id"] == "jky_224913")
            kinds[entry["number"] == "NR", placeholder, prices == {"-"}] += 1
    assert {(True, True, True), (False, True, True), (True, False, False)} < set(kinds)
    # Withdrawn so late that the card shows nothing.
    assert kinds[False, False, False]


def test_abandoned_races_have_cards_and_no_result(world: World, cards: list[Payload]) -> None:
    lost = [card for card in cards if card["is_abandoned"]]
    assert lost
    assert all(world.result(card["race_id"]) is None for card in lost)


def test_odds_come_from_20_to_28_bookmakers(cards: list[Payload]) -> None:
    seen, terms, odd, newest, oldest = Counter(), set(), set(), 0, 0
    for card in cards:
        if card["region"] not in ("GB", "IRE") or card["date"] > END.isoformat():
            continue
        for entry in card["runners"]:
            assert 20 <= len(entry["odds"]) <= 28
            for quote in entry["odds"]:
                seen[quote["bookmaker"]] += 1
                terms.add((quote["ew_places"], quote["ew_denom"]))
                if quote["fractional"] in ("-", "SP"):
                    odd.add((quote["fractional"], quote["decimal"]))
                if "Exchange" in quote["bookmaker"]:
                    assert quote["fractional"] == quote["decimal"]
                    assert quote["ew_places"] == ""
                assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", quote["updated"])
                if card["date"] < "2025-03-17":
                    assert quote["history"] == []
                for move in quote["history"]:
                    assert re.search(r"T\d\d:\d\d:\d\d\+0[01]:00$", move["changed_at"])
                times = [move["changed_at"] for move in quote["history"]]
                if len(set(times)) > 1:
                    oldest += times == sorted(times)
                    newest += times == sorted(times, reverse=True)
    assert {"Bet365", "Betfair Exchange", "Matchbook", "Tote", "Spreadex", "Spread Ex"} <= set(seen)
    assert odd == {("-", "-"), ("SP", "0")}
    assert {("1", "1"), ("", ""), ("3", "5")} <= terms
    assert oldest
    assert newest


def test_cards_to_come_know_less_the_further_away(world: World) -> None:
    prices = {}
    for days_away, day in enumerate(ahead(world), 1):
        races = [c for c in world.racecards(day) if c["region"] in ("GB", "IRE")]
        runners = [e for c in races for e in c["runners"]]
        assert world.results(day) == []
        if not runners:
            continue
        prices[days_away] = fmean(len(e["odds"]) for e in runners)
        if days_away >= 3:
            assert {e["jockey"] for e in runners} == {""}
            assert all(c["field_size"] in ("0", str(len(c["runners"]))) for c in races)
        else:
            assert all(e["jockey"] for e in runners)
    assert prices[1] > prices[2] > max(n for away, n in prices.items() if away > 2)


def test_lists_and_texts_of_card_runners_occur(
    cards: list[Payload], entries: list[Payload]
) -> None:
    for key in (
        "prev_trainers",
        "prev_owners",
        "medical",
        "quotes",
        "stable_tour",
        "past_results_flags",
        "comment",
        "spotlight",
        "headgear",
        "headgear_run",
        "wind_surgery",
        "wind_surgery_run",
    ):
        assert any(e[key] for e in entries), key
    for key in ("tip", "verdict", "betting_forecast", "going_detailed", "sex_restriction"):
        assert any(c[key] for c in cards), key
    assert any(e["trainer_14_days"]["percent"] == "None" for e in entries)
    flags = {flag for e in entries for flag in e["past_results_flags"]}
    assert flags == {"C", "D", "CD", "BF"}
    assert any(",  " in c["betting_forecast"] for c in cards)
    assert any("Evs " in c["betting_forecast"] for c in cards)
    assert any(c["prize"].startswith("€") for c in cards)
    assert {c.get("race_status") for c in cards} == {None, ""}


def test_last_runs_and_form_are_written_as_on_a_card(entries: list[Payload]) -> None:
    shapes = Counter(re.sub(r"\d+", "9", e["last_run"]) for e in entries)
    assert {"", "9", "9 (9F)", "9 (9J)", "(9F)", "(9P)"} <= set(shapes)
    form = "".join(e["form"] for e in entries)
    assert set(form) <= set("0123456789-/PFUBDROSCV")
    assert {"-", "/", "P", "U", "0"} <= set(form)
    assert any(e["form"].endswith("-") for e in entries)


def test_ratings_on_a_card_know_only_the_past() -> None:
    """A horse that has never run has no rating and no form."""
    short = World(seed=5, seasons=0.15, races_per_day=5, end=date(2025, 3, 10), feed="1.4.3")
    seen: set[str] = set()
    for day in days(short.start, short.end):
        for card in short.racecards(day):
            for entry in card["runners"]:
                if entry["last_run"] == "" and entry["horse_id"] not in seen:
                    assert (entry["rpr"], entry["ts"], entry["form"]) == ("-", "-", "")
        seen |= {r["horse_id"] for race in short.results(day) for r in race["runners"]}
