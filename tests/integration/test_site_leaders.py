"""The pages Leaders and Courses, as a reader sees them, say what the tables say."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.integration.browser import Page
from tests.integration.conftest import Site

READY = (
    "[...document.querySelectorAll('.table, figure.chart')]"
    ".every((part) => part.classList.contains('ready'))"
    " && document.querySelector('figure.chart.ready') !== null"
)


@pytest.fixture(scope="module")
def site(earlier: Site) -> Path:
    """The pages of the season as it was built."""
    return earlier.folder


@pytest.fixture(scope="module")
def page(page: Page) -> Page:
    """A page as wide as a desk's."""
    page.look(1280, 900, "light")
    return page


def opened(page: Page, site: Path, name: str) -> str:
    """Open a page of the site; returns its address."""
    address = (site / name).as_uri()
    page.open(address)
    page.wait_for(READY)
    return address


def shown(page: Page, section: str, table: int = 0) -> list[list[str]]:
    """The cells of a table that a reader sees, row by row."""
    script = (
        f"[...document.querySelectorAll('{section} .table')[{table}].querySelectorAll('tbody tr')]"
        ".map((row) => [...row.cells].map((cell) => cell.textContent))"
    )
    return page.evaluate(script)


def pick(page: Page, section: str, value: str, place: int = 0) -> None:
    """Pick a value from a list of a section."""
    page.evaluate(
        f"{{ const list = document.querySelectorAll('{section} select')[{place}];"
        f" list.value = {json.dumps(value)}; list.dispatchEvent(new Event('change')); }}"
    )


def written(value: Decimal | int | None, digits: int = 0, sign: str = "") -> str:
    """A number as the page has it, halves rounded up."""
    if value is None:
        return "\u2013"
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return f"{rounded:{sign},}".replace("-", "\u2212")


@pytest.mark.parametrize(
    ("kind", "master", "runs", "wins"),
    [
        ("sire", "ra_mst_sires", "total_runners", "total_wins"),
        ("dam", "ra_mst_dams", "total_runners", "total_wins"),
        ("trainer", "ra_mst_trainers", "total_runners", "total_wins"),
        ("jockey", "ra_mst_jockeys", "total_rides", "total_wins"),
    ],
)
def test_the_record_of_a_leader_is_that_of_its_own_table(
    site: Path,
    page: Page,
    built_season: psycopg.Connection[Any],
    kind: str,
    master: str,
    runs: str,
    wins: str,
) -> None:
    opened(page, site, "leaders.html")
    rows = shown(page, f"#{kind}")

    assert [row[1] for row in rows] == [str(rank) for rank in range(1, 11)]
    for row in rows:
        own = built_season.execute(
            f"select {runs}, {wins}, ae_fair, archie, prb, profit_loss_1u, profit_loss_bsp"
            f" from racing.{master} where name = %s",
            [re.sub(r" \(\w+_\d+\)$", "", row[0])],
        ).fetchall()
        assert (row[2], row[3], row[7], row[11], row[12]) in {
            (written(n), written(w), written(fair, 2), written(archie, 1), written(prb, 2))
            for n, w, fair, archie, prb, _, _ in own
        }


def test_a_code_that_is_picked_holds_for_every_table_and_chart(
    site: Path, page: Page, built_season: psycopg.Connection[Any]
) -> None:
    opened(page, site, "leaders.html")
    pick(page, "#trainer", "NH")

    for kind in ("trainer", "jockey", "owner"):
        best = built_season.execute(
            "select name from racing.ra_leaders where entity_type = %s and breakdown = 'overall'"
            ' and query_filters = \'{"code": "NH"}\''
            " order by ae_shrunk desc, ae_fair_low desc, fair_expected_wins desc limit 10",
            [kind],
        ).fetchall()
        names = [name for (name,) in best]
        assert [row[0].split(" (")[0] for row in shown(page, f"#{kind}")] == names
        page.wait_for(
            f"document.querySelector('#{kind} figure.chart').textContent"
            f".includes({json.dumps(names[0])})"
        )
    assert page.complaints == []


def test_pairs_have_the_record_of_their_combination(
    site: Path, page: Page, built_season: psycopg.Connection[Any]
) -> None:
    opened(page, site, "leaders.html")
    rows = shown(page, "#pairs")

    assert len(rows) == 15
    known = {
        (jockey, trainer, written(runs), written(wins), written(ae, 2), written(fair, 2))
        for jockey, trainer, runs, wins, ae, fair in built_season.execute(
            "select jockeys.name, trainers.name, total_runs, wins, pairs.ae_index, pairs.ae_fair"
            " from racing.ra_entity_combinations as pairs"
            " join racing.ra_mst_jockeys as jockeys on jockeys.id = pairs.entity1_id"
            " join racing.ra_mst_trainers as trainers on trainers.id = pairs.entity2_id"
            " where pairs.query_filters = '{}'"
        )
    }
    for row in rows:
        assert (row[0], row[1], row[3], row[4], row[5], row[6]) in known


def test_a_sire_is_chosen_by_class_and_by_distance(
    site: Path, page: Page, built_season: psycopg.Connection[Any]
) -> None:
    sire, name = built_season.execute(
        "select id, name from racing.ra_mst_sires as sires where name not in"
        " (select name from racing.ra_mst_sires group by name having count(*) > 1)"
        " order by total_runners desc limit 1"
    ).fetchone()
    opened(page, site, "leaders.html")
    pick(page, "#chosen", name)

    by_distance = {
        (distance, filters["code"], written(runs), written(wins), written(ae, 2))
        for distance, filters, runs, wins, ae in built_season.execute(
            "select distance_display, query_filters, total_runs, wins, ae_index"
            " from racing.ra_performance_by_distance where entity_id = %s",
            [sire],
        )
        if filters
    }
    rows = shown(page, "#chosen", 1)
    assert rows
    assert {(row[0], row[1], row[3], row[4], row[5]) for row in rows} <= by_distance
    drawn = "document.querySelector('#chosen figure.chart').textContent"
    for row in rows:
        page.wait_for(f"{drawn}.includes('{row[0]}')")

    by_class = built_season.execute(
        "select races.race_class, races.code, count(*), count(*) filter (where position = 1)"
        " from racing.ra_race_results as results"
        " join racing.ra_races as races on races.id = results.race_id"
        " where results.sire_id = %s and results.is_run group by 1, 2",
        [sire],
    ).fetchall()
    rows = shown(page, "#chosen", 0)
    assert rows
    assert {tuple(row[:2] + row[3:5]) for row in rows} <= {
        (race_class, code, written(runs), written(wins))
        for race_class, code, runs, wins in by_class
    }


def test_a_course_has_its_races_draw_and_times(
    site: Path, page: Page, built_season: psycopg.Connection[Any]
) -> None:
    course, name = built_season.execute(
        "select course_id, course_name from racing.ra_races"
        " where code = 'Flat' and has_result and not course_name like '%(AW)'"
        " group by 1, 2 order by count(*) desc, 1 limit 1"
    ).fetchone()
    opened(page, site, "courses.html")
    pick(page, "#draw", name)

    by_going = built_season.execute(
        "select distance_f, code, coalesce(going, 'not known'), count(*), sum(field_size)"
        " from racing.ra_races where course_id = %s and has_result group by 1, 2, 3",
        [course],
    ).fetchall()
    rows = shown(page, "#goings")
    assert len(rows) == min(len(by_going), 15)
    assert {tuple(row) for row in rows} <= {
        (*texts, written(races), written(runs)) for *texts, races, runs in by_going
    }

    low, middle, high = shown(page, "#draw")[:3]
    assert [row[:2] for row in (low, middle, high)] == [
        ["all", "low"],
        ["all", "middle"],
        ["all", "high"],
    ]
    drawn = built_season.execute(
        "select total_races, total_runs, wins, prb, ae_index, ae_fair, profit_loss_1u"
        " from racing.ra_performance_by_draw"
        " where course_id = %s and distance_display is null and draw_third = 'high'",
        [course],
    ).fetchone()
    digits = (0, 0, 0, 3, 2, 2, 1)
    assert high[2:8] == [written(*each) for each in zip(drawn, digits, strict=True)][:6]
    assert high[-1] == written(drawn[6], 1, "+")

    times: dict[tuple[str, str], list[float]] = {}
    for distance, code, text in built_season.execute(
        "select distance_f, code, winning_time from racing.ra_races"
        " where course_id = %s and winning_time is not null and has_result",
        [course],
    ):
        minutes, seconds = text.split(":")
        times.setdefault((distance, code), []).append(int(minutes) * 60 + float(seconds))
    rows = shown(page, "#times")
    assert {(row[0], row[1]) for row in rows} == times.keys()
    for distance, code, races, average, best, *_ in rows:
        own = times[distance, code]
        assert int(races) == len(own)
        assert seconds_of(best) == pytest.approx(min(own), abs=0.001)
        assert seconds_of(average) == pytest.approx(sum(own) / len(own), abs=0.006)


def seconds_of(time: str) -> float:
    minutes, seconds = time.split(":")
    return int(minutes) * 60 + float(seconds)
