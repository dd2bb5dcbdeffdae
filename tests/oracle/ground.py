"""What a race is run on: groups of goings, and whether it is turf or all-weather."""

from __future__ import annotations

from tests.oracle.racing import Conditions

GOING_GROUPS = {
    "firm": {"hard", "firm", "good to firm"},
    "good": {"good", "good to yielding", "yielding", "good to soft"},
    "soft": {"yielding to soft", "soft", "very soft", "soft to heavy", "holding"},
    "heavy": {"heavy"},
}
ALL_WEATHER_GOINGS = {"fast", "slow", "muddy", "sloppy"}


def going_group(race: Conditions) -> str | None:
    """firm, good, soft or heavy; None of all-weather goings and those not known."""
    return next((name for name, goings in GOING_GROUPS.items() if _going(race) in goings), None)


def is_all_weather(race: Conditions) -> bool:
    """What the surface says; without one, what the going does."""
    if race.surface is not None:
        return race.surface == "AW"
    return _going(race).startswith("standard") or _going(race) in ALL_WEATHER_GOINGS


def _going(race: Conditions) -> str:
    return (race.going or "").lower()
