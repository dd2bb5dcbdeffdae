"""Who listens on a Unix socket."""

from __future__ import annotations

import os
import socket
import threading
from contextlib import ExitStack
from pathlib import Path

from loaders.postgres.local.listener import listener


def test_a_server_whose_queue_is_full_is_there(folder: Path) -> None:
    path = folder / "socket"
    with ExitStack() as opened, socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen(0)
        while True:
            client = opened.enter_context(socket.socket(socket.AF_UNIX))
            client.setblocking(False)
            try:
                client.connect(str(path))
            except BlockingIOError:
                break
        take_up = threading.Timer(0.2, lambda: server.accept()[0].close())
        take_up.start()
        assert listener(path) == os.getpid()
        take_up.join()
    assert listener(path) is None
    path.unlink()
    assert listener(path) is None
