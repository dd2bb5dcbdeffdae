"""The feed's own ratings since 1.4.4, performance and speed: on a scale unlike rpr and ts."""

from __future__ import annotations

from simulator.scene.horses import Horse


def scaled(figure: float) -> int:
    """What a figure of rpr's scale is as a performance rating."""
    return max(1, round(36 + 0.6 * figure))


def invent(horse: Horse, family: str) -> None:
    """What a horse with a past was given for its last run before the world began."""
    if horse.number % 5:
        performance = scaled(horse.rpr[family] - 6)
        horse.rated[family] = (performance, max(1, performance - 3 - horse.number % 13))
