"""What connections had done before the day is the same from totals, behind or not, and anew."""

from __future__ import annotations

from typing import Any

import psycopg

from tests.integration.conftest import Warehouse

TABLES = ("int_people_before", "int_parents_before")
BUILD = ("--quiet", "run", "-s", *(f"+{table}" for table in TABLES))
ANEW = ("--quiet", "run", "--full-refresh", "-s", "int_connection_totals", *TABLES)
WITHOUT_TOTALS = ("--exclude", "int_connection_totals")
# Races of the season's first weeks are let run more than a year before its last.
LET_RUN_EARLIER = """
update raw.results set
    race_date = race_date - 400,
    changed_at = now(),
    payload = payload || jsonb_build_object(
        'date', (race_date - 400)::text,
        'off_dt', (race_date - 400)::text || substring(payload ->> 'off_dt' from 11)
    )
where race_date < '2025-08-15'
"""
WITHDRAW = """
update raw.results set withdrawn_at = now()
where race_id in (
    select race_id from raw.results
    where withdrawn_at is null and race_date between %(day)s and %(day)s::date + 1
    order by race_id limit 1
)
"""
# In an old result a runner has another one's jockey, and its owner no id.
ANOTHER_RIDES = """
update raw.results set
    changed_at = now(),
    payload = jsonb_set(
        jsonb_set(
            payload,
            array['runners', %(first)s::text, 'jockey_id'],
            payload #> array['runners', %(second)s::text, 'jockey_id']
        ),
        array['runners', %(first)s::text, 'owner_id'],
        '""'
    )
where race_id = (
    select min(race_id) from raw.results
    where race_date > '2025-09-01' and jsonb_array_length(payload -> 'runners') > %(second)s::int
)
"""
ANOTHER_SIRE = """
update raw.horses set
    changed_at = now(),
    payload = payload || '{"sire": "Another (IRE)", "sire_id": "sir_1"}'
where horse_id = (
    select horse_id
    from racing_staging.stg_racing_api__result_runners
    where horse_id in (select horses.horse_id from raw.horses)
    group by horse_id
    having count(*) > 3
    order by horse_id
    limit 1
)
"""
OLD, NEW = ("2024-06-10", "2024-06-20"), ("2026-06-26", "2026-06-28")


def _built(warehouse: Warehouse, *more: str, build: tuple[str, ...] = BUILD) -> dict[str, str]:
    """Digests of the tables when they are built so."""
    warehouse.dbt(*build, *more)
    return {table: warehouse.fingerprints("racing_staging", only=table)[table] for table in TABLES}


def _adds_up(warehouse: Warehouse) -> bool:
    """Whether the last build of what people had done added what changed to what was there."""
    folder = warehouse.scratch / "target/compiled/studbook/models/intermediate/connections"
    return "trainer_added as" in (folder / "int_people_before.sql").read_text()


def _one(connection: psycopg.Connection[Any], query: str) -> Any:
    return connection.execute(query).fetchone()[0]


def test_records_before_are_the_same_from_totals_behind_totals_and_anew(
    season_copy: Warehouse,
) -> None:
    made = (
        "select array_agg(made_in order by model) from racing_staging.model_states"
        f" where model in {TABLES}"
    )
    with season_copy.connect() as connection:
        assert connection.execute(LET_RUN_EARLIER).rowcount > 100
        first = _built(season_copy)
        # Totals have something of before the year that is looked at run by run.
        for table, kind in zip(TABLES, ("trainer", "sire"), strict=True):
            assert _one(
                connection,
                f"select count(*) from racing_staging.{table}"
                " inner join racing_staging.int_declarations using (runner_id)"
                f" where race_date > '2026-06-28' and {kind}_runs > {kind}_365d_runs",
            )
        made_first = _one(connection, made)

        for day in (OLD[0], NEW[0]):
            assert connection.execute(WITHDRAW, {"day": day}).rowcount == 1
        behind = _built(season_copy, *WITHOUT_TOTALS)
        assert _one(
            connection,
            "select read_to < changed_in from racing_staging.model_reads as reads"
            " inner join racing_staging.model_states as states on reads.source = states.model"
            " where reads.model = 'int_connection_totals'",
        )
        assert all(behind[table] != first[table] for table in TABLES)
        for day in (OLD[1], NEW[1]):
            assert connection.execute(WITHDRAW, {"day": day}).rowcount == 1
        followed = _built(season_copy)
        assert _one(connection, made) == made_first
        assert _built(season_copy, build=ANEW) == followed
        # Two races are back, and all is as it was with them.
        connection.execute(
            "update raw.results set withdrawn_at = null, changed_at = now()"
            " where withdrawn_at = (select max(withdrawn_at) from raw.results)"
        )
        connection.execute(
            "update raw.results set withdrawn_at = null, changed_at = now()"
            " where race_date between '2024-06-20' and '2024-06-21'"
        )
        assert _built(season_copy, *WITHOUT_TOTALS) == behind


def test_totals_that_cannot_follow_are_not_relied_on(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:
        connection.execute(WITHDRAW, {"day": NEW[0]})
        expected = _built(season_copy)
        connection.execute("truncate racing_staging.int_connection_totals")
        connection.execute(
            "update racing_staging.model_reads set read_to = 0"
            " where model = 'int_connection_totals'"
        )
        connection.execute(WITHDRAW, {"day": NEW[1]})

        behind = _built(season_copy, *WITHOUT_TOTALS)

        assert behind != expected
        assert _built(season_copy, build=ANEW) == behind


def test_a_runner_that_is_another_persons_or_parents_leaves_its_old_ones_records(
    season_copy: Warehouse,
) -> None:
    """Old results have another jockey and an owner without id, and a horse has another sire."""
    with season_copy.connect() as connection:
        before = _built(season_copy)
        for first, second in (("1", "2"), ("3", "4")):
            names = {"first": first, "second": second}
            assert connection.execute(ANOTHER_RIDES, names).rowcount == 1
        assert connection.execute(ANOTHER_SIRE).rowcount == 1

        followed = _built(season_copy)

        assert _adds_up(season_copy)
        assert all(followed[table] != before[table] for table in TABLES)
        assert _built(season_copy, build=ANEW) == followed


def test_a_run_that_went_and_came_before_it_was_read_counts_once(season_copy: Warehouse) -> None:
    """Three builds of runs alone, and then one of the records, for which it has another jockey."""
    last = "where changed_at = (select max(changed_at) from raw.results)"
    with season_copy.connect() as connection:
        before = _built(season_copy)
        for change in (
            ANOTHER_RIDES,
            f"update raw.results set withdrawn_at = now() {last}",
            f"update raw.results set withdrawn_at = null, changed_at = now() {last}",
        ):
            assert connection.execute(change, {"first": "1", "second": "2"}).rowcount == 1
            season_copy.dbt("--quiet", "run", "-s", "+int_connected_runs")

        followed = _built(season_copy)

        assert _adds_up(season_copy)
        assert followed["int_people_before"] != before["int_people_before"]
        assert _built(season_copy, build=ANEW) == followed


def test_records_are_the_same_when_more_runs_change_than_are_looked_at_one_by_one(
    season_copy: Warehouse,
) -> None:
    autumn = "race_date between '2025-10-01' and '2025-12-31'"
    with season_copy.connect() as connection:
        before = _built(season_copy)
        runs = f"select count(*) from racing_staging.int_runs where {autumn}"
        assert _one(connection, runs) > 2000
        connection.execute(f"update raw.results set withdrawn_at = now() where {autumn}")

        followed = _built(season_copy)

        assert not _adds_up(season_copy)
        assert all(followed[table] != before[table] for table in TABLES)
        assert _built(season_copy, build=ANEW) == followed
