"""The benchmark from one end to the other, on a handful of races, two models and without tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner

from loaders.postgres.embedded import EmbeddedServer
from tests.bench import readme, room
from tests.bench.__main__ import DATABASE, bench

MODELS = ("stg_racing_api__results", "stg_racing_api__result_runners")
FIRST, CORRECTED = "first build", "a day with 10 old races corrected"


def test_a_history_a_day_and_corrections_are_landed_built_and_told(
    server: EmbeddedServer, tmp_path: Path
) -> None:
    environment = server.environment()

    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.bench", "--scales", "0.001"),
            *("--part", "corrections", "--into", str(tmp_path), "--", "--select", *MODELS),
        ],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    login = {"host": environment["PGHOST"], "user": environment["PGUSER"], "dbname": DATABASE}
    with psycopg.connect(**login) as connection:

        def count(query: str) -> int:
            row = connection.execute(f"select count(*) from {query}").fetchone()
            assert row is not None
            return int(row[0])

        results, runners = (count(f"racing_staging.{model}") for model in MODELS)
        landed = {
            load: count(f"raw.results where load_id = {load}")
            for (load,) in connection.execute("select load_id from raw.loads order by load_id")
        }
        # Who is first now was beaten by something before.
        reversed_ = count(
            "raw.results where changed_at > first_landed_at"
            " and (payload -> 'runners' -> 0 ->> 'ovr_btn')::numeric > 0"
        )
        cards = count("raw.racecards where load_id = 2")
    # The history, a day, and the corrections.
    assert list(landed) == [1, 2, 3]
    assert landed[1] > 50
    assert landed[2] == cards == 60
    assert landed[3] == reversed_ == 10
    assert results == sum(landed.values())
    measured = json.loads((tmp_path / "bench.json").read_text())["scales"]
    assert [each["scale"] for each in measured] == [0.001]
    (measured,) = measured
    stages = {stage["what"]: stage for stage in measured["stages"]}
    assert list(stages) == [FIRST, CORRECTED]
    for stage in stages.values():
        build = stage["build"]
        assert set(build["models"]) == set(MODELS)
        assert max(build["models"].values()) < build["seconds"]
        assert build["cpu"] > 0.5
        assert not build["tests"]
    sizes = {size["table"]: size["rows"] for size in measured["tables"]}
    assert sizes["raw.results"] == results
    assert sizes["racing_staging.stg_racing_api__result_runners"] == runners
    table = told(done.stdout)
    assert table == told((tmp_path / "bench.md").read_text())
    assert table["races with a result"] == [f"{results:,}"]
    for what, stage in stages.items():
        seconds, cpu = (stage["build"][name] for name in ("seconds", "cpu"))
        assert table[f"{what}, s (of all processors)"] == [f"{seconds:.1f} ({cpu:.1f})"]


def told(text: str) -> dict[str, list[str]]:
    """The cells of the last table in a text by what stands before them."""
    _, _, table = text.rpartition("Measured on ")
    rows = [line.strip("| ").split(" | ") for line in table.splitlines() if line.startswith("|")]
    return {what: cells for what, *cells in rows[2:]}


def test_what_does_not_fit_on_the_disk_is_not_begun() -> None:
    with pytest.raises(
        room.RoomError, match=r"931,322,574\.6 GB of disk, and [\d,.]+ GB are free at"
    ):
        room.make_sure_of(1e18 - 1)


@pytest.mark.parametrize("scales", ["", "1,", "0", "0.1;1", "11", "nan"])
def test_scales_that_are_none_are_refused(scales: str) -> None:
    done = CliRunner().invoke(bench, ["--scales", scales])

    assert done.exit_code == 2
    assert f"'{scales}' is no list of scales: write numbers above 0" in done.output


def put(folder: Path) -> Any:
    arguments = ("--table", str(folder / "bench.md"), "--readme", str(folder / "README.md"))
    return CliRunner().invoke(readme.put, arguments)


def test_the_table_goes_into_its_place_in_the_readme_as_often_as_one_likes(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text(f"# Before\n\n{readme.BEGIN}\nold\n{readme.END}\n\n# After\n")
    for table in ("| 1 |\n", "| 2 |\n"):
        (tmp_path / "bench.md").write_text(table)
        assert put(tmp_path).exit_code == 0

    assert page.read_text() == f"# Before\n\n{readme.BEGIN}\n| 2 |\n{readme.END}\n\n# After\n"


def test_a_table_without_a_place_and_a_place_without_a_table_are_told_of(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    page.write_text("# Before\n")

    assert "`make bench` writes it" in put(tmp_path).output
    (tmp_path / "bench.md").write_text("| 1 |\n")
    assert "does not say where the table goes" in put(tmp_path).output
    assert page.read_text() == "# Before\n"
