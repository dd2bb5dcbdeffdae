"""The same racing in the words of version 1.4.3 and of 1.4.4."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from datetime import timedelta
from statistics import fmean, median

import pytest

from simulator.scene.meetings import days
from simulator.scene.names import with_periods
from simulator.world import World
from tests.unit.simulator.conftest import EN_DASH, END, Payload, price

RATINGS = ("performance_rating", "speed_rating")


@pytest.fixture(scope="module")
def reworded_ran(reworded_results: list[Payload]) -> list[Payload]:
    return [runner for race in reworded_results for runner in race["runners"]]


@pytest.fixture(scope="module")
def reworded_entries(reworded_cards: list[Payload]) -> list[Payload]:
    return [entry for card in reworded_cards for entry in card["runners"]]


def is_reserve(entry: Payload) -> bool:
    return entry["number"].startswith("R")


def by_race_and_horse(races: list[Payload]) -> dict[tuple[str, str], Payload]:
    return {(race["race_id"], r["horse_id"]): r for race in races for r in race["runners"]}


def test_the_racing_is_the_same_in_whatever_words(
    results: list[Payload], reworded_results: list[Payload]
) -> None:
    def facts(race: Payload) -> list[object]:
        told = ("horse", "number", "position", "ovr_btn", "time", "jockey_id", "weight_lbs", "age")
        return [
            *(race[key] for key in ("date", "course_id", "off", "off_dt", "class", "dist_y")),
            *([r[key] for key in told] + [price(r)] for r in race["runners"]),
        ]

    assert len(results) > 2000
    assert list(map(facts, results)) == list(map(facts, reworded_results))


def test_the_cards_have_the_same_runners_and_prices(
    cards: list[Payload], reworded_cards: list[Payload]
) -> None:
    def runners(card: Payload, count: int) -> list[object]:
        return [
            (r["horse_id"], r["jockey_id"], r["lbs"], r["form"], [o["decimal"] for o in r["odds"]])
            for r in card["runners"][:count]
        ]

    for card, reworded in zip(cards, reworded_cards, strict=True):
        count = len(card["runners"])
        assert card["field_size"] == reworded["field_size"]
        assert runners(card, count) == runners(reworded, count)
        assert all(is_reserve(entry) for entry in reworded["runners"][count:])


def test_the_old_words_know_nothing_of_the_new_fields(
    ran: list[Payload], entries: list[Payload], cards: list[Payload]
) -> None:
    for key in (*RATINGS, "bsp"):
        assert not any(key in runner for runner in (*ran, *entries)), key
    assert not any(card.get("race_status") for card in cards)
    assert not any(is_reserve(entry) for entry in entries)
    assert not any("/" in r["headgear"].replace("e/s", "") for r in ran)
    assert all(runner["owner_id"] for runner in (*ran, *entries))


def test_the_new_words_leave_out_what_belonged_to_others(
    reworded_ran: list[Payload], reworded_entries: list[Payload], reworded_cards: list[Payload]
) -> None:
    assert {r[key] for r in reworded_ran for key in ("rpr", "tsr")} == {""}
    assert {e[key] for e in reworded_entries for key in ("rpr", "ts", "spotlight")} == {""}
    assert not any(e["quotes"] or e["stable_tour"] for e in reworded_entries)
    assert not any(c["rail_movements"] or c["betting_forecast"] for c in reworded_cards)
    # What stays.
    for key in ("comment", "medical", "breeder", "prev_trainers", "prev_owners"):
        assert any(e[key] for e in reworded_entries), key


@pytest.mark.parametrize("key", RATINGS)
def test_a_quarter_to_a_third_have_no_rating(
    key: str, reworded_ran: list[Payload], reworded_entries: list[Payload]
) -> None:
    for runners in (reworded_ran, reworded_entries):
        assert all(re.fullmatch(r"-|\d+", r[key]) for r in runners)
        assert 0.2 < fmean(r[key] == "-" for r in runners) < 0.36


def test_ratings_are_on_a_scale_of_their_own(
    results: list[Payload], reworded_results: list[Payload]
) -> None:
    before, since = by_race_and_horse(results), by_race_and_horse(reworded_results)
    both = [
        (int(before[key]["rpr"]), int(runner["performance_rating"]))
        for key, runner in since.items()
        if before[key]["rpr"].isdigit() and runner["performance_rating"] != "-"
    ]
    apart = sorted(abs(rpr - performance) for rpr, performance in both)
    assert median(apart) > 4
    # Yet both rate the same runs: the better half by one is the better half by the other.
    middle = [median(column) for column in zip(*both, strict=True)]
    assert fmean((r > middle[0]) == (p > middle[1]) for r, p in both) > 0.85


def test_a_card_has_the_ratings_of_the_last_run_before(
    reworded: World, reworded_cards: list[Payload]
) -> None:
    cards, checked, debuts = defaultdict(list), 0, 0
    for card in reworded_cards:
        cards[card["date"]].append(card)
    last: dict[tuple[str, bool], tuple[str, str]] = {}
    for day in days(reworded.start, reworded.last_card):
        todays = cards[day.isoformat()]
        horses = Counter(e["horse_id"] for card in todays for e in card["runners"])
        for card in todays:
            for entry in card["runners"]:
                now = tuple(entry[key] for key in RATINGS)
                ran = last.get((entry["horse_id"], card["type"] == "Flat"))
                if ran and horses[entry["horse_id"]] == 1:
                    assert now == ran
                    checked += 1
                elif entry["last_run"] == "" and entry["form"] == "":
                    assert now == ("-", "-")
                    debuts += 1
        for race in reworded.results(day):
            if race["runners"][0]["position"] != "VOI":
                for runner in race["runners"]:
                    key = (runner["horse_id"], race["type"] == "Flat")
                    last[key] = tuple(runner[rating] for rating in RATINGS)
    assert checked > 3000
    assert debuts > 50


def test_the_betfair_price_comes_the_next_morning_and_is_a_little_longer(
    reworded: World, reworded_ran: list[Payload]
) -> None:
    today = [r for race in reworded.results(END) for r in race["runners"]]
    assert today
    assert {r.get("bsp") for r in today} == {None, ""}
    yesterday = [r for n in (1, 2, 3) for race in reworded.results(END - timedelta(days=n))
                 for r in race["runners"]]  # fmt: skip
    assert any(r["bsp"] for r in yesterday)
    priced = [r for r in reworded_ran if price(r) and r not in today]
    assert 0.005 < fmean(not r["bsp"] for r in priced) < 0.015
    for runner in reworded_ran:
        assert re.fullmatch(r"(\d+\.\d\d)?", runner.get("bsp", ""))
    longer = [float(r["bsp"]) / price(r) for r in priced if r["bsp"]]
    assert 1.03 < fmean(longer) < 1.3


def test_the_status_of_a_card(
    reworded: World, reworded_cards: list[Payload], reworded_results: list[Payload]
) -> None:
    run = {race["race_id"] for race in reworded_results}
    statuses = Counter()
    for card in reworded_cards:
        statuses[card["race_status"]] += 1
        assert (card["race_status"] == "result") == (card["race_id"] in run)
        if card["race_status"] == "entry":
            assert card["date"] >= (reworded.end + timedelta(days=3)).isoformat()
            assert {e["number"] for e in card["runners"]} == {""}
        if card["is_abandoned"]:
            assert card["race_status"] == "declared"
    assert set(statuses) == {"entry", "declared", "result"}


def test_comments_end_with_prices_only_in_the_old_words(
    ran: list[Payload], reworded_ran: list[Payload]
) -> None:
    prices = r"\((op \d+/\d+|tchd \d+/\d+|op \d+/\d+ tchd \d+/\d+)\)$"
    kinds = {re.sub(r"\d+/\d+", "", found[1]) for r in ran
             if (found := re.search(prices, r["comment"]))}  # fmt: skip
    assert kinds == {"op ", "tchd ", "op  tchd "}
    assert 0.4 < fmean(bool(re.search(prices, r["comment"])) for r in ran) < 0.7
    assert not any("(" in r["comment"] for r in reworded_ran)
    assert fmean(bool(r["comment"]) for r in reworded_ran) > 0.9
    assert fmean(len(r["comment"]) for r in reworded_ran) > 1.5 * fmean(
        len(r["comment"]) for r in ran
    )


def test_evens_and_ten_to_three(
    ran: list[Payload],
    reworded_ran: list[Payload],
    entries: list[Payload],
    reworded_entries: list[Payload],
) -> None:
    old, new = ({r["sp"] for r in runners if price(r) == 2} for runners in (ran, reworded_ran))
    assert {"Evens", "EvensF"} <= old
    assert old <= {"Evens", "EvensF", "EvensJ"}
    assert {sp.replace("Evens", "1/1") for sp in old} == new
    for some, here, gone in ((entries, "100/30", "10/3"), (reworded_entries, "10/3", "100/30")):
        quotes = [quote for e in some for quote in e["odds"]]
        shown = {q["fractional"] for q in quotes}
        moved = {move["fractional"] for q in quotes for move in q["history"]}
        assert here in shown & moved
        assert gone not in shown | moved


def test_results_call_a_race_and_a_going_otherwise_than_cards(
    reworded: World, reworded_results: list[Payload], results: list[Payload]
) -> None:
    goings, names = Counter(), Counter()
    for race, before in zip(reworded_results, results, strict=True):
        if before["going"] == "Standard To Slow":
            assert race["going"] == "Standard / Slow"
        else:
            assert race["going"] == before["going"]
        goings[race["going"]] += 1
        if race["race_name"] != before["race_name"]:
            names[re.sub(r"0-\d+", "0-0", race["race_name"].partition("Handicap")[2])] += 1
    assert goings["Standard / Slow"]
    assert set(names) >= {" Stakes", " Stakes (Div I)", " Steeple Chase (0-0)"}
    assert set(names) <= {*(" Stakes", " Stakes (Div I)", " Stakes (Div II)"),
                          *(" Steeple Chase (0-0)", " Steeple Chase")}  # fmt: skip
    slow = next(race for race in reworded_results if race["going"] == "Standard / Slow")
    card = reworded.racecard(slow["race_id"])
    assert card is not None
    assert card["going"] == "Standard To Slow"
    chase = next(race for race in reworded_results if "Steeple" in race["race_name"])
    card = reworded.racecard(chase["race_id"])
    assert card is not None
    assert card["race_name"].endswith("Handicap Chase")


def test_a_winning_time_may_come_without_the_standard(
    results: list[Payload], reworded_results: list[Payload]
) -> None:
    def bare(races: list[Payload]) -> float:
        told = [race["winning_time_detail"] for race in races if race["winning_time_detail"]]
        assert all(re.match(r"(\dm )?\d\d?\.\d\ds", detail) for detail in told)
        return fmean("(" not in detail for detail in told)

    assert bare(results) == 0
    assert 0.2 < bare(reworded_results) < 0.5


def test_distances_with_a_half_and_to_the_yard(
    results: list[Payload], reworded_results: list[Payload]
) -> None:
    told = {race["dist"]: race["dist_f"] for race in reworded_results}
    assert {
        "7½f": "7.5f",
        "1m½f": "8.5f",
        "1m3½f": "11.5f",
        "2m½f": "16.5f",
    }.items() <= told.items()
    exact = [race for race in reworded_results if race["dist"].endswith("y")]
    assert 0.01 < len(exact) / len(reworded_results) < 0.05
    for race in exact:
        miles, furlongs, yards = re.fullmatch(r"(?:(\d)m)?(?:(\d)f)?(\d+)y", race["dist"]).groups(
            "0"
        )
        assert 1760 * int(miles) + 220 * int(furlongs) + int(yards) == int(race["dist_y"])
    assert not any(race["dist"].endswith("y") for race in results)
    for race in reworded_results:
        assert abs(float(race["dist_f"][:-1]) * 220 - int(race["dist_y"])) <= 55


def test_a_horse_without_a_rating_has_a_longer_dash(reworded_ran: list[Payload]) -> None:
    assert {r["or"] for r in reworded_ran if not r["or"].isdigit()} == {EN_DASH}


def test_an_owner_in_twenty_has_a_name_only_on_the_card_as_in_the_result(
    reworded_cards: list[Payload], reworded_results: list[Payload]
) -> None:
    carded, ran = by_race_and_horse(reworded_cards), by_race_and_horse(reworded_results)
    for runners in (carded, ran):
        assert 0.03 < fmean(not r["owner_id"] for r in runners.values()) < 0.07
    assert all(r["owner"] for r in ran.values())
    for key in carded.keys() & ran.keys():
        assert carded[key]["owner_id"] == ran[key]["owner_id"]
    ids = defaultdict(set)
    for (_, horse), runner in ran.items():
        ids[horse, runner["owner"]].add(runner["owner_id"])
    nameless = [ids[horse, r["owner"]] - {""} for (_, horse), r in ran.items() if not r["owner_id"]]
    assert fmean(bool(known) for known in nameless) > 0.6
    assert all(len(known) <= 1 for known in nameless)


def test_some_initials_have_periods_and_the_same_id(
    ran: list[Payload], reworded_ran: list[Payload]
) -> None:
    for role in ("trainer", "jockey"):
        before = {r[f"{role}_id"]: r[role] for r in ran}
        since = {r[f"{role}_id"]: r[role] for r in reworded_ran}
        assert before.keys() == since.keys()
        changed = {person for person in since if since[person] != before[person]}
        assert changed
        assert all(since[p].replace(".", "") == before[p] for p in changed)
        assert any(re.match(r"[A-Z] [A-Z] ", name) for name in since.values())


def test_periods_stand_behind_initials_only() -> None:
    assert with_periods("K R Burke") == "K. R. Burke"
    assert with_periods("M P Sheehy(5)") == "M. P. Sheehy(5)"
    assert with_periods("John O'Brien & A B Smith") == "John O'Brien & A. B. Smith"
    assert with_periods("NON-RUNNER(5)") == "NON-RUNNER(5)"


def test_headgear_has_slashes(ran: list[Payload], reworded_ran: list[Payload]) -> None:
    worn = Counter(r["headgear"] for r in reworded_ran)
    assert {"/es", "t/ce", "e/s", "tp", "p"} <= set(worn)
    assert fmean(bool(r["headgear"]) for r in reworded_ran) == fmean(
        bool(r["headgear"]) for r in ran
    )


def test_reserves_stand_at_the_foot_of_some_irish_cards(
    reworded: World, reworded_results: list[Payload]
) -> None:
    ran = by_race_and_horse(reworded_results)
    irish, with_reserves, waited, let_in = 0, 0, 0, 0
    for day in days(reworded.start, reworded.end):
        if not any(race["region"] == "IRE" for race in reworded.results(day)):
            continue
        for card in reworded.racecards(day):
            reserves = [entry for entry in card["runners"] if is_reserve(entry)]
            irish += card["region"] == "IRE"
            if not reserves:
                continue
            with_reserves += 1
            assert card["region"] == "IRE"
            assert card["runners"][-len(reserves) :] == reserves
            numbers = [entry["number"] for entry in reserves]
            assert numbers == [f"R{n}" for n in range(1, len(reserves) + 1)]
            for entry in reserves:
                runner = ran.get((card["race_id"], entry["horse_id"]))
                waited += runner is None
                if runner is not None:
                    let_in += 1
                    assert entry is reserves[0]
                    assert runner["number"].isdigit()
    assert 1 / 20 < with_reserves / irish < 1 / 8
    assert 0 < let_in < waited / 3
