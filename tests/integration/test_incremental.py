"""Corrected, shrunken, withdrawn and late results and changed rules come out right when built."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from tests.integration.conftest import Warehouse


@pytest.fixture
def races(season_copy: Warehouse) -> list[dict[str, Any]]:
    """Five landed results, as the API sent them, in which all finished and none shared a place."""
    with season_copy.connect() as connection:
        payloads = [row[0] for row in connection.execute("select payload from raw.results")]
    whole = [
        race
        for race in sorted(payloads, key=lambda race: race["race_id"])
        if len(race["runners"]) >= 4
        and {r["position"] for r in race["runners"]}
        == {str(place + 1) for place in range(len(race["runners"]))}
    ]
    return whole[:5]


def test_changes_of_raw_and_of_the_reading_rules_reach_the_results(
    season_copy: Warehouse, races: list[dict[str, Any]]
) -> None:
    corrected, shrunken, withdrawn, late, untouched = races
    with season_copy.connect() as connection, season_copy.connect() as slow_load:
        connection.execute("delete from raw.results where race_id = %s", [late["race_id"]])
        with slow_load.transaction():
            slow_load.execute(
                "insert into raw.results"
                " (race_id, race_date, payload, first_landed_at, changed_at, load_id)"
                " values (%s, %s, %s, now(), now(), 1)",
                [late["race_id"], late["date"], json.dumps(late)],
            )
            promoted = _disqualify_winner(corrected)
            dropped = shrunken["runners"].pop()["horse_id"]
            _replace(connection, corrected)
            _replace(connection, shrunken)
            connection.execute(
                "update raw.results set withdrawn_at = now() where race_id = %s",
                [withdrawn["race_id"]],
            )
            season_copy.dbt("run", "-s", "+ra_race_results")

            assert _winners(connection, corrected) == [promoted]
            assert dropped not in _runners(connection, shrunken)
            assert len(_runners(connection, shrunken)) == len(shrunken["runners"])
            assert not _runners(connection, withdrawn)
            assert not _runners(connection, late)
            assert _runners(connection, untouched) == {r["horse_id"] for r in untouched["runners"]}

        _read_by_older_rules(connection)
        # What was committed last is older than what has been built since.
        season_copy.dbt("run", "-s", "+ra_race_results")
        assert _runners(connection, late) == {r["horse_id"] for r in late["runners"]}
        assert connection.execute(
            "select count(*) from racing.ra_race_results where sp = 'as read before'"
        ).fetchone() == (0,)


def _read_by_older_rules(connection: psycopg.Connection[Any]) -> None:
    """Leave rows as other rules read them, and cards as an older model made them."""
    connection.execute(
        "update racing_staging.stg_racing_api__result_runners set sp = 'as read before'"
    )
    connection.execute(
        "alter table racing_staging.stg_racing_api__racecards"
        " drop column race_status, add column abolished integer"
    )
    connection.execute(
        "update racing_staging.model_states set definition = 'of before'"
        " where model in ('stg_racing_api__result_runners', 'stg_racing_api__racecards')"
    )


def _disqualify_winner(race: dict[str, Any]) -> str:
    """Take the race from its winner; the horse behind it, whose id is returned, wins."""
    for runner in race["runners"]:
        runner["position"] = {"1": "DSQ", "2": "1"}.get(runner["position"], runner["position"])
    return next(r["horse_id"] for r in race["runners"] if r["position"] == "1")


def _replace(connection: psycopg.Connection[Any], race: dict[str, Any]) -> None:
    connection.execute(
        "update raw.results set payload = %s, changed_at = changed_at + interval '1 microsecond'"
        " where race_id = %s",
        [json.dumps(race), race["race_id"]],
    )


def _runners(connection: psycopg.Connection[Any], race: dict[str, Any]) -> set[str]:
    return {
        row[0]
        for row in connection.execute(
            "select horse_id from racing.ra_race_results where race_id = %s", [race["race_id"]]
        )
    }


def _winners(connection: psycopg.Connection[Any], race: dict[str, Any]) -> list[str]:
    return [
        row[0]
        for row in connection.execute(
            "select horse_id from racing.ra_race_results where race_id = %s and position = 1",
            [race["race_id"]],
        )
    ]
