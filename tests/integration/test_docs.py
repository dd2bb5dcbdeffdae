"""`make docs`: one file that a browser shows without a server and without a network."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from loaders.inventory.columns import read_tables
from loaders.settings import ROOT
from tests.integration.browser import browser
from tests.integration.conftest import Warehouse


def test_the_documentation_site_shows_what_the_tables_and_their_columns_mean(
    season: Warehouse, tmp_path: Path
) -> None:
    warehouse = Warehouse(season.environment, tmp_path)
    done = warehouse.run("make", "docs")
    [site] = re.findall(r"^Open (.+) in a browser\.$", done.stdout, re.MULTILINE)
    # Nothing that lies beside the file may be needed.
    alone = Path(shutil.copy(site, tmp_path / "site.html"))
    sires = next(table for table in read_tables() if table.name == "ra_mst_sires")
    column = next(column for column in sires.columns if column.name == "overall_ae_index")
    row = (
        "[...document.querySelectorAll('tr.column-row')]"
        ".find(row => row.cells[0].innerText.trim() === 'overall_ae_index')"
    )

    with browser(tmp_path / "profile") as page:
        page.open(alone.as_uri())
        overview = page.wait_for("document.querySelector('[marked=overview_md]')?.innerText")
        link = page.wait_for(
            "document.querySelector('[marked=overview_md] a').getAttribute('href')"
        )
        page.open(f"{alone.as_uri()}#!/model/model.studbook.ra_mst_sires")
        cells = page.wait_for(f"{row} && [...{row}.cells].map(cell => cell.innerText)")
        page.wait_for(f"{row}.click() || true")
        # innerText holds only what a reader sees: the details are there from the start, but folded.
        details = page.wait_for(f"{row}.nextElementSibling.innerText")

    def words(text: str) -> str:
        return " ".join(text.split())

    # dbt's own text stands there where a project has none.
    assert words(overview).startswith("Studbook Horse races, ")
    # Of the folder that `make docs` writes to, to that of `make site`.
    assert (ROOT / "dbt_project" / "target" / link).resolve() == ROOT / "build/site/index.html"
    assert cells[1].strip() == (column.type or "").replace(", ", ",")
    assert words(cells[2]) == column.description
    # The page's style sheet writes the keys of meta in capitals.
    told = f"SOURCE {column.source} PLAN {column.plan} MIN_POPULATION {column.min_population} "
    assert told in words(details)
