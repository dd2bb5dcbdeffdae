"""What of the racing a filter leaves."""

from __future__ import annotations

import httpx
import pytest


def test_regions_and_courses_filter_and_courses_win(api: httpx.Client) -> None:
    day = {"start_date": "2025-11-01", "end_date": "2025-11-22", "limit": "100"}
    irish, british, both = (
        api.get("/v1/results", params=[*day.items(), *(("region", r) for r in regions)]).json()
        for regions in (("ire",), ("gb",), ("gb", "ire"))
    )
    assert {race["region"] for race in irish["results"]} == {"IRE"}
    assert {race["region"] for race in british["results"]} == {"GB"}
    assert irish["total"] + british["total"] == both["total"]
    course = irish["results"][0]["course_id"]
    there = api.get(
        "/v1/results", params=[*day.items(), ("region", "gb"), ("course", course)]
    ).json()
    assert {race["course_id"] for race in there["results"]} == {course}
    cards = api.get(
        "/v1/racecards/pro",
        params={"date": irish["results"][0]["date"], "region_codes": "ire", "course_ids": course},
    ).json()
    assert {race["course_id"] for race in cards["racecards"]} == {course}
    courses = api.get("/v1/courses", params={"region_codes": "ire"}).json()
    assert {c["region_code"] for c in courses["courses"]} == {"ire"}
    assert courses["total"] == len(courses["courses"])


@pytest.mark.parametrize(
    ("name", "value", "field", "expected"),
    [
        ("type", "nh_flat", "type", "NH Flat"),
        ("going", "good_to_soft", "going", "Good To Soft"),
        ("race_class", "class_4", "class", "Class 4"),
        ("age_band", "4yo+", "age_band", "4yo+"),
        ("sex_restriction", "f&m", "sex_rest", "F&M"),
    ],
)
def test_results_are_filtered_by_what_a_race_is(
    api: httpx.Client, name: str, value: str, field: str, expected: str
) -> None:
    everything = api.get("/v1/results").json()["total"]
    page = api.get("/v1/results", params={name: value, "limit": 100}).json()
    assert {race[field] for race in page["results"]} == {expected}
    assert 0 < page["total"] < everything


def test_results_are_filtered_by_distance(api: httpx.Client) -> None:
    bounds = {"min_distance_y": 1700, "max_distance_y": 2300, "limit": 100}
    races = api.get("/v1/results", params=bounds).json()["results"]
    assert races
    assert all(1700 <= int(race["dist_y"]) <= 2300 for race in races)
