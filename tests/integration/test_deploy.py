"""What deploy/ holds is what its readers understand, and the commands in it are there."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
import yaml

from loaders.cli import main
from loaders.settings import ROOT
from tests.integration.loading import wait_for
from tests.integration.project import SITE

DEPLOY = ROOT / "deploy"
SYSTEMD = DEPLOY / "systemd"
UNITS = sorted(file for file in SYSTEMD.iterdir() if file.is_file())
CRONTAB = DEPLOY / "cron" / "studbook.crontab"
WORKFLOW = DEPLOY / "github" / "studbook.yml"
CONTAINERFILE = DEPLOY / "container" / "Containerfile"
CLOCK = DEPLOY / "container" / "clock.sh"
COMPOSE = DEPLOY / "container" / "compose.yaml"
# Where the files expect the checkout.
PLACE = "/opt/studbook"
PROGRAMS = ROOT / ".venv" / "bin"
# The fields of a crontab: minute, hour, day, month, day of the week.
RANGES = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))


def checked(schema: str, file: Path) -> None:
    """Have check-jsonschema hold a file against one of the schemas that it brings."""
    done = subprocess.run(
        [PROGRAMS / "check-jsonschema", "--builtin-schema", schema, file],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def instructions() -> list[tuple[str, str]]:
    """The instructions of the Containerfile, each with what follows it on its lines."""
    text = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", CONTAINERFILE.read_text(), flags=re.M))
    return [(line.split(" ", 1)[0], line.split(" ", 1)[1]) for line in text.splitlines() if line]


def workflow_scripts() -> list[str]:
    """What the steps of the workflow run."""
    jobs = yaml.safe_load(WORKFLOW.read_text())["jobs"].values()
    return [step["run"] for job in jobs for step in job["steps"] if "run" in step]


def commands(program: str) -> Iterator[list[str]]:
    """Every call of a program in deploy/, as words."""
    readme = re.findall(r"^    (.*)$", (DEPLOY / "README.md").read_text(), re.M)
    settings = [line for unit in UNITS for line in unit.read_text().splitlines() if "=" in line]
    entry = [words for name, words in instructions() if name in ("HEALTHCHECK", "CMD")]
    texts = [
        *(line.split("#")[0] for line in readme),
        # An instance for each of the two.
        *(line.replace("%i", kind) for line in settings for kind in ("daily", "weekly")),
        *(line for line in CRONTAB.read_text().splitlines() if not line.startswith("#")),
        *(script.replace("\\\n", " ") for script in workflow_scripts()),
        *(re.sub(r'["\[\],]', " ", words) for words in entry),
        re.sub(r"^ *#.*$", "", CLOCK.read_text(), flags=re.M),
    ]
    before = r"^|/bin/|&& |; |-- |do_now |CMD |sudo -u studbook |exec studbook "
    call = re.compile(rf"(?:{before})\s*{program}\s+(?=([^\n;&|#`)}}]*))", re.M)
    for text in texts:
        for found in call.finditer(text):
            # Another one may be given to it to run.
            yield found[1].split(" -- ")[0].split()


def resolved(command: click.Command, words: list[str]) -> str:
    """The full name of what words call, whose options it has."""
    name = command.name or ""
    while isinstance(command, click.Group):
        found = next((word for word in words if not word.startswith("-")), "")
        assert found in command.commands, f"{name} has no command {found!r}"
        words = words[words.index(found) + 1 :]
        command, name = command.commands[found], f"{name} {found}"
    # One that is imported when it is called has its options then.
    command = command.make_context(name, [], resilient_parsing=True).command
    known = {option for parameter in command.params for option in parameter.opts}
    unknown = {word for word in words if word.startswith("--")} - known - {"--help"}
    assert not unknown, f"{name} has no {unknown}"
    return name.removeprefix("main ").removeprefix("cli ")


def test_systemd_reads_the_units(tmp_path: Path) -> None:
    if not shutil.which("systemd-analyze"):
        pytest.skip("systemd-analyze is not here")
    for unit in UNITS:
        # The programs that they name are to be there.
        text = unit.read_text().replace(PLACE, str(ROOT))
        for kind in ("@.", "@daily.", "@weekly."):
            (tmp_path / unit.name.replace("@.", kind)).write_text(text)
    for folder in SYSTEMD.glob("*.d"):
        shutil.copytree(folder, tmp_path / folder.name)
    files = sorted(file for file in tmp_path.iterdir() if file.is_file() and "@." not in file.name)

    done = subprocess.run(["systemd-analyze", "verify", *files], capture_output=True, text=True)
    services = [file for file in files if file.suffix == ".service"]
    # Of 100, what a service could do beyond its work.
    exposed = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=25", *services],
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert exposed.returncode == 0, exposed.stdout


def test_timers_make_up_for_a_run_that_was_missed_and_start_a_unit_that_is_there() -> None:
    timers = [unit.read_text() for unit in UNITS if unit.suffix == ".timer"]

    assert len(timers) == 2
    for timer in timers:
        assert "Persistent=true" in timer
        assert "RandomizedDelaySec=" in timer
        template = re.sub("@.*", "@.service", re.search("^Unit=(.*)$", timer, re.M)[1])
        assert template in [unit.name for unit in UNITS]


def test_a_unit_may_write_where_the_readme_makes_folders() -> None:
    made = re.search("mkdir -p (.*)", (DEPLOY / "README.md").read_text())[1].split()
    may = {
        path.lstrip("-")
        for unit in UNITS
        for paths in re.findall("^ReadWritePaths=(.*)$", unit.read_text(), re.M)
        for path in paths.split()
    }

    assert may == {"/tmp", *(f"{PLACE}/{folder}" for folder in made)}


def test_cron_reads_the_crontab() -> None:
    for line in CRONTAB.read_text().splitlines():
        if line.startswith("#") or re.fullmatch(r"[A-Z]+=\S+", line):
            continue
        assert "%" not in line, "cron ends a command there"
        times, command = re.fullmatch(r"(@reboot|(?:\S+ ){4}\S+) (.+)", line).groups()
        assert command.startswith(f"cd {PLACE} && ")
        for field, (low, high) in zip(times.split(), RANGES, strict=False):
            if not field.startswith("@"):
                numbers = [int(number) for number in re.findall(r"\d+", field)]
                assert re.fullmatch(r"(\*|\d+(-\d+)?)(/\d+)?(,\d+(-\d+)?)*", field), line
                assert all(low <= number <= high for number in numbers), line


def test_cron_itself_reads_the_crontab() -> None:
    if not shutil.which("crontab"):
        pytest.skip("crontab is not here")
    done = subprocess.run(["crontab", "-T", CRONTAB], capture_output=True, text=True)
    if "option" in done.stderr:
        pytest.skip("this crontab does not check a file")
    assert done.returncode == 0, done.stderr


def test_github_reads_the_workflow_which_may_little_and_takes_actions_as_they_are_now() -> None:
    checked("vendor.github-workflows", WORKFLOW)
    checked("custom.github-workflows-require-timeout", WORKFLOW)
    workflow = yaml.safe_load(WORKFLOW.read_text())

    assert workflow["permissions"] == {"contents": "read"}
    assert {name: job.get("permissions") for name, job in workflow["jobs"].items()} == {
        "changed": None,
        "everything": None,
        "pages": {"pages": "write", "id-token": "write", "contents": "read"},
    }
    uses = re.findall(r"uses: (.*)", WORKFLOW.read_text())
    assert len(uses) >= 8
    for action in uses:
        assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", action)
    # What a stranger's pull request says becomes no part of a script.
    assert all("${{" not in script for script in workflow_scripts())


def test_compose_reads_its_file() -> None:
    checked("vendor.compose-spec", COMPOSE)
    services = yaml.safe_load(COMPOSE.read_text())["services"]

    assert (COMPOSE.parent / services["studbook"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / services["studbook"]["build"]["dockerfile"]) == CONTAINERFILE
    assert services["studbook"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    # Neither is to be had from outside, and no password stands in the file.
    assert all("ports" not in service for service in services.values())
    set_here = (COMPOSE.parent / ".env.example").read_text()
    assert "PGPASSWORD=\n" in set_here
    assert services["postgres"]["environment"]["POSTGRES_PASSWORD"].startswith("${PGPASSWORD:?")


def test_hadolint_reads_the_containerfile() -> None:
    if not (PROGRAMS / "hadolint").exists():
        pytest.skip("hadolint is not here")
    done = subprocess.run([PROGRAMS / "hadolint", CONTAINERFILE], capture_output=True, text=True)

    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_is_of_one_base_and_its_user_is_not_root() -> None:
    told = dict(instructions())

    assert re.fullmatch(r"docker\.io/library/python:3\.1[123]\.\d+-slim-\w+", told["FROM"])
    assert re.fullmatch(r"\d{4,}:\d{4,}", told["USER"])
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    kept = {volume.partition(":")[2] for volume in services["studbook"]["volumes"]}
    folders = re.search("--group=studbook (.*)", CONTAINERFILE.read_text().replace("\\\n    ", ""))
    assert kept == {f"{PLACE}/{folder}" for folder in folders[1].split()}


def test_the_image_has_the_client_programs_of_the_server_beside_it() -> None:
    server = yaml.safe_load(COMPOSE.read_text())["services"]["postgres"]["image"]
    major = re.search(r":(\d+)", server)[1]
    text = CONTAINERFILE.read_text()

    assert set(re.findall(r"--from=(\S+)", text)) == {server}
    assert re.findall(r"postgresql-client-(\d+)", text) == [major]
    assert f":/usr/lib/postgresql/{major}/bin:" in dict(instructions())["ENV"]


@pytest.fixture
def image(tmp_path: Path) -> Path:
    """What the image holds of the checkout, as .dockerignore lets it through."""
    let_in = re.findall("^!(.*)$", (ROOT / ".dockerignore").read_text(), re.M)
    copied = [words for name, words in instructions() if name == "COPY"]
    for words in [words for words in copied if not words.startswith("--from=")]:
        *sources, place = [word for word in words.split() if not word.startswith("--")]
        for source in sources:
            assert source in let_in, f"{source} is left out by .dockerignore"
            target = tmp_path / "image" / (source if place == "./" else place.lstrip("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / source).is_dir() else shutil.copy
            copy(ROOT / source, target)
    return tmp_path / "image"


def test_what_the_image_holds_is_healthy_while_its_database_answers(
    image: Path, database: dict[str, str]
) -> None:
    health = json.loads(re.search(r"CMD (\[.*\])", dict(instructions())["HEALTHCHECK"])[1])
    assert health[0] == "studbook"
    program = [sys.executable, "-c", "from loaders.cli import main; main()"]
    variables = {"PATH": os.environ["PATH"], "PYTHONPATH": f"{image}{os.pathsep}{SITE}"}

    def run(*command: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*program, *command],
            cwd=image,
            env={**variables, **database, **env},
            capture_output=True,
            text=True,
        )

    healthy = run(*health[1:])
    assert healthy.returncode == 0, healthy.stderr
    assert " answers at " in healthy.stdout
    assert run(*health[1:], PGPORT="1").returncode == 1
    # The descriptions of the columns come with it.
    assert "ra_mst_sires" in run("inventory").stdout


def test_the_commands_of_every_file_are_studbooks_and_dbts() -> None:
    from dbt.cli.main import cli

    studbook = {resolved(main, words) for words in commands("studbook")}
    dbt = {resolved(cli, words) for words in commands("dbt")}

    assert studbook == {
        *("daily", "weekly", "load", "site", "diff", "simulator"),
        *("db up", "db down", "db status"),
    }
    assert dbt == {"build"}


def test_make_knows_what_the_files_make() -> None:
    goals = {word for words in commands("make") for word in words if not word.startswith("-")}

    assert goals == {".venv/installed", "load", "lint", "test", "demo", "docs", "site"}
    rules = (ROOT / "Makefile").read_text().replace("$(VENV):", ".venv/installed:")
    assert goals <= set(re.findall(r"^([\w./-]+):", rules, re.M))


def program(folder: Path, name: str, *lines: str) -> None:
    """A program of that name that takes the place of the real one."""
    (folder / name).write_text("\n".join(("#!/bin/sh", *lines, "")))
    (folder / name).chmod(0o755)


@pytest.fixture
def minutes(tmp_path: Path) -> Path:
    """A folder of programs: a clock that goes on to the next of its times when somebody sleeps, and
    stands still at the last, and a Studbook that notes its runs."""
    date = shutil.which("date")
    if "GNU" not in subprocess.run([date, "--version"], capture_output=True, text=True).stdout:
        pytest.skip("the date of GNU is not here")
    program(
        tmp_path,
        "date",
        f"now=$(head -n 1 {tmp_path}/times)",
        'case "$1" in',
        "+%S) echo 08 ;;",
        f'--date) exec {date} --date "${{now% *}} $2" "$3" ;;',
        f'*) exec {date} --date "$now" "$1" ;;',
        "esac",
    )
    program(
        tmp_path,
        "sleep",
        f"cd {tmp_path}",
        '[ "$(wc -l < times)" -gt 1 ] || { touch still; exec /bin/sleep 60; }',
        '[ "$*" = 52 ] && sed -i.old 1d times',
    )
    program(tmp_path, "studbook", f'echo "$(head -n 1 {tmp_path}/times) $*" >> {tmp_path}/done')
    return tmp_path


def started(minutes: Path, *times: str) -> subprocess.Popen[str]:
    """The clock of the container, at each of these times."""
    (minutes / "times").write_text("".join(f"{time}\n" for time in times))
    (minutes / "still").unlink(missing_ok=True)
    return subprocess.Popen(
        ["sh", CLOCK],
        cwd=minutes,
        env={"PATH": f"{minutes}{os.pathsep}{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
        text=True,
    )


def runs(minutes: Path, *times: str) -> list[str]:
    """What it has run by the last of them, and when."""
    done = minutes / "done"
    done.touch()
    ended(started(minutes, *times), minutes / "still")
    return done.read_text().splitlines()


def ended(clock: subprocess.Popen[str], when: Path) -> str:
    """What a clock has said that is told to end when a file is there."""
    wait_for(when.exists)
    clock.send_signal(signal.SIGTERM)
    _, told = clock.communicate(timeout=20)
    assert clock.returncode == 0
    return told


def test_the_clock_of_the_container_runs_each_command_at_its_minute(minutes: Path) -> None:
    # 30 November is a Monday.
    assert runs(
        minutes,
        *("2026-11-30 02:59", "2026-11-30 03:00", "2026-11-30 03:01", "2026-11-30 08:00"),
        *("2026-11-30 08:01", "2026-11-30 22:30", "2026-12-01 07:59", "2026-12-01 08:00"),
        "2026-12-01 08:01",
    ) == [
        "2026-11-30 03:00 weekly",
        "2026-11-30 08:00 daily",
        "2026-11-30 22:30 daily",
        "2026-12-01 08:00 daily",
    ]


def test_what_was_due_while_the_container_was_down_or_busy_is_run_later_and_once(
    minutes: Path,
) -> None:
    assert runs(minutes, "2026-11-29 12:00") == []
    with (minutes / "studbook").open("a") as studbook:
        studbook.write(f"[ $1 = weekly ] && echo '2026-11-30 22:40' > {minutes}/times\n")

    # It was down on Sunday evening and on Monday, and the weekly run takes until late.
    assert runs(minutes, "2026-11-30 09:00") == [
        "2026-11-30 09:00 weekly",
        "2026-11-30 22:40 daily",
    ]


def test_the_clock_says_how_a_run_ended(minutes: Path) -> None:
    program(minutes, "studbook", "exit 3")
    clock = started(minutes, "2026-12-01 07:59", "2026-12-01 08:00", "2026-12-01 08:01")

    assert ended(clock, minutes / "still").splitlines()[0] == "`studbook daily` ended with 3."


def test_a_run_under_way_is_told_when_the_container_ends(minutes: Path) -> None:
    program(
        minutes,
        "studbook",
        f"trap 'echo told > {minutes}/ended; exit 143' TERM",
        f"echo begun > {minutes}/begun",
        "/bin/sleep 60 2> /dev/null & wait",
    )
    clock = started(minutes, "2026-12-01 07:59", "2026-12-01 08:00")

    ended(clock, minutes / "begun")

    assert (minutes / "ended").read_text() == "told\n"
