"""What runners are rated for a race that they have run."""

from __future__ import annotations

from random import Random

from simulator.racing.runners import Runner
from simulator.scene.ratings import scaled

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
        performance = scaled(figure + error)
        speed = max(1, performance - round(lost)) if lot < _TIMED else None
        runner.earned = (performance, speed)
