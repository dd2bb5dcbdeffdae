"""What a request asks for; whatever it asks wrongly raises UnprocessableError."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import date
from typing import Any

from starlette.requests import Request

from loaders.api.regions import REGIONS
from simulator.feed.archive import Listed
from simulator.scene.geography import COURSES

# Parameters of the results and what of a race they choose by.
RESULT_FILTERS = {
    "type": "type",
    "going": "going",
    "race_class": "race_class",
    "age_band": "age_band",
    "sex_restriction": "sex_rule",
}


class UnprocessableError(Exception):
    """A parameter that the API refuses; becomes a 422 whose one detail is `error`."""

    def __init__(self, name: str, message: str, kind: str, **context: object) -> None:
        self.error: dict[str, Any] = {"loc": ["query", name], "msg": message, "type": kind}
        if context:
            self.error["ctx"] = context


def read_date(request: Request, name: str) -> date | None:
    """An ISO date, None when not given."""
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise UnprocessableError(name, "invalid date format", "value_error.date")


def read_integer(request: Request, name: str, default: int, *, least: int, most: int | None) -> int:
    """A whole number from `least` to `most`."""
    text = request.query_params.get(name)
    if text is None:
        return default
    try:
        value = int(text)
    except ValueError:
        raise UnprocessableError(
            name, "value is not a valid integer", "type_error.integer"
        ) from None
    if value < least:
        raise UnprocessableError(
            name,
            f"ensure this value is greater than or equal to {least}",
            "value_error.number.not_ge",
            limit_value=least,
        )
    if most is not None and value > most:
        raise UnprocessableError(
            name,
            f"ensure this value is less than or equal to {most}",
            "value_error.number.not_le",
            limit_value=most,
        )
    return value


def read_word(request: Request, name: str, words: Collection[str], default: str) -> str:
    """One of a few words."""
    text = request.query_params.get(name, default)
    if text not in words:
        raise UnprocessableError(name, f"must be one of {', '.join(words)}", "value_error")
    return text


def read_regions(request: Request, name: str) -> frozenset[str]:
    """The region codes asked for; none of them means all."""
    codes = request.query_params.getlist(name)
    for code in codes:
        if code not in REGIONS:
            raise UnprocessableError(name, f"unknown region code: {code}", "value_error")
    return frozenset(codes)


def place_filter(request: Request, regions: str, courses: str | None) -> Callable[[Listed], bool]:
    """A test of races; as the API documents, given courses make it ignore the regions."""
    wanted = read_regions(request, regions)
    ids = frozenset(request.query_params.getlist(courses)) if courses else frozenset()
    if ids:
        return lambda race: COURSES[race.course].id in ids
    return lambda race: not wanted or COURSES[race.course].region in wanted


def result_filter(request: Request) -> Callable[[Listed], bool]:
    """The filters of the results beyond region and course; values are the API's: good_to_firm."""
    placed = place_filter(request, "region", "course")
    least = read_integer(request, "min_distance_y", 0, least=0, most=None)
    most = read_integer(request, "max_distance_y", 99_999, least=0, most=None)
    wanted = {
        attribute: frozenset(values)
        for name, attribute in RESULT_FILTERS.items()
        if (values := request.query_params.getlist(name))
    }

    def keep(race: Listed) -> bool:
        return (
            placed(race)
            and least <= race.yards <= most
            and all(
                getattr(race, attribute).lower().replace(" ", "_") in values
                for attribute, values in wanted.items()
            )
        )

    return keep
