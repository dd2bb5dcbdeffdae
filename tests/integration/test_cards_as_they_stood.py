"""A card that goes on changing after the off is told as it stood at the off."""

from __future__ import annotations

import time
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from loaders.cli import main
from loaders.loading.request import Request
from loaders.loading.run import today_in_london
from simulator.world import World
from tests.api import Api
from tests.integration.conftest import Warehouse
from tests.integration.loading import load

MODELS = ("+ra_races", "+ra_runners", "+ra_runner_supplementary")
TOLD = """
select
    races.tip,
    array_agg(distinct runners.comment) as comments,
    bool_and(runners.card_known_at = races.card_known_at) as is_one_version,
    races.card_known_at < races.off_dt as is_known_before,
    races.is_abandoned
from racing.ra_races as races
inner join racing.ra_runners as runners on runners.race_id = races.id
where races.id = %s
group by races.id
"""


class Cards:
    """Three races of today: one that is off in some seconds, one that was, one of this evening."""

    def __init__(self, api: Api, raw: psycopg.Connection[Any], seconds: float) -> None:
        self.off, self.past, self.ahead = "rac_off", "rac_past", "rac_ahead"
        self._api, self._raw = api, raw
        self._today = today_in_london()
        self._soon = datetime.now(UTC) + timedelta(seconds=seconds)
        offs = {
            self.off: self._soon,
            self.past: self._soon - timedelta(days=1),
            self.ahead: self._soon + timedelta(days=1),
        }
        self._cards = [
            {**card, "race_id": race_id, "off_dt": off.isoformat()}
            for card, (race_id, off) in zip(_cards(self._today), offs.items(), strict=True)
        ]

    def say(self, told: str, **fields: Any) -> None:
        """Let all cards and what they say of their horses be another, and land them."""
        for card in self._cards:
            card |= {"tip": told, **fields}
            for runner in card["runners"]:
                runner |= {"comment": told}
        self._api.racecards = {f"{self._today}": deepcopy(self._cards)}
        report = load(
            self._api,
            self._raw,
            Request("racecards", self._today, self._today, refresh=True),
            today=lambda: self._today,
        )
        assert report.clean

    def is_to_come(self) -> bool:
        """Whether the first race is not off yet."""
        return datetime.now(UTC) < self._soon

    def wait_for_the_off(self) -> None:
        """Wait until the first race is off."""
        time.sleep(max((self._soon - datetime.now(UTC)).total_seconds(), 0))

    def told(self, race_id: str) -> tuple[Any, ...]:
        """What is told of a race: TOLD."""
        found = self._raw.execute(TOLD, [race_id]).fetchone()
        assert found is not None
        return found


def _cards(day: date) -> list[dict[str, Any]]:
    world = World(seed=3, seasons=0.02, races_per_day=8, end=day, feed="2026-06-01")
    found = [card for card in world.racecards(day) if len(card["runners"]) > 1]
    return deepcopy(found[:3])


def build(warehouse: Warehouse, *arguments: str) -> Mapping[str, str]:
    """Build what tells of cards; returns a digest of each table."""
    warehouse.dbt("--quiet", "run", *arguments, "-s", *MODELS)
    return {
        name: digest
        for schema in ("racing", "racing_staging")
        for name, digest in warehouse.fingerprints(schema).items()
        if name.startswith(("ra_", "int_", "stg_")) and not name.endswith("__changes")
    }


def test_what_a_card_says_is_what_it_said_at_the_off(
    api: Api, raw: psycopg.Connection[Any], warehouse: Warehouse
) -> None:
    warehouse.dbt("--quiet", "seed")
    cards = Cards(api, raw, seconds=12)
    cards.say("first", is_abandoned=False)
    cards.say("second")
    assert cards.is_to_come(), "this machine is too slow"
    build(warehouse)
    assert cards.told(cards.off) == ("second", ["second"], True, True, False)
    cards.wait_for_the_off()
    cards.say("third", is_abandoned=True)
    cards.say("fourth")

    tables = build(warehouse)

    assert cards.told(cards.off) == ("second", ["second"], True, True, True)
    assert cards.told(cards.past) == ("first", ["first"], True, False, True)
    assert cards.told(cards.ahead) == ("fourth", ["fourth"], True, True, True)
    assert build(warehouse, "--full-refresh") == tables
    # What was landed before belongs to an account that saw less.
    raw.execute("update raw.loads set plan = 'standard' where load_id <= 2")
    build(warehouse, "--full-refresh")
    assert cards.told(cards.off) == ("third", ["third"], True, False, True)


@pytest.mark.parametrize("before", ["2025-10-02", "2025-10-20"])
def test_versions_are_pruned_but_not_what_stood_on_the_day_of_a_race(
    api: Api, raw: psycopg.Connection[Any], database: dict[str, str], before: str
) -> None:
    load(api, raw, Request("reference"))
    for table, key in (("racecard", "race_id"), ("result", "race_id")):
        raw.execute(
            f"insert into raw.{table}_versions"
            f" ({key}, race_date, payload, first_landed_at, changed_at, replaced_at, load_id)"
            " select 'rac_1', '2025-10-07', '{}', '2025-09-30', day, day + interval '1 day', 1"
            " from generate_series('2025-09-30 12:00Z'::timestamptz, '2025-10-10 12:00Z', '1 day')"
            " as day"
        )

    done = CliRunner().invoke(main, ["db", "prune", "--versions-before", before], env=database)

    assert done.exit_code == 0, done.output
    left = {
        table: [
            day.day
            for (day,) in raw.execute(
                f"select replaced_at from raw.{table}_versions order by replaced_at"
            )
        ]
        for table in ("racecard", "result")
    }
    gone = {"2025-10-02": (1, 1), "2025-10-20": (6, 11)}[before]
    assert left == {"racecard": [*range(gone[0] + 1, 12)], "result": [*range(gone[1] + 1, 12)]}
    assert f"raw.racecard_versions: {gone[0]} dropped\n" in done.output
    assert f"raw.result_versions: {gone[1]} dropped\n" in done.output


def test_a_day_to_come_is_refused_and_an_empty_database_has_no_versions(
    database: dict[str, str],
) -> None:
    tomorrow = f"{today_in_london() + timedelta(days=1)}"
    done = CliRunner().invoke(main, ["db", "prune", "--versions-before", tomorrow], env=database)
    assert done.exit_code == 2
    assert f"{tomorrow} is still to come: name a day up to today." in done.output

    done = CliRunner().invoke(
        main, ["db", "prune", "--versions-before", "2025-10-20"], env=database
    )
    assert done.output == "Nothing has landed in this database yet, so nothing was dropped.\n"
