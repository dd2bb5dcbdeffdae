"""The whole path on an ordinary PostgreSQL that asks for a password."""

from __future__ import annotations

from pathlib import Path

from tests.integration.conftest import Warehouse


def test_a_server_of_the_users_own_works_as_the_embedded_one_does(
    debian_server: dict[str, str], season_api: dict[str, str], tmp_path: Path
) -> None:
    warehouse = Warehouse({**debian_server, **season_api}, tmp_path)

    warehouse.run("studbook", "load", "reference")
    warehouse.run("studbook", "load", "results", "--from", "2026-05-01", "--to", "2026-06-30")
    warehouse.run("studbook", "load", "racecards", "--from", "2026-06-20", "--to", "2026-07-03")
    warehouse.dbt("build")

    assert {result["status"] for result in warehouse.results()} == {"success", "pass"}
    with warehouse.connect() as connection:
        landed, built = connection.execute(
            "select (select sum(jsonb_array_length(payload -> 'runners')) from raw.results),"
            " (select count(*) from racing.ra_race_results)"
        ).fetchone()
    assert landed == built > 0
