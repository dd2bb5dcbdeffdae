"""`studbook rejects` shows what a load could not land."""

from __future__ import annotations

import json
from typing import Any

import psycopg
from click.testing import CliRunner, Result

from loaders.cli import main
from tests.api import Api
from tests.integration.loading import command, race

DAY = ("--from", "2025-10-07", "--to", "2025-10-07", "--refresh")
NAN = '{"race_id": "rac_2", "date": "2025-10-07", "going": NaN}'
KEYLESS = '{"date": "2025-10-07", "name": "\\u001b[2J' + "x" * 2000 + '"}'


def rejects(database: dict[str, str], *arguments: str) -> Result:
    return CliRunner().invoke(main, ["rejects", *arguments], env=database)


def test_each_is_told_with_its_reason_and_the_beginning_of_what_came(
    api: Api, database: dict[str, str]
) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07"), NAN, KEYLESS]}
    command(database, api.environment(), "results", *DAY)

    result = rejects(database)

    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "results 2025-10-07 rac_2: NaN is not a JSON number",
        f"    {NAN}",
        "results 2025-10-07: it has no race_id",
        f"    {KEYLESS[:60]}",
    ]
    assert json.loads(rejects(database, "--format", "json").stdout) == [
        {
            "resource": "results",
            "day": "2025-10-07",
            "key": "rac_2",
            "reason": "NaN is not a JSON number",
            "payload": NAN,
        },
        {
            "resource": "results",
            "day": "2025-10-07",
            "key": None,
            "reason": "it has no race_id",
            "payload": KEYLESS,
        },
    ]


def test_they_are_those_of_the_load_asked_for_else_of_the_last_that_had_any(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07"), NAN]}
    command(database, api.environment(), "results", *DAY)
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07"), KEYLESS]}
    command(database, api.environment(), "results", *DAY)
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07")]}
    command(database, api.environment(), "results", *DAY)

    assert "it has no race_id" in rejects(database).stdout
    assert "NaN" in rejects(database, "--load", "1").stdout
    assert rejects(database, "--load", "3").stdout == "Nothing was rejected.\n"


def test_before_the_first_load_nothing_was_rejected(database: dict[str, str]) -> None:
    assert rejects(database).stdout == "Nothing was rejected.\n"


def test_a_role_that_may_not_read_them_is_told_what_it_lacks(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    command(database, api.environment(), "reference")
    name = f"stranger_{database['PGDATABASE']}"
    raw.execute(f"create role {name} login")
    try:
        result = rejects({**database, "PGUSER": name})
    finally:
        raw.execute(f"drop role {name}")

    assert result.exit_code == 1
    assert result.stderr == (
        f"Error: User {name} may not read raw.rejects: grant it usage on schema raw and select on "
        "its tables.\n"
    )
