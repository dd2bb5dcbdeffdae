"""The way to the API: the proxy it takes and the certificates it trusts, from the environment."""

from __future__ import annotations

import os
import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpx

from loaders.settings import ConfigError, is_loopback

# What OpenSSL looks for in a folder: a hash and a number.
_HASHED = re.compile(r"[0-9a-f]{8}\.[0-9]+")


@dataclass(frozen=True)
class Way:
    """How a URL is reached: by which proxy, which `told` names for whoever waits, trusting whom."""

    proxy: httpx.Proxy | None
    verify: ssl.SSLContext | bool
    told: str = ""


def way_to(url: str) -> Way:
    """The way to a URL of the API.

    By itself httpx looks at every proxy that is named and at each part of NO_PROXY, and ends with
    one that has nothing to do with the API.

    Raises ConfigError, whose text never holds what may be a proxy's password.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    verify = _trusted() if parts.scheme == "https" else True
    # A proxy is for the world outside, not for a simulator on this machine.
    if is_loopback(url) or proxy_bypass(host) or proxy_bypass(parts.netloc):
        return Way(None, verify)
    schemes, named = (parts.scheme, "all"), getproxies()
    address = next((named[scheme] for scheme in schemes if named.get(scheme)), None)
    if not address:
        return Way(None, verify)
    name = _holder(schemes, address)
    proxy = _proxy_url(address, name, host)
    context = verify if proxy.scheme == "https" and isinstance(verify, ssl.SSLContext) else None
    return Way(
        httpx.Proxy(proxy, ssl_context=context), verify, f", through the proxy that {name} names"
    )


def _holder(schemes: Sequence[str], address: str) -> str:
    """The variable that holds a proxy's address, or the machine, whose settings macOS reads too."""
    names = [name for scheme in schemes for name in (f"{scheme}_proxy", f"{scheme}_proxy".upper())]
    return next((name for name in names if os.environ.get(name) == address), "This machine")


def _proxy_url(address: str, name: str, host: str) -> httpx.URL:
    problem = "is not the address of a proxy"
    try:
        url = httpx.URL(address if "://" in address else f"http://{address}")
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.host and 0 < (url.port or 1) < 65536:
        if url.scheme in ("http", "https"):
            return url
        problem = f"names a {url.scheme} proxy, and Studbook goes through HTTP proxies only"
    raise ConfigError(
        f"{name} {problem}: write http://host:port, or name {host} in NO_PROXY to go without."
    )


def _trusted() -> ssl.SSLContext:
    """What is trusted: SSL_CERT_FILE, else SSL_CERT_DIR, else the authorities that httpx knows."""
    file, folders = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    if file:
        try:
            return ssl.create_default_context(cafile=file)
        except OSError as error:
            told = error.strerror if not isinstance(error, ssl.SSLError) else "no certificate in it"
            raise ConfigError(
                f"SSL_CERT_FILE names {file}, which cannot be used ({told}): correct it to a file "
                "of PEM certificates, or unset it."
            ) from None
    if folders:
        found = (entry for folder in folders.split(os.pathsep) for entry in Path(folder).glob("*"))
        if not any(_HASHED.fullmatch(entry.name) for entry in found):
            raise ConfigError(
                f"SSL_CERT_DIR names {folders}, where OpenSSL finds no certificate: correct or "
                "unset it, or let `openssl rehash` prepare that folder."
            )
        return ssl.create_default_context(capath=folders)
    return httpx.create_ssl_context(trust_env=False)
