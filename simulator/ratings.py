"""The feed's own ratings since 1.4.4, performance and speed: on a scale unlike rpr and ts."""

from __future__ import annotations

from random import Random

from simulator.horses import Horse
from simulator.runners import Runner

# Of the runners that get round, how many are rated at all, and for speed too.
_RATED, _TIMED = 0.8, 0.76


def earn(number: int, runners: list[Runner]) -> None:
    """Rate the runners of the race of that number for what they did."""
    # A generator of its own: the racing is the same whether anybody rates it or not.
    rng = Random(number)
    for runner in runners:
        figure, lot, error, lost = (
            runner.finish.figure,
            rng.random(),
            rng.gauss(0, 1.5),
            abs(rng.gauss(7, 6)),
        )
        if figure is None or not runner.finish.position or lot >= _RATED:
            continue
        performance = _scaled(figure + error)
        speed = max(1, performance - round(lost)) if lot < _TIMED else None
        runner.earned = (performance, speed)


def invent(horse: Horse, family: str) -> None:
    """What a horse with a past was given for its last run before the world began."""
    if horse.number % 5:
        performance = _scaled(horse.rpr[family] - 6)
        horse.rated[family] = (performance, max(1, performance - 3 - horse.number % 13))


def _scaled(figure: float) -> int:
    return max(1, round(36 + 0.6 * figure))
