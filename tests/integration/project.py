"""A project folder with the real package in it, and a look into its database."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import psycopg

from loaders.settings import ROOT

SITE = Path(sysconfig.get_path("purelib"))


class Project:
    """A project folder of its own with the real package in it, whose `studbook` is run as a user
    runs it: in another process, with PGHOST unset."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.path = [str(root), str(SITE)]
        self.python = sys.executable
        self.identity: dict[str, object] = {}
        self.before: list[str] = []
        self.program = "from loaders.cli import main; main()"
        shutil.copytree(ROOT / "loaders", root / "loaders")

    def start(self, *command: str, **env: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*self.before, self.python, "-c", self.program, *command],
            cwd="/",
            env={"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(self.path), **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            **self.identity,
        )

    def db(self, *command: str, **env: str) -> str:
        """What `studbook db COMMAND` prints; it must succeed."""
        process = self.start("db", *command, **env)
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 0, errors
        return output

    def refused(self, *command: str, **env: str) -> str:
        """The one sentence that `studbook db COMMAND` fails with."""
        process = self.start("db", *command, **env)
        output, errors = process.communicate(timeout=120)
        assert process.returncode == 1
        assert output == ""
        sentence = re.fullmatch(r"Error: (\S[^\n]*\.)\n", errors)
        assert sentence, errors
        return sentence[1]

    def place(self, name: str) -> Path:
        """The `data`, `socket` or `log` that `studbook db status` shows."""
        return Path(re.search(rf"^{name} +(.*)$", self.db("status"), re.MULTILINE)[1])


def process_of(status: str) -> int:
    return int(re.search(r"process (\d+)\.", status)[1])


def ask(uri: str, query: str) -> object:
    with psycopg.connect(uri) as connection:
        return connection.execute(query).fetchone()[0]
