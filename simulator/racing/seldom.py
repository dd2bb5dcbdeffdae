"""What happens seldom, yet surely happens in a world of any size."""

from __future__ import annotations

from random import Random

# How many opportunities go by, about, between two of what happens seldom.
_EVERY = {
    "race abroad": 36,
    "dead heat": 800,
    "void": 1700,
    "late withdrawal": 45,
    "no price": 260,
    "meeting lost": 60,
    "meeting cut short": 90,
    "off time missing": 55,
    "twice in a day": 1500,
    "ante-post": 14,
    "DSQ": 600,
    "LFT": 900,
    "CO": 1100,
    "DIED": 700,
    "RR": 700,
    "REF": 500,
    "SU": 500,
    "RO": 500,
    "BD": 400,
}


class Occasional:
    """Something that happens once in so many opportunities, and never much later than that."""

    def __init__(self, rng: Random, every: int) -> None:
        self._rng = rng
        self._every = every
        self._left = rng.randint(every // 3, every)

    def __call__(self) -> bool:
        """Whether it happens now."""
        self._left -= 1
        if self._left > 0:
            return False
        self._left = self._rng.randint(self._every // 2, self._every * 3 // 2)
        return True


class Seldom:
    """Everything that happens seldom, by its name."""

    def __init__(self, rng: Random) -> None:
        self._occasions = {name: Occasional(rng, every) for name, every in _EVERY.items()}

    def __call__(self, what: str) -> bool:
        """Whether it happens now."""
        return self._occasions[what]()
