"""dbt for many tests: imported once, the project parsed once, a process forked for each command.

A process of the test run waits for commands on a Unix socket. With the first one it imports dbt and
parses the project, as the command line would for a database of another name; each command runs in a
fork of it, which has what is parsed, through the same entry point as on the command line. A command
for another project parses that. It ends,
and all that it has begun, with the process that started it. Nothing here is imported by it before
it is asked, so a test run without dbt does not wait for it.
"""

from __future__ import annotations

import gc
import json
import os
import re
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from multiprocessing.util import _run_finalizers
from pathlib import Path
from typing import Any, NoReturn

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "dbt_project"
# Where the processes of a test run find the sockets.
FOLDER = "STUDBOOK_TESTS_DBT"
# The only var that is read when dbt parses: the others when it compiles.
PARSED_WITH = "enforce_expected_population"
_DATABASE = "parsed_once"
_LENGTH = 8


class DbtServers:
    """One server for each value of the var that is read at parse."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="studbook-dbt-"))
        self._processes = [self._start(value) for value in (False, True)]
        os.environ[FOLDER] = str(self.folder)

    def close(self) -> None:
        """End the servers and all that they run."""
        del os.environ[FOLDER]
        for process in self._processes:
            process.communicate()
        shutil.rmtree(self.folder)

    def _start(self, enforced: bool) -> subprocess.Popen[bytes]:
        with (
            socket.socket(socket.AF_UNIX) as listening,
            _log(self.folder, enforced).open("wb") as log,
        ):
            listening.bind(str(_address(self.folder, enforced)))
            listening.listen()
            return subprocess.Popen(
                [sys.executable, "-m", __name__, str(listening.fileno()), json.dumps(enforced)],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                pass_fds=[listening.fileno()],
                # Ctrl-C is for the test run, which ends this.
                start_new_session=True,
            )


class Running:
    """A command of dbt that runs in an environment and prints into two open files."""

    def __init__(
        self, command: Sequence[str], environment: Mapping[str, str], stdout: int, stderr: int
    ) -> None:
        given = [json.loads(command[n + 1]) for n, word in enumerate(command) if word == "--vars"]
        enforced = any(settings.get(PARSED_WITH, False) for settings in given)
        folder = Path(os.environ[FOLDER])
        asked = json.dumps({"command": [*command], "environment": {**environment}}).encode()
        self._log = _log(folder, enforced)
        self._server = socket.socket(socket.AF_UNIX)
        self._server.connect(str(_address(folder, enforced)))
        socket.send_fds(self._server, [len(asked).to_bytes(_LENGTH, "big")], [stdout, stderr])
        self._server.sendall(asked)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, or what ends it: TimeoutError after so many seconds.

        Raises RuntimeError when it ends without one.
        """
        with self._server:
            self._server.settimeout(timeout)
            answer = self._server.recv(1)
        if not answer:
            raise RuntimeError(
                f"dbt ended without an exit code:\n{self._log.read_text(errors='replace')}"
            )
        return answer[0]

    def has_ended(self) -> bool:
        """Whether wait() would answer at once."""
        return bool(select.select([self._server], [], [], 0)[0])

    def kill(self) -> None:
        """End it at once, as kill -9 does."""
        self._server.close()


def run(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Run a command of dbt; what it prints is kept as text."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        running = Running(command, environment, stdout.fileno(), stderr.fileno())
        code = running.wait()
        stdout.seek(0)
        stderr.seek(0)
        return subprocess.CompletedProcess(
            [*command], code, stdout.read().decode(), stderr.read().decode()
        )


def _address(folder: Path, enforced: bool) -> Path:
    return folder / f"{enforced}.socket"


def _log(folder: Path, enforced: bool) -> Path:
    return folder / f"{enforced}.log"


def _serve(listening: socket.socket, enforced: bool) -> NoReturn:
    """Fork for every command until whoever started this process has gone."""
    # Nobody waits for the forks.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    manifest: Any = None
    while True:
        ready, _, _ = select.select([listening, sys.stdin], [], [])
        if sys.stdin in ready:
            os.killpg(0, signal.SIGKILL)
        asking, _ = listening.accept()
        if manifest is None:
            manifest = _parsed(enforced)
            gc.collect()
            # What a fork does not look through stays shared with it.
            gc.freeze()
        if os.fork() == 0:
            listening.close()
            _answer(asking, manifest)
        asking.close()


def _parsed(enforced: bool) -> Any:
    """dbt's manifest of the project, for a database that is not there."""
    from dbt.cli.main import dbtRunner
    from dbt_common.clients.jinja import template_cache

    _lighten()
    with tempfile.TemporaryDirectory() as scratch:
        os.environ |= {
            "PGHOST": "nowhere",
            "PGDATABASE": _DATABASE,
            "DBT_PROJECT_DIR": str(PROJECT),
            "DBT_PROFILES_DIR": str(ROOT / "profiles"),
            "DBT_TARGET_PATH": scratch,
            "DBT_LOG_PATH": scratch,
        }
        settings = json.dumps({PARSED_WITH: enforced})
        # The static parser begins threads, which no fork would have. A project with an error in it
        # is left to the command, which says so.
        parse = ("parse", "--no-partial-parse", "--no-static-parser", "--vars", settings)
        manifest = dbtRunner().invoke([*parse]).result
    if manifest:
        for macro in manifest.macros.values():
            # What is compiled here need not be in every fork.
            template_cache.get_node_template(macro)
    return manifest


def _lighten() -> None:
    """Leave out of every command what it would do again, and what nobody sees."""
    from dbt.adapters.base import BaseAdapter
    from dbt.compilation import Linker
    from dbt.context.macros import MacroNamespace
    from dbt.task import runnable
    from dbt_common.clients import agate_helper
    from dbt_common.clients.jinja import MacroFuzzEnvironment
    from dbt_common.events.base_types import BaseEvent, DebugLevel, EventLevel
    from dbt_common.events.event_manager import EventManager
    from dbt_common.events.event_manager_client import get_event_manager

    # Every command would write the same one again, which takes it half a second.
    runnable.write_manifest = lambda *_: None
    # For a file that tells developers of dbt about the graph.
    Linker.get_graph_summary = lambda *_: {}

    # The text of a node or hook is the one that was compiled when it was parsed.
    compile_text, compiled = MacroFuzzEnvironment.compile, {}

    def compile_once(environment: Any, text: str) -> Any:
        key = type(environment), text
        if key not in compiled:
            compiled[key] = compile_text(environment, text)
        return compiled[key]

    MacroFuzzEnvironment.compile = compile_once

    # Thousands of events are for debugging, and made into messages and lines before a log looks at
    # their level.
    fire, unseen = EventManager.fire_event, (EventLevel.DEBUG, EventLevel.TEST)
    make_message = BaseEvent.__init__

    def debugs(manager: Any) -> bool:
        return any(logger.level in unseen for logger in manager.loggers)

    def fire_if_seen(manager: Any, e: Any, level: Any = None, **more: Any) -> None:
        if (level or e.level_tag()) not in unseen or debugs(manager):
            fire(manager, e, level, **more)

    def make_message_if_seen(event: Any, *args: Any, **fields: Any) -> None:
        # Before there is a logger, what happens is kept for it.
        manager = get_event_manager()
        if not isinstance(event, DebugLevel) or not manager.loggers or debugs(manager):
            make_message(event, *args, **fields)

    EventManager.fire_event = fire_if_seen
    BaseEvent.__init__ = make_message_if_seen

    # The names of all macros are looked for in five places for every node.
    look_up = MacroNamespace.__init__

    def look_up_once(names: Any, *args: Any, **more: Any) -> None:
        look_up(names, *args, **more)
        names.merged = {}
        for place in reversed([*names._search_order()]):
            names.merged |= place

    MacroNamespace.__init__ = look_up_once
    MacroNamespace.__getitem__ = lambda names, name: names.merged[name]
    MacroNamespace.__iter__ = lambda names: iter(names.merged)
    MacroNamespace.__contains__ = lambda names, name: name in names.merged

    # What reads dates is made anew for the answer to every query.
    make_tester = cache(agate_helper.build_type_tester)
    agate_helper.build_type_tester = lambda text_columns, string_null_values=("null", ""): (
        make_tester(frozenset(text_columns), tuple(string_null_values))
    )

    # A table is looked for among all, part by part of their names.
    match = BaseAdapter._make_match

    def match_by_name(
        adapter: Any, relations: Sequence[Any], database: str, schema: str, name: str
    ) -> Any:
        named = [each for each in relations if each.identifier.lower() == name.lower()]
        return match(adapter, named, database, schema, name)

    BaseAdapter._make_match = match_by_name


def _answer(asking: socket.socket, manifest: Any) -> NoReturn:
    """Run the command that is asked for in this process, which ends with it."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    # It lives for seconds.
    gc.disable()
    code, log = 2, os.dup(2)
    try:
        length, files, _, _ = socket.recv_fds(asking, _LENGTH, 2)
        with asking.makefile("rb") as requests:
            asked = json.loads(requests.read(int.from_bytes(length, "big")))
        for descriptor, file in zip((1, 2), files, strict=True):
            os.dup2(file, descriptor)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        threading.Thread(target=_end_with, args=[asking], daemon=True).start()
        os.environ.clear()
        os.environ.update(asked["environment"])
        code = _dbt(asked["command"], manifest)
        sys.stdout.flush()
        sys.stderr.flush()
        # Named semaphores of dbt's locks would stay in memory.
        _run_finalizers(0)
        asking.send(bytes([code]))
    except BaseException:
        os.write(log, traceback.format_exc().encode())
    finally:
        os._exit(code)


def _end_with(asking: socket.socket) -> None:
    """End this process when the one that waits for its answer has gone."""
    asking.recv(1)
    os.kill(os.getpid(), signal.SIGKILL)


def _dbt(command: Sequence[str], manifest: Any) -> int:
    """The exit code of dbt, run as its console script runs it."""
    from dbt.cli.main import cli

    if os.environ["DBT_PROJECT_DIR"] != str(PROJECT):
        manifest = None
    if manifest:
        is_of_test = ("--target", "test") in pairwise(command)
        _move(manifest, os.environ["PGDATABASE"], "racing_test" if is_of_test else "racing")
    sys.argv = list(command)
    try:
        cli(prog_name="dbt", obj={"manifest": manifest})
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    return 0


def _move(manifest: Any, database: str, schema: str) -> None:
    """Let everything be in a database, and what dbt makes in the schemas of a target."""
    for node in (*manifest.nodes.values(), *manifest.sources.values()):
        node.database = database
        node.schema = re.sub("^racing", schema, node.schema)
        if node.relation_name:
            quoted = node.relation_name.removeprefix(f'"{_DATABASE}"')
            node.relation_name = f'"{database}"' + re.sub('^."racing', f'."{schema}', quoted)
    # What macros see of it.
    manifest.build_flat_graph()


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), json.loads(sys.argv[2]))
