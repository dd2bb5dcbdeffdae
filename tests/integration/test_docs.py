"""`make docs`: one file that a browser shows without a server and without a network."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import F_DUPFD, fcntl
from pathlib import Path
from select import select
from typing import Any

import pytest

from loaders.inventory.columns import read_tables
from loaders.settings import ROOT
from tests.integration.conftest import Warehouse

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A proxy that is not there keeps every request on this machine.
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--proxy-server=127.0.0.1:9",
    "--remote-debugging-pipe",
)


class Page:
    """A page of a headless Chromium, driven over the two pipes of its DevTools protocol."""

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers, self._sent = requests, answers, 0
        self._session: dict[str, str] = {}
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}

    def open(self, url: str) -> None:
        """Go to `url`."""
        self._call("Page.navigate", url=url)

    def wait_for(self, script: str, seconds: float = 60) -> Any:
        """The first value of a script that is true, which is how a page says that it is ready."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            result = self._call("Runtime.evaluate", expression=script, returnByValue=True)
            if value := result["result"].get("value"):
                return value
            time.sleep(0.2)
        raise AssertionError(f"after {seconds} seconds the page has no {script}")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters, **self._session}
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._next())
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]

    def _next(self) -> bytes:
        message = b""
        while not message.endswith(b"\0"):
            ready, _, _ = select([self._answers], [], [], 120)
            assert ready, "Chromium does not answer"
            byte = os.read(self._answers, 1)
            assert byte, "Chromium has gone"
            message += byte
        return message[:-1]


@contextmanager
def browser(program: str, profile: Path) -> Iterator[Page]:
    """A Chromium of its own, with an empty profile."""
    requests, answers = os.pipe(), os.pipe()
    # Chromium reads from descriptor 3 and writes to 4; the shell puts the pipes there, from others.
    ends = [fcntl(pipe, F_DUPFD, 10) for pipe in (requests[0], answers[1])]
    command = [program, *OPTIONS, f"--user-data-dir={profile}"]
    process = subprocess.Popen(
        ["bash", "-c", f'exec "$@" 3<&{ends[0]} 4>&{ends[1]}', "bash", *command],
        pass_fds=ends,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    for end in (requests[0], answers[1], *ends):
        os.close(end)
    try:
        yield Page(requests[1], answers[0])
    finally:
        # Chromium ends, and tidies up, when nobody is left to talk to.
        os.close(requests[1])
        os.close(answers[0])
        process.wait(timeout=60)


def test_the_documentation_site_shows_what_the_tables_and_their_columns_mean(
    season: Warehouse, tmp_path: Path
) -> None:
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
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

    with browser(program, tmp_path / "profile") as page:
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
