"""A headless Chromium, driven over the two pipes of its DevTools protocol."""

from __future__ import annotations

import json
import os
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
    "--hide-scrollbars",
    "--proxy-server=127.0.0.1:9",
    "--remote-debugging-pipe",
)
_BLOCK = 1 << 16


class Page:
    """A page of a browser: what it is told to do, what it asked for, and what went wrong in it.

    `requested` are the addresses that it asked for since it was opened, `complaints` what its
    console has of errors and warnings, exceptions too.
    """

    def __init__(self, requests: int, answers: int) -> None:
        self._requests, self._answers, self._sent = requests, answers, 0
        self._read = b""
        self._session: dict[str, str] = {}
        self.requested: list[str] = []
        self.complaints: list[str] = []
        target = self._call("Target.createTarget", url="about:blank")["targetId"]
        attached = self._call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = {"sessionId": attached["sessionId"]}

    def watch(self) -> None:
        """Note from now on what the page asks for, and what it complains about."""
        for domain in ("Network", "Runtime", "Log", "Page"):
            self._call(f"{domain}.enable")

    def look(self, width: int, height: int, scheme: str) -> None:
        """Be a screen of so many CSS pixels, whose reader prefers the scheme light or dark."""
        self._call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        self._call(
            "Emulation.setEmulatedMedia",
            features=[{"name": "prefers-color-scheme", "value": scheme}],
        )

    @contextmanager
    def at(self, moment: str) -> Iterator[None]:
        """Have pages that are opened take a moment such as 2026-06-30T23:00:00Z for the present."""
        source = f"Date.now = () => Date.parse({json.dumps(moment)})"
        added = self._call("Page.addScriptToEvaluateOnNewDocument", source=source)
        yield
        self._call("Page.removeScriptToEvaluateOnNewDocument", **added)

    def open(self, url: str) -> None:
        """Go to `url`."""
        self.requested.clear()
        self.complaints.clear()
        self._call("Page.navigate", url=url)

    def evaluate(self, script: str) -> Any:
        """The value of a script, as JSON holds it, awaited where it is a promise."""
        answer = self._call(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def wait_for(self, script: str, seconds: float = 60) -> Any:
        """The first value of a script that is true, which is how a page says that it is ready."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            result = self._call("Runtime.evaluate", expression=script, returnByValue=True)
            if value := result["result"].get("value"):
                return value
            time.sleep(0.05)
        raise AssertionError(f"after {seconds} seconds the page has no {script}; {self.complaints}")

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._sent += 1
        message = {"id": self._sent, "method": method, "params": parameters, **self._session}
        os.write(self._requests, json.dumps(message).encode() + b"\0")
        while True:
            answer = json.loads(self._next())
            if answer.get("id") == self._sent:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        told = event.get("params", {})
        match event.get("method"):
            case "Network.requestWillBeSent":
                self.requested.append(told["request"]["url"])
            case "Runtime.exceptionThrown":
                self.complaints.append(json.dumps(told["exceptionDetails"]))
            case "Runtime.consoleAPICalled" if told["type"] in ("error", "warning", "assert"):
                self.complaints.append(json.dumps(told["args"]))
            case "Log.entryAdded" if told["entry"]["level"] in ("error", "warning"):
                self.complaints.append(json.dumps(told["entry"]))

    def _next(self) -> bytes:
        while b"\0" not in self._read:
            ready, _, _ = select([self._answers], [], [], 120)
            assert ready, "Chromium does not answer"
            block = os.read(self._answers, _BLOCK)
            assert block, "Chromium has gone"
            self._read += block
        message, _, self._read = self._read.partition(b"\0")
        return message


@contextmanager
def browser(profile: Path) -> Iterator[Page]:
    """A Chromium of its own, with an empty profile; without one installed the test skips."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        pytest.skip("no Chromium is installed")
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
