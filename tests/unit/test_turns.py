"""How the pace of an account falls with a refusal and comes back."""

from __future__ import annotations

import pytest

from loaders.api.turns import Turns

# Seconds of a clock that a test sets.
NOW = 1000.0


def refused() -> Turns:
    """What was asked for a second ago was one too many, and the API asks for a pause of two."""
    turns = Turns()
    turns.refuse(NOW - 1, pause=2, now=NOW)
    return turns


def between_turns(turns: Turns, rate: float, now: float) -> float:
    """How long (seconds) the turn after one at `now` is away."""
    assert turns.take("a", {"results": rate}, now) == 0
    return turns.take("a", {"results": rate}, now)


def test_a_refusal_halves_the_pace_after_a_pause_in_which_nobody_has_a_turn() -> None:
    turns = refused()

    assert turns.take("b", {"horses": 5}, NOW) == 2
    assert turns.take("b", {"horses": 5}, NOW + 1.5) == 0.5
    # Five a second at half the pace; a part of the permitted rate is never used.
    assert between_turns(turns, 5, NOW + 2) == pytest.approx(2 / 5, rel=0.04)


def test_the_pace_comes_back_by_a_tenth_each_minute() -> None:
    end_of_pause = NOW + 2
    shares = [refused().pace(end_of_pause + 60 * minutes) for minutes in (0, 1, 2.5, 5, 60)]

    assert shares == pytest.approx([0.5, 0.6, 0.75, 1, 1])


def test_what_was_under_way_together_is_refused_for_one_reason() -> None:
    turns = refused()

    turns.refuse(NOW - 0.5, pause=4, now=NOW + 1)

    assert turns.pace(NOW + 5) == 0.5
    assert turns.take("a", {"results": 5}, NOW + 1) == 4


def test_the_pace_halves_again_down_to_an_eighth() -> None:
    turns = refused()
    shares = []
    for _ in range(4):
        asked = turns.held_until
        turns.refuse(asked, pause=1, now=asked + 0.5)
        shares.append(turns.pace(turns.held_until))

    assert shares == pytest.approx([0.25, 0.125, 0.125, 0.125], abs=0.001)
