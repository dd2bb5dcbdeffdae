"""The page Today: the races of the day, and what is known of their runners."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from loaders.site.page import Moment, Page, Row


@dataclass(frozen=True)
class Race:
    """A race with its runners; `out` are horses declared that do not run, `reserves` may."""

    facts: Row
    runners: Sequence[Row]
    reserves: Sequence[Row]
    out: Sequence[Row]


@dataclass(frozen=True)
class Meeting:
    """The races of a course on the day; `goings` are theirs, each named once."""

    course: str
    region: str
    goings: Sequence[str]
    races: Sequence[Race]


def _context(moment: Moment) -> Mapping[str, Any]:
    day: date | None = moment.row("day_of_racing", today=moment.today)["day"]
    races = moment.rows("races_of_day", day=day)
    runners = {
        race_id: list(of_race)
        for race_id, of_race in groupby(
            moment.rows("runners_of_day", day=day), lambda runner: runner["race_id"]
        )
    }
    meetings = []
    for (course, region), facts in groupby(
        races, lambda race: (race["course_name"], race["region"])
    ):
        own = [_race(each, runners.get(each["id"], [])) for each in facts]
        goings = dict.fromkeys(race.facts["going"] for race in own if race.facts["going"])
        meetings.append(Meeting(course, region, list(goings), own))
    return {"day": day, "meetings": meetings, "races": len(races)}


def _race(facts: Row, runners: Sequence[Row]) -> Race:
    """The race with its runners sorted out: a horse in the result ran, whatever its card says."""
    ran = [runner for runner in runners if runner["position_str"] is not None]
    others = [runner for runner in runners if runner["position_str"] is None]
    staying = [] if ran else [each for each in others if not (each["is_out"] or each["is_reserve"])]
    return Race(
        facts,
        ran or staying,
        [each for each in others if each["is_reserve"] and not each["is_out"]],
        [each for each in others if each["is_out"]],
    )


TODAY = Page(
    "today",
    "Today",
    "The races of a day and their runners, each with its price, ratings and form, and what its "
    "connections have done so far.",
    _context,
)
