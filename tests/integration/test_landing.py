"""What lands in the raw schema, and what its log says."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import UTC, date, datetime

import psycopg
import pytest

from loaders.api.pages import PageReader
from loaders.api.provenance import Origin
from loaders.api.shapes import Shape
from loaders.raw.landing import Load
from loaders.raw.load_log import Cards, DayLog
from loaders.raw.merge import prepare
from loaders.raw.rows import Batch, Row
from loaders.raw.session import Session
from loaders.raw.tables import HORSES, RACECARDS, RESULTS, Table

DAY = date(2025, 1, 2)


@pytest.fixture
def connection(database: dict[str, str]) -> Iterator[psycopg.Connection]:
    with psycopg.connect(
        host=database["PGHOST"], user=database["PGUSER"], dbname=database["PGDATABASE"]
    ) as connection:
        yield connection


def start(connection: psycopg.Connection) -> Load:
    session = Session(lambda: connection, prepare=prepare)
    session.open()
    load = Load.start(
        session,
        resources=["results"],
        date_from=DAY,
        date_to=DAY,
        regions=["gb"],
        base_url="https://api.theracingapi.com",
    )
    load.comes_from(Origin())
    return load


def land(load: Load, *texts: str, table: Table = RESULTS) -> DayLog:
    batch = Batch(table)
    shape = Shape(table.key_field, is_dated=table.dated)
    batch.add(PageReader(shape).read(f"[{','.join(texts)}]".encode()).objects)
    return load.land(DayLog(table.resource, DAY, datetime.now(UTC), complete=True), batch)


def race(race_id: str, **more: object) -> str:
    return json.dumps({"race_id": race_id, "date": "2025-01-02", **more})


def counts(log: DayLog) -> dict[str, int]:
    names = ("received", "new", "changed", "unchanged", "rejected", "repeated")
    return {name: getattr(log.objects, name) for name in names if getattr(log.objects, name)}


def test_values_arrive_as_they_were_sent(connection: psycopg.Connection) -> None:
    land(
        start(connection),
        '{"race_id": "rac_1", "date": "2025-01-02", "dec": 1.10, "exp": 1E+2,'
        ' "big": 123456789012345678901234567890, "third": 0.33333333333333333333,'
        ' "name": "Th\\u00e9 Br\\u00f6ncho \\ud83d\\udc0e \\\\u0000 \\"O\'Hara\\"",'
        ' "new": [null, true]}',
    )

    row = connection.execute(
        """
        select
            race_date, payload ->> 'dec', payload ->> 'exp', payload ->> 'big',
            payload ->> 'third', payload ->> 'name', payload -> 'new'
        from raw.results
        """
    ).fetchone()
    assert row == (
        DAY,
        "1.10",
        "100",
        "123456789012345678901234567890",
        "0.33333333333333333333",
        'Thé Bröncho 🐎 \\u0000 "O\'Hara"',
        [None, True],
    )


def test_new_changed_and_unchanged_are_told_apart(connection: psycopg.Connection) -> None:
    load = start(connection)
    assert counts(land(load, race("a"), race("b"))) == {"received": 2, "new": 2}
    before = rows(connection)

    later = land(load, race("a"), race("b", going="Good"), race("c"))

    assert counts(later) == {"received": 3, "new": 1, "changed": 1, "unchanged": 1}
    after = rows(connection)
    assert after["a"] == before["a"]
    assert after["b"]["payload"]["going"] == "Good"
    assert after["b"]["changed_at"] > before["b"]["changed_at"]
    assert after["b"]["first_landed_at"] == before["b"]["first_landed_at"]


def test_a_change_moves_changed_at_even_when_the_clock_went_back(
    connection: psycopg.Connection,
) -> None:
    load = start(connection)
    land(load, race("a"))
    connection.execute("update raw.results set changed_at = '2999-01-01 00:00:00+00'")

    land(load, race("a", going="Good"))

    assert rows(connection)["a"]["changed_at"] == datetime(2999, 1, 1, 0, 0, 0, 1, tzinfo=UTC)


def test_a_withdrawn_object_that_comes_back_is_live_again(
    connection: psycopg.Connection,
) -> None:
    load = start(connection)
    land(load, race("a"))
    before = rows(connection)["a"]
    connection.execute("update raw.results set withdrawn_at = now()")

    assert counts(land(load, race("a"))) == {"received": 1, "changed": 1}
    after = rows(connection)["a"]
    assert after["withdrawn_at"] is None
    assert after["changed_at"] > before["changed_at"]


def test_of_a_key_twice_in_a_batch_the_last_wins(connection: psycopg.Connection) -> None:
    log = land(start(connection), race("a", going="Good"), race("b"), race("a", going="Soft"))

    assert counts(log) == {"received": 3, "new": 2, "repeated": 1}
    assert rows(connection)["a"]["payload"]["going"] == "Soft"


# The object, the key by which it is remembered, and what its reason says.
REFUSED = [
    ('{"race_id": "x", "date": "2025-01-02", "n": "\\u0000"}', "x", "NUL"),
    ('{"race_id": "x\\u0000", "date": "2025-01-02"}', None, "NUL"),
    ('{"race_id": "x", "date": "2025-01-02", "n": "\\ud800"}', "x", "surrogate"),
    ('{"race_id": "x", "date": "2025-01-02", "n": NaN}', "x", "NaN"),
    ('{"race_id": "x", "date": "2025-01-02", "n": Infinity}', "x", "Infinity"),
    ('{"race_id": "x", "date": "2025-01-02", "n": 1e400}', "x", "1e400"),
    ('{"race_id": "x", "date": "2025-01-02", "n": "a\x00b"}', "x", "control character"),
    ('{"date": "2025-01-02"}', None, "no race_id"),
    ('{"race_id": null, "date": "2025-01-02"}', None, "no race_id"),
    ('{"race_id": " ", "date": "2025-01-02"}', None, "race_id is empty"),
    (
        '{"race_id": "x\\u001b[2J", "date": "2025-01-02"}',
        None,
        "race_id holds a control character",
    ),
    ('{"race_id": 7, "date": "2025-01-02"}', None, "race_id is not a string"),
    ('{"race_id": ["x"], "date": "2025-01-02"}', None, "race_id is not a string"),
    ('{"race_id": "x"}', "x", "date is null"),
    ('{"race_id": "x", "date": "2025-02-29"}', "x", "date is 2025-02-29"),
    ('{"race_id": "x", "date": 20250102}', "x", "date is 20250102"),
    ('"x"', None, "not a JSON object"),
    ("null", None, "not a JSON object"),
]


def test_what_cannot_land_is_kept_with_its_reason_and_the_rest_lands(
    connection: psycopg.Connection,
) -> None:
    log = land(start(connection), race("a"), *(text for text, _, _ in REFUSED), race("b"))

    assert counts(log) == {"received": 2 + len(REFUSED), "new": 2, "rejected": len(REFUSED)}
    assert sorted(rows(connection)) == ["a", "b"]
    rejects = connection.execute(
        "select resource, day, key, payload, reason from raw.rejects order by reject_id"
    ).fetchall()
    for reject, (text, key, reason) in zip(rejects, REFUSED, strict=True):
        # A text column cannot hold NUL either: its escape stands for it.
        assert reject[:4] == ("results", DAY, key, text.replace("\x00", "\\u0000"))
        assert reason in reject[4]


def test_a_key_too_long_for_an_index_is_rejected(connection: psycopg.Connection) -> None:
    log = land(start(connection), race("x" * 5000), race("a"))

    assert counts(log) == {"received": 2, "new": 1, "rejected": 1}


def test_what_only_the_server_refuses_is_rejected_with_its_words(
    connection: psycopg.Connection,
) -> None:
    load = start(connection)
    batch = Batch(RESULTS, [Row("a", DAY, race("a")), Row("b", DAY, '{"race_id": "b"')])

    log = load.land(DayLog("results", DAY, datetime.now(UTC)), batch)

    assert counts(log) == {"received": 2, "new": 1, "rejected": 1}
    found = connection.execute("select key, reason from raw.rejects").fetchall()
    assert found == [("b", "the database does not take it: invalid input syntax for type json")]


def test_a_batch_lands_whole_with_its_line_of_the_log_or_not_at_all(
    connection: psycopg.Connection,
) -> None:
    load = start(connection)
    land(load, race("a"))
    connection.execute("alter table raw.load_days add constraint stop check (objects_received < 2)")

    with pytest.raises(psycopg.errors.CheckViolation):
        land(load, race("a", going="Soft"), race("b"), "null")

    assert list(rows(connection)) == ["a"]
    assert "going" not in rows(connection)["a"]["payload"]
    assert connection.execute("select count(*) from raw.rejects").fetchone() == (0,)
    assert connection.execute("select objects_received from raw.load_days").fetchall() == [(1,)]


def test_a_line_of_the_log_grows_with_the_batches_of_its_day(
    connection: psycopg.Connection,
) -> None:
    load = start(connection)
    log = DayLog("horses", None, datetime.now(UTC), pages=1)
    for key in "ab":
        log = load.land(log, Batch(HORSES, [Row(key, None, f'{{"id": "{key}"}}')]))

    lines = connection.execute("select day, objects_new, complete from raw.load_days").fetchall()
    assert lines == [(None, 2, False)]


def test_racecards_are_counted(connection: psycopg.Connection) -> None:
    def price(bookmaker: object) -> dict[str, object]:
        return {"bookmaker": bookmaker, "decimal": "5", "history": []}

    log = land(
        start(connection),
        race(
            "a",
            runners=[
                {"horse_id": "hrs_1", "odds": [price("Tote"), price("Bet365"), price(None)]},
                {"horse_id": "hrs_2", "odds": [price("Bet365")]},
            ],
        ),
        race("b", runners=[{"horse_id": "hrs_2", "odds": []}, {"horse_id": "hrs_3"}]),
        # None of these shapes is the API's; they count for nothing and stop nothing.
        race("c", runners="none"),
        race("d", runners=[None, {"odds": "none"}]),
        race("e"),
        table=RACECARDS,
    )

    assert log.cards == Cards(5, 3, 4, ["Bet365", "Tote"])
    line = connection.execute(
        "select races, horses, prices, bookmakers from raw.load_days"
    ).fetchone()
    assert line == (5, 3, 4, ["Bet365", "Tote"])


def test_the_schema_is_made_once_by_several_at_once(database: dict[str, str]) -> None:
    failures = []

    def make() -> None:
        try:
            with psycopg.connect(
                host=database["PGHOST"], user=database["PGUSER"], dbname=database["PGDATABASE"]
            ) as connection:
                start(connection)
        except Exception as error:
            failures.append(error)

    threads = [threading.Thread(target=make) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert failures == []


def test_a_role_that_can_only_write_raw_can_load(connection: psycopg.Connection) -> None:
    with psycopg.connect(connection.info.dsn) as owner:
        start(owner).finish("success")
    connection.autocommit = True
    role = f"loader_{connection.info.dbname}"
    connection.execute(f"create role {role}")
    try:
        connection.execute(f"grant usage on schema raw to {role}")
        connection.execute(f"grant select, insert, update on all tables in schema raw to {role}")
        with psycopg.connect(connection.info.dsn, options=f"-c role={role}") as loader:
            log = land(start(loader), race("a"), "null")
    finally:
        connection.execute(f"drop owned by {role}")
        connection.execute(f"drop role {role}")

    assert counts(log) == {"received": 2, "new": 1, "rejected": 1}


def rows(connection: psycopg.Connection) -> dict[str, dict[str, object]]:
    """raw.results by key, each row with every column and the transaction that wrote it."""
    cursor = connection.cursor(row_factory=psycopg.rows.dict_row)
    cursor.execute("select *, xmin::text from raw.results order by race_id")
    return {row["race_id"]: row for row in cursor}
