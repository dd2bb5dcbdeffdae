"""The API is only talked to when its certificate is trusted, and only where it is said to be."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from loaders.settings import ROOT
from tests.api import PASSWORD, PATHS, USERNAME, Answer, Api
from tests.integration.conftest import Warehouse

NAME = "api.example.invalid"
DAY = ("results", "--from", "2025-10-07", "--to", "2025-10-07")
# What makes one program or another take any certificate.
SWITCHES = {
    "PYTHONHTTPSVERIFY": "0",
    "REQUESTS_CA_BUNDLE": "",
    "CURL_CA_BUNDLE": "",
    "SSL_NO_VERIFY": "1",
    "GIT_SSL_NO_VERIFY": "1",
    "NODE_TLS_REJECT_UNAUTHORIZED": "0",
    "RACING_API_VERIFY": "false",
    "RACING_API_INSECURE": "1",
    "HTTPX_VERIFY": "0",
}


class Impostor:
    """An HTTPS server with a certificate of its own making, also behind a proxy's CONNECT.

    `tunnels` are the proxy's requests, in plain text; `heard` are those that came through TLS.
    """

    def __init__(self, certificate: Path, key: Path, answer: bytes = b"") -> None:
        self.tunnels: list[bytes] = []
        self.heard: list[bytes] = []
        self._answer = answer
        self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._tls.load_cert_chain(certificate, key)
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection, contextlib.suppress(OSError):
                connection.settimeout(10)
                if connection.recv(1, socket.MSG_PEEK) == b"C":
                    self.tunnels.append(_head(connection))
                    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                with self._tls.wrap_socket(connection, server_side=True) as inside:
                    self.heard.append(_head(inside))
                    inside.sendall(self._answer)


def _head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        received = connection.recv(4096)
        if not received:
            break
        head += received
    return head


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate for localhost and NAME that nobody has signed, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    folder = tmp_path_factory.mktemp("tls")
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", f"subjectAltName=DNS:localhost,DNS:{NAME},IP:127.0.0.1"),
            *("-keyout", key, "-out", certificate),
        ],
        check=True,
        capture_output=True,
    )
    return certificate, key


@pytest.fixture
def impostor(certificate: tuple[Path, Path]) -> Iterator[Impostor]:
    with Impostor(*certificate) as impostor:
        yield impostor


def start(warehouse: Warehouse, **env: str) -> subprocess.Popen[str]:
    """`studbook load` with credentials, of an API as fast as it goes."""
    login = {"RACING_API_USERNAME": USERNAME, "RACING_API_PASSWORD": PASSWORD}
    environment = {**warehouse.environment, **login, "RACING_API_RATE": "100", **env}
    return subprocess.Popen(
        ["studbook", "load", *DAY],
        cwd=ROOT,
        env=Warehouse(environment, warehouse.scratch).variables(),
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )


@pytest.mark.parametrize("place", ["its own address", "behind a proxy"])
@pytest.mark.parametrize("switches", [{}, SWITCHES], ids=["as it is", "all switched off"])
def test_a_certificate_that_is_not_trusted_gets_no_credentials(
    place: str, switches: dict[str, str], warehouse: Warehouse, impostor: Impostor
) -> None:
    address = f"127.0.0.1:{impostor.port}"
    way = (
        {"RACING_API_BASE_URL": f"https://{address}"}
        if place == "its own address"
        else {"RACING_API_BASE_URL": f"https://{NAME}", "https_proxy": f"http://{address}"}
    )

    process = start(warehouse, **way, **switches)
    assert process.stderr
    told = next((line for line in process.stderr if "certificate" in line), "")
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)

    assert "its certificate is not trusted: self-signed certificate" in told
    assert impostor.heard == []
    for request in impostor.tunnels:
        assert request.startswith(f"CONNECT {NAME}:443 HTTP/1.1\r\n".encode())
        assert b"uthorization" not in request
    assert bool(impostor.tunnels) == (place == "behind a proxy")


def test_whoever_trusts_the_impostor_is_heard(
    certificate: tuple[Path, Path], impostor: Impostor
) -> None:
    trusting = ssl.create_default_context(cafile=certificate[0])
    connection = http.client.HTTPSConnection("localhost", impostor.port, context=trusting)
    connection.request("GET", "/v1/results", headers={"Authorization": "Basic none"})

    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    assert b"Authorization: Basic none" in impostor.heard[0]


@pytest.mark.parametrize("status", [302, 308])
def test_a_redirect_is_not_followed(status: int, warehouse: Warehouse) -> None:
    with Api() as elsewhere, Api() as api:
        there = {"Location": f"{elsewhere.base_url}{PATHS['results']}"}
        api.answers[PATHS["results"]] = [Answer(status, headers=there)]

        process = start(warehouse, **api.environment())
        _, told = process.communicate(timeout=60)

    # It is asked again where it is.
    assert process.returncode == 0
    assert str(status) in told
    assert len(api.asked) == 3
    assert elsewhere.asked == []


def test_a_redirect_from_https_to_http_is_not_followed(
    certificate: tuple[Path, Path], warehouse: Warehouse
) -> None:
    with Api() as elsewhere:
        location = f"Location: {elsewhere.base_url}{PATHS['results']}".encode()
        answer = b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n" + location + b"\r\n\r\n"
        with Impostor(*certificate, answer=answer) as api:
            process = start(
                warehouse,
                RACING_API_BASE_URL=f"https://{NAME}",
                https_proxy=f"http://127.0.0.1:{api.port}",
                # What a user trusts besides is trusted.
                SSL_CERT_FILE=str(certificate[0]),
                STUDBOOK_PATIENCE="0.02",
            )
            _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "302" in told
    assert api.heard
    assert all(b"\r\nAuthorization: Basic " in request for request in api.heard)
    assert elsewhere.asked == []
