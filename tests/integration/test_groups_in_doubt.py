"""When the last or best run of a group goes, it is found among those that are left."""

from __future__ import annotations

from datetime import date
from typing import Any

import psycopg

from tests.integration.conftest import Warehouse

LAST_DAYS = "race_date > '2026-06-26'"
# What the API sent, without any rule of the models.
LAST_WINS = """
select runner ->> 'trainer_id', max(race_date)
from raw.results
cross join jsonb_array_elements(payload -> 'runners') as runner
where withdrawn_at is null and runner ->> 'position' = '1' and runner ->> 'trainer_id' != ''
group by 1
"""
LAST_WINS_COUNTED = """
select entity_id, max(last_win_on)
from racing_staging.int_performance
where entity_type = 'trainer' and breakdown = 'overall' and last_win_on is not null
group by 1
"""
OF_TWO_CODES = """
select entity_id
from racing_staging.int_performance
where entity_type = 'trainer' and breakdown = 'overall' and not is_sum
group by 1
having count(*) > 1
"""


def _dates(connection: psycopg.Connection[Any], query: str) -> dict[str, date]:
    return dict(connection.execute(query).fetchall())


def test_last_wins_are_those_before_when_the_last_days_are_withdrawn(
    season_copy: Warehouse,
) -> None:
    with season_copy.connect() as connection:
        before = _dates(connection, LAST_WINS_COUNTED)
        assert before == _dates(connection, LAST_WINS)
        connection.execute(f"update raw.results set withdrawn_at = now() where {LAST_DAYS}")

        season_copy.dbt("--quiet", "run", "-s", "+int_performance")

        after = _dates(connection, LAST_WINS_COUNTED)
        assert after == _dates(connection, LAST_WINS)
        earlier = {trainer for trainer, day in after.items() if day < before[trainer]}
        assert earlier & {trainer for (trainer,) in connection.execute(OF_TWO_CODES)}
        followed = season_copy.fingerprints("racing_staging", only="int_performance")
        season_copy.dbt("--quiet", "run", "--full-refresh", "-s", "int_performance")
        assert season_copy.fingerprints("racing_staging", only="int_performance") == followed
