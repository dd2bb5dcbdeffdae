"""The pages Leaders and Courses, as a reader sees them, say what the tables say."""

from __future__ import annotations

import json
import re
from decimal import ROUND_HALF_UP, Decimal
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
def page(page: Page) -> Page:
    """A page as wide as a desk's."""
    page.look(1280, 900, "light")
    return page


def opened(page: Page, site: Site, name: str) -> str:
    """Open a page of the site; returns its address."""
    address = (site.folder / name).as_uri()
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
    return f"{rounded or abs(rounded):{sign if rounded else ''},}".replace("-", "\u2212")


# The digits of a leader's figures, from runs to the profits; those two have a sign.
FIGURES = (
    *(("total_runs", 0), ("wins", 0), ("ae_index", 2), ("ae_low", 2), ("ae_high", 2)),
    *(("ae_fair", 2), ("ae_fair_low", 2), ("ae_fair_high", 2), ("ae_shrunk", 2), ("archie", 1)),
    *(("prb", 2), ("profit_loss_1u", 1), ("profit_loss_bsp", 1)),
)


def figures(site: Site, where: str, *left_out: str) -> list[list[str]]:
    """The figures of some leaders as the page has them, by their rank; names and rank before."""
    columns = [(name, digits) for name, digits in FIGURES if name not in left_out]
    names = ", ".join(name for name, _ in columns)
    found = site.rows(
        f"select name, partner_name, leader_rank, {names} from racing.ra_leaders"
        f" where query_filters = '{{}}' and {where} order by leader_rank"
    )
    return [
        [
            *(each for each in (name, partner) if each is not None),
            written(rank),
            *(
                written(value, digits, "+" if column.startswith("profit") else "")
                for (column, digits), value in zip(columns, own, strict=True)
            ),
        ]
        for name, partner, rank, *own in found
    ]


@pytest.mark.parametrize("kind", ["sire", "dam", "damsire", "trainer", "jockey", "owner"])
def test_the_figures_of_a_leader_are_those_of_the_table(site: Site, page: Page, kind: str) -> None:
    opened(page, site, "leaders.html")
    rows = shown(page, f"#{kind}")

    for row in rows:
        row[0] = re.sub(r" \(\w+_\d+\)$", "", row[0])
    expected = figures(site, f"entity_type = '{kind}' and breakdown = 'overall'")
    assert sorted(rows) == sorted(expected[: len(rows)])
    assert len(rows) == 10


def test_a_code_that_is_picked_holds_for_every_table_and_chart(
    site: Site, page: Page, built_season: psycopg.Connection[Any]
) -> None:
    opened(page, site, "leaders.html")
    pick(page, "#trainer", "NH")

    for kind in ("trainer", "jockey", "owner"):
        best = site.rows(
            "select name from racing.ra_leaders where entity_type = %s and breakdown = 'overall'"
            ' and query_filters = \'{"code": "NH"}\''
            " order by ae_shrunk desc, ae_fair_low desc, fair_expected_wins desc limit 10",
            kind,
        )
        names = [name for (name,) in best]
        assert [row[0].split(" (")[0] for row in shown(page, f"#{kind}")] == names
        page.wait_for(
            f"document.querySelector('#{kind} figure.chart').textContent"
            f".includes({json.dumps(names[0])})"
        )
    assert page.complaints == []


def test_pairs_have_the_figures_of_the_table(site: Site, page: Page) -> None:
    opened(page, site, "leaders.html")
    rows = shown(page, "#pairs")

    expected = figures(
        site, "entity_type = 'jockey' and breakdown = 'trainer'", "ae_low", "ae_high"
    )
    assert sorted(rows) == sorted(expected[: len(rows)])
    assert len(rows) == 15


def test_a_sire_is_chosen_by_class_and_by_distance(
    site: Site, page: Page, built_season: psycopg.Connection[Any]
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
    site: Site, page: Page, built_season: psycopg.Connection[Any]
) -> None:
    course, name = site.rows(
        "select course_id, courses.name from racing.ra_races as races"
        " join racing.ra_mst_courses as courses on courses.id = races.course_id"
        " where code = 'Flat' and has_result and not course_name like '%%(AW)'"
        " group by 1, 2 order by count(*) desc, 1 limit 1"
    )[0]
    opened(page, site, "courses.html")
    pick(page, "#draw", name)

    by_going = built_season.execute(
        "select races.distance_f, races.code, coalesce(races.going, 'not known'),"
        " count(distinct races.id), count(*) from racing.ra_races as races"
        " join racing.ra_race_results as results on results.race_id = races.id"
        " where races.course_id = %s and results.is_run group by 1, 2, 3",
        [course],
    ).fetchall()
    rows = shown(page, "#goings")
    assert len(rows) == min(len(by_going), 15)
    assert {tuple(row) for row in rows} <= {
        (*texts, written(races), written(runs)) for *texts, races, runs in by_going
    }

    runs_drawn: dict[tuple[str, str], int] = {}
    for distance, _, going, _, runs in by_going:
        runs_drawn[distance, going] = runs_drawn.get((distance, going), 0) + runs
    labels = page.evaluate(
        "[...document.querySelectorAll('#goings svg path[aria-label]')].map(e => e.ariaLabel)"
    )
    cells = [dict(part.split(": ") for part in label.split("; ")) for label in labels]
    assert {
        (cell["Distance"], cell["Going"]): int(cell["Runs"].replace(",", ""))
        for cell in cells
        if "Going" in cell
    } == runs_drawn

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
