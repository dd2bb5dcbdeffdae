"""In a build a test that has passed looks at what changed since; `dbt test` at everything."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

from tests.integration.conftest import Warehouse


def test_a_test_that_passed_tells_of_what_changed_since(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:

        def one(query: str) -> Any:
            return connection.execute(query).fetchone()[0]

        rider = one("select jockey_id from racing.ra_race_results where jockey_id is not null")
        connection.execute("delete from racing.ra_mst_jockeys where id = %s", [rider])
        _change(connection, "racing_staging.int_entities", "entity_id", rider, None)
        runners = one("select array_agg(id order by id) from racing.ra_runners where id % 40 = 0")
        _change(connection, "racing.ra_runners", "id", runners[0], "horse_name = null")
        _change(
            connection, "racing.ra_runner_statistics", "runner_id", runners[1], "career_wins = 99"
        )
        results = one(
            "select array_agg(runner_id order by runner_id) from racing_staging.int_runs"
            " where expected_fair is not null"
        )
        _change(connection, "racing.ra_race_results", "id", results[0], "position_str = 'XX'")
        pair = one(
            "select min(id) from racing.ra_entity_combinations where entity1_type = 'jockey'"
        )
        _change(connection, "racing.ra_entity_combinations", "id", pair, "entity1_id = 'jky_0'")
        sire = one("select min(id) from racing.ra_mst_sires where total_runners > 0")
        _change(connection, "racing.ra_mst_sires", "id", sire, "total_wins = total_runners + 1")
        # Of a row that somebody takes from a table no build knows.
        race = one("select race_id from racing.ra_runners order by id limit 1")
        connection.execute("delete from racing.ra_races where id = %s", [race])

        told = _failing(season_copy, "build")
        assert told >= {
            "relationships_ra_runners_jockey_id__id__ref_ra_mst_jockeys_",
            "relationships_ra_race_results_jockey_id__id__ref_ra_mst_jockeys_",
            "population_ra_runners_",
            "ra_runner_statistics_is_point_in_time",
            "ra_race_results_position_str_is_known",
            "entity_is_known_ra_entity_combinations_entity1",
            "entity_is_known_ra_entity_combinations_entity2",
            "parent_rules_ra_mst_sires_",
        }
        everything = _failing(season_copy, "test")
        assert everything - told == {"relationships_ra_runners_race_id__id__ref_ra_races_"}
        assert told <= everything

        parent = one(
            "select entity_id from racing_staging.int_performance"
            " where breakdown = 'class' and is_all and not is_sum"
            " group by entity_id having count(*) = 1 order by entity_id limit 1"
        )
        _change(
            connection,
            "racing_staging.int_performance",
            "entity_id",
            parent,
            "runs = runs + 1",
            among="breakdown = 'class' and is_all and not is_sum",
        )
        # What failed when everything was looked at is looked at until it passes.
        assert _failing(season_copy, "build") >= {
            "relationships_ra_runners_race_id__id__ref_ra_races_",
            "counts_every_run_of_each_int_performance_",
        }

        _change(connection, "racing_staging.int_runs", "runner_id", results[1], "expected_fair = 1")
        _change(connection, "racing_staging.int_runs", "runner_id", results[2], None)
        assert _failing(season_copy, "build") >= {
            "int_runs_fair_chances_add_up_to_winners",
            "int_runs_every_run_arrives",
        }


def test_a_share_is_told_when_what_changed_lowers_it(season_copy: Warehouse) -> None:
    """A race's name is asked of 99 rows in a hundred."""
    test = "population_ra_odds_historical_"
    with season_copy.connect() as connection:
        races = connection.execute(
            "select array_agg(distinct race_id order by race_id) from racing.ra_odds_historical"
        ).fetchone()[0]

        def unname(some: list[str]) -> None:
            for race in some:
                _change(
                    connection, "racing.ra_odds_historical", "race_id", race, "race_name = null"
                )

        unname(races[:1])
        assert test not in _failing(season_copy, "build")
        unname(races[1 : len(races) // 10])
        assert test in _failing(season_copy, "build")
        assert test in _failing(season_copy, "test")


def test_tests_that_a_build_left_out_find_what_it_has_changed(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:
        for going in ("Heavy", "Soft"):
            connection.execute(
                "update raw.results set changed_at = now(),"
                " payload = jsonb_set(payload, '{going}', to_jsonb(%s::text))"
                " where race_id = (select max(race_id) from raw.results)",
                [going],
            )
            season_copy.dbt("run")

        assert _failing(season_copy, "build") == set()

        looked_at = {
            result["unique_id"].split(".")[2]: result["compiled_code"]
            for result in season_copy.results()
        }
        for name, model in (
            ("int_runs_fair_chances_add_up_to_winners", "int_runs"),
            ("counts_every_run_of_each_int_performance_", "int_performance"),
        ):
            assert f"{model}__changes" in looked_at[name]
            assert connection.execute(
                f"select count(distinct step) from racing_staging.{model}__changes"
            ).fetchone() == (2,)


def test_definitions_are_the_same_in_each_process(season_copy: Warehouse) -> None:
    """The season was built by a process of its own, which parsed the project for itself."""
    with season_copy.connect() as connection:

        def definitions() -> dict[str, str]:
            return dict(
                connection.execute(
                    "select model, definition from racing_staging.model_definitions"
                ).fetchall()
            )

        before = definitions()
        season_copy.dbt("run", "-s", "ra_mst_regions")

        assert len(before) > 200
        assert definitions() == before


def _change(
    connection: psycopg.Connection[Any],
    table: str,
    key: str,
    value: Any,
    assignment: str | None,
    among: str = "true",
) -> None:
    """Set something in some rows, or take them away, and note it as a build would."""
    schema, name = table.split(".")
    rows = {
        "table": sql.Identifier(schema, name),
        "changes": sql.Identifier("racing_staging", f"{name}__changes"),
        "which": sql.SQL("{} = {} and {}").format(
            sql.Identifier(key), sql.Literal(value), sql.SQL(among)
        ),
        "step": sql.SQL("currval('racing_staging.model_steps')"),
    }
    if assignment is None:
        do = "delete from {table} where {which}"
    else:
        do = "update {table} set " + assignment + " where {which}"
    with connection.transaction():
        connection.execute("select nextval('racing_staging.model_steps')")
        for statement in (
            "insert into {changes} select *, -1, {step} from {table} where {which}",
            do,
            "insert into {changes} select *, 1, {step} from {table} where {which}",
            "update racing_staging.model_states set changed_in = {step} where model = "
            + f"'{name}'",
        ):
            done = connection.execute(sql.SQL(statement).format(**rows))
            assert done.rowcount >= 1 or assignment is None, statement


def _failing(warehouse: Warehouse, command: str) -> set[str]:
    """The names of the tests that do not pass."""
    warehouse.dbt(command, "--select", "test_type:data", check=False)
    return {
        result["unique_id"].split(".")[2]
        for result in warehouse.results()
        if result["status"] in ("fail", "warn", "error")
    } - {"feed_fields_dried_up"}
