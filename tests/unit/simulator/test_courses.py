"""Where the simulated racing takes place."""

from __future__ import annotations

from simulator.scene.geography import COURSES
from simulator.world import World
from tests.unit.simulator.conftest import Payload


def test_all_weather_twins_and_courses_abroad(world: World, results: list[Payload]) -> None:
    names = {c["course"]: c for c in world.courses()}
    assert names["Lingfield"]["id"] != names["Lingfield (AW)"]["id"]
    assert {"Southwell (AW)", "Newmarket (July)", "Curragh"} < set(names)
    assert len({c.id for c in COURSES}) == len(COURSES)
    for race in results:
        if race["course"].endswith("(AW)"):
            assert race["surface"] == "AW"
    abroad = [race for race in results if race["region"] not in ("GB", "IRE")]
    assert abroad
    for race in abroad:
        card = world.racecard(race["race_id"])
        assert card is not None
        assert race["course"] == f"{card['course']} ({race['region']})"
        assert race["course_id"] == card["course_id"]
        assert all(runner["odds"] == [] for runner in card["runners"])


def test_regions_are_as_many_as_the_real_ones(world: World) -> None:
    codes = [region["region_code"] for region in world.regions()]
    assert len(codes) == len(set(codes)) == 55
    assert {"jpn", "gr", "hol", "kor"} < set(codes)
    assert all(code == code.lower() for code in codes)
