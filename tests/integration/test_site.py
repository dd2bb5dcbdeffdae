"""`studbook site` makes pages that say what the tables say, in any browser, to any reader."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest

from loaders.inventory.columns import read_tables
from loaders.postgres.embedded import EmbeddedServer
from loaders.site.page import Moment
from tests.integration.browser import Page, browser
from tests.integration.conftest import Warehouse, url_of

DAY = "2026-06-30"
SIZES = {"phone": (390, 844), "desk": (1280, 900)}
SCHEMES = ("light", "dark")
# Names come from the feed, and nothing that stands in one may become part of a page.
EVIL = "</script><script>window.evil = 1</script><img src=x onerror='window.evil = 1'>\u2028&amp;"
READY = (
    "document.readyState === 'complete' && document.querySelector('footer') && "
    "document.querySelectorAll('.chart:not(.ready), .table:not(.ready)').length === 0"
)
# The least contrast of a page's text with what is behind it, by WCAG 2; marks of a chart are none.
CONTRAST = """
(() => {
  const probe = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  const rgb = (colour) => {
    probe.clearRect(0, 0, 1, 1);
    probe.fillStyle = colour;
    probe.fillRect(0, 0, 1, 1);
    return [...probe.getImageData(0, 0, 1, 1).data];
  };
  const light = (colour) => rgb(colour).slice(0, 3)
    .map((part) => part / 255)
    .map((part) => (part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
  const behind = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const colour = getComputedStyle(each).backgroundColor;
      if (rgb(colour)[3] === 255) return colour;
    }
    return 'white';
  };
  const found = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
    const style = getComputedStyle(element);
    const silent = element.closest('script, noscript, style, :disabled, .disabled');
    if (!own || silent || !element.checkVisibility()) continue;
    const colour = element.matches('svg *') ? style.fill : style.color;
    const [one, other] = [colour, behind(element)].map(light);
    const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
    found.push([contrast, `${element.tagName} ${element.textContent.slice(0, 40)}`]);
  }
  return found.sort((one, other) => one[0] - other[0])[0];
})()
"""


@dataclass(frozen=True)
class Site:
    """The folder of a site that was made, what the command printed, and a look at its tables."""

    folder: Path
    printed: str
    connection: psycopg.Connection[Any]

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """What the tables say."""
        return self.connection.execute(query, parameters).fetchall()


@pytest.fixture(scope="module")
def site(
    season: Warehouse, server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """The site of the season, one of whose horses has a name that is none, made by a role that may
    read racing and nothing else."""
    folder = tmp_path_factory.mktemp("site")
    copy = replace(season, environment={**season.environment, "PGDATABASE": "site"}, scratch=folder)
    with psycopg.connect(url_of(server), autocommit=True) as connection:
        connection.execute("create database site template season_template")
        connection.execute("create role site_reader login")
    try:
        with copy.connect() as looking:
            looking.execute("grant usage on schema racing to site_reader")
            looking.execute("grant select on all tables in schema racing to site_reader")
            [(horse,)] = looking.execute(
                "select min(horse_id) from racing.ra_runners where race_date = %s", [DAY]
            ).fetchall()
            looking.execute(
                "update racing.ra_runners set horse_name = %s where horse_id = %s", [EVIL, horse]
            )
            looking.execute(
                "update racing.ra_mst_horses set name = %s where id = %s", [EVIL, horse]
            )
            read_by = replace(copy, environment={**copy.environment, "PGUSER": "site_reader"})
            done = read_by.run("studbook", "site", str(folder / "pages"), "--day", DAY)
            yield Site(folder / "pages", done.stdout, looking)
    finally:
        with psycopg.connect(url_of(server), autocommit=True) as connection:
            connection.execute("drop database site with (force)")
            connection.execute("drop role site_reader")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    """A page of a browser that notes what goes wrong in it."""
    with browser(tmp_path_factory.mktemp("browser")) as page:
        page.watch()
        yield page


def opened(page: Page, site: Site, name: str, size: str = "desk", scheme: str = "light") -> Page:
    """The page when it has drawn all that it draws."""
    page.look(*SIZES[size], scheme)
    page.open((site.folder / name).as_uri())
    page.wait_for(READY)
    return page


def test_every_page_can_be_read_on_a_phone_and_at_a_desk_by_day_and_by_night(
    site: Site, page: Page
) -> None:
    pages = sorted(site.folder.iterdir())

    assert {"index.html", "inventory.html", "health.html"} <= {each.name for each in pages}
    assert site.printed == f"Open {site.folder / 'index.html'} in a browser.\n"
    for each in pages:
        assert each.stat().st_size < 3 * 1024**2
        for size in SIZES:
            for scheme in SCHEMES:
                opened(page, site, each.name, size, scheme)
                seen = f"{each.name} {size} {scheme}"
                assert page.complaints == [], seen
                asked = {url.split(":")[0] for url in page.requested}
                assert asked <= {"file", "data", "blob"}, (seen, page.requested)
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= SIZES[size][0], seen
                contrast, where = page.evaluate(CONTRAST)
                assert contrast >= 4.5, (seen, where)
                drawings = page.evaluate(
                    "[...document.querySelectorAll('.drawing')].map(drawing => [drawing"
                    ".querySelectorAll('svg path[aria-label]').length, drawing.ariaLabel.length])"
                )
                assert all(marks and told > 40 for marks, told in drawings), (seen, drawings)


def test_a_page_leads_to_the_others_and_says_of_which_build_it_is(site: Site, page: Page) -> None:
    [(build, as_of)] = site.rows(
        "select (select metadata ->> 'invocation_id' from racing.ra_metadata_tracking"
        " where operation = 'build' order by updated_at desc limit 1), date '2026-06-30'"
    )
    for name in ("index.html", "inventory.html", "health.html"):
        opened(page, site, name)
        links = page.evaluate("[...document.querySelectorAll('nav a')].map(a => a.href)")
        told = page.evaluate("document.querySelector('footer').innerText")

        assert {"index.html", "inventory.html", "health.html"} <= {
            link.rpartition("/")[2] for link in links
        }
        assert f"({build}), whose figures are as of {as_of:%a %d %b %Y}." in told
        assert re.search(r"^Made \d+ \w+ \d{4}, \d\d:\d\d from the build of", told)


def test_what_stands_in_a_name_stays_a_name(site: Site, page: Page) -> None:
    for each in sorted(site.folder.iterdir()):
        opened(page, site, each.name)
        assert page.evaluate("typeof window.evil") == "undefined", each.name

    opened(page, site, "index.html")
    names = page.evaluate("[...document.querySelectorAll('.horse .who')].map(e => e.textContent)")
    assert EVIL in names


def test_today_shows_the_runners_of_the_day_as_the_tables_have_them(site: Site, page: Page) -> None:
    opened(page, site, "index.html")
    shown = page.evaluate(
        """[...document.querySelectorAll('.race')].map(race => [race.id,
            [...race.querySelectorAll('.runner')].map(runner => [
              runner.querySelector('.horse .who').textContent,
              runner.querySelector('.price b')?.textContent ?? null,
              runner.querySelector('.ratings').innerText.match(/\\d+/g)?.map(Number) ?? [],
              [...runner.querySelectorAll('.person')].map(person =>
                [person.querySelector('.who').textContent,
                 person.querySelector('.facts').textContent
                   .match(/A\\/E\\s([\\d.]+)/)?.[1] ?? null]),
            ])])"""
    )
    races = site.rows("select id from racing.ra_races where date = %s", DAY)
    assert sorted(race for race, _ in shown) == sorted(race for (race,) in races)

    priced = 0
    for race, runners in shown:
        # By day's end of the season some have run; the others are as declared.
        ran = site.rows("select horse_id, sp from racing.ra_race_results where race_id = %s", race)
        expected = {}
        for horse, *facts in site.rows(
            """
            select runners.horse_id, runners.horse_name, runners.ofr, runners.rpr, runners.ts,
                runners.performance_rating, runners.speed_rating,
                runners.trainer_name, trainers.ae_index, runners.jockey_name, jockeys.ae_index,
                sires.name, sires.overall_ae_index,
                (select max(odds_decimal) from racing.ra_odds_live as odds
                 where odds.race_id = runners.race_id and odds.horse_id = runners.horse_id
                     and bookmaker_type = 'fixed_odds'),
                coalesce(is_scratched, false) or coalesce(is_non_runner, false)
                    or coalesce(is_reserve, false)
            from racing.ra_runners as runners
            left join racing.ra_mst_trainers as trainers on runners.trainer_id = trainers.id
            left join racing.ra_mst_jockeys as jockeys on runners.jockey_id = jockeys.id
            left join racing.ra_mst_sires as sires on runners.sire_id = sires.id
            where runners.race_id = %s
            """,
            race,
        ):
            *known, live, is_out = facts
            price = dict(ran).get(horse) if ran else live and f"{live:.2f}"
            if horse in dict(ran) or not (ran or is_out):
                expected[known[0]] = (known, price)
        assert {name for name, *_ in runners} == set(expected), race
        for name, price, ratings, people in runners:
            known, own_price = expected[name]
            assert price == own_price, (race, name)
            priced += price is not None
            assert ratings == [each for each in known[1:6] if each is not None]
            told = [
                [who, ae and f"{ae:.2f}"] for who, ae in zip(known[6::2], known[7::2], strict=True)
            ]
            assert people == [[who or "not known", ae] for who, ae in told], (race, name)
    assert priced > 20


def test_a_day_without_races_shows_the_next_ones_else_the_last(site: Site) -> None:
    [(first, last)] = site.rows(
        "select min(date) filter (where has_card), max(date) from racing.ra_races"
    )
    shown = {
        date.fromisoformat(day): Moment(site.connection, date.fromisoformat(day), datetime.now())
        for day in ("2024-02-29", "2026-06-30", "2026-07-01", "2026-12-24")
    }

    days = [
        moment.row("day_of_racing", today=today)["day"].isoformat()
        for today, moment in shown.items()
    ]

    assert days == [str(first), "2026-06-30", "2026-07-01", str(last)]


def test_the_inventory_shows_how_full_each_column_is(site: Site, page: Page) -> None:
    opened(page, site, "inventory.html")
    tables = read_tables()
    figures = page.evaluate(
        "[...document.querySelectorAll('.figure')]"
        ".map(figure => [figure.children[1].innerText, figure.children[0].innerText])"
    )
    assert dict(figures)["tables"] == str(len(tables))
    assert dict(figures)["columns"] == f"{sum(len(table.columns) for table in tables):,}"

    # Of a column of results that the feed stopped sending in June, one that it began to send, one
    # of all rows, and one of a table without races.
    for table, column, where in (
        ("ra_race_results", "bsp", "race_date >= '2026-06-01'"),
        ("ra_race_results", "rpr", "race_date < '2026-06-01'"),
        ("ra_runners", "horse_id", "true"),
        ("ra_mst_trainers", "location", "has_card"),
    ):
        [(eligible, filled)] = site.rows(
            f"select count(*), count({column}) from racing.{table} where {where}"
        )
        said = next(each for each in tables if each.name == table)
        asked = next(each for each in said.columns if each.name == column)
        row = page.evaluate(
            f"""(() => {{
                const place = [...document.querySelectorAll('.table')].at(-1);
                const table = new DataTable.Api(place.querySelector('table'));
                return table.rows().data().toArray()
                    .find(row => row[0] === '{column}' && row[1] === '{table}');
            }})()"""
        )
        if asked.population_where is None and not (asked.sent_before or asked.sent_since):
            assert row[2] == int(10_000 * filled / eligible) / 100, (table, column)
        assert row[6] == asked.description
        assert row[7] == asked.source

    [told] = site.rows("select told from racing.ra_feed_changes")
    assert told[0] in page.evaluate("document.querySelector('.changes').innerText").splitlines()
    months = dict(
        site.rows(
            "select to_char(month, 'YYYY-MM'), share::float from racing.ra_feed_population"
            " where table_name = 'ra_race_results' and column_name = 'rpr'"
        )
    )
    cells = page.evaluate(
        "[...document.querySelectorAll('.chart svg path[aria-label*=\"column: rpr;\"]')]"
        ".map(cell => [cell.ariaLabel, getComputedStyle(cell).fill])"
    )
    shown = {
        re.search(r"month: ([\d-]+)", label)[1]: (
            float(re.search(r"percent: ([\d.]+)", label)[1]),
            fill,
        )
        for label, fill in cells
        if "rows that can be" in label
    }
    of_results = {month: shown[month] for month in months}
    assert {month: share for month, (share, _) in of_results.items()} == months
    red = {month for month, (_, fill) in of_results.items() if fill == "rgb(168, 50, 42)"}
    assert red == {"2026-06"}


def test_the_health_page_counts_every_day_and_every_load(site: Site, page: Page) -> None:
    opened(page, site, "health.html")
    days = {
        str(day): races
        for day, races in site.rows(
            "select date, count(*) from racing.ra_races where date > '2025-07-07' group by date"
        )
    }
    cells = page.evaluate(
        "[...document.querySelector('.chart').querySelectorAll('svg path[aria-label]')]"
        ".map(cell => cell.ariaLabel)"
    )
    told = [re.search(r"day: ([\d-]+).*races: (\d+)", cell.replace(";", " ")) for cell in cells]
    shown = {match[1]: int(match[2]) for match in told if match}
    assert {day: shown[day] for day in days} == days
    without = {day for day, races in shown.items() if races == 0}
    [(expected,)] = site.rows(
        "select array_agg(day::date::text) from generate_series(date '2025-07-08', '2026-06-30', "
        "interval '1 day') as day where not exists (select from racing.ra_races where date = day)"
    )
    assert without >= set(expected)
    assert expected

    loads = page.evaluate(
        """(() => {
            const place = [...document.querySelectorAll('.table')].at(-1);
            return new DataTable.Api(place.querySelector('table')).rows().data().toArray();
        })()"""
    )
    received = site.rows(
        "select replace(table_name, 'raw.', ''), records_processed from racing.ra_metadata_tracking"
        " where operation = 'load'"
    )
    assert sorted((row[1], row[7]) for row in loads) == sorted(received)


def test_tables_sort_numbers_as_numbers_and_are_searched(site: Site, page: Page) -> None:
    opened(page, site, "inventory.html")
    first = "[...document.querySelectorAll('.table')][0]"
    column = (
        f"[...{first}.querySelectorAll('tbody tr')].map(row => "
        "Number(row.cells[2].textContent.replaceAll(',', '')))"
    )
    page.evaluate(f"[...{first}.querySelectorAll('thead th')][2].click()")
    rows = page.wait_for(f"(c => c[0] > 0 && c)({column})")
    assert rows == sorted(rows, reverse=True)
    assert rows[0] > 10_000 > 100 > rows[-1]

    page.evaluate(
        f"(i => {{ i.value = 'damsire'; i.dispatchEvent(new Event('input', {{bubbles: true}})); }})"
        f"({first}.querySelector('input'))"
    )
    left = page.evaluate(f"[...{first}.querySelectorAll('tbody tr')].map(r => r.textContent)")
    assert 0 < len(left) < len(rows)
    assert all("damsire" in text.lower() for text in left)


def test_pages_replace_pages_and_nothing_else(
    site: Site, season: Warehouse, tmp_path: Path
) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "letters.txt").write_text("dear")

    done = season.run("studbook", "site", str(own), check=False)

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: {own} holds letters.txt, which is not of the site, and the site takes the whole "
        "folder: name another one.\n"
    )
    assert [each.name for each in own.iterdir()] == ["letters.txt"]

    old = site.folder / "health.html"
    pages = tmp_path / "pages"
    pages.mkdir()
    (pages / "gone.html").write_bytes(old.read_bytes())
    season.run("studbook", "site", str(pages), "--day", "2026-12-24")
    assert not (pages / "gone.html").exists()
    told = (pages / "index.html").read_text()
    assert "<h1>The last racing</h1>" in told
    assert "No races have landed for Thu 24 Dec 2026 or after it." in told
    assert sorted(each.name for each in tmp_path.iterdir()) == ["own", "pages"]


def test_without_tables_it_says_what_to_do(warehouse: Warehouse, tmp_path: Path) -> None:
    done = warehouse.run("studbook", "site", str(tmp_path / "pages"), check=False)

    assert done.returncode == 1
    assert re.fullmatch(
        r"Error: The database empty has no .*: build with `dbt build`\.\n", done.stderr
    )
    assert not (tmp_path / "pages").exists()
