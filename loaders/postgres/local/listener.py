"""Who listens on a Unix socket, as the kernel says."""

from __future__ import annotations

import socket
import struct
import sys
from pathlib import Path

# A socket's address holds 108 bytes on Linux and 104 on macOS, its closing NUL among them.
SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
# macOS's SOL_LOCAL and LOCAL_PEERPID.
_LOCAL, _PEER_PID = 0, 2
_LONGEST_WAIT = 10.0


def listener(path: Path) -> int | None:
    """The process that listens on a socket; None when nobody does.

    Its number is the one that it has here: 0 for a process of another container.
    """
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(_LONGEST_WAIT)
        try:
            probe.connect(str(path))
        except OSError:
            return None
        if sys.platform == "linux":
            credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("iII", credentials)[0])
        return probe.getsockopt(_LOCAL, _PEER_PID)
