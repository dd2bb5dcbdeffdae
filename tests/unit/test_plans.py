"""What the loader knows of plans is what the API's specification says."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from loaders.api.plans import ENDPOINTS, IN_WORDS, Endpoint, best, bigger, smaller
from loaders.settings import Plan
from tests.shared import RACING_API, needs_racing_api


@needs_racing_api
@pytest.mark.parametrize("endpoint", ENDPOINTS, ids=lambda endpoint: endpoint.path)
def test_an_endpoint_is_as_the_specification_has_it(endpoint: Endpoint) -> None:
    paths = json.loads((RACING_API / "openapi.json").read_text())["paths"]
    operation = paths[endpoint.path]["get"]
    told = re.sub("<[^>]+>", " ", operation["description"])
    parameters = {it["name"]: it["schema"] for it in operation.get("parameters", [])}

    assert re.findall(r"Min\. Required Plan\s+(\w+)", told) == [endpoint.plan.value.capitalize()]
    assert re.findall(r"Rate Limit\s+(\d+) request", told) == [f"{endpoint.rate:g}"]
    assert {*endpoint.dates, *filter(None, [endpoint.regions])} <= set(parameters)
    assert most(parameters.get("limit")) == endpoint.page_size


def most(limit: dict[str, Any] | None) -> int | None:
    return None if limit is None else int(limit["anyOf"][0]["maximum"])


def test_plans_are_in_the_order_of_what_they_include() -> None:
    assert sorted(Plan) == [Plan.FREE, Plan.BASIC, Plan.STANDARD, Plan.PRO]
    assert list(IN_WORDS) == sorted(Plan)


def test_results_of_standard_are_those_of_pro_and_nobody_smaller_has_horses() -> None:
    assert bigger("results", Plan.STANDARD) == []
    assert smaller("results", Plan.PRO) == ["free", "basic"]
    assert bigger("racecards", Plan.STANDARD) == ["pro"]
    assert (bigger("courses", Plan.FREE), smaller("courses", Plan.PRO)) == ([], [])
    assert [best("horses", plan) is None for plan in Plan] == [True, True, False, False]
