"""What the simulated public and bookmakers make of a race."""

from __future__ import annotations

from collections import Counter
from statistics import median

import pytest

from simulator.world import World
from tests.unit.simulator.conftest import Payload, price


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
