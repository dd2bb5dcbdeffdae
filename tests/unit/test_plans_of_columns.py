"""Which plan fills a column, against the payloads that the provider specifies for each."""

from __future__ import annotations

import json
import re
from typing import Any

from loaders.inventory.columns import read_tables
from tests.shared import RACING_API, needs_racing_api

PLANS = ("free", "basic", "standard", "pro")
# What each endpoint that a source names answers, or its like of a smaller plan.
SHAPES = {
    "/v1/racecards/pro": ("RacecardBasic", "Racecard", "RacecardOdds", "RacecardOddsPro"),
    "/v1/results": ("ResultFree", "ResultBasic", "ResultStandard", "ResultStandard"),
    "/v1/horses/{id}/pro": (None, None, "Horse", "HorsePro"),
}
# They are filled in other ways where the payload lacks them.
FILLED_ALL_THE_SAME = {
    ("ra_races", "course_id"),
    ("ra_races", "is_abandoned"),
    ("ra_mst_horses", "colour_code"),
    ("ra_performance_by_venue", "venue_id"),
    ("ra_odds_live", "distance"),
}


def fields(schemas: dict[str, Any], name: str, before: str = "") -> set[str]:
    """Every field of a payload, as sources write it: runners[].odds[].decimal."""
    found = set()
    for field, described in schemas[name]["properties"].items():
        text = json.dumps(described)
        found.add(before + field)
        inside = f"{before}{field}{'[]' if 'array' in text else ''}."
        for schema in re.findall(r"schemas/(\w+)", text):
            found |= fields(schemas, schema, inside)
    return found


@needs_racing_api
def test_a_column_needs_the_smallest_plan_whose_payloads_have_its_source() -> None:
    specification = json.loads((RACING_API / "openapi.json").read_text())
    schemas = specification["components"]["schemas"]
    first = {
        (endpoint, field): plan
        for endpoint, shapes in SHAPES.items()
        for plan, shape in reversed(list(zip(PLANS, shapes, strict=True)))
        if shape
        for field in fields(schemas, shape)
    }

    def smallest(source: str) -> str:
        endpoint, found = "", []
        for part in source.split("; "):
            named, _, sent = part.rpartition(": ")
            endpoint = named or endpoint
            if endpoint.startswith("/v1/courses"):
                return "free"
            found += [first[endpoint, f] for f in sent.split(", ") if (endpoint, f) in first]
        return min(found, key=PLANS.index, default="free")

    told = {
        (table.name, column.name): (column.plan or "free", smallest(column.source or ""))
        for table in read_tables()
        for column in table.columns
        if (column.source or "").startswith("/v1/")
    }
    assert {key for key, (plan, meant) in told.items() if plan != meant} == FILLED_ALL_THE_SAME
    assert sum(plan == "basic" for plan, _ in told.values()) > 60
    assert sum(plan == "standard" for plan, _ in told.values()) > 20


def test_what_is_reckoned_from_prices_needs_the_plan_that_has_them() -> None:
    reckoned = {
        (table.name, column.name): column.plan
        for table in read_tables()
        for column in table.columns
        if re.fullmatch(
            r"expected_wins|ae_fair|archie|profit_loss_1u|.*_ae|.*ae_index", column.name
        )
    }
    assert len(reckoned) > 50
    assert set(reckoned.values()) == {"basic"}
