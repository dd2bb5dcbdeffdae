"""The simulated API on a port of this machine, in a thread of its own."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from types import TracebackType

import uvicorn

from loaders.errors import StudbookError
from simulator.faults.schedule import FaultPlan
from simulator.feed.tiers import Plan
from simulator.serving.app import create_app
from simulator.serving.edge import EdgeLimits
from simulator.serving.observing import Answered
from simulator.world import World

HOST = "127.0.0.1"
# Paces a client that need not wait: no limit of the simulator stands in its way.
UNLIMITED_RATE = 500.0


class SimulatorError(StudbookError):
    """The simulator cannot serve."""


def listen(port: int) -> socket.socket:
    """A socket on a port of this machine for a SimulatorServer; port 0 takes any free one."""
    # asyncio sends small answers at once only on sockets that say they speak TCP.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
    except PermissionError as error:
        listener.close()
        raise SimulatorError(
            f"You are not allowed to serve on port {port}; choose one above 1023 with --port."
        ) from error
    except OSError as error:
        listener.close()
        raise SimulatorError(
            f"Port {port} is taken ({error.strerror}); choose another with --port."
        ) from error
    return listener


class SimulatorServer:
    """Serves a world on loopback while its `with` block runs, by default on any free port."""

    def __init__(
        self,
        world: World,
        listener: socket.socket | None = None,
        *,
        username: str = "demo",
        password: str = "demo",
        plan: Plan = Plan.PRO,
        rate_limits: bool | float = False,
        edge_limits: EdgeLimits | None = None,
        latency: float = 0.0,
        history: bool = True,
        largest_page: int | None = None,
        rendered_days: int = 4,
        faults: FaultPlan | None = None,
        on_answer: Callable[[Answered], None] | None = None,
    ) -> None:
        self._world = world.name
        self._username = username
        self._password = password
        self._rate_limits = rate_limits
        self._socket = listener or listen(0)
        app = create_app(
            world,
            username=username,
            password=password,
            plan=plan,
            rate_limits=rate_limits,
            edge_limits=edge_limits,
            latency=latency,
            history=history,
            largest_page=largest_page,
            rendered_days=rendered_days,
            faults=faults,
            on_answer=on_answer,
        )
        self._faults = faults
        # To uvicorn an answer that breaks off is an error; here it may be meant.
        log_level = "critical" if faults else "error"
        config = uvicorn.Config(app, log_level=log_level, access_log=False, lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True
        )

    @property
    def base_url(self) -> str:
        """Where it answers, its world's name included, without a slash at the end."""
        host, port = self._socket.getsockname()
        return f"http://{host}:{port}/{self._world}"

    def environment(self) -> dict[str, str]:
        """The RACING_API_* variables that point a client here."""
        variables = {
            "RACING_API_BASE_URL": self.base_url,
            "RACING_API_USERNAME": self._username,
            "RACING_API_PASSWORD": self._password,
        }
        # Documented limits are the client's default pace: then there is nothing to say.
        if self._rate_limits is not True:
            variables["RACING_API_RATE"] = f"{self._rate_limits or UNLIMITED_RATE:g}"
        return variables

    def __enter__(self) -> SimulatorServer:
        self._thread.start()
        while not self._server.started:
            if not self._thread.is_alive():
                raise SimulatorError("The simulator did not start; try another --port.")
            time.sleep(0.01)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:  # fmt: skip
        # An answer that hangs or drips is not waited for.
        self._server.force_exit = self._faults is not None
        self._server.should_exit = True
        self._thread.join(timeout=10)
        self._socket.close()
