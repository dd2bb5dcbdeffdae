"""Simulated races and real ones never mingle, wherever they come from: the answers tell."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import psycopg
import pytest

from loaders.loading.request import Request
from tests.api import Answer, Api
from tests.integration.loading import column, command, load, race
from tests.integration.readme import matches, only

DAY = "2025-10-07"
ONLY_DAY = Request("results", date.fromisoformat(DAY), date.fromisoformat(DAY), refresh=True)
ASKED = ("results", "--from", DAY, "--to", DAY, "--refresh")
MONDAYS, TUESDAYS = "seed-7-end-2026-11-23", "seed-7-end-2026-11-24"
KEYS = "select race_id from raw.results order by 1"
MINGLED = "must not be mixed with them: "


@pytest.mark.parametrize(
    ("first", "second", "told"),
    [
        (
            MONDAYS,
            None,
            f"races of the simulated world {MONDAYS}, and those of the real API {MINGLED}"
            "`studbook db reset` drops the simulated races, and `export PGDATABASE=racing`",
        ),
        (
            None,
            MONDAYS,
            f"races of the real API, and those of the simulated world {MONDAYS} {MINGLED}"
            "`export PGDATABASE=simulated`",
        ),
        (
            MONDAYS,
            TUESDAYS,
            f"races of the simulated world {MONDAYS}, and those of the simulated world {TUESDAYS} "
            f"{MINGLED}`studbook db reset` drops",
        ),
    ],
)
def test_another_source_is_told_by_its_first_answer_and_nothing_of_it_lands(
    api: Api,
    database: dict[str, str],
    raw: psycopg.Connection[Any],
    first: str | None,
    second: str | None,
    told: str,
) -> None:
    api.results = {DAY: [race("rac_1", DAY)]}
    api.world = first
    load(api, raw, ONLY_DAY)
    api.results = {DAY: [race("rac_1", DAY, going="Soft"), race("rac_2", DAY)]}
    api.world = second

    result = command(database, api.environment(), *ASKED)

    assert result.exit_code == 1
    assert f"The database {database['PGDATABASE']} holds {told}" in result.stderr
    assert matches(only("The database … holds races"), result.stderr)
    assert column(raw, KEYS) == ["rac_1"]
    assert column(raw, "select payload ->> 'going' from raw.results") == [None]
    assert column(raw, "select outcome from raw.loads order by load_id") == ["success", "failed"]


@pytest.mark.parametrize("world", [None, MONDAYS])
def test_the_same_source_at_another_address_is_gone_on_with(
    api: Api, raw: psycopg.Connection[Any], world: str | None
) -> None:
    api.results = {DAY: [race("rac_1", DAY)]}
    api.world = world
    load(api, raw, ONLY_DAY)
    with Api() as elsewhere:
        elsewhere.world = world
        elsewhere.results = {DAY: [race("rac_1", DAY), race("rac_2", DAY)]}
        elsewhere.base_url += "/racing"

        assert load(elsewhere, raw, ONLY_DAY).clean

    assert column(raw, KEYS) == ["rac_1", "rac_2"]
    assert column(raw, "select simulated_world from raw.loads") == [world, world]


def test_a_load_that_brought_nothing_does_not_bind_the_database(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    load(api, raw, ONLY_DAY)
    api.world = MONDAYS
    api.results = {DAY: [race("rac_1", DAY)]}

    assert load(api, raw, ONLY_DAY).clean


def test_answers_that_change_their_mind_end_the_load(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    days = [f"2025-10-{day:02}" for day in range(1, 8)]
    api.results = {day: [race(f"rac_{day}", day)] for day in days}
    api.world = MONDAYS

    def change(path: str, query: Mapping[str, str]) -> Answer | None:
        if query.get("start_date") == days[2]:
            api.world = None
        return None

    api.instead = change

    result = command(database, api.environment(), "results", "--from", days[0], "--to", days[-1])

    assert result.exit_code == 1
    assert (
        f"some come from the simulated world {MONDAYS} and some from the real API: load again when "
        "only one of them answers there."
    ) in result.stderr
    assert set(column(raw, KEYS)) <= {f"rac_{day}" for day in days[:2]}
    assert column(raw, "select outcome from raw.loads") == ["failed"]


def test_horses_that_another_source_does_not_know_are_not_noted(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    api.results = {DAY: [race("rac_1", DAY, {"horse_id": "hrs_1"})]}
    load(api, raw, ONLY_DAY)
    api.world = MONDAYS

    result = command(database, api.environment(), "horses")

    assert result.exit_code == 1
    assert MINGLED in result.stderr
    assert column(raw, "select key from raw.not_found") == []
