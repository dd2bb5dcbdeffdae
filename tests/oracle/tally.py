"""What a set of runs comes to, and which of several sets ranks first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from tests.oracle.racing import Run, rounded


@dataclass(frozen=True)
class Tally:
    """The figures over some runs, rounded as they are stored."""

    runs: Sequence[Run]

    @property
    def wins(self) -> int:
        return self.finishes(1)

    def finishes(self, position: int) -> int:
        """How many of the runs ended in this position."""
        return sum(run.position == position for run in self.runs)

    @property
    def places(self) -> int:
        """How many of the runs ended in the first three."""
        return sum(run.placed for run in self.runs)

    @property
    def win_percent(self) -> Decimal | None:
        """0 to 100, two decimals; None with no runs."""
        return self._percent(self.wins)

    @property
    def place_percent(self) -> Decimal | None:
        """0 to 100, two decimals; None with no runs."""
        return self._percent(self.places)

    @cached_property
    def expected(self) -> Decimal | None:
        """Wins expected at SP, not rounded; None without a run that has an SP."""
        return _total(run.expected_wins for run in self.runs)

    @cached_property
    def ae(self) -> Decimal | None:
        """Wins per win expected, over the runs with an SP."""
        priced = [run for run in self.runs if run.expected_wins is not None]
        return _wins_per_expected(priced, self.expected)

    @property
    def ae_fair(self) -> Decimal | None:
        """The same without the bookmakers' margin, over the runs of races priced throughout."""
        fair = [run for run in self.runs if run.expected_fair is not None]
        return _wins_per_expected(fair, _total(run.expected_fair for run in fair))

    @property
    def archie(self) -> Decimal | None:
        """The chi-squared score of wins against expected wins, over the runs with an SP."""
        priced = [run for run in self.runs if run.expected_wins is not None]
        expected, count = self.expected, len(priced)
        if not expected or expected == count:
            return None
        surplus = sum(run.won for run in priced) - expected
        return rounded(surplus**2 * count / (expected * (count - expected)), 3)

    @property
    def profit_loss_1u(self) -> Decimal | None:
        """Gain in units from one unit on every run with an SP; None without any."""
        return _rounded(_total(run.profit for run in self.runs), 2)

    @property
    def expected_bsp(self) -> Decimal | None:
        """Wins expected at Betfair's SP, not rounded; None without a run that has one."""
        return _total(run.expected_bsp for run in self.runs)

    @property
    def ae_bsp(self) -> Decimal | None:
        """Wins per win expected, over the runs with a Betfair SP."""
        priced = [run for run in self.runs if run.expected_bsp is not None]
        return _wins_per_expected(priced, self.expected_bsp)

    @property
    def prb(self) -> Decimal | None:
        """The mean share of rivals beaten, 0 to 1; None without a run that has one."""
        shares = [run.rivals_beaten for run in self.runs if run.rivals_beaten is not None]
        return rounded(sum(shares, Decimal(0)) / len(shares), 4) if shares else None

    def beside_a_record(self) -> dict[str, Decimal | None]:
        """What every table of records has, but for the A/E index, whose name differs."""
        return {
            "expected_wins": _rounded(self.expected, 4),
            "ae_fair": self.ae_fair,
            "archie": self.archie,
            "profit_loss_1u": self.profit_loss_1u,
            "expected_wins_bsp": _rounded(self.expected_bsp, 4),
            "ae_bsp": self.ae_bsp,
            "profit_loss_bsp": _rounded(_total(run.profit_bsp for run in self.runs), 2),
            "prb": self.prb,
        }

    def _percent(self, count: int) -> Decimal | None:
        return rounded(Decimal(100 * count) / len(self.runs), 2) if self.runs else None


def grouped(runs: Iterable[Run], name_of: Callable[[Run], str | None]) -> dict[str, Tally]:
    """The runs by name; those that have none are left out."""
    groups: dict[str, list[Run]] = {}
    for run in runs:
        name = name_of(run)
        if name is not None:
            groups.setdefault(name, []).append(run)
    return {name: Tally(members) for name, members in groups.items()}


def ranked(groups: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    """By wins, then A/E (unknown last), then runs, all descending, then by name."""

    def rank(group: tuple[str, Tally]) -> tuple[int, bool, Decimal, int, str]:
        name, tally = group
        return (-tally.wins, tally.ae is None, -(tally.ae or Decimal(0)), -len(tally.runs), name)

    return sorted(groups.items(), key=rank)


def best(
    ranking: Sequence[tuple[str, Tally]], min_expected: Decimal
) -> tuple[str, Tally, bool] | None:
    """The group with the highest A/E of those with enough expected wins, and True.

    Where none has enough, the first of the ranking and False; None of an empty ranking.
    """
    reliable = [
        (tally.ae, -rank, name, tally)
        for rank, (name, tally) in enumerate(ranking)
        if tally.ae is not None and tally.expected is not None and tally.expected >= min_expected
    ]
    if reliable:
        *_, name, tally = max(reliable, key=lambda candidate: candidate[:2])
        return name, tally, True
    return (*ranking[0], False) if ranking else None


def _total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    present = [amount for amount in amounts if amount is not None]
    return sum(present, Decimal(0)) if present else None


def _rounded(figure: Decimal | None, places: int) -> Decimal | None:
    return None if figure is None else rounded(figure, places)


def _wins_per_expected(runs: Sequence[Run], expected: Decimal | None) -> Decimal | None:
    return rounded(sum(run.won for run in runs) / expected, 3) if expected else None
