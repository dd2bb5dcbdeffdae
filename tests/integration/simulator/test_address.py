"""Where the simulated API can be reached from."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from simulator.serving.server import SimulatorServer
from simulator.world import World

LISTENING = "0A"


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="there is no /proc here")
def test_only_this_machine_reaches_it(world: World) -> None:
    with SimulatorServer(world) as server:
        port = urlsplit(server.base_url).port
        sockets = [
            line.split()
            for protocol in ("tcp", "tcp6")
            for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]
        ]
    listening = [cells[1] for cells in sockets if cells[3] == LISTENING]

    # 127.0.0.1, its bytes in the order of a little-endian machine and of a big-endian one.
    assert [address.split(":")[0] for address in listening if address.endswith(f":{port:04X}")] in (
        ["0100007F"],
        ["7F000001"],
    )
