"""`studbook load`, from real HTTP to a real database."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import psycopg
import pytest

from loaders.api.patience import Patience
from loaders.api.refusals import OutOfPatienceError
from loaders.loading.progress import LineProgress
from loaders.loading.request import Request
from loaders.loading.run import run
from loaders.settings import Settings
from tests.api import PASSWORD, PATHS, USERNAME, Answer, Api
from tests.integration.loading import (
    TODAY,
    column,
    command,
    connect,
    days_between,
    load,
    one_a_day,
    race,
    read_on,
)
from tests.shared import SAMPLES, needs_racing_api

DAY = ("--from", "2025-10-07", "--to", "2025-10-07")


@needs_racing_api
def test_the_real_samples_arrive_as_they_are_and_a_second_load_changes_nothing(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    sample = {path.stem: json.loads(path.read_text()) for path in SAMPLES.glob("*.json")}
    horse = sample["horse_pro"]
    api.regions = sample["regions"]
    api.courses = sample["courses_page"]["courses"]
    api.results = {"2025-10-07": sample["results_page"]["results"]}
    api.racecards = {"2025-10-13": sample["racecards_pro_page"]["racecards"]}
    api.horses = {"hrs_30455194": {**horse, "id": "hrs_30455194"}}
    dates = ("--from", "2025-10-07", "--to", "2025-10-13")

    first = command(database, api.environment(), *dates)
    before = contents(raw)
    second = command(database, api.environment(), *dates, "--refresh")

    # That the API knows none of more than twenty horses in a row is not believed.
    assert (first.exit_code, second.exit_code) == (3, 3)
    assert {table: len(rows) for table, rows in before.items()} == {
        "regions": 55,
        "courses": 2,
        "racecards": 2,
        "results": 5,
        "horses": 1,
    }
    for table, expected in {
        "regions": api.regions,
        "courses": api.courses,
        "racecards": api.racecards["2025-10-13"],
        "results": api.results["2025-10-07"],
        "horses": list(api.horses.values()),
    }.items():
        landed = column(raw, f"select payload from raw.{table}")
        assert sorted(map(canonical, landed)) == sorted(map(canonical, expected))
    # Counted by hand in the samples: 8 and 5 runners, each priced by 28 bookmakers.
    line = raw.execute(
        "select races, horses, prices, cardinality(bookmakers) from raw.load_days"
        " where resource = 'racecards' and races > 0 limit 1"
    ).fetchone()
    assert line == (2, 13, 364, 28)
    assert contents(raw) == before
    assert column(raw, "select distinct outcome from raw.loads") == ["partial"]


def contents(raw: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """Every row of every landed table, with the transaction that wrote it."""
    return {
        table: raw.execute(f"select *, xmin::text from raw.{table} order by 1").fetchall()
        for table in ("regions", "courses", "racecards", "results", "horses")
    }


def canonical(payload: object) -> str:
    return json.dumps(payload, sort_keys=True)


def test_the_summary_counts_what_came(api: Api, database: dict[str, str]) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07"), race("rac_2", "2025-10-07")]}
    command(database, api.environment(), "results", *DAY)
    api.results["2025-10-07"] = [
        {**race("rac_1", "2025-10-07"), "going": "Good"},
        race("rac_2", "2025-10-07"),
        race("rac_3", "2025-10-07"),
        '{"race_id": "rac_4", "date": "2025-10-07", "n": NaN}',
    ]

    result = command(
        database,
        api.environment(),
        *("results", "--from", "2025-10-06", "--to", "2025-10-07", "--refresh"),
    )

    header, line, *_ = result.stdout.splitlines()
    assert header.split() == [
        *("days", "objects", "new", "changed", "unchanged", "withdrawn", "rejected"),
    ]
    assert line.split() == ["results", "2", "4", "1", "1", "1", "0", "1"]


def test_rejects_are_told_with_their_reasons_and_where_the_rest_are(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    nul = '"n": "\\u0000"}'
    api.results = {
        "2025-10-07": [
            race("rac_1", "2025-10-07"),
            f'{{"race_id": "rac_2", "date": "2025-10-07", {nul}',
            f'{{"race_id": "rac\\u001b[2J", "date": "2025-10-07", {nul}',
            '{"race_id": "rac_4", "date": "7\\u0007 October"}',
            f'{{"race_id": "rac_5", "date": "2025-10-07", {nul}',
        ]
    }

    result = command(database, api.environment(), "results", *DAY)

    assert result.exit_code == 3
    assert result.stderr.splitlines()[-1] == (
        "Error: Not everything has landed: 4 rejected ("
        "results 2025-10-07 rac_2: a string holds the character NUL; "
        "results 2025-10-07: a string holds the character NUL; "
        'results 2025-10-07 rac_4: its date is "7\\u0007 October", not a day such as 2025-01-31; '
        "1 more), which `studbook rejects --load 1` shows whole."
    )
    assert column(raw, "select race_id from raw.results") == ["rac_1"]
    assert column(raw, "select outcome from raw.loads") == ["partial"]
    assert column(raw, "select complete from raw.load_days") == [True]


def test_a_day_of_several_pages_arrives_whole(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {"2025-10-07": [race(f"rac_{n}", "2025-10-07") for n in range(250)]}
    api.racecards = {"2025-10-07": [race(f"rac_{n}", "2025-10-07") for n in range(501)]}
    day = date(2025, 10, 7)

    load(api, raw, Request("results", day, day))
    load(api, raw, Request("racecards", day, day))

    assert column(raw, "select count(*) from raw.results") == [250]
    assert column(raw, "select count(*) from raw.racecards") == [501]
    lines = raw.execute("select resource, pages, objects_new, complete from raw.load_days")
    assert lines.fetchall() == [("results", 3, 250, True), ("racecards", 2, 501, True)]
    skips = [dict(asked.query)["skip"] for asked in api.asked]
    assert skips == ["0", "100", "200", "0", "500"]


def test_a_list_that_changes_while_it_is_paged_is_read_again(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    races = [race(f"rac_{n}", "2025-10-07") for n in range(120)]
    api.results = {"2025-10-07": races}
    # A race came in before the second page was asked for: the last of the first page moved to it.
    second = json.dumps({"results": races[99:119], "total": 120})
    first = json.dumps({"results": races[:100], "total": 119})
    api.answers[PATHS["results"]] = [Answer(body=first), Answer(body=second)]
    day = date(2025, 10, 7)

    report = load(api, raw, Request("results", day, day))

    assert report.clean
    assert column(raw, "select count(*) from raw.results") == [120]


def test_a_day_whose_pages_do_not_add_up_is_not_complete_and_does_not_stop_the_others(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {day: [race(f"rac_{day}", day)] for day in ("2025-10-07", "2025-10-08")}
    short = json.dumps({"results": [race("rac_x", "2025-10-07")], "total": 3})
    nothing_more = json.dumps({"results": [], "total": 3})
    api.answers[PATHS["results"]] = [Answer(body=short), Answer(body=nothing_more)] * 3
    first = date(2025, 10, 7)

    bad = load(api, raw, Request("results", first, first))
    assert not bad.clean
    lines = raw.execute("select complete, error from raw.load_days").fetchall()
    assert lines == [(False, "The Racing API sent 1 of 3 results.")]
    assert column(raw, "select race_id from raw.results") == ["rac_x"]
    assert column(raw, "select outcome from raw.loads") == ["partial"]

    load(api, raw, Request("results", date(2025, 10, 8), date(2025, 10, 8)))
    api.asked.clear()
    again = load(api, raw, Request("results", first, date(2025, 10, 8)))

    assert again.clean
    assert api.days("results") == ["2025-10-07"]
    assert "rac_2025-10-07" in column(raw, "select race_id from raw.results")


def test_what_fails_for_a_while_is_retried_and_counted(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07")]}
    api.answers[PATHS["results"]] = [
        Answer(429),
        Answer(500, "oops"),
        Answer(200, "<html>Sorry</html>"),
        Answer(200, '{"results": [{"race_id": "rac_1"'),
    ]
    day = date(2025, 10, 7)

    assert load(api, raw, Request("results", day, day)).clean
    line = raw.execute("select objects_new, failed_requests, complete from raw.load_days")
    assert line.fetchall() == [(1, 4, True)]


def test_one_failing_day_does_not_stop_the_others(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {
        day: [race(f"rac_{day}", day)] for day in ("2025-10-07", "2025-10-08", "2025-10-09")
    }
    down = Answer(503, '{"detail": "Down"}')
    days = ("2025-10-07", "2025-10-08")
    api.instead = lambda path, query: down if query.get("start_date") in days else None
    day = date(2025, 10, 7)

    report = load(api, raw, Request("results", day, date(2025, 10, 9)))

    assert not report.clean
    lines = raw.execute(
        "select day, complete, error like '%503 Down%' from raw.load_days order by 1"
    )
    assert lines.fetchall() == [
        (date(2025, 10, 7), False, True),
        (date(2025, 10, 8), False, True),
        (date(2025, 10, 9), True, None),
    ]


def test_an_api_that_is_down_is_given_up_soon(api: Api, database: dict[str, str]) -> None:
    api.instead = lambda path, query: Answer(503, '{"detail": "Down"}')
    with pytest.raises(OutOfPatienceError, match="503 Down"):
        run(
            Request("results", date(2025, 1, 1), date(2025, 10, 1)),
            Settings.from_environment(api.environment()),
            lambda: connect(database),
            LineProgress(),
            today=lambda: TODAY,
            patience=Patience(attempts=2, first_wait=0.1, in_all=0.5),
        )

    assert len(api.asked) < 250


def test_an_endpoint_that_is_down_does_not_stop_the_others(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    days = days_between("2025-10-01", "2025-10-14")
    api.racecards = {day: [race(f"rac_{day}", day)] for day in days}
    down = ("/v1/courses", PATHS["results"])
    api.instead = lambda path, query: Answer(500, "oops") if path in down else None

    report = load(api, raw, Request("all", date(2025, 10, 1), date(2025, 10, 14)))

    assert not report.clean
    assert column(raw, "select count(*) from raw.racecards") == [14]
    failed = {summary.resource: summary.failed for summary in report.summaries}
    # After three days without an answer the others are left for the next load.
    assert failed == {"regions": 0, "courses": 1, "results": 3, "racecards": 0, "horses": 0}


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (Answer(401, '{"detail": "Incorrect username or password"}'), "Incorrect username"),
        (Answer(403, '{"detail": "Upgrade \\u001b[2J your plan"}'), "Upgrade [2J your plan"),
        (Answer(402, '{"detail": "An invoice is overdue"}'), "An invoice is overdue"),
    ],
)
def test_a_refusal_ends_the_load_and_is_logged_without_secrets(
    api: Api,
    database: dict[str, str],
    raw: psycopg.Connection[Any],
    answer: Answer,
    said: str,
) -> None:
    api.answers[PATHS["results"]] = [answer]

    result = command(database, api.environment(), "results", *DAY)

    assert result.exit_code == 1
    assert said in result.stderr
    (outcome, error) = raw.execute("select outcome, error from raw.loads").fetchall()[0]
    assert outcome == "failed"
    assert said in error
    assert column(raw, "select complete from raw.load_days") == [False]
    everything = result.output + str(raw.execute("select loads::text from raw.loads").fetchall())
    assert USERNAME not in everything
    assert PASSWORD not in everything


def test_without_credentials_nothing_is_touched(database: dict[str, str]) -> None:
    result = command(database, {"RACING_API_USERNAME": "", "RACING_API_PASSWORD": ""})

    assert result.exit_code == 1
    assert result.stderr == (
        "Error: Set RACING_API_USERNAME and RACING_API_PASSWORD in the environment or in .env to "
        "load from the Racing API; `make demo` needs neither.\n"
    )
    with connect(database) as connection:
        assert column(connection, "select to_regnamespace('raw')") == [None]


@pytest.mark.parametrize(
    ("dates", "sentence"),
    [
        (("--from", "2025-02-29"), "'2025-02-29' is not a day such as 2025-01-31."),
        (("--from", "20250201"), "'20250201' is not a day such as 2025-01-31."),
        (("--from", "2025-W05-1"), "'2025-W05-1' is not a day such as 2025-01-31."),
        (("--from", "2025-02-02", "--to", "2025-02-01"), "--from 2025-02-02 is after --to"),
        (
            ("oddities",),
            "'oddities' is not one of 'reference', 'racecards', 'results', 'horses', 'all'.",
        ),
        (("results", "--from", "2999-01-01", "--to", "2999-01-02"), "is too late; nothing is"),
        (("horses", "--from", "2025-01-01"), "`studbook load horses` goes by no days: leave out"),
        (("--refresh",), "--refresh needs --from, the first day to be asked for again."),
        (("--from", "2999-01-01"), "--from 2999-01-01 is after today, 20"),
        (("--to", "2025-02-01"), "--to needs --from"),
        (("--from", "1987-12-31", "--to", "1988-01-02"), "results begin on 1988-01-01"),
    ],
)
def test_a_range_that_cannot_be_is_refused_before_the_first_request(
    api: Api, database: dict[str, str], dates: tuple[str, ...], sentence: str
) -> None:
    result = command(database, api.environment(), *dates)

    assert result.exit_code != 0
    assert sentence in result.stderr
    assert api.asked == []


def test_reference_asks_for_all_regions_and_the_courses_of_those_wanted(
    api: Api, database: dict[str, str], raw: psycopg.Connection[Any]
) -> None:
    api.regions = [{"region_code": "gb"}, {"region_code": "fr"}]
    api.courses = [{"id": "crs_1", "course": "Longchamp"}]

    command(database, api.environment(), "reference", "--region", "FR", "--region", "gb")

    assert [(asked.path, asked.query) for asked in api.asked] == [
        ("/v1/courses/regions", []),
        ("/v1/courses", [("region_codes", "fr"), ("region_codes", "gb")]),
    ]
    assert column(raw, "select region_code from raw.regions order by 1") == ["fr", "gb"]
    assert column(raw, "select course_id from raw.courses") == ["crs_1"]


def test_the_first_run_asks_for_a_year_of_racecards_and_on_to_the_last_day_published(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    # The API has cards up to 17 October and none on the 16th; it refuses days beyond the 18th.
    api.racecards = one_a_day("2024-10-15", "2025-10-17")
    del api.racecards["2025-10-16"]
    ahead = "2025-10-19"
    api.refuse = lambda path, query: path == PATHS["racecards"] and query["date"] >= ahead

    report = load(api, raw, Request("racecards"))

    assert report.clean
    assert column(raw, "select min(day) from raw.load_days where resource = 'racecards'") == [
        date(2024, 10, 15)
    ]
    assert column(raw, "select max(day) from raw.load_days where resource = 'racecards'") == [
        date(2025, 10, 18)
    ]
    assert column(raw, "select count(*) from raw.racecards") == [367]


def test_later_runs_ask_for_what_has_not_been_read_for_good(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = api.racecards = one_a_day("2024-10-15", "2025-10-22")
    load(api, raw, Request("results", date(2024, 10, 15), date(2025, 10, 11)))
    load(api, raw, Request("racecards", date(2024, 10, 15), date(2025, 10, 14)))
    # As if loaded on the 11th, when the cards of the 12th to 14th were cards of days to come.
    read_on(raw, "2025-10-11 12:00:00+01")
    api.asked.clear()

    load(api, raw, Request("results"))
    load(api, raw, Request("racecards"))

    # The 7th was too young on the 11th to be read for good.
    assert api.days("results") == days_between("2025-10-07", "2025-10-15")
    assert api.days("racecards") == days_between("2025-10-07", "2025-10-22")


def test_a_first_run_that_was_stopped_is_gone_on_with_whatever_was_loaded_since(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = one_a_day("2024-10-15", "2025-10-15")
    load(api, raw, Request("results", date(2024, 10, 15), date(2025, 1, 31)))
    load(api, raw, Request("results", date(2025, 10, 14), date(2025, 10, 15)))
    api.asked.clear()

    load(api, raw, Request("results"))

    assert api.days("results") == days_between("2025-02-01", "2025-10-13")


def test_a_region_that_is_new_is_loaded_from_a_year_back(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    api.results = one_a_day("2024-10-15", "2025-10-15")
    load(api, raw, Request("results", date(2025, 10, 15), date(2025, 10, 15)))
    api.asked.clear()

    load(
        api,
        raw,
        Request("results", date(2025, 10, 14), date(2025, 10, 15)),
        RACING_API_REGIONS="gb",
    )
    assert api.days("results") == ["2025-10-14"]
    api.asked.clear()
    load(api, raw, Request("results"), RACING_API_REGIONS="gb,fr")

    assert api.days("results") == days_between("2024-10-15", "2025-10-15")


def test_racecards_are_not_asked_for_before_there_were_any(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    load(api, raw, Request("racecards", date(2023, 1, 1), date(2023, 1, 24)))

    assert api.days("racecards") == ["2023-01-23", "2023-01-24"]


def test_horses_are_asked_for_once_newest_first_and_only_where_no_card_told(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    told = {"dob": "2020-03-11", "colour": "b", "breeder": "T C Dawson"}
    api.results = {
        "2025-10-01": [race("rac_1", "2025-10-01", {"horse_id": "hrs_1"}, {"horse_id": "hrs_2"})],
        "2025-10-05": [race("rac_2", "2025-10-05", {"horse_id": "hrs_3"}, {"horse_id": ""})],
        "2025-10-07": [race("rac_3", "2025-10-07", {"horse_id": "hrs_4"}, {"horse_id": "hrs_2"})],
    }
    api.racecards = {
        "2025-10-06": [
            race(
                "rac_4",
                "2025-10-06",
                {"horse_id": "hrs_4", **told},
                {"horse_id": "hrs_5", **told, "breeder": "-"},
            )
        ]
    }
    api.horses = {f"hrs_{n}": {"id": f"hrs_{n}", "dob": "2020-01-01"} for n in (1, 2, 5)}
    dates = (date(2025, 10, 1), date(2025, 10, 7))
    load(api, raw, Request("results", *dates))
    load(api, raw, Request("racecards", *dates))
    slow = {"RACING_API_RATE": "20"}

    api.asked.clear()
    load(api, raw, Request("horses", most_horses=2), **slow)
    assert api.paths() == ["/v1/horses/hrs_2/pro", "/v1/horses/hrs_5/pro"]

    api.asked.clear()
    report = load(api, raw, Request("horses"), **slow)
    assert api.paths() == ["/v1/horses/hrs_3/pro", "/v1/horses/hrs_1/pro"]
    assert report.clean
    assert column(raw, "select horse_id from raw.horses order by 1") == ["hrs_1", "hrs_2", "hrs_5"]
    assert raw.execute("select resource, key from raw.not_found").fetchall() == [
        ("horses", "hrs_3")
    ]

    api.asked.clear()
    load(api, raw, Request("horses"))
    assert api.paths() == []

    raw.execute("update raw.not_found set checked_at = now() - interval '31 days'")
    load(api, raw, Request("horses"))
    assert api.paths() == ["/v1/horses/hrs_3/pro"]


def test_withdrawn_races_ask_for_no_horses(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07", {"horse_id": "hrs_1"})]}
    load(api, raw, Request("results", date(2025, 10, 7), date(2025, 10, 7)))
    raw.execute("update raw.results set withdrawn_at = now()")

    load(api, raw, Request("horses"))

    assert "/v1/horses/hrs_1/pro" not in api.paths()


def test_a_horse_id_cannot_lead_to_another_address(api: Api, raw: psycopg.Connection[Any]) -> None:
    api.results = {"2025-10-07": [race("rac_1", "2025-10-07", {"horse_id": "../results?x=1#"})]}
    load(api, raw, Request("results", date(2025, 10, 7), date(2025, 10, 7)))
    api.asked.clear()

    load(api, raw, Request("horses"))

    assert [(asked.path, asked.query) for asked in api.asked] == [
        ("/v1/horses/../results?x=1#/pro", [])
    ]


def test_the_pace_is_reached_when_a_response_takes_600_ms(
    api: Api, raw: psycopg.Connection[Any]
) -> None:
    days = days_between("2025-08-01", "2025-09-29")
    api.results = {day: [race(f"rac_{day}", day)] for day in days}
    api.latency = 0.6
    rate = 20

    load(
        api,
        raw,
        Request("results", date(2025, 8, 1), date(2025, 9, 29)),
        RACING_API_RATE=str(rate),
    )

    times = [asked.at for asked in api.asked]
    assert len(times) == 60
    # With eight requests in flight instead of 32 it would be 13 a second.
    assert (len(times) - 1) / (times[-1] - times[0]) >= 0.75 * rate
