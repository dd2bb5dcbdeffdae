"""The files that a user meets first: .envrc in a shell, and make."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

from loaders.settings import ROOT
from tests.integration.readme import matches, only

# What pip writes of a program whose interpreter has a space in its path.
SCRIPT = """#!/bin/sh
'''exec' '{}/.venv/bin/python' "$0" "$@"
' '''
from loaders.cli import main
main()
"""
# A Python that notes which program is asked to install the project. pip has uv or says that it has
# none, and is told {config}; uv, and pip where it installs the project, end with the codes {uv} and
# {pip}.
PYTHON = """#!/bin/sh
case "$*" in
"-m venv --clear .venv") mkdir -p .venv/bin && cp "$0" .venv/bin/python ;;
"-m pip install "*" uv") {has_uv} && cp "$0" .venv/bin/uv ;;
"-m pip config list") echo "{config}" ;;
"-m pip install "*" --editable .[dev]") echo pip >> asked; exit {pip} ;;
"pip install "*" --editable .[dev]") echo uv >> asked; exit {uv} ;;
esac
"""
SHELLS = {"bash": ["bash", "--norc", "-c"], "zsh": ["zsh", "-f", "-c"], "direnv": []}


@pytest.fixture
def project(folder: Path) -> Path:
    """A project of its own, in a folder with a space in its name, with its venv."""
    root = folder / "a project"
    root.mkdir()
    shutil.copytree(ROOT / "loaders", root / "loaders")
    shutil.copy(ROOT / ".envrc", root)
    venv.create(root / ".venv", with_pip=False, symlinks=True)
    script = root / ".venv" / "bin" / "studbook"
    script.write_text(SCRIPT.format(root))
    script.chmod(0o755)
    [site] = (root / ".venv").glob("lib/python*/site-packages")
    (site / "project.pth").write_text(f"{root}\n{sysconfig.get_path('purelib')}\n")
    return root


def environment(shell: str, project: Path, **env: str) -> dict[str, str]:
    """The environment that `shell` gives a command after .envrc is sourced twice from elsewhere."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    env = {"PATH": os.environ["PATH"], "HOME": str(project.parent), **env}
    if shell == "direnv":
        subprocess.run(["direnv", "allow", project], check=True, env=env, capture_output=True)
        command = ["direnv", "exec", str(project), "env", "-0"]
    else:
        source = f"source {shlex.quote(str(project / '.envrc'))}"
        command = [*SHELLS[shell], f"set -eu; {source}; {source}; env -0"]
    done = subprocess.run(
        command, check=True, env=env, cwd="/", capture_output=True, text=True, timeout=60
    )
    return dict(line.split("=", 1) for line in done.stdout.split("\0") if line)


@pytest.mark.parametrize("shell", SHELLS)
def test_envrc_leads_to_the_venv_dbt_and_the_embedded_server(shell: str, project: Path) -> None:
    found = environment(shell, project)
    path = found["PATH"].split(":")
    assert path[0] == str(project / ".venv" / "bin")
    assert path.count(path[0]) == 1
    assert found["DBT_PROJECT_DIR"] == str(project / "dbt_project")
    assert found["DBT_PROFILES_DIR"] == str(project / "profiles")
    assert found["PGHOST"] == str(project / ".postgres" / "socket")
    assert (found["PGUSER"], found["PGDATABASE"]) == ("studbook", "studbook")
    assert "studbook_root" not in found


@pytest.mark.parametrize("shell", SHELLS)
def test_envrc_adds_what_psql_and_dbt_need_of_env_and_the_environment_does_not_set(
    shell: str, project: Path
) -> None:
    file = project / ".env"
    file.touch(mode=0o600)
    file.write_text(
        "# a comment\n"
        "PGDATABASE=studs\n"
        "PGPASSWORD='it is $HOME, ${HOME} \"quoted\"; true'\n"
        "export DBT_TARGET=prod  # dbt's\n"
        "RACING_API_PASSWORD=s3cret\n"
    )
    found = environment(shell, project, PGDATABASE="mares")
    assert found["PGDATABASE"] == "mares"
    assert found["PGPASSWORD"] == 'it is $HOME, ${HOME} "quoted"; true'
    assert found["DBT_TARGET"] == "prod"
    assert "RACING_API_PASSWORD" not in found


SOURCING_SHELLS = [shell for shell in SHELLS if shell != "direnv"]


def after(shell: str, project: Path, script: str) -> subprocess.CompletedProcess[str]:
    """What a script does that runs in the project's folder."""
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    env = {"PATH": os.environ["PATH"], "HOME": str(project.parent)}
    return subprocess.run(
        [*SHELLS[shell], script], env=env, cwd=project, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("shell", SOURCING_SHELLS)
def test_a_change_of_env_counts_when_envrc_is_sourced_again(shell: str, project: Path) -> None:
    file = project / ".env"
    file.touch(mode=0o600)
    file.write_text("PGDATABASE=studs\nPGSSLMODE=disable\nPGAPPNAME=yard\n")
    done = after(
        shell,
        project,
        "studbook() { python -c 'from loaders.cli import main; main()' \"$@\"; }\n"
        "source .envrc; export PGAPPNAME=mine\n"
        "printf 'PGDATABASE=mares\\nPGAPPNAME=paddock\\n' > .env\n"
        "studbook db status; source .envrc\n"
        'echo "$PGDATABASE $PGAPPNAME ${PGSSLMODE-gone} $PGUSER"\n'
        "rm .env; source .envrc\n"
        'echo "$PGDATABASE $PGAPPNAME"\n'
        "export PGDATABASE=racing; source .envrc; echo $PGDATABASE; studbook db url\n"
        "export PGHOST=db.example.org; source .envrc; echo ${PGUSER-gone} ${PGPORT-gone}",
    )
    assert re.findall("^database +(.*)$", done.stdout, re.MULTILINE) == ["mares"]
    *_, edited, removed, explicit, url, elsewhere = done.stdout.splitlines()
    assert edited == "mares mine gone studbook"
    assert removed == "studbook mine"
    assert explicit == "racing"
    assert url.startswith("postgresql://studbook@/racing?")
    assert elsewhere == "studbook gone"


@pytest.mark.parametrize("shell", SOURCING_SHELLS)
def test_options_for_another_server_are_kept_from_the_embedded_one(
    shell: str, project: Path
) -> None:
    done = after(shell, project, "export PGOPTIONS=-x; source .envrc; echo ${PGOPTIONS-gone}")
    assert done.stdout == "gone\n"


@pytest.mark.parametrize("shell", SOURCING_SHELLS)
@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PGUSER=ann\nwhat is this\n", "Line 2 of {} cannot be understood: write NAME=value"),
        (b"PGPASSWORD='s3cret\n", "Line 1 of {} cannot be understood: write NAME=value"),
        (b"PGPASSWORD=\xff\n", "{} cannot be read (it is not UTF-8): make it a UTF-8 text file"),
        (None, "{} cannot be read (Is a directory): make it a UTF-8 text file of your own."),
    ],
    ids=["a line", "a quote", "bytes", "a folder"],
)
def test_a_file_env_that_is_broken_is_one_sentence(
    shell: str, project: Path, content: bytes | None, sentence: str
) -> None:
    file = project / ".env"
    if content is None:
        file.mkdir()
    else:
        file.touch(mode=0o600)
        file.write_bytes(content)
    done = after(shell, project, 'source .envrc; echo "$? ${PGHOST-} ${studbook_root-}"')
    assert done.stdout == "1  \n"
    assert done.stderr.startswith(f"Error: {sentence.format(file)}")
    assert done.stderr.count("\n") == 1
    assert "s3cret" not in done.stderr


@pytest.mark.parametrize("shell", SOURCING_SHELLS)
def test_envrc_passes_nothing_on_from_a_file_env_that_others_can_read(
    shell: str, project: Path
) -> None:
    file = project / ".env"
    file.write_text("PGPASSWORD=s3cret\n")
    file.chmod(0o644)
    done = after(shell, project, 'source .envrc; echo "$? ${PGPASSWORD-} ${PGHOST-}"')
    assert done.stdout == "1  \n"
    assert done.stderr == (
        f"Error: {file} holds passwords, and other users may read or change it: run "
        f"`chmod 600 '{file}'`.\n"
    )


@pytest.mark.parametrize("shell", SHELLS)
def test_envrc_adds_to_the_way_to_another_server_what_studbook_takes_by_itself(
    shell: str, project: Path
) -> None:
    found = environment(shell, project, PGHOST="db.example.org", PGUSER="ann", PGDATABASE="")
    assert (found["PGHOST"], found["PGUSER"]) == ("db.example.org", "ann")
    assert found["PGDATABASE"] == "studbook"
    assert "PGPORT" not in found


@pytest.mark.parametrize("shell", SHELLS)
def test_envrc_lets_dbt_exchange_utf8_whatever_was_set(shell: str, project: Path) -> None:
    assert environment(shell, project, PGCLIENTENCODING="LATIN1")["PGCLIENTENCODING"] == "UTF8"


def test_envrc_of_a_clone_without_a_venv_says_what_to_do(project: Path) -> None:
    shutil.rmtree(project / ".venv")
    done = subprocess.run(
        ["bash", "-c", "set -eu; source .envrc"], cwd=project, capture_output=True, text=True
    )
    assert done.returncode == 0
    assert done.stderr.count("\n") == 1
    assert "run `make demo` or `make load`, then source .envrc again." in done.stderr


def make(*arguments: str, cwd: Path, path: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("make")
    if program is None:
        pytest.skip("make is not installed")
    return subprocess.run(
        [program, *arguments], cwd=cwd, env={"PATH": path}, capture_output=True, text=True
    )


def test_make_alone_lists_what_it_can_do() -> None:
    done = make(cwd=ROOT, path=os.environ["PATH"])
    assert done.returncode == 0
    listed = re.findall(r"^make (\S+) +\S", done.stdout, re.MULTILINE)
    assert {"demo", "test", "lint", "load", "help"} <= set(listed)
    assert "demo-tables" not in listed


def test_a_machine_without_a_suitable_python_is_told_which_to_install(tmp_path: Path) -> None:
    for name in ("Makefile", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "python3").write_text("#!/bin/sh\nexit 1\n")
    (programs / "python3").chmod(0o755)
    done = make("lint", cwd=tmp_path, path=str(programs))
    assert done.returncode == 2
    assert done.stderr.startswith(
        "Studbook needs Python 3.11, 3.12 or 3.13 with its venv module: install python3.13"
    )
    assert not (tmp_path / ".venv").exists()


@pytest.mark.parametrize(
    ("has_uv", "config", "uv", "pip", "asked"),
    [
        ("true", "", 0, 1, ["uv"]),
        ("true", "global.extra-index-url='https://more.example/simple'", 0, 1, ["uv"]),
        ("true", ":env:.index-url='https://mirror.example/simple'", 0, 0, ["pip"]),
        ("true", "", 1, 0, ["uv", "pip"]),
        ("false", "", 1, 0, ["pip"]),
        ("false", "", 1, 1, ["pip"]),
    ],
)
def test_make_installs_with_uv_and_else_with_pip(
    has_uv: str, config: str, uv: int, pip: int, asked: list[str], tmp_path: Path
) -> None:
    for name in ("Makefile", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = tmp_path / "python"
    python.write_text(PYTHON.format(has_uv=has_uv, config=config, uv=uv, pip=pip))
    python.chmod(0o755)
    done = make(".venv/installed", f"PYTHON={python}", cwd=tmp_path, path=os.environ["PATH"])
    assert (tmp_path / "asked").read_text().split() == asked
    assert ("pip installs" in done.stdout) == ("pip" in asked)
    is_installed = (tmp_path / ".venv" / "installed").exists()
    assert (done.returncode == 0) == is_installed == (pip == 0 or asked == ["uv"])


def test_a_checkout_that_was_copied_runs_itself_or_nothing(project: Path) -> None:
    for name in ("Makefile", "constraints.txt", "pyproject.toml"):
        shutil.copy2(ROOT / name, project)
    (project / ".venv" / "installed").touch()
    other = project.with_name("another")
    shutil.copytree(project, other, symlinks=True)

    def is_installed(root: Path) -> bool:
        asked = ("--question", ".venv/installed")
        return make(*asked, cwd=root, path=os.environ["PATH"]).returncode == 0

    assert is_installed(project)
    assert not is_installed(other)
    done = after("bash", other, 'source .envrc; echo "$? ${PGHOST-} ${studbook_root-}"; echo $PATH')
    assert done.stdout == f"1  \n{os.environ['PATH']}\n"
    assert done.stderr == (
        "This checkout was copied or moved, and its .venv runs another one: run `make "
        ".venv/installed`, which makes it anew, then source .envrc again.\n"
    )
    assert matches(only("This checkout was copied or moved"), done.stderr)
    done = after("bash", other, ".venv/bin/studbook db status")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        f"Error: This is the Studbook of {project}, and you are in the checkout {other}: run "
        "`make .venv/installed` and `source .envrc` there, or leave that folder.\n"
    )


def test_the_checkout_that_was_sourced_last_is_the_one_that_runs(project: Path) -> None:
    other = project.with_name("another")
    shutil.copytree(project, other, symlinks=True)
    venv.create(other / ".venv", with_pip=False, symlinks=True)
    sources = (f"source {shlex.quote(f'{root}/.envrc')}" for root in (project, other, project))
    done = after("bash", project, f"{'; '.join(sources)}; command -v studbook python")
    programs = project / ".venv" / "bin"
    assert done.stdout == f"{programs / 'studbook'}\n{programs / 'python'}\n"
