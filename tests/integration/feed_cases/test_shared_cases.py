"""The shared cases, where they are: what the feed sent somebody, and the values that are right."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from loaders.postgres.embedded import EmbeddedServer
from tests.integration.feed_cases.races import LONDON, Feed
from tests.integration.feed_cases.warehouse import Built, built
from tests.shared import RACING_API, SAMPLES

CASES = RACING_API.parent / "cases"
NOW = datetime.now(LONDON)


def _read(path: Path) -> dict[str, Any]:
    def placed(found: re.Match[str]) -> str:
        if found[0] == "@now":
            return f"{NOW:%Y-%m-%d %H:%M:%S}"
        ahead = 1 if found[0] == "@tomorrow" else int(found[1] or 0)
        return str(NOW.date() + timedelta(days=ahead))

    case: dict[str, Any] = json.loads(
        re.sub(r"@(?:today(?:\+(\d+))?|tomorrow|now)", placed, path.read_text())
    )
    return case


READ = {
    path.stem: _read(path)
    for path in [*sorted(CASES.glob("*.json")), *sorted(CASES.glob("whole-races/*.json"))]
}
EXPECTATIONS = [
    pytest.param(
        expected["sql"],
        expected["value"],
        id=f"{stem}-{number}",
    )
    for stem, case in READ.items()
    for number, expected in enumerate(case["expect"], start=1)
]
pytestmark = pytest.mark.skipif(
    not READ or not SAMPLES.is_dir(), reason=f"the shared cases are not in {CASES}"
)


def _feed(told: dict[str, Any]) -> Feed:
    return Feed(
        told.get("results", []),
        told.get("racecards", []),
        told.get("horses", []),
        _feed(told["later"]) if "later" in told else None,
    )


@pytest.fixture(scope="module")
def shared_cases(
    server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Built]:
    """A warehouse of all of them."""
    regions = {
        region["region_code"]: region["region"]
        for region in json.loads((SAMPLES / "regions.json").read_text())
    }
    feed: Feed = sum((_feed(case) for case in READ.values()), Feed())
    with built(feed, regions, server, tmp_path_factory.mktemp("shared_cases")) as warehouse:
        yield warehouse


def test_unusual_as_they_are_they_build_and_no_test_fails(shared_cases: Built) -> None:
    assert not shared_cases.failures, "\n".join(shared_cases.failures)


@pytest.mark.parametrize(("query", "value"), EXPECTATIONS)
def test_what_is_expected_holds(shared_cases: Built, query: str, value: Any) -> None:
    assert _rounded(shared_cases.ask(query)) == _rounded(value)


def _rounded(value: Any) -> Any:
    """A value with its numbers to two decimals."""
    if isinstance(value, dict):
        return {key: _rounded(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_rounded(member) for member in value]
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return round(Decimal(str(value)), 2)
    return value
