"""Whatever goes wrong with loads, in whatever order: raw holds what the API said.

Loads of two tables, faults of the API, stops and corrections come in random order, and a model that
knows only what the API answered says after each load what raw must hold, and in the end what it
held after each. By default the same histories are tried every time; STUDBOOK_HISTORIES=500 tries
so many others.
"""

from __future__ import annotations

import json
import os
import ssl
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import api as http
from tests.api import PATHS, Api
from tests.integration.broken_loads import Raw, Stop, attempt
from tests.integration.raw_model import Answer, Kept, Load, Model, Payload

HISTORIES = os.environ.get("STUDBOOK_HISTORIES")
TABLES = ("racecards", "results")
FIRST = date(2025, 10, 6)
DAYS = [FIRST + timedelta(days=n) for n in range(4)]
# When all of the days have been read for good.
LAST_TODAY = DAYS[-1] + timedelta(days=6)

BROKEN = ("503", "html", "cut short", "broken off")
WRONG = ("empty", "half", "one half or the other", "other date", "twice")
CHANGES = ("withdrawn", "corrected", "moved", "added", "brought back")
# A fault comes so many times in a row.
LASTING = 99

Faults = Mapping[date, Sequence[tuple[str, int]]]


@dataclass(frozen=True)
class Wanted:
    """A load of the days between two, and what has changed at the API before it."""

    table: str
    changes: Sequence[tuple[str, int, date]]
    ends: tuple[date, date]
    refresh: bool


days = st.sampled_from(DAYS)
loads = st.builds(
    Wanted,
    st.sampled_from(TABLES),
    st.lists(
        st.tuples(
            st.sampled_from(CHANGES),
            st.integers(0, 11),
            days,
        ),
        min_size=1,
        max_size=6,
    ),
    st.just((DAYS[0], DAYS[-1])) | st.tuples(days, days),
    st.sampled_from((False, False, True)),
)
faults = st.dictionaries(
    days,
    st.lists(
        st.tuples(
            st.sampled_from(WRONG) | st.sampled_from(BROKEN), st.sampled_from((LASTING, 1, 3))
        ),
        min_size=1,
        max_size=2,
    ),
    min_size=1,
    max_size=3,
)
stops = st.builds(
    Stop, st.integers(8, 24), st.booleans(), st.sampled_from(("killed", "cut off", "told"))
)


class Feed:
    """The lists of two tables behind an Api, which goes wrong as it is told.

    `answers` are those to the requests for a table's day since the last plan.
    """

    def __init__(self, api: Api) -> None:
        self.lists: dict[str, dict[date, list[Payload]]] = {}
        self.answers: dict[date, list[Answer]] = {}
        self._faults: dict[date, list[str]] = {}
        api.instead = self._answer

    def plan(self, faults: Faults) -> None:
        """Let the next requests for some days go wrong."""
        self.answers = {}
        self._faults = {
            day: [kind for kind, times in planned for _ in range(times)]
            for day, planned in faults.items()
        }

    def _answer(self, path: str, query: Mapping[str, str]) -> http.Answer | None:
        table = next((table for table in TABLES if PATHS[table] == path), None)
        if table is None:
            return None
        day = date.fromisoformat(query["date" if table == "racecards" else "start_date"])
        planned = self._faults.get(day)
        fault = planned.pop(0) if planned else ""
        answers = self.answers.setdefault(day, [])
        objects = _wrong(fault, self.lists[table].get(day, []), len(answers))
        answers.append(None if fault in BROKEN else objects)
        body = json.dumps({table: objects, "total": len(objects)})
        match fault:
            case "503":
                return http.Answer(503, "Service Unavailable")
            case "html":
                return http.Answer(200, "<html>We will be back soon</html>")
            case "cut short":
                return http.Answer(200, body[: len(body) // 2])
            case "broken off":
                # The server closes the connection when less has come than it had told.
                return http.Answer(200, body[: len(body) // 2], {"Content-Length": f"{len(body)}"})
        return http.Answer(200, body)


def _wrong(fault: str, objects: list[Payload], asked: int) -> list[Payload]:
    """A list gone wrong; `asked` is how many requests for it came before."""
    first, others = objects[:1], objects[1:]
    match fault:
        case "empty":
            return []
        case "half":
            return objects[: len(objects) // 2]
        case "one half or the other":
            return objects[asked % 2 :: 2]
        case "other date":
            yesterdays = [_moved(each, _day(each) - timedelta(days=1)) for each in first]
            return yesterdays + others
        case "twice":
            return first + first + others[1:]
    return list(objects)


def _day(race: Payload) -> date:
    return date.fromisoformat(race["date"])


def _moved(payload: Payload, day: date) -> Payload:
    return {**payload, "date": str(day)}


class RawMachine(RuleBasedStateMachine):
    """Corrections, days that pass, and loads to which anything may happen."""

    def __init__(self, api: Api, connection: psycopg.Connection[Any]) -> None:
        super().__init__()
        self._env = api.environment(RACING_API_REGIONS="gb,ire")
        self._dsn = connection.info.dsn
        self._raw = Raw(connection)
        self._raw.empty()
        self._feed = Feed(api)
        self._models = {table: Model(table) for table in TABLES}
        self._today = DAYS[-1]
        self._made = 0
        self._gone: dict[str, list[Payload]] = {table: [] for table in TABLES}
        self._is_sound = True
        self._moments: list[tuple[datetime, dict[str, dict[str, Kept]]]] = []

    @initialize(counts=st.lists(st.integers(1, 4), min_size=len(DAYS), max_size=len(DAYS)))
    def begin(self, counts: list[int]) -> None:
        """So many races on each day, in both tables."""
        self._feed.lists = {table: {day: [] for day in DAYS} for table in TABLES}
        for day, many in zip(DAYS, counts, strict=True):
            for table in TABLES:
                for _ in range(many):
                    self._add(table, day)

    @precondition(lambda self: self._today < LAST_TODAY)
    @rule(passed=st.integers(1, 4))
    def pass_days(self, passed: int) -> None:
        """It is later."""
        self._today = min(self._today + timedelta(days=passed), LAST_TODAY)

    @rule(wanted=loads)
    def load(self, wanted: Wanted) -> None:
        """Nothing goes wrong."""
        self._load(wanted, {}, None)

    @rule(wanted=loads, faults=faults)
    def load_from_an_api_in_trouble(self, wanted: Wanted, faults: Faults) -> None:
        """Some answers are wrong, for a while or all the time."""
        self._load(wanted, faults, None)

    @rule(wanted=loads, faults=st.just({}) | faults, stop=stops)
    def load_and_be_stopped(self, wanted: Wanted, faults: Faults, stop: Stop) -> None:
        """The load is cut off from its database, told to stop or killed."""
        self._load(wanted, faults, stop)

    def teardown(self) -> None:
        """One load of everything makes up for all that went wrong, once nothing does any more."""
        for table in TABLES:
            if not self._is_sound:
                return
            # A race may have landed under the day before its own.
            ends = (DAYS[0] - timedelta(days=1), DAYS[-1])
            self._load(Wanted(table, (), ends, refresh=True), {}, None)
            listed = [race for races in self._feed.lists[table].values() for race in races]
            live = [kept.payload for kept in self._models[table].kept.values() if kept.live]
            assert sorted(map(json.dumps, live)) == sorted(map(json.dumps, listed))
        for moment, kept in self._moments:
            assert {table: self._raw.kept_at(table, moment) for table in TABLES} == kept

    def _load(self, wanted: Wanted, faults: Faults, stop: Stop | None) -> None:
        table = wanted.table
        for change in wanted.changes:
            self._change(table, *change)
        first, last = sorted(wanted.ends)
        self._is_sound = False
        load = Load(table, first, last, self._today, wanted.refresh)
        self._feed.plan(faults)
        ended = attempt(self._dsn, self._env, load, stop)
        if stop is None or stop.how == "cut off":
            # Without a database from the start, a load does not begin.
            assert ended is not None or (stop and not self._feed.answers)
        lines = self._raw.lines(self._today)
        model, found = self._models[table], self._raw.kept(table)
        model.check(load, self._feed.answers, lines, ended, found)
        (other,) = set(TABLES) - {table}
        assert self._raw.kept(other) == self._models[other].kept
        kept = {table: dict(model.kept) for table, model in self._models.items()}
        self._moments.append((self._raw.moment(), kept))
        self._is_sound = True

    def _change(self, table: str, how: str, number: int, day: date) -> None:
        """A race comes, goes, or is another than before, or all that went come back."""
        lists, gone = self._feed.lists[table], self._gone[table]
        races = [race for races in lists.values() for race in races]
        if how == "added":
            self._add(table, day)
        elif how == "brought back":
            for race in gone:
                lists[_day(race)].append(race)
            gone.clear()
        elif races:
            race = races[number % len(races)]
            lists[_day(race)].remove(race)
            match how:
                case "withdrawn":
                    gone.append(race)
                case "corrected":
                    lists[_day(race)].append({**race, "version": race["version"] + 1})
                case "moved":
                    lists[day].append(_moved(race, day))

    def _add(self, table: str, day: date) -> None:
        self._made += 1
        race = {"race_id": f"rac_{self._made}", "date": str(day), "region": "GB", "version": 1}
        self._feed.lists[table][day].append(race)


def test_raw_holds_what_the_api_said_whatever_went_wrong(
    api: Api, raw: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Half of a short load would be the reading of certificates, which nobody shows here.
    monkeypatch.setattr(ssl, "create_default_context", cache(ssl.create_default_context))
    run_state_machine_as_test(
        lambda: RawMachine(api, raw),
        settings=settings(
            max_examples=int(HISTORIES or 6),
            derandomize=HISTORIES is None,
            database=None,
            stateful_step_count=16,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
