"""What the API sends shows up on a terminal as text: none of it is obeyed there."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from loaders.settings import ROOT
from tests.api import PATHS, Answer, Api
from tests.integration import dbt_server
from tests.integration.conftest import Warehouse

DAY = ("--from", "2025-10-07", "--to", "2025-10-07")
# A title for the window, the screen wiped, red, a bell, a line typed over, text turned round.
EVIL = "\x1b]0;owned\x07\x1b[2J\x1b[31mred\r\x08\x7f\x9b31m\u202edesrever"
# How the progress bar hides the cursor, shows it again and goes back to the start of its line.
BAR = re.compile(r"\x1b\[\?25[lh]|\x1b\[K|\r")


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as api:
        yield api


def on_terminal(warehouse: Warehouse, *command: str, **env: str) -> str:
    """What a command shows on a terminal, without what moves the progress bar."""
    ours, its = pty.openpty()
    environment = {
        **Warehouse({**warehouse.environment, **env}, warehouse.scratch).variables(),
        "TERM": "xterm",
        "COLUMNS": "500",
    }
    process = (
        dbt_server.Running(command, environment, its, its)
        if command[0] == "dbt"
        else subprocess.Popen(
            command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, stdout=its, stderr=its
        )
    )
    os.close(its)
    shown = b""
    # Linux ends what a closed terminal gives with an error, others with nothing.
    try:
        while received := os.read(ours, 4096):
            shown += received
    except OSError:
        pass
    os.close(ours)
    process.wait(timeout=60)
    return BAR.sub("", shown.decode())


def is_text(shown: str) -> bool:
    """Whether it holds nothing that a terminal obeys, but for new lines."""
    return all(character.isprintable() or character == "\n" for character in shown)


def race(race_id: str, **more: Any) -> dict[str, Any]:
    return {"race_id": race_id, "date": "2025-10-07", "runners": [], **more}


def test_rejected_objects_and_their_keys_are_shown_as_text(api: Api, warehouse: Warehouse) -> None:
    nul = json.dumps(race(EVIL, note="\x00"))
    api.results = {"2025-10-07": [nul, race("rac_1", date=EVIL), race(EVIL)]}
    api.regions = [{"region_code": EVIL, "region": EVIL}, {"region_code": [EVIL]}]

    shown = on_terminal(warehouse, "studbook", "load", "results", *DAY, **api.environment())
    shown += on_terminal(warehouse, "studbook", "load", "reference", **api.environment())
    for load in ("1", "2"):
        shown += on_terminal(warehouse, "studbook", "rejects", "--load", load)
        shown += on_terminal(warehouse, "studbook", "rejects", "--load", load, "--format", "json")

    assert "owned" in shown
    assert "its region_code is not a string" in shown
    assert is_text(shown)


@pytest.mark.parametrize(
    "answer",
    [
        Answer(403, json.dumps({"detail": EVIL})),
        Answer(422, json.dumps({"detail": [{"loc": ["query", EVIL], "msg": EVIL, "type": EVIL}]})),
        Answer(400, EVIL),
        Answer(500, json.dumps({"detail": EVIL}), {"Retry-After": "86400"}),
    ],
    ids=["detail", "details", "text", "setback"],
)
def test_what_the_api_says_of_an_error_is_shown_as_text(
    api: Api, warehouse: Warehouse, answer: Answer
) -> None:
    api.answers[PATHS["results"]] = [answer]

    shown = on_terminal(warehouse, "studbook", "load", "results", *DAY, **api.environment())

    assert "owned" in shown
    assert is_text(shown)


def test_a_horse_that_fails_is_named_as_text(api: Api, warehouse: Warehouse) -> None:
    api.results = {"2025-10-07": [race("rac_1", runners=[{"horse_id": EVIL}])]}
    path = f"/v1/horses/{EVIL}/pro"
    api.answers[path] = [Answer(500, "oops", {"Retry-After": "86400"})]

    on_terminal(warehouse, "studbook", "load", "results", *DAY, **api.environment())
    shown = on_terminal(warehouse, "studbook", "load", "horses", **api.environment())

    assert path in api.paths()
    assert "owned" in shown
    assert is_text(shown)


def test_what_was_loaded_and_built_is_listed_as_text(season_copy: Warehouse) -> None:
    with season_copy.connect() as connection:
        connection.execute("update racing.ra_mst_sires set name = %s", [EVIL])
        connection.execute("update racing.ra_mst_bookmakers set name = %s", [EVIL])
        connection.execute("update racing.ra_mst_regions set name = %s", [EVIL])
        connection.execute(
            "update raw.load_days set bookmakers = array[%s], error = %s", [EVIL] * 2
        )

    for command in (("status",), ("inventory",), ("inventory", "--failing")):
        assert is_text(on_terminal(season_copy, "studbook", *command))
    summary = on_terminal(season_copy, "dbt", "--quiet", "run-operation", "summary")

    assert summary.count("owned") == 5
    assert is_text(summary)
