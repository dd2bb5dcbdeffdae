"""Which version of the feed words a day, and how a feed is named."""

from __future__ import annotations

from datetime import date

import pytest

from simulator.feed.editions import Feed, FeedError
from simulator.world import World

MAY, JUNE = date(2026, 5, 31), date(2026, 6, 1)


def test_one_version_words_every_day() -> None:
    for day in (date(1988, 1, 1), MAY, JUNE, date(2030, 1, 1)):
        assert not Feed.parse("1.4.3").is_new(day)
        assert Feed.parse("1.4.4").is_new(day)


def test_a_change_words_the_days_before_it_in_the_old_way() -> None:
    feed = Feed.parse("2026-06-01")
    assert (feed.is_new(MAY), feed.is_new(JUNE)) == (False, True)


@pytest.mark.parametrize(
    ("text", "last_short", "first_long"),
    [
        ("1.4.4", "2026-07-31", "2026-08-01"),
        ("2026-06-01", "2026-07-31", "2026-08-01"),
        ("2026-01-15", "2026-03-16", "2026-03-17"),
    ],
)
def test_races_have_longer_ids_from_two_months_after_the_change(
    text: str, last_short: str, first_long: str
) -> None:
    feed = Feed.parse(text)
    assert not feed.has_long_race_ids(date.fromisoformat(last_short))
    assert feed.has_long_race_ids(date.fromisoformat(first_long))
    assert not Feed.parse("1.4.3").has_long_race_ids(date(2030, 1, 1))


@pytest.mark.parametrize("text", ["", "1.4", "1.4.5", "2026-02-30", "20260601", "2026-W23-1", "on"])
def test_any_other_feed_is_refused(text: str) -> None:
    with pytest.raises(FeedError) as refused:
        World(1, 0.01, 1, JUNE, feed=text)
    assert str(refused.value) == (
        f"There is no feed {text!r}: --feed takes 1.4.3, 1.4.4 or a day such as 2026-06-01."
    )


def test_worlds_of_other_feeds_have_other_names() -> None:
    names = {World(1, 0.01, 1, MAY, feed).name for feed in ("1.4.3", "1.4.4", "2026-05-01")}
    assert len(names) == 3
    assert World(1, 0.01, 1, MAY).name in names
