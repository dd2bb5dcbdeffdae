"""The API is only talked to when its certificate is trusted, only where it is said to be, and by a
way that the environment names as it should."""

from __future__ import annotations

import contextlib
import http.client
import shutil
import signal
import socket
import ssl
import subprocess
import threading
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Self

import pytest

from loaders.settings import ROOT
from tests.api import PASSWORD, PATHS, USERNAME, Answer, Api
from tests.integration.conftest import Warehouse
from tests.integration.readme import matches, only

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


EMPTY = b'{"results": [], "total": 0, "limit": 100, "skip": 0}'
PAGE = b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%b" % (len(EMPTY), EMPTY)


@pytest.mark.parametrize(
    "elsewhere", ["::1,fe80::/10,[::1],192.168.0.0/16,localhost", "example.com"]
)
def test_a_proxy_is_gone_through_with_its_own_login(
    elsewhere: str, certificate: tuple[Path, Path], warehouse: Warehouse
) -> None:
    with Impostor(*certificate, answer=PAGE) as proxy:
        process = start(
            warehouse,
            RACING_API_BASE_URL=f"https://{NAME}",
            HTTPS_PROXY=f"http://joe:s3cret@127.0.0.1:{proxy.port}",
            # Others are none of the API's business.
            ALL_PROXY="socks5://127.0.0.1:1",
            HTTP_PROXY="ftp://127.0.0.1:1",
            NO_PROXY=elsewhere,
            SSL_CERT_FILE=str(certificate[0]),
            RACING_API_PLAN="pro",
        )
        _, told = process.communicate(timeout=60)

    assert process.returncode == 0, told
    assert proxy.tunnels
    login = b64encode(b"joe:s3cret")
    for request in proxy.tunnels:
        assert request.startswith(f"CONNECT {NAME}:443 HTTP/1.1\r\n".encode())
        assert b"Proxy-Authorization: Basic " + login in request
    assert all(login not in request for request in proxy.heard)


def test_a_proxy_that_does_not_answer_is_named_without_its_password(warehouse: Warehouse) -> None:
    process = start(
        warehouse,
        RACING_API_BASE_URL=f"https://{NAME}",
        HTTPS_PROXY="http://joe:s3cret@127.0.0.1:1",
        STUDBOOK_PATIENCE="0.01",
    )
    _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert "the connection was refused, through the proxy that HTTPS_PROXY names" in told
    assert "s3cret" not in told


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1", "nonsense://"])
def test_an_api_on_this_machine_is_never_asked_through_a_proxy(
    proxy: str, warehouse: Warehouse
) -> None:
    with Api() as api:
        names = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY")
        process = start(warehouse, **api.environment(), **dict.fromkeys(names, proxy), NO_PROXY="")
        _, told = process.communicate(timeout=60)

    assert process.returncode == 0, told
    assert api.asked


def test_an_api_that_no_proxy_names_is_asked_without_one(warehouse: Warehouse) -> None:
    process = start(
        warehouse,
        RACING_API_BASE_URL=f"https://{NAME}",
        HTTPS_PROXY="socks5://127.0.0.1:1",
        NO_PROXY=f"localhost,.{NAME.partition('.')[2]}",
        STUDBOOK_PATIENCE="0.01",
    )
    _, told = process.communicate(timeout=60)

    assert "the name of its server is not known here" in told
    assert "proxy" not in told


@pytest.mark.parametrize(
    ("env", "sentence"),
    [
        (
            {"ALL_PROXY": "socks5://joe:s3cret@proxy:1080"},
            "ALL_PROXY names a socks5 proxy, and Studbook goes through HTTP proxies only: write "
            f"http://host:port, or name {NAME} in NO_PROXY to go without.",
        ),
        ({"HTTPS_PROXY": "ftp://joe:s3cret@proxy"}, "HTTPS_PROXY names a ftp proxy, and Studbook"),
        ({"https_proxy": "joe:s3cret@pro:xy"}, "https_proxy is not the address of a proxy: write"),
        ({"https_proxy": "http://joe:s3/cret@proxy:1"}, "https_proxy is not the address of"),
        ({"https_proxy": "http://joe:s3cret@proxy:99999"}, "https_proxy is not the address of"),
        ({"https_proxy": "http://"}, "https_proxy is not the address of a proxy: write http://"),
        (
            {"SSL_CERT_FILE": "/nowhere.pem"},
            "SSL_CERT_FILE names /nowhere.pem, which cannot be used (No such file or directory): "
            "correct it to a file of PEM certificates, or unset it.",
        ),
        ({"SSL_CERT_FILE": "/"}, "SSL_CERT_FILE names /, which cannot be used (Is a directory)"),
        ({"SSL_CERT_FILE": __file__}, "which cannot be used (no certificate in it): correct it"),
        ({"SSL_CERT_DIR": "/nowhere"}, "SSL_CERT_DIR names /nowhere, where OpenSSL finds no"),
        ({"SSL_CERT_DIR": str(ROOT)}, "or let `openssl rehash` prepare that folder."),
    ],
)
def test_a_way_that_cannot_be_gone_is_one_sentence_before_anything_is_done(
    env: dict[str, str], sentence: str, warehouse: Warehouse
) -> None:
    nothing = {"SSL_CERT_FILE": "", "NO_PROXY": "", "no_proxy": ""}
    process = start(warehouse, RACING_API_BASE_URL=f"https://{NAME}", **{**nothing, **env})
    _, told = process.communicate(timeout=60)

    assert process.returncode == 1
    assert told.startswith("Error: ")
    assert sentence in told
    for message, piece in {
        only("… names a … proxy"): "HTTP proxies only",
        only("SSL_CERT_FILE names"): "SSL_CERT_FILE names",
    }.items():
        assert matches(message, told) == (piece in told)
    assert told.count("\n") == 1
    assert "s3" not in told
    with warehouse.connect() as connection:
        assert connection.execute("select to_regnamespace('raw')").fetchone() == (None,)
