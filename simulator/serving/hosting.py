"""Serving a world: until Ctrl-C, or while another command runs."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence

from simulator.serving.server import SimulatorError, SimulatorServer


def serve(server: SimulatorServer, say: Callable[[str], None]) -> None:
    """Serve until Ctrl-C; `say` is given the lines that tell a user how to reach it."""
    with server:
        say(f"Serving on {server.base_url}. To load it:")
        for name, value in server.environment().items():
            say(f"export {name}={value}")
        say("Ctrl-C ends it.")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            return


def check_command(command: Sequence[str]) -> None:
    """Refuse a command that cannot be run, before a world is built for it."""
    if command and shutil.which(command[0]) is None:
        raise SimulatorError(f"There is no command {command[0]!r}; check its spelling after --.")


def run_with(server: SimulatorServer, command: Sequence[str]) -> int:
    """Run `command` with the simulator as its Racing API; returns the command's exit code."""
    with server:
        process = subprocess.Popen(command, env={**os.environ, **server.environment()})
        # Ctrl-C is the command's: it may have something to finish, and needs the API until then.
        handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
        try:
            return process.wait()
        finally:
            signal.signal(signal.SIGINT, handler)
