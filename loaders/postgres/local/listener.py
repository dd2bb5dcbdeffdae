"""Who listens on a Unix socket, as the kernel says."""

from __future__ import annotations

import os
import socket
import struct
import sys
from pathlib import Path

from loaders.postgres.connection import DatabaseError

# A socket's address holds 108 bytes on Linux and 104 on macOS, its closing NUL among them.
SOCKET_PATH_BYTES = 107 if sys.platform == "linux" else 103
# macOS's SOL_LOCAL and LOCAL_PEERPID.
_LOCAL, _PEER_PID = 0, 2
# For a server to take up those who wait to be let in (seconds).
_LONGEST_WAIT = 10


def listener(path: Path) -> int | None:
    """The process that listens on a socket; None when nobody does.

    Its number is the one that it has here: 0 for a process of another container. Raises
    DatabaseError when somebody listens who does not answer, or nobody can tell.
    """
    if len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        return None
    with socket.socket(socket.AF_UNIX) as probe:
        # Python's own timeout would not wait while a server's queue is full.
        longest = struct.pack("ll", _LONGEST_WAIT, 0)
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, longest)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, NotADirectoryError, ConnectionRefusedError):
            return None
        except BlockingIOError:
            raise DatabaseError(
                f"The server that listens on {path} lets nobody in: wait until fewer ask for it, "
                "or end it."
            ) from None
        except OSError as error:
            raise DatabaseError(
                f"The socket {path} cannot be used ({error.strerror}): run this as the user who "
                "owns it, or move it away."
            ) from None
        if sys.platform == "linux":
            credentials = probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
            return int(struct.unpack("iII", credentials)[0])
        return probe.getsockopt(_LOCAL, _PEER_PID)
