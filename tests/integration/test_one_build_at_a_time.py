"""Builds of one database come one after another, and so do a build and a reset."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest

from tests.api import Api
from tests.integration.builds import (
    Build,
    held,
    wait_until_it_waits_for,
    wait_until_one_waits_for_another,
)
from tests.integration.conftest import Warehouse
from tests.integration.loading import days_between, race, wait_for
from tests.integration.readme import matches, only

DAYS = days_between("2026-06-01", "2026-06-07")
RESULTS = "racing_staging.stg_racing_api__results"
RUNNERS = "racing_staging.stg_racing_api__result_runners"
SELECTED = ("run", "-s", "stg_racing_api__results", "stg_racing_api__result_runners")
WAITS = r"Another build is running \(since [\d :+-]+\); this one waits for it\."


@pytest.fixture
def landed(warehouse: Warehouse, api: Api) -> Iterator[Warehouse]:
    """A week of results from a simulator, and nothing built."""
    api.world = "seed-7"
    landed = Warehouse({**warehouse.environment, **api.environment()}, warehouse.scratch)
    load(landed, api, going="Good")
    return landed


def load(warehouse: Warehouse, api: Api, **fields: str) -> None:
    """Load two races a day, which have changed when they have other fields."""
    api.results = {
        day: [race(f"rac_{day}_{n}", day, *runners(3), **fields) for n in range(2)] for day in DAYS
    }
    warehouse.run("studbook", "load", "results", "--from", DAYS[0], "--to", DAYS[-1], "--refresh")


def runners(number: int) -> list[dict[str, str]]:
    return [{"horse_id": f"hrs_{n}", "position": f"{n}"} for n in range(1, number + 1)]


def ended_one_after_another(connection: psycopg.Connection[Any]) -> bool:
    found = connection.execute(
        "select bool_and(ended_at is not null), bool_and(began_at > previous or previous is null)"
        " from (select *, lag(ended_at) over (order by began_at) as previous"
        " from racing_staging.builds) as builds"
    ).fetchone()
    return found == (True, True)


def test_two_builds_at_once_leave_what_one_after_the_other_leaves(
    landed: Warehouse, api: Api
) -> None:
    # Neither finds anything that it would make.
    for build in [Build(landed, *SELECTED), Build(landed, *SELECTED)]:
        build.printed()

    load(landed, api, going="Soft")
    with held(landed, RUNNERS) as looking:
        first = Build(landed, *SELECTED)
        wait_until_it_waits_for(looking, RUNNERS)
        second = Build(landed, *SELECTED)
        wait_until_one_waits_for_another(looking)
        # Who only looks waits for nobody.
        landed.dbt("compile", "-s", "stg_racing_api__results")
    printed = [first.printed(), second.printed()]

    assert [len(re.findall(WAITS, each)) for each in printed] == [0, 1]
    assert matches(only("Another build"), printed[1])
    with landed.connect() as connection:
        assert ended_one_after_another(connection)
        assert connection.execute(
            f"select count(*), count(distinct (race_id, horse_id)) from {RUNNERS}"
        ).fetchone() == (7 * 2 * 3, 7 * 2 * 3)
        assert connection.execute(
            "select distinct going from racing_staging.stg_racing_api__results"
        ).fetchall() == [("Soft",)]


def test_duplicates_of_before_go_and_cannot_come_again(landed: Warehouse) -> None:
    landed.dbt(*SELECTED)
    with landed.connect() as connection:
        # As two builds at once left them before there was a unique index.
        for (index,) in connection.execute(
            "select indexrelid::regclass::text from pg_index where indrelid = %s::regclass",
            [RUNNERS],
        ).fetchall():
            connection.execute(f"drop index {index}")
        connection.execute(
            "drop table racing_staging.model_states, racing_staging.model_reads,"
            " racing_staging.model_definitions"
        )
        connection.execute(f"insert into {RUNNERS} select * from {RUNNERS}")

        landed.dbt(*SELECTED)

        assert connection.execute(f"select count(*) from {RUNNERS}").fetchone() == (7 * 2 * 3,)
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute(f"insert into {RUNNERS} select * from {RUNNERS}")


def test_a_build_that_was_killed_is_not_waited_for_much_longer(landed: Warehouse, api: Api) -> None:
    landed.dbt(*SELECTED)
    load(landed, api, going="Soft")
    with held(landed, RUNNERS) as looking:
        killed = Build(landed, *SELECTED)
        wait_until_it_waits_for(looking, RUNNERS)
        killed.kill()

    printed = Build(landed, *SELECTED).printed()

    assert re.search(WAITS, printed)
    with landed.connect() as connection:
        assert ended_one_after_another(connection)


def test_a_build_that_stood_still_until_another_one_may_have_begun_reads_no_further(
    landed: Warehouse, api: Api
) -> None:
    landed.dbt(*SELECTED)
    load(landed, api, going="Soft")
    with held(landed, RUNNERS, RESULTS) as looking, landed.connect() as connection:
        build = Build(landed, *SELECTED, "--threads", "1")
        wait_for(
            lambda: looking.execute("select from pg_locks where not granted").rowcount > 0, 120
        )
        connection.execute(
            "update racing_staging.builds set ended_at = clock_timestamp() where ended_at is null"
        )

    printed = build.printed(well=False)

    assert "stood still for so long that another one may have begun: build again." in printed


def test_a_reset_waits_for_a_build(landed: Warehouse, api: Api) -> None:
    landed.dbt(*SELECTED)
    load(landed, api, going="Soft")
    resets = "select query from pg_stat_activity where application_name = 'studbook db reset'"
    with ThreadPoolExecutor() as beside, landed.connect() as connection:
        with held(landed, RUNNERS) as looking:
            build = Build(landed, *SELECTED)
            wait_until_it_waits_for(looking, RUNNERS)
            reset = beside.submit(landed.run, "studbook", "db", "reset")
            wait_for(
                lambda: any("running_builds" in q for (q,) in looking.execute(resets).fetchall())
            )
        build.printed()
        done = reset.result()

        assert re.fullmatch(
            rf"A build is running in the database {connection.info.dbname} "
            r"\(since [\d :+-]+\); the reset waits for up to 15 minutes \(STUDBOOK_PATIENCE\)\.\n",
            done.stderr,
        )
        assert connection.execute("select to_regnamespace('raw')").fetchone() == (None,)


def test_a_reset_waits_for_a_load(landed: Warehouse, api: Api) -> None:
    loads = ("studbook", "load", "results", "--from", DAYS[0], "--to", DAYS[-1], "--refresh")
    with ThreadPoolExecutor() as beside, landed.connect() as connection:
        api.asked.clear()
        api.held = True
        load = beside.submit(landed.run, *loads)
        wait_for(lambda: bool(api.asked))
        reset = beside.submit(landed.run, "studbook", "db", "reset")
        wait_for(
            lambda: (
                connection.execute(
                    "select count(*) from pg_stat_activity"
                    " where application_name = 'studbook db reset' and query ~ 'pg_locks'"
                ).fetchone()
                != (0,)
            )
        )
        api.held = False
        load.result()
        done = reset.result()

        assert re.fullmatch(
            rf"Another load is running in the database {connection.info.dbname} \(studbook load "
            r"results .*\); the reset waits for up to 15 minutes \(STUDBOOK_PATIENCE\)\.\n",
            done.stderr,
        )
        assert connection.execute("select to_regnamespace('raw')").fetchone() == (None,)
