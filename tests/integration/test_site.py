"""`studbook site` makes pages that say what the tables say, in any browser, to any reader."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest

from loaders.inventory.columns import read_tables
from loaders.site.fullness import INVENTORY
from loaders.site.leaders import LEADERS
from loaders.site.page import Moment
from loaders.site.page import Page as SitePage
from loaders.site.rendering import environment, render
from loaders.site.today import TODAY
from tests.integration.browser import Page
from tests.integration.conftest import DECLARED, EVIL, RUN, Site, Warehouse

SIZES = {"phone": (390, 844), "desk": (1280, 900)}
SCHEMES = ("light", "dark")
LARGEST = 3 * 1024**2
RED = "rgb(168, 50, 42)"
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
# Of each race its runners: name, price, ratings, and each connection with its A/E.
RUNNERS = """
[...document.querySelectorAll('.race')].map((race) => [
  race.id,
  [...race.querySelectorAll('.runner')].map((runner) => [
    runner.querySelector('.horse .who').textContent,
    runner.querySelector('.price b')?.textContent ?? null,
    (runner.querySelector('.ratings').textContent.match(/\\d+/g) ?? []).map(Number),
    [...runner.querySelectorAll('.person')].map((person) => [
      person.querySelector('.who').textContent,
      person.querySelector('.facts').textContent.match(/A\\/E\\s([\\d.]+)/)?.[1] ?? null,
    ]),
  ]),
])
"""
EXPECTED = """
select
    runners.horse_name, results.sp, prices.best,
    coalesce(is_scratched, false) or coalesce(is_non_runner, false) or coalesce(is_reserve, false),
    results.id is not null,
    runners.ofr, runners.rpr, runners.ts, runners.performance_rating, runners.speed_rating,
    runners.trainer_name, trainers.ae_index, runners.owner_name, owners.ae_index,
    runners.jockey_name, jockeys.ae_index, sires.name, sires.overall_ae_index,
    damsires.name, damsires.overall_ae_index
from racing.ra_runners as runners
left join racing.ra_race_results as results on runners.id = results.id
left join racing.ra_mst_trainers as trainers on runners.trainer_id = trainers.id
left join racing.ra_mst_jockeys as jockeys on runners.jockey_id = jockeys.id
left join racing.ra_mst_owners as owners on runners.owner_id = owners.id
left join racing.ra_mst_sires as sires on runners.sire_id = sires.id
left join racing.ra_mst_damsires as damsires on runners.damsire_id = damsires.id
left join lateral (
    select max(decimal_odds) as best
    from racing.ra_runner_odds as odds
    inner join racing.ra_mst_bookmakers as bookmakers on odds.bookmaker_id = bookmakers.id
    where odds.race_id = runners.race_id and odds.horse_id = runners.horse_id
        and bookmakers.type = 'fixed_odds'
) as prices on true
where runners.race_id = %s
"""


def rounded(number: Decimal | None) -> str | None:
    """To two decimals, half away from zero."""
    return None if number is None else f"{number.quantize(Decimal('0.01'), ROUND_HALF_UP)}"


def opened(page: Page, site: Site, name: str) -> None:
    """Open a page of the site at a desk by day, and wait until it has drawn all that it draws."""
    seen(page, site.folder / name)


def seen(page: Page, file: Path) -> None:
    """Open a file at a desk by day, and wait until it has drawn all that it draws."""
    page.look(*SIZES["desk"], "light")
    page.open(file.as_uri())
    page.wait_for(READY)


def turned(page: Page, size: str, scheme: str) -> None:
    """Have the open page be of another size and scheme, and wait until it has drawn itself anew."""
    page.look(*SIZES[size], scheme)
    page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    page.wait_for(READY)


def rendered(page: SitePage, connection: psycopg.Connection[Any], day: str, folder: Path) -> Path:
    """A page made of what a connection sees, on a day."""
    moment = Moment(connection, date.fromisoformat(day), datetime.now(UTC))
    file = folder / page.file
    file.write_text(render(environment(moment, folder), page, page.context(moment)))
    return file


def larger(connection: psycopg.Connection[Any]) -> None:
    """Let there be twelve years of the feed, and as many leaders as a page shows at the most."""
    connection.execute(
        "insert into racing.ra_feed_population select population.table_name, column_name,"
        " month - make_interval(years => n), eligible, filled, share, races, last_filled_on"
        " from racing.ra_feed_population as population, generate_series(1, 11) as n"
        " on conflict do nothing"
    )
    connection.execute(
        """
        insert into racing.ra_leaders
        select (jsonb_populate_record(leaders, jsonb_build_object(
            'id', -row_number() over (),
            'entity_id', leaders.entity_id || '_' || n,
            'name', leaders.name || ' ' || n,
            'leader_rank', row_number() over (partition by entity_type, breakdown, query_filters)
        ))).*
        from racing.ra_leaders as leaders, generate_series(1, 15) as n
        """
    )


def test_every_page_can_be_read_on_a_phone_and_at_a_desk_by_day_and_by_night(
    site: Site, page: Page
) -> None:
    pages = sorted(site.folder.iterdir())

    assert {"index.html", "inventory.html", "health.html"} <= {each.name for each in pages}
    assert site.folder.stat().st_mode & 0o777 == 0o755
    assert site.printed == f"Open {site.folder / 'index.html'} in a browser.\n"
    for each in pages:
        assert each.stat().st_size < LARGEST
        assert each.stat().st_mode & 0o777 == 0o644
        opened(page, site, each.name)
        for size in SIZES:
            for scheme in SCHEMES:
                turned(page, size, scheme)
                look = f"{each.name} {size} {scheme}"
                assert page.complaints == [], look
                asked = {url.split(":")[0] for url in page.requested}
                assert asked <= {"file", "data", "blob"}, (look, page.requested)
                width = page.evaluate("document.documentElement.scrollWidth")
                assert width <= SIZES[size][0], look
                contrast, where = page.evaluate(CONTRAST)
                assert contrast >= 4.5, (look, where)
                drawings = page.evaluate(
                    "[...document.querySelectorAll('.drawing')].map(drawing => [drawing"
                    ".querySelectorAll('svg path[aria-label]').length, drawing.ariaLabel.length])"
                )
                assert all(marks and told > 40 for marks, told in drawings), (look, drawings)


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


@pytest.mark.parametrize(
    ("name", "places"),
    [
        ("index.html", [".horse .who"]),
        ("leaders.html", ["#owner td", "#pairs td"]),
        ("courses.html", ["td", "#draw option", "#times td"]),
        ("health.html", ["td"]),
    ],
)
def test_what_stands_in_a_name_stays_a_name(
    site: Site, page: Page, name: str, places: list[str]
) -> None:
    opened(page, site, name)

    for place in places:
        texts = f"[...document.querySelectorAll('{place}')].map(each => each.textContent)"
        assert EVIL in page.evaluate(texts), place
    assert page.evaluate("typeof window.evil") == "undefined"


def test_a_name_is_text_in_a_chart_and_in_its_tips(site: Site, page: Page) -> None:
    opened(page, site, "leaders.html")
    page.evaluate(
        """(() => {
            const marks = [...document.querySelectorAll('#owner svg path[aria-label]')];
            const mark = marks.find(each => each.ariaLabel.includes('window.evil'));
            const { x, y } = mark.getBoundingClientRect();
            for (const kind of ['pointerover', 'pointermove', 'mousemove']) {
                mark.dispatchEvent(
                    new PointerEvent(kind, { bubbles: true, clientX: x, clientY: y }));
            }
        })()"""
    )
    tip = page.wait_for("document.querySelector('#vg-tooltip-element.visible')?.textContent")
    drawn = page.evaluate("document.querySelector('#owner svg').textContent")

    assert EVIL.strip() in tip
    assert EVIL[:20] in drawn
    assert page.evaluate("typeof window.evil") == "undefined"


def test_a_page_of_many_years_stays_small(site: Site, tmp_path: Path) -> None:
    with site.connection.transaction(force_rollback=True):
        larger(site.connection)
        for page in (INVENTORY, LEADERS):
            file = rendered(page, site.connection, DECLARED, tmp_path)
            assert file.stat().st_size < LARGEST, page.name


@pytest.mark.parametrize(
    ("read", "heading"),
    [
        ("2026-06-30T22:59:00Z", "Next racing"),
        ("2026-06-30T23:01:00Z", "Today"),
        ("2026-07-01T22:59:00Z", "Today"),
        ("2026-07-01T23:01:00Z", "Races of Wed 1 Jul 2026"),
    ],
)
def test_today_is_the_day_of_who_reads_it_in_london(
    site: Site, page: Page, read: str, heading: str
) -> None:
    with page.at(read):
        opened(page, site, "index.html")
        assert page.evaluate("document.querySelector('h1').textContent") == heading


@pytest.mark.parametrize("day", [DECLARED, RUN])
def test_today_shows_the_runners_of_the_day_as_the_tables_have_them(
    site: Site, page: Page, tmp_path: Path, day: str
) -> None:
    if day == DECLARED:
        opened(page, site, "index.html")
    else:
        seen(page, rendered(TODAY, site.connection, day, tmp_path))
    shown = page.evaluate(RUNNERS)
    races = site.rows("select id from racing.ra_races where date = %s", day)

    assert sorted(race for race, _ in shown) == sorted(race for (race,) in races)
    for race, runners in shown:
        expected = {}
        for name, returned, live, is_out, has_run, *rest in site.rows(EXPECTED, race):
            if day == RUN and has_run:
                expected[name] = [returned, *rest]
            elif day == DECLARED and not is_out:
                expected[name] = [rounded(live), *rest]
        assert {name for name, *_ in runners} == set(expected), race
        for name, price, ratings, people in runners:
            own_price, *rest = expected[name]
            assert price == own_price, (race, name)
            assert ratings == [rating for rating in rest[:5] if rating is not None]
            told = zip(rest[5::2], rest[6::2], strict=True)
            assert people == [[who or "not known", rounded(ae)] for who, ae in told]
    priced = [price for _, runners in shown for _, price, *_ in runners if price]
    assert len(priced) > 20


def test_a_day_without_races_shows_the_next_ones_else_the_last(site: Site) -> None:
    [(first, last)] = site.rows(
        "select min(date) filter (where has_card), max(date) from racing.ra_races"
    )
    moments = [
        Moment(site.connection, date.fromisoformat(day), datetime.now(UTC))
        for day in ("2024-02-29", RUN, "2026-06-30", DECLARED, "2026-12-24")
    ]

    days = [
        moment.row("day_of_racing", today=moment.today)["day"].isoformat() for moment in moments
    ]

    assert days == [str(first), RUN, DECLARED, DECLARED, str(last)]


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
        ("ra_race_results", "bsp", "race_date >= '2026-06-01' and is_run and sp_decimal > 0"),
        ("ra_race_results", "rpr", "race_date < '2026-06-01' and is_run"),
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
        assert row[2] == filled * 10_000 // eligible / 100, (table, column)
        assert row[6] == asked.description
        assert row[7] == asked.source

    told = {sentence for (sentence,) in site.rows("select told from racing.ra_feed_changes")}
    assert set(page.evaluate("document.querySelector('.changes').innerText").splitlines()) == told
    assert any(sentence.startswith("ra_race_results.rpr: ") for sentence in told)
    months = dict(
        site.rows(
            "select to_char(month, 'YYYY-MM'), share::float from racing.ra_feed_population"
            " where table_name = 'ra_race_results' and column_name = 'rpr'"
        )
    )
    cells = page.evaluate(
        "[...document.querySelector('.chart').querySelectorAll('svg path[aria-label]')]"
        ".map(cell => [cell.getAttribute('aria-label'), getComputedStyle(cell).fill])"
    )
    shown = {}
    for label, fill in cells:
        cell = dict(part.split(": ") for part in label.split("; "))
        if cell.get("column") == "rpr":
            shown[cell["month"]] = (float(cell["filled, percent"]), fill)
    assert {month: share for month, (share, _) in shown.items()} == months
    assert {month for month, (_, fill) in shown.items() if fill == RED} == {"2026-06"}
    crosses = page.evaluate(
        "document.querySelector('.chart').querySelectorAll('.mark-symbol path:not([aria-label])')"
        ".length"
    )
    assert crosses == sum(1 for _, fill in cells if fill == RED)


def test_the_health_page_counts_every_day_and_every_load(site: Site, page: Page) -> None:
    opened(page, site, "health.html")
    days = {
        str(day): races
        for day, races in site.rows(
            """
            select day::date, count(races.id)
            from generate_series(
                (select min(date) from racing.ra_races), date '2026-07-03', interval '1 day'
            ) as day
            left join racing.ra_races as races on day = races.date
            where day < '2026-07-01' or races.id is not null
            group by day
            """
        )
    }
    labels = page.evaluate(
        "[...document.querySelector('.chart').querySelectorAll('svg path[aria-label]')]"
        ".map(cell => cell.getAttribute('aria-label'))"
    )
    cells = [dict(part.split(": ") for part in label.split("; ")) for label in labels]
    shown = {cell["day"]: int(cell["races"]) for cell in cells if "day" in cell}
    assert shown == days
    assert 0 < list(days.values()).count(0) < len(days) / 2

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


# A weekly run in which a model failed, after a daily one that went well; a load that got one of two
# days; racecards that are a day and a half old.
TROUBLE = """
insert into raw.runs (kind, started_at, finished_at, outcome, log_file)
values
('daily', now() - interval '1 day 90 s', now() - interval '1 day', 'success', 'd.log'),
('weekly', now() - interval '3 hours', now() - interval '2 hours', 'failed', 'w.log');
insert into raw.run_steps (run_id, step, started_at, finished_at, outcome, message)
select runs.run_id, steps.step, at, at + interval '5 s', steps.outcome, steps.message
from raw.runs
inner join (
    values
    ('daily', 1, 'build', 'success', 'old_test warns'),
    ('daily', 2, 'freshness', 'success', null),
    ('weekly', 1, 'build', 'failed', 'ra_races (Disk full) failed'),
    ('weekly', 2, 'tests', 'success', 'new_test warns'),
    ('weekly', 3, 'backup', 'failed', 'pg_dump is not here.'),
    ('weekly', 4, 'alert', 'passed over', 'It needs backup.')
) as steps (kind, place, step, outcome, message) on runs.kind = steps.kind
cross join lateral (select runs.started_at + steps.place * interval '6 s' as at) as began;
insert into racing_staging.build_log
values ('b', 'ra_races', 'failed', null, 'Disk full', 1.5, now(), now());
insert into raw.loads (resources, regions, base_url, started_at, outcome)
values ('{results}', '{gb}', 'http://127.0.0.1:1', now() + interval '1 hour', 'partial');
insert into raw.load_days (load_id, resource, day, complete, started_at, finished_at)
select max(load_id), 'results', day, complete, at, at
from raw.loads
cross join (
    values
    (date '2026-06-28', true, now() + interval '1 hour'),
    (date '2026-06-29', false, now() + interval '2 hours')
) as days (day, complete, at)
group by day, complete, at;
update raw.load_days set finished_at = finished_at - interval '37 hours'
where resource = 'racecards'
"""


def test_health_tells_runs_and_warnings_and_what_is_stale(
    season_copy: Warehouse, page: Page, tmp_path: Path
) -> None:
    with season_copy.connect() as connection:
        connection.execute(TROUBLE)
        loaded = connection.execute(
            "select resource, max(finished_at) from raw.load_days where complete group by resource"
        ).fetchall()
    season_copy.run("studbook", "site", str(tmp_path / "pages"), "--day", DECLARED)
    page.look(*SIZES["desk"], "light")
    page.open((tmp_path / "pages" / "health.html").as_uri())
    page.wait_for(READY)

    def shown(caption: str) -> list[list[Any]]:
        return page.evaluate(
            f"""(() => {{
                const table = [...document.querySelectorAll('.table table')]
                    .find(table => table.caption?.textContent === '{caption}');
                return new DataTable.Api(table).rows().data().toArray();
            }})()"""
        )

    figures = page.evaluate(
        "[...document.querySelectorAll('.figure')]"
        ".map(figure => [figure.children[1].innerText, figure.children[0].innerText])"
    )
    told = ("loads not whole", "builds that failed", "runs not well")
    assert [dict(figures)[each] for each in told] == ["1", "1", "1"]
    assert [row[1:3] for row in shown("Loads and builds that did not end well")] == [
        ["load", "raw.results"],
        ["build", "ra_races"],
    ]
    assert [row[1:] for row in shown("The newest daily and weekly runs")] == [
        ["weekly", "failed", 3600, 3, "build, backup", "w.log"],
        ["daily", "success", 90, 2, None, "d.log"],
    ]
    assert [row[1:] for row in shown("Their steps")] == [
        ["weekly", "backup", "failed", 5, "pg_dump is not here."],
        ["weekly", "tests", "success", 5, "new_test warns"],
        ["weekly", "build", "failed", 5, "ra_races (Disk full) failed"],
        ["daily", "freshness", "success", 5, None],
        ["daily", "build", "success", 5, "old_test warns"],
    ]
    warned = page.evaluate("[...document.querySelectorAll('.warnings li')].map(e => e.textContent)")
    assert [text.split(" (step")[0] for text in warned] == [
        "ra_races (Disk full) failed",
        "new_test warns",
    ]
    london = ZoneInfo("Europe/London")
    assert {
        row[0]: (row[2], row[1]) for row in shown("When each kind of object was last loaded")
    } == {
        resource: (
            f"{at.astimezone(london):%Y-%m-%d %H:%M}",
            "stale" if resource == "racecards" else "fresh",
        )
        for resource, at in loaded
    }


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

    assert not (site.folder / "gone.html").exists()
    assert not [each.name for each in site.folder.parent.iterdir() if each.name[:5] == ".site"]


def test_without_tables_it_says_what_to_do(warehouse: Warehouse, tmp_path: Path) -> None:
    done = warehouse.run("studbook", "site", str(tmp_path / "pages"), check=False)

    assert done.returncode == 1
    assert re.fullmatch(
        r"Error: The database empty has no .*: build with `dbt build`\.\n", done.stderr
    )
    assert not (tmp_path / "pages").exists()


def test_who_may_not_read_is_told_what_to_grant(season_copy: Warehouse, tmp_path: Path) -> None:
    name = season_copy.environment["PGDATABASE"]
    with season_copy.connect() as connection:
        connection.execute(f"create role {name} login")
    try:
        stranger = Warehouse({**season_copy.environment, "PGUSER": name}, tmp_path)
        done = stranger.run("studbook", "site", str(tmp_path / "pages"), check=False)
    finally:
        with season_copy.connect() as connection:
            connection.execute(f"drop role {name}")

    assert done.returncode == 1
    assert done.stderr == (
        f"Error: User {name} may not read the tables of racing: grant it usage on the schema and "
        "select on its tables (`studbook db grants`).\n"
    )
    assert list(tmp_path.iterdir()) == []


def test_tables_of_an_older_studbook_are_to_be_built_again(
    season_copy: Warehouse, tmp_path: Path
) -> None:
    with season_copy.connect() as connection:
        connection.execute("alter table racing.ra_races drop column is_void")

    done = season_copy.run("studbook", "site", str(tmp_path / "pages"), check=False)

    assert done.returncode == 1
    assert done.stderr == (
        "Error: The tables of racing are of another Studbook (column races.is_void does not "
        "exist): build with `dbt build`.\n"
    )
    assert not (tmp_path / "pages").exists()
