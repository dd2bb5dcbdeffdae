"""Prices: the steps they move in, what the public believes and what the bookmakers keep."""

from __future__ import annotations

import math
from bisect import bisect_left
from itertools import pairwise
from random import Random

_STEPS = """
1/20 1/16 1/14 1/12 1/10 1/9 1/8 1/7 2/13 1/6 2/11 1/5 2/9 1/4 2/7 3/10 1/3 4/11 2/5 4/9 1/2 8/15
4/7 8/13 4/6 8/11 4/5 5/6 10/11 1/1 11/10 6/5 5/4 11/8 6/4 13/8 7/4 15/8 2/1 85/40 9/4 5/2 11/4
3/1 100/30 7/2 4/1 9/2 5/1 11/2 6/1 13/2 7/1 15/2 8/1 17/2 9/1 10/1 11/1 12/1 14/1 16/1 18/1 20/1
22/1 25/1 28/1 33/1 40/1 50/1 66/1 80/1 100/1 125/1 150/1 200/1 250/1
""".split()  # noqa: SIM905 - 76 quoted words would be harder to check
DECIMALS: tuple[float, ...] = tuple(
    int(n) / int(d) + 1 for n, d in (step.split("/") for step in _STEPS)
)
FRACTIONS: tuple[str, ...] = tuple(_STEPS)
# As bookmakers have spelt them on cards since version 1.4.4 of the feed.
BOOKMAKER_FRACTIONS = tuple("10/3" if step == "100/30" else step for step in _STEPS)


def decimal_text(value: float) -> str:
    """A decimal price as the odds of a card spell it: "23", "7.5", "1.83"."""
    return f"{value:.2f}".rstrip("0").rstrip(".")


DECIMAL_TEXTS: tuple[str, ...] = tuple(map(decimal_text, DECIMALS))
_LOGS = [math.log(d) for d in DECIMALS]
_EDGES = [(a + b) / 2 for a, b in pairwise(_LOGS)]

# How far belief is flattened towards equality. A public that errs at random overrates what it
# likes; one that also loves an outsider bets too little on favourites. Below 1, both are in it.
FLATTENING = 0.86
# Standard deviation, in log odds, of what the public gets wrong about one horse on one day.
PUBLIC_ERROR = 0.32

_MARGINS: tuple[tuple[float, float], ...] = (
    (2, 1.05),
    (4, 1.08),
    (6, 1.11),
    (9.5, 1.18),
    (13.5, 1.24),
    (17, 1.29),
    (24, 1.36),
)

# Name and how far its prices stand from the general run, in price steps.
BOOKMAKERS: tuple[tuple[str, float], ...] = (
    ("Bet365", 0.4),
    ("William Hill", 0.0),
    ("Coral", -0.4),
    ("Betfred", 0.2),
    ("Boyle Sports", -0.1),
    ("Ladbrokes", -0.4),
    ("Unibet", -0.1),
    ("Bet Goodwin", 0.3),
    ("Bet Victor", 0.0),
    ("10 Bet", -0.2),
    ("BetMGM", 0.1),
    ("Grosvenor Sports", -0.1),
    ("Betway", 0.0),
    ("Virgin Bet", -0.1),
    ("talkSPORT BET", 0.0),
    ("Dragon Bet", 0.3),
    ("CopyBet", -0.1),
    ("PricedUp Bet", 0.2),
    ("Spreadex", 0.0),
    ("BresBet", 0.2),
    ("Star Sports", 0.3),
    ("7Bet", 0.2),
    ("BetTom", 0.2),
    ("Gentlemen Jim", 0.2),
    ("Midnite", 0.0),
    ("SportingIndex", 0.0),
    ("Quinn Bet", 0.0),
)
SPELLINGS = {"Spreadex": "Spread Ex", "SportingIndex": "Sporting Index"}


def nearest_step(decimal: float) -> int:
    """The index of the price step nearest to a decimal price."""
    return bisect_left(_EDGES, math.log(decimal))


def margin(runners: int) -> float:
    """What the implied probabilities of a race with so many runners add up to."""
    low, high = _MARGINS[0], _MARGINS[-1]
    for point in _MARGINS:
        if point[0] <= runners:
            low = point
        else:
            high = point
            break
    else:
        return low[1]
    share = (runners - low[0]) / (high[0] - low[0])
    return low[1] + max(0.0, share) * (high[1] - low[1])


def beliefs(strengths: list[float], rng: Random) -> list[float]:
    """Public probabilities of winning for strengths (log odds) as the public could know them."""
    gauss = rng.gauss
    seen = [math.exp(FLATTENING * (s + gauss(0, PUBLIC_ERROR))) for s in strengths]
    total = sum(seen)
    return [s / total for s in seen]


def starting_prices(probabilities: list[float], rng: Random) -> list[int]:
    """Starting prices, as indices of price steps, with the margin that suits the field."""
    total = margin(len(probabilities)) + rng.gauss(0, 0.012)
    # A margin is not spread evenly: no favourite is shorter than 1/20.
    return [nearest_step(max(1.05, 1 / (p * total))) for p in probabilities]


def favourites(prices: list[int | None]) -> list[str]:
    """The mark behind each price: F for a favourite, J for one of two, C for one of more."""
    known = [p for p in prices if p is not None]
    if not known:
        return ["" for _ in prices]
    shortest = min(known)
    mark = {1: "F", 2: "J"}.get(known.count(shortest), "C")
    return [mark if p == shortest else "" for p in prices]
