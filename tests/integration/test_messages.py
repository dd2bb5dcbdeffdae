"""The messages that the README explains are those that a user sees."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders import settings as config
from loaders.loading.progress import shortfall
from loaders.loading.request import Request
from loaders.loading.run import today_in_london
from loaders.raw.landing import Load, SupersededError
from loaders.raw.merge import prepare
from loaders.raw.schema import migrate
from loaders.raw.session import Session
from loaders.settings import ConfigError, environment
from tests.api import Answer, Api
from tests.integration.loading import (
    HASTY,
    command,
    connect,
    load,
    one_a_day,
    race,
    start,
    stop,
    wait_for,
)
from tests.integration.readme import matches, only

TODAY = today_in_london()
FIRST = TODAY - timedelta(days=30)
DAYS = ("results", "--from", f"{FIRST}", "--to", f"{TODAY}")


def test_interrupted(api: Api, database: dict[str, str]) -> None:
    api.latency = 0.2
    process = start(database, api.environment(RACING_API_RATE="20"), *DAYS)
    wait_for(lambda: len(api.asked) >= 5)

    assert matches(only("Interrupted"), stop(process)[1])


def test_an_answer_that_is_not_usable(api: Api, database: dict[str, str]) -> None:
    api.answers["/v1/results"] = [Answer(503, '{"detail": "Down"}')]

    result = command(database, api.environment(), *DAYS)

    assert matches(only("The Racing API at … gave no usable answer (…)"), result.stderr)


def test_an_api_that_stays_away(api: Api, database: dict[str, str]) -> None:
    api.instead = lambda path, query: Answer(503, '{"detail": "Down"}')

    result = command(database, api.environment(STUDBOOK_PATIENCE="0.01"), *DAYS)

    assert matches(only("The Racing API at … gave no usable answer to"), result.stderr)


def test_a_day_that_has_gone(api: Api, database: dict[str, str]) -> None:
    api.results = {f"{TODAY}": [race("rac_1", f"{TODAY}", region="GB")]}
    command(database, api.environment(), *DAYS)
    api.results = {}

    result = command(database, api.environment(), *DAYS)

    assert matches(only("The Racing API has … of the"), result.stderr)


def test_days_in_a_row_without_races(api: Api, database: dict[str, str]) -> None:
    result = command(database, api.environment(), *DAYS)

    assert matches(only("…: none on"), result.stderr)


def test_a_page_from_before_the_api(api: Api, database: dict[str, str]) -> None:
    api.instead = lambda path, query: Answer(403, "<html>Blocked</html>")

    result = command(database, api.environment(STUDBOOK_PATIENCE="0.01"), *DAYS)

    assert matches(only("… a page of HTML"), result.stderr)


def test_a_plan_that_does_not_include_what_is_asked_for(api: Api, database: dict[str, str]) -> None:
    api.answers["/v1/results"] = [Answer(401, '{"detail": "Standard Plan required"}')]

    result = command(database, api.environment(), *DAYS)

    assert matches(only("The account's plan does not include"), result.stderr)


def test_a_newer_load_meanwhile(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    migrate(raw)
    session = Session(lambda: connect(database), prepare=prepare, patience=HASTY)
    session.open()
    asked = {"resources": ["results"], "date_from": None, "date_to": None, "regions": ["gb"]}
    older = Load.start(session, **asked, base_url=api.base_url)
    raw.execute("select pg_terminate_backend(%s)", [session.connection.info.backend_pid])
    load(api, raw, Request("reference"))

    with pytest.raises(SupersededError) as caught:
        older.finish("success")

    session.close()
    assert matches(only("While the database was away"), str(caught.value))


def test_a_day_that_failed(api: Api, raw: psycopg.Connection[Any]) -> None:
    def failing(path: str, query: Mapping[str, str]) -> Answer | None:
        return Answer(500, "oops") if query.get("start_date") == "2025-10-01" else None

    api.instead = failing

    report = load(api, raw, Request("results", date(2025, 10, 1), date(2025, 10, 7)))

    told = shortfall(report)
    assert told is not None
    assert matches(only("Not everything has landed: … failed"), told)


def test_an_object_that_is_rejected(api: Api, database: dict[str, str]) -> None:
    api.results = one_a_day(f"{FIRST}", f"{TODAY}")
    api.results[f"{TODAY}"].append("null")

    result = command(database, api.environment(), *DAYS)

    assert matches(only("Not everything has landed: … rejected"), result.stderr)


def test_wrong_credentials(api: Api, database: dict[str, str]) -> None:
    result = command(database, api.environment(RACING_API_PASSWORD="wrong"), *DAYS)

    assert matches(only("The Racing API refused"), result.stderr)


def test_a_plan_that_does_not_reach_back(api: Api, database: dict[str, str]) -> None:
    told = {"loc": ["query", "start_date"], "msg": "too early", "type": "value_error.date"}
    api.answers["/v1/results"] = [Answer(422, json.dumps({"detail": [told]}))]

    result = command(database, api.environment(), "results", "--from", "2015-01-01")

    assert matches(only("The account's plan has no"), result.stderr)


def test_another_load(api: Api, database: dict[str, str]) -> None:
    session = Session(lambda: connect(database))
    session.open()

    result = command(database, api.environment(STUDBOOK_PATIENCE="0.02"), *DAYS)

    session.close()
    assert matches(only("Another load"), result.stderr)


def test_a_database_that_goes_away(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    ended: list[str] = []

    def end_sessions(path: str, query: Mapping[str, str]) -> None:
        if not ended:
            ended.append(path)
            raw.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )

    api.results = one_a_day(f"{FIRST}", f"{TODAY}")
    api.instead = end_sessions

    result = command(database, api.environment(), *DAYS)

    assert result.exit_code == 0
    assert matches(only("The database went away"), result.stderr)


def test_a_file_env_that_others_can_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(config, "ROOT", tmp_path)
    (tmp_path / ".env").write_text("RACING_API_USERNAME=lad\n")
    (tmp_path / ".env").chmod(0o644)

    with pytest.raises(ConfigError) as caught:
        environment()

    assert matches(only("…/.env"), str(caught.value))


def test_a_user_who_may_not_load(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    role = f"reader_{database['PGDATABASE']}"
    raw.execute(f"create role {role} login")

    result = command({**database, "PGUSER": role}, api.environment(), *DAYS)

    raw.execute(f"drop role {role}")
    assert matches(only("This user of the database"), result.stderr)
