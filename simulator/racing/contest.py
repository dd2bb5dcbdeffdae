"""How a race is run: who wins, by how far, in what time, and who does not get round."""

from __future__ import annotations

import math
from dataclasses import dataclass
from random import Random

from simulator.scene.meetings import SOFTNESS

# Pounds that one unit of log odds is worth.
SCALE = {"F": 5.2, "Y": 5.2, "H": 6.8, "C": 6.8, "N": 6.5}
_EULER = 0.5772
# How often a runner does not get round, by code.
_FALLS = {
    "C": {
        "F": 0.026,
        "UR": 0.018,
        "BD": 0.003,
        "RO": 0.002,
        "SU": 0.0015,
        "RR": 0.0012,
        "REF": 0.004,
        "CO": 0.0008,
        "DIED": 0.0012,
    },
    "H": {
        "F": 0.011,
        "UR": 0.007,
        "BD": 0.002,
        "RO": 0.002,
        "SU": 0.0012,
        "RR": 0.001,
        "REF": 0.0015,
        "CO": 0.0008,
        "DIED": 0.0008,
    },
    "N": {"RO": 0.002, "SU": 0.001},
    "F": {"UR": 0.0008, "RR": 0.0005, "LFT": 0.0006},
}
_SMALL = ((0.05, 0.05), (0.12, 0.1), (0.22, 0.2), (0.4, 0.3))


@dataclass(slots=True)
class Finish:
    """What one runner did. Lengths and seconds; `position` is 0 for those who have none."""

    position: int = 0
    code: str = ""
    btn: float = 0.0
    ovr: float = 0.0
    time: float = 0.0
    figure: float | None = None


def run(
    rng: Random,
    *,
    letter: str,
    furlongs: float,
    yards: int,
    going: str,
    levels: list[float],
    weights: list[float],
    dead_heat: bool,
    special: str,
) -> tuple[list[Finish], float]:
    """Run a race; returns the finishes in the runners' order and seconds behind standard.

    Wins are drawn from softmax((level - weight) / SCALE), and so is every order below. `special`
    is a code that one runner gets for sure ("DSQ" takes its place away afterwards).
    """
    scale = SCALE[letter]
    count = len(levels)
    shown = [-scale * math.log(-math.log(rng.random() or 0.5)) for _ in range(count)]
    performance = [levels[i] - weights[i] + shown[i] for i in range(count)]
    finishes = [Finish() for _ in range(count)]
    falls = _FALLS["F" if letter == "Y" else letter]
    standing = []
    for i in range(count):
        chance = rng.random()
        for code, share in falls.items():
            chance -= share
            if chance < 0:
                finishes[i].code = code
                break
        else:
            standing.append(i)
    if len(standing) < 2:
        for i in range(count):
            finishes[i].code = ""
        standing = list(range(count))
    standing.sort(key=lambda i: -performance[i])
    if special and special != "DSQ" and len(standing) > 4:
        finishes[standing.pop()].code = special

    per_length = max(1.0, 15 / furlongs) if letter in "FY" else 0.95
    best = performance[standing[0]]
    lengths = [(best - performance[i]) / per_length for i in standing]
    if letter in "HCN":
        while len(standing) > 2 and lengths[-1] > 30 and rng.random() < 0.5:
            finishes[standing.pop()].code = "PU"
            lengths.pop()
    if dead_heat:
        lengths[1] = 0.0
    slow, winning = _winning_time(rng, letter, yards, going)
    _place(rng, standing, lengths, finishes)
    per_second = 0.2 if letter in "FY" else 0.22
    for i in standing:
        finish = finishes[i]
        finish.time = round(winning + finish.ovr * per_second, 2)
        # Beaten a long way, a horse is eased: nobody rates that.
        finish.figure = levels[i] + max(-3.5 * scale, shown[i] - _EULER * scale)
    if special == "DSQ" and len(standing) > 3:
        _disqualify(finishes, standing)
    return finishes, slow


def _place(rng: Random, order: list[int], lengths: list[float], finishes: list[Finish]) -> None:
    position, ovr = 1, 0.0
    for rank, i in enumerate(order):
        finish = finishes[i]
        if rank == 0:
            finish.position = 1
            continue
        gap = lengths[rank] - lengths[rank - 1]
        if gap < 0.009:
            finish.position, finish.btn, finish.ovr = position, 0.0, ovr
            continue
        position = rank + 1
        finish.position = position
        finish.btn = measured(gap)
        # Judges add the gaps; the file rounds the sum from the exact distances now and then.
        total = measured(lengths[rank]) if rng.random() < 0.12 else round(ovr + finish.btn, 2)
        if total > 1:
            total = round(total * 4) / 4
        ovr = max(ovr, total)
        finish.ovr = ovr


def measured(lengths: float) -> float:
    """A distance as a judge gives it: a nose, heads, necks, quarters, whole lengths; at most 99."""
    for limit, value in _SMALL:
        if lengths < limit:
            return value
    if lengths < 8:
        return max(0.5, round(lengths * 4) / 4)
    return float(min(99, round(lengths)))


def _disqualify(finishes: list[Finish], order: list[int]) -> None:
    out = order[-2]
    place = finishes[out].position
    finishes[out].position, finishes[out].code = 0, "DSQ"
    for i in order:
        if finishes[i].position > place:
            finishes[i].position -= 1


def _winning_time(rng: Random, letter: str, yards: int, going: str) -> tuple[float, float]:
    """Seconds behind standard, and the winner's time in seconds."""
    trip = yards / 220
    if letter in "FY":
        standard = trip * (11.35 + 0.105 * trip)
    elif letter == "C":
        standard = trip * (14.05 + 0.035 * trip)
    else:
        standard = trip * (13.45 + 0.035 * trip)
    softness = SOFTNESS[going]
    slow = trip * (0.12 + 0.33 * max(-0.5, softness)) + abs(rng.gauss(0, 0.07 * trip)) - 0.3
    if letter in "HCN":
        slow += 0.15 * trip
    return round(slow, 2), round(standard + slow, 2)
