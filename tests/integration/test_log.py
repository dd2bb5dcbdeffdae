"""What `studbook load` writes in its log: every request and every step, never a secret."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from loaders.raw.session import Session
from tests.api import PASSWORD, USERNAME, Answer, Api
from tests.integration.loading import command, connect, race

DAY = "2025-10-07"
ONLY_DAY = ("results", "--from", DAY, "--to", DAY)
REQUEST = (
    r"GET /v1/results\?start_date=2025-10-07&end_date=2025-10-07&region=gb&region=ire&limit=100"
    r"&skip=0: {}, \d+\.\d{{3}} s, attempt {}"
)
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


@pytest.fixture(autouse=True)
def a_day(api: Api) -> None:
    api.results = {DAY: [race("rac_1", DAY), race("rac_2", DAY)]}
    api.answers["/v1/results"] = [Answer(503, '{"detail": "Down"}')]


def test_a_log_file_has_each_request_with_its_status_seconds_and_attempt(
    api: Api, database: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "load.log"

    done = command(database, api.environment(), *ONLY_DAY, "--log-file", str(log))
    lines = log.read_text().splitlines()

    assert done.exit_code == 0
    assert [
        line for line in lines if not re.match(rf"{TIME} [A-Z]+ loaders\.[a-z_.]+: ", line)
    ] == []
    told = [line.partition(": ")[2] for line in lines if "raw: migration" not in line]
    begins, failed, warned, came, answers, landed, ends = told
    assert begins == f"load 1 begins: studbook load results --from {DAY} --to {DAY} (plan pro)"
    assert re.fullmatch(REQUEST.format(503, 1), failed)
    assert "gave no usable answer (503 Down)" in warned
    assert re.fullmatch(REQUEST.format(200, 2), came)
    assert answers == "The Racing API answers again."
    assert landed == (
        f"results of {DAY}: 2 received, 2 new, 0 changed, 0 withdrawn, 0 rejected; 1 pages"
    )
    assert ends == "load 1 ends: success"
    # The terminal hears of what it heard of before.
    assert "answers again" in done.stderr
    assert "GET" not in done.stderr


def test_verbose_shows_it_on_the_terminal(api: Api, database: dict[str, str]) -> None:
    done = command(database, api.environment(), *ONLY_DAY, "--verbose")

    assert re.search(REQUEST.format(503, 1), done.stderr)
    assert re.search(REQUEST.format(200, 2), done.stderr)
    assert f"results of {DAY}: 2 received" in done.stderr


def test_a_second_load_is_appended(api: Api, database: dict[str, str], tmp_path: Path) -> None:
    log = tmp_path / "load.log"
    for _ in range(2):
        command(database, api.environment(), *ONLY_DAY, "--refresh", "--log-file", str(log))

    assert re.findall(r"load (\d) ends", log.read_text()) == ["1", "2"]


def test_no_secret_is_in_it_though_the_api_repeats_what_was_sent(
    api: Api, database: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "load.log"
    said = f'{{"detail": "no user {USERNAME} with password {PASSWORD}"}}'
    api.answers["/v1/results"] = [Answer(500, said), Answer(401, said)]

    done = command(database, api.environment(), *ONLY_DAY, "--verbose", "--log-file", str(log))

    assert done.exit_code == 1
    told = log.read_text() + done.stderr
    assert "no user *** with password ***" in told
    assert not any(secret in told for secret in (USERNAME, PASSWORD))


def test_a_file_that_cannot_be_written_is_told_before_anything_is_asked(
    api: Api, database: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "no such folder" / "load.log"

    done = command(database, api.environment(), *ONLY_DAY, "--log-file", str(log))

    assert done.exit_code == 1
    assert done.stderr == (
        f"Error: The log cannot be written to {log} (No such file or directory): name another "
        "--log-file.\n"
    )
    assert api.asked == []


def test_a_disk_that_is_full_does_not_stop_a_load(api: Api, database: dict[str, str]) -> None:
    done = command(database, api.environment(), *ONLY_DAY, "--log-file", "/dev/full")

    assert done.exit_code == 0
    assert done.stderr.count("The log cannot be written to /dev/full any more.") == 1
    assert "Logging error" not in done.stderr
    assert "results             1          2" in done.stdout


def test_why_a_load_ended_or_did_not_begin_is_in_it(
    api: Api, database: dict[str, str], tmp_path: Path
) -> None:
    log = tmp_path / "load.log"
    api.answers["/v1/results"] = [Answer(401, '{"detail": "No"}')]
    ended = command(database, api.environment(), *ONLY_DAY, "--verbose", "--log-file", str(log))
    other = Session(lambda: connect(database))
    other.open()
    waiting = {**api.environment(), "STUDBOOK_PATIENCE": "0.005"}
    stopped = command(database, waiting, *ONLY_DAY, "--log-file", str(log))
    other.close()

    assert (ended.exit_code, stopped.exit_code) == (1, 1)
    # Told once: the command ends with it.
    assert ended.stderr.count("refused the credentials") == 1
    errors = [line for line in log.read_text().splitlines() if " ERROR " in line]
    assert "load 1 ends: failed: The Racing API refused the credentials" in errors[0]
    assert "Another load is still running" in errors[1]
