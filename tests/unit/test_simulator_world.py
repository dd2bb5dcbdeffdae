"""The simulated world: the same every time, and believable in what statistics will be made of."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise
from statistics import fmean, median
from typing import Any

import pytest

from loaders.simulator.geography import COURSES, REGIONS
from loaders.simulator.programme import days
from loaders.simulator.world import World

END = date(2025, 11, 21)
EN_DASH = "\N{EN DASH}"

Payload = dict[str, Any]


@pytest.fixture(scope="module")
def world() -> World:
    """The size of the demo: one season, eight races a day."""
    return World(seed=1, seasons=1, races_per_day=8, end=END)


@pytest.fixture(scope="module")
def results(world: World) -> list[Payload]:
    return [race for day in days(world.start, world.end) for race in world.results(day)]


@pytest.fixture(scope="module")
def cards(world: World) -> list[Payload]:
    """The cards of every fourth day, and all of those to come."""
    some = list(days(world.start, world.end))[::4]
    return [race for day in [*some, *ahead(world)] for race in world.racecards(day)]


@pytest.fixture(scope="module")
def ran(results: list[Payload]) -> list[Payload]:
    return [runner for race in results for runner in race["runners"]]


@pytest.fixture(scope="module")
def entries(cards: list[Payload]) -> list[Payload]:
    return [runner for race in cards for runner in race["runners"]]


def ahead(world: World) -> list[date]:
    return [world.end + timedelta(days=n) for n in range(1, 8)]


def price(runner: Payload) -> float | None:
    return float(runner["sp_dec"]) if runner["sp_dec"] not in ("", "-") else None


# --------------------------------------------------------------------- determinism

DIGEST = """
import hashlib, json
from datetime import date
from loaders.simulator.programme import days
from loaders.simulator.world import World
world = World(seed=7, seasons=0.05, races_per_day=6, end=date(2025, 11, 22))
digest = hashlib.sha256(json.dumps([world.regions(), world.courses()]).encode())
for day in days(world.start, world.last_card):
    payloads = [world.racecards(day), world.results(day)]
    digest.update(json.dumps(payloads).encode())
print(digest.hexdigest())
"""


def test_the_same_seed_size_and_end_give_the_same_bytes_in_every_process() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST], check=True, capture_output=True, text=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "4711")
    }  # fmt: skip
    assert len(digests) == 1


def test_another_seed_is_another_world() -> None:
    a, b = (World(seed, 0.05, 6, END) for seed in (1, 2))
    raced = [day for day in days(a.start, END) if a.results(day)]
    assert raced
    for day in raced:
        assert a.results(day) != b.results(day)


def test_asking_in_another_order_changes_nothing(world: World) -> None:
    day = END - timedelta(days=40)
    before = json.dumps(world.racecards(day))
    world.results(END - timedelta(days=200))
    world.racecards(END + timedelta(days=1))
    assert json.dumps(world.racecards(day)) == before


def test_the_dates_of_a_world_come_from_its_size(world: World) -> None:
    assert (world.start, world.end) == (date(2024, 11, 22), END)
    assert world.last_card == date(2025, 11, 28)
    assert world.results(world.start - timedelta(days=1)) == []
    assert world.racecards(world.last_card + timedelta(days=1)) == []


# --------------------------------------------------------------------- the market


def test_the_whole_market_returns_about_85_percent(ran: list[Payload]) -> None:
    priced = [r for r in ran if price(r)]
    wins = sum(r["position"] == "1" for r in priced)
    expected = sum(1 / (price(r) or 0) for r in priced)
    assert 0.80 < wins / expected < 0.92


@pytest.mark.parametrize(
    ("least", "most", "margin"), [(5, 7, 1.11), (8, 11, 1.18), (12, 15, 1.24), (16, 30, 1.29)]
)
def test_the_margin_grows_with_the_field(
    results: list[Payload], least: int, most: int, margin: float
) -> None:
    books = [
        sum(1 / (price(r) or 0) for r in race["runners"])
        for race in results
        if least <= len(race["runners"]) <= most and all(price(r) for r in race["runners"])
    ]
    assert median(books) == pytest.approx(margin, abs=0.025)


def test_a_late_withdrawal_leaves_an_unbalanced_book(results: list[Payload]) -> None:
    books = [
        sum(1 / (price(r) or 0) for r in race["runners"])
        for race in results
        if all(price(r) for r in race["runners"])
    ]
    assert 10 < sum(0.6 < book < 0.98 for book in books) < 0.03 * len(books)


def test_prices_know_more_than_nothing_and_outsiders_return_least(ran: list[Payload]) -> None:
    def ratio(low: float, high: float) -> float:
        some = [(r["position"] == "1", p) for r in ran if (p := price(r)) and low < p <= high]
        return sum(w for w, _ in some) / sum(1 / p for _, p in some)

    assert 0.82 < ratio(1, 4) < 1.0
    assert ratio(34, 1000) < ratio(1, 4) - 0.1


def test_fractional_and_decimal_prices_agree(ran: list[Payload]) -> None:
    for runner in ran:
        if price(runner) is None:
            assert runner["sp"] in ("", "-")
            continue
        text = runner["sp"].rstrip("FJC").replace("Evens", "1/1")
        over, under = map(int, text.split("/"))
        # 13/8 is 2.625 and written 2.62; 11/8 is 2.375 and written 2.38.
        assert abs(float(runner["sp_dec"]) - over / under - 1) <= 0.00501


def test_favourites_are_marked_by_how_many_share_the_shortest_price(
    results: list[Payload],
) -> None:
    marks = Counter()
    for race in results:
        prices = [p for r in race["runners"] if (p := price(r))]
        if not prices:
            continue
        sharing = prices.count(min(prices))
        mark = {1: "F", 2: "J"}.get(sharing, "C")
        assert sum(r["sp"].endswith(mark) for r in race["runners"]) == sharing
        marks[mark] += 1
    assert set(marks) == {"F", "J", "C"}


def test_some_sires_are_better_than_the_market_thinks(world: World, results: list[Payload]) -> None:
    edge = {horse.sire.number: horse.sire.edge for horse in world.horses}
    good, bad = [0.0, 0.0], [0.0, 0.0]
    for race in results:
        prices = [price(r) for r in race["runners"]]
        if not all(prices):
            continue
        total = sum(1 / (p or 0) for p in prices)
        for runner, p in zip(race["runners"], prices, strict=True):
            sire = edge[int(runner["sire_id"].removeprefix("sir_"))]
            tally = good if sire > 0.7 else bad if sire < -0.7 else [0.0, 0.0]
            tally[0] += runner["position"] == "1"
            tally[1] += 1 / (p or 1) / total
    assert good[0] / good[1] > 1.04
    assert bad[0] / bad[1] < 0.96


# --------------------------------------------------------------------- racing


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
        "PU", "F", "UR", "BD", "RO", "SU", "RR", "REF", "LFT", "CO", "DSQ", "DIED", "VOI",
    }  # fmt: skip


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


def test_what_is_unknown_is_said_as_the_api_says_it(ran: list[Payload]) -> None:
    assert {r["rpr"] for r in ran if not r["rpr"].isdigit()} == {EN_DASH}
    assert {r["or"] for r in ran if not r["or"].isdigit()} == {EN_DASH}
    assert {r["draw"] for r in ran if not r["draw"].isdigit()} == {""}
    assert {r["sp"] for r in ran if price(r) is None} == {"", "-"}
    unplaced = [r for r in ran if r["position"] in ("PU", "F", "UR")]
    assert {r["btn"] for r in unplaced} == {r["time"] for r in unplaced} == {"-"}


def test_result_names_carry_known_countries_but_a_damsire_none(ran: list[Payload]) -> None:
    codes = {code.upper() for code in REGIONS}
    for runner in ran:
        for key in ("horse", "sire", "dam"):
            found = re.search(r" \((\w+)\)$", runner[key])
            assert found
            assert found[1] in codes
        assert "(" not in runner["damsire"]


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
            assert entry["ofr"].replace("-", EN_DASH) == runner["or"]


def test_results_drop_ampersands_and_commas_from_owners(
    entries: list[Payload], ran: list[Payload]
) -> None:
    assert any("&" in e["owner"] for e in entries)
    assert any("," in e["owner"] for e in entries)
    assert not any("&" in r["owner"] or "," in r["owner"] for r in ran)


# --------------------------------------------------------------------- courses


def test_all_weather_twins_and_courses_abroad(world: World, results: list[Payload]) -> None:
    names = {c["course"]: c for c in world.courses()}
    assert names["Lingfield"]["id"] != names["Lingfield (AW)"]["id"]
    assert {"Southwell (AW)", "Newmarket (July)", "Curragh"} < set(names)
    assert len({c.id for c in COURSES}) == len(COURSES)
    for race in results:
        if race["course"].endswith("(AW)"):
            assert race["surface"] == "AW"
    abroad = [race for race in results if race["region"] not in ("GB", "IRE")]
    assert abroad
    for race in abroad:
        card = world.racecard(race["race_id"])
        assert card is not None
        assert race["course"] == f"{card['course']} ({race['region']})"
        assert race["course_id"] == card["course_id"]
        assert all(runner["odds"] == [] for runner in card["runners"])


def test_regions_are_as_many_as_the_real_ones(world: World) -> None:
    codes = [region["region_code"] for region in world.regions()]
    assert len(codes) == len(set(codes)) >= 40
    assert all(code == code.lower() for code in codes)


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


# --------------------------------------------------------------------- cards


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
        "prev_trainers", "prev_owners", "medical", "quotes", "stable_tour", "past_results_flags",
        "comment", "spotlight", "headgear", "headgear_run", "wind_surgery", "wind_surgery_run",
    ):  # fmt: skip
        assert any(e[key] for e in entries), key
    for key in ("tip", "verdict", "betting_forecast", "going_detailed", "sex_restriction"):
        assert any(c[key] for c in cards), key
    assert any(e["trainer_14_days"]["percent"] == "None" for e in entries)
    flags = {flag for e in entries for flag in e["past_results_flags"]}
    assert flags == {"C", "D", "CD", "BF"}
    assert any(",  " in c["betting_forecast"] for c in cards)
    assert any("Evs " in c["betting_forecast"] for c in cards)
    assert any(c["prize"].startswith("€") for c in cards)
    assert any("race_status" in c for c in cards)
    assert any("race_status" not in c for c in cards)


def test_last_runs_and_form_are_written_as_on_a_card(entries: list[Payload]) -> None:
    shapes = Counter(re.sub(r"\d+", "9", e["last_run"]) for e in entries)
    assert {"", "9", "9 (9F)", "9 (9J)", "(9F)", "(9P)"} <= set(shapes)
    form = "".join(e["form"] for e in entries)
    assert set(form) <= set("0123456789-/PFUBDROSCV")
    assert {"-", "/", "P", "U", "0"} <= set(form)
    assert any(e["form"].endswith("-") for e in entries)


def test_ratings_on_a_card_know_only_the_past() -> None:
    """A horse that has never run has no rating and no form."""
    short = World(seed=5, seasons=0.15, races_per_day=5, end=date(2025, 3, 10))
    seen: set[str] = set()
    for day in days(short.start, short.end):
        for card in short.racecards(day):
            for entry in card["runners"]:
                if entry["last_run"] == "" and entry["horse_id"] not in seen:
                    assert (entry["rpr"], entry["ts"], entry["form"]) == ("-", "-", "")
        seen |= {r["horse_id"] for race in short.results(day) for r in race["runners"]}


# --------------------------------------------------------------------- careers


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
