"""A race's odds: one price per bookmaker and runner, and how each of them moved."""

from __future__ import annotations

import math
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from simulator.racing.market import (
    BOOKMAKERS,
    DECIMAL_TEXTS,
    DECIMALS,
    SPELLINGS,
    decimal_text,
    nearest_step,
)
from simulator.racing.records import Run

_HISTORY_FROM = date(2025, 3, 17)
_LAST = len(DECIMALS) - 1
# Price steps between the longest and the shortest price that bookmakers of one mind show.
_SPREAD = 2.4
_SHIFTS = (-2, -1, -1, 1, 1, 2)
_MOVES = (0, 0, 0, 0, 1, 1, 1, 2, 2, 4)
# Moments from which a first move is drawn, and how far behind it the last of four can be.
_MOMENTS, _LONGEST = 40, 12
# Fewest and most bookmakers by days until the race; nobody but the big races is priced earlier.
_BOOKS = {1: (18, 25), 2: (8, 16)}
# Who else gives prices when many bookmakers do, and how often.
_OTHERS = (("Betfair Exchange", 0.97), ("Matchbook", 0.55), ("Tote", 0.5))


class OddsBoard:
    """The bookmakers that price one race, seen at `clock` or, once it is off, just before."""

    def __init__(
        self,
        rng: Random,
        off: datetime,
        clock: datetime,
        ahead: int,
        grand: bool,
        fractions: tuple[str, ...],
    ) -> None:
        self._rng = rng
        self._fractions = fractions
        least, most = _BOOKS.get(ahead, (20, 28) if ahead <= 0 else (4, 9) if grand else (0, 0))
        count = rng.randint(least, most)
        others = [name for name, chance in _OTHERS if count > 7 and rng.random() < chance]
        kept = (
            sorted(rng.sample(range(len(BOOKMAKERS)), min(len(BOOKMAKERS), count - len(others))))
            if count
            else []
        )
        swap = rng.random() < 0.3
        self._books = [
            (SPELLINGS.get(name, name) if swap else name, lean)
            for name, lean in (BOOKMAKERS[i] for i in kept)
        ]
        self._others = others
        self._ew = rng.choice(
            (("3", "5"), ("3", "5"), ("3", "5"), ("2", "4"), ("4", "5"), ("", ""))
        )
        seen = min(off - timedelta(seconds=rng.randint(4, 70)), clock)
        # Prices move most in the last hours; all bookmakers of a race move at the same moments.
        ago = rng.sample(range(20, 3600), _MOMENTS // 2)
        ago += [3600 + int(rng.expovariate(1 / 12000)) for _ in range(_MOMENTS // 2 + _LONGEST)]
        self._moments = [(seen - timedelta(seconds=a)).isoformat() for a in sorted(ago)]
        self.updated = seen.strftime("%Y-%m-%d %H:%M:%S")
        self._history = off.date() >= _HISTORY_FROM
        self._oldest_first = rng.random() < 0.5
        self._odd = rng.random() < 0.06

    def odds(self, run: Run, priced: bool) -> list[dict[str, Any]]:
        """The odds of one runner, in the bookmakers' order."""
        rng = self._rng
        rows = []
        fair = 1 / (1.17 * (run.chance or 0.07))
        home = nearest_step(max(1.04, fair))
        for name, lean in self._books:
            places, denom = self._ew
            if not priced:
                rows.append(self._row(name, "-", "-", "", ""))
                continue
            # The decimals of one draw decide what happens seldom: this line runs very often.
            draw = rng.random()
            step = min(_LAST, max(0, home + int(lean + draw * _SPREAD - _SPREAD / 2 + 100.5) - 100))
            rare = draw * 1000 % 1
            if self._odd and rare < 0.05:
                rows.append(self._row(name, "SP", "0", places, denom))
                continue
            if rare > 0.99:
                places, denom = ("1", "1") if rare > 0.995 else ("", "")
            row = self._row(name, self._fractions[step], DECIMAL_TEXTS[step], places, denom)
            if self._history:
                row["history"] = self._moves(step)
            rows.append(row)
        for name in self._others:
            if not priced:
                rows.append(self._row(name, "-", "-", "", ""))
            elif name == "Tote":
                pool = min(1000, max(1.02, fair * math.exp(rng.gauss(0.1, 0.4))))
                text = decimal_text(round(pool, 1))
                rows.append(self._row(name, text, text, "", ""))
            else:
                price = max(1.01, 1 + (fair * 1.17 - 1) * rng.uniform(0.92, 1.12))
                digits = 2 if price < 4 else 1 if price < 20 else 0
                text = decimal_text(round(min(price, 1000), digits))
                row = self._row(name, text, text, "", "")
                if self._history and rng.random() < 0.7:
                    before = decimal_text(round(min(1000, price * rng.uniform(0.85, 1.2)), digits))
                    row["history"] = [self._move(int(rng.random() * _MOMENTS), before, before)]
                rows.append(row)
        return rows

    def _row(
        self, name: str, fractional: str, decimal: str, places: str, denom: str
    ) -> dict[str, Any]:
        return {
            "bookmaker": name,
            "fractional": fractional,
            "decimal": decimal,
            "ew_places": places,
            "ew_denom": denom,
            "updated": self.updated,
            "history": [],
        }

    def _moves(self, step: int) -> list[dict[str, str]]:
        """The prices a bookmaker showed before the present one."""
        draw = self._rng.random()
        count = _MOVES[int(draw * 10)]
        if not count:
            return []
        moves = []
        which = int(draw * 1000) % _MOMENTS
        for _ in range(count):
            step = min(_LAST, max(0, step + _SHIFTS[which % 6]))
            moves.append(self._move(which, self._fractions[step], DECIMAL_TEXTS[step]))
            which += 1 + step % 3
        return moves[::-1] if self._oldest_first else moves

    def _move(self, which: int, fractional: str, decimal: str) -> dict[str, str]:
        return {
            "changed_at": self._moments[which],
            "fractional": fractional,
            "decimal": decimal,
        }
