"""What a load loses is added up, and told as a user says it."""

from __future__ import annotations

import pytest

from loaders.api.patience import Losses, Patience, in_words


class Clock:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def test_time_is_lost_from_the_first_failure_to_the_next_answer(clock: Clock) -> None:
    losses = Losses(60, clock)
    clock.now += 1000
    losses.failed("the API")
    clock.now += 10
    losses.failed("the API")
    clock.now += 5
    assert losses.left == 45

    losses.came("the API")
    clock.now += 1000
    assert losses.left == 45


def test_what_is_mended_within_moments_costs_nothing(clock: Clock) -> None:
    losses = Losses(60, clock)
    for _ in range(100):
        losses.failed("the API")
        clock.now += 4
        losses.came("the API")

    assert losses.left == 60


def test_a_moment_in_which_both_are_away_is_lost_once(clock: Clock) -> None:
    losses = Losses(60, clock)
    losses.failed("the API")
    clock.now += 10
    losses.failed("the database")
    clock.now += 10
    losses.came("the API")
    clock.now += 10
    losses.came("the database")

    assert losses.left == 30


def test_all_that_a_load_loses_counts_against_one_limit(clock: Clock) -> None:
    losses = Losses(60, clock)
    for who, seconds in (("the API", 20), ("the database", 30), ("the API", 40)):
        losses.failed(who)
        clock.now += seconds
        losses.came(who)

    assert losses.left == 0


@pytest.mark.parametrize(
    ("attempt", "least", "most"), [(1, 0.25, 0.5), (4, 2, 4), (7, 15, 30), (5000, 15, 30)]
)
def test_waits_double_up_to_the_longest_and_differ(attempt: int, least: float, most: float) -> None:
    waits = [Patience().wait(attempt) for _ in range(200)]

    assert least <= min(waits) < max(waits) <= most


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (86400, "24 hours"),
        (5400, "1.5 hours"),
        (3599.9996, "1 hour"),
        (900, "15 minutes"),
        (899.9996, "15 minutes"),
        (60, "1 minute"),
        (90, "1.5 minutes"),
        (12.34, "12.3 seconds"),
        (1, "1 second"),
        (0.2, "0.2 seconds"),
    ],
)
def test_times_are_told_in_words(seconds: float, words: str) -> None:
    assert in_words(seconds) == words
