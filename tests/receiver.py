"""A receiver of alerts over real HTTP, to which Apprise's json:// addresses lead."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

# What nobody but the sender and the receiver may see; letters and digits stay as they are however
# a program escapes them.
TOKEN = "Hv3kPq8sLm"


class Receiver:
    """Takes messages, and keeps them; `status` is its answer, `latency` in seconds;
    `waiting` is set once one has come."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self.status = 200
        self.latency = 0.0
        self.waiting = threading.Event()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                receiver.waiting.set()
                time.sleep(receiver.latency)
                receiver.paths.append(self.path)
                if receiver.status == 200:
                    receiver.messages.append(json.loads(body))
                self.send_response(receiver.status)
                self.end_headers()
                # One that tells what it was sent.
                self.wfile.write(self.path.encode())

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Its address as Apprise writes it, with secrets in each place that may hold one."""
        return (
            f"json://{TOKEN}user:{TOKEN}pass@127.0.0.1:{self._server.server_port}/{TOKEN}/hook"
            f"?+X-Key={TOKEN}"
        )

    def bodies(self) -> list[str]:
        """The texts of the messages."""
        return [message["message"] for message in self.messages]
