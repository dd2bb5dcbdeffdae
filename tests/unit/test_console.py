"""What all commands have in common: some are imported only when they are called."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from loaders.cli import main
from loaders.console import Lazy
from loaders.settings import ROOT

HEAVY = ("simulator", "starlette", "uvicorn")


def imported(*arguments: str) -> list[str]:
    """What of the simulator a command imports."""
    program = (
        "import json, sys\n"
        "from loaders.cli import main\n"
        "main(sys.argv[1:], standalone_mode=False)\n"
        "print(json.dumps(sorted({name.split('.')[0] for name in sys.modules})))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        check=True,
        cwd=ROOT,
        text=True,
    )
    return [name for name in json.loads(done.stdout.splitlines()[-1]) if name in HEAVY]


@pytest.mark.parametrize(
    "command", [(), ("db",), ("load",), ("rejects",), ("inventory",), ("status",)]
)
def test_no_other_command_imports_the_simulator(command: tuple[str, ...]) -> None:
    assert imported(*command, "--help") == []


def test_the_simulator_is_listed_with_what_its_own_help_begins_with() -> None:
    listed, whole = (
        " ".join(CliRunner().invoke(main, arguments).stdout.split())
        for arguments in (["--help"], ["simulator", "--help"])
    )
    sentence = "Serve a stand-in Racing API: until Ctrl-C, or while COMMAND (after --) runs."
    assert sentence in listed
    assert "Usage: main simulator [OPTIONS] [COMMAND]..." in whole
    assert sentence in whole
    assert "--fault" in whole
    assert imported("simulator", "--help") == ["simulator"]


@pytest.mark.parametrize("missing", ["starlette", "uvicorn"])
def test_without_its_extra_the_simulator_says_what_to_install(missing: str) -> None:
    program = (
        "import sys\n"
        f"sys.modules[{missing!r}] = None\n"
        "from loaders.cli import main\n"
        "main(['simulator', '--', 'true'])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, cwd=ROOT, text=True)
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: The simulator needs {missing}, which is not installed: run `make demo`, or `pip "
        "install -e '.[demo]'` in the project's folder.\n"
    )


def test_a_lazy_command_takes_its_arguments_and_fails_as_the_command_that_it_stands_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_import.py").write_text(
        "import click\n"
        "@click.command()\n"
        "@click.option('--times', type=int, default=1)\n"
        "@click.argument('words', nargs=-1)\n"
        "def echo(times, words):\n"
        "    click.echo(' '.join(words * times))\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    group = click.Group("tool", commands=[Lazy("echo", "slow_to_import:echo", "Echo.")])

    listed = CliRunner().invoke(group, ["--help"])
    assert "echo  Echo." in listed.stdout
    assert "slow_to_import" not in sys.modules

    said = CliRunner().invoke(group, ["echo", "--times", "2", "--", "--a", "b"])
    assert (said.stdout, said.exit_code) == ("--a b --a b\n", 0)
    wrong = CliRunner().invoke(group, ["echo", "--times", "x"])
    assert wrong.exit_code == 2
    assert "Usage: tool echo [OPTIONS] [WORDS]..." in wrong.stderr
