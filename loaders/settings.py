"""Settings from the environment and .env; those of the Racing API are validated once."""

from __future__ import annotations

import json
import math
import os
import re
import shlex
import stat
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from functools import total_ordering
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from dotenv.parser import parse_stream

from loaders.errors import StudbookError

ROOT = Path(__file__).resolve().parent.parent
BASE_URL = "https://api.theracingapi.com"
REGIONS = "gb,ire"
# How long a load waits in all for what is down.
PATIENCE_MINUTES = 15.0
# For how many days a backup is kept.
BACKUP_DAYS = 35
# Only what every reader of addresses takes for the same server: no user, no query, no escapes.
_ADDRESS = re.compile(r"https?://(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(:\d+)?(/[!-~]*)?", re.IGNORECASE)
_FOR_OTHERS = stat.S_IRGRP | stat.S_IWGRP | stat.S_IROTH | stat.S_IWOTH
_OURS = ("RACING_API_", "PG", "STUDBOOK_")
# Where .envrc keeps what it has exported: names and values, as JSON.
EXPORTED = "STUDBOOK_EXPORTED"


@total_ordering
class Plan(Enum):
    """What an account of the Racing API pays for; a bigger one includes what smaller ones do."""

    FREE = "free"
    BASIC = "basic"
    STANDARD = "standard"
    PRO = "pro"

    def __str__(self) -> str:
        return self.value

    def __lt__(self, other: Plan) -> bool:
        order = list(Plan)
        return order.index(self) < order.index(other)


class ConfigError(StudbookError):
    """A setting, or the file .env, is missing or cannot be used; the text names it."""


def environment() -> dict[str, str]:
    """The user's environment, with what only the project's .env sets added to it.

    Raises ConfigError when that file cannot be read, or can be by other users, and when a variable
    that Studbook reads is not text.
    """
    env = _settings(ROOT / ".env") | own_environment()
    for name, value in env.items():
        # Bytes that are not UTF-8 stand in os.environ as surrogates.
        if name.startswith(_OURS) and re.search("[\ud800-\udfff]", value):
            raise ConfigError(f"The variable {name} is not UTF-8 text: set it again.")
    return env


def refuse_another_checkout() -> None:
    """Raise ConfigError in a checkout whose programs run this one, as those of a copied venv do."""
    with suppress(OSError):
        here = Path.cwd().resolve()
        for folder in (here, *here.parents):
            if (folder / "loaders" / "settings.py").exists():
                if folder == ROOT:
                    return
                raise ConfigError(
                    f"This is the Studbook of {ROOT}, and you are in the checkout {folder}: run "
                    "`make .venv/installed` and `source .envrc` there, or leave that folder."
                )


def own_environment() -> dict[str, str]:
    """The environment without what .envrc added to it: .env may have changed since then."""
    added = json.loads(os.environ.get(EXPORTED) or "{}")
    return {key: value for key, value in os.environ.items() if added.get(key) != value}


def _settings(file: Path) -> dict[str, str]:
    """What a file .env sets; a value is taken as it is written, though it hold a $ or ${...}."""
    try:
        with file.open(encoding="utf-8") as text:
            if os.fstat(text.fileno()).st_mode & _FOR_OTHERS:
                raise ConfigError(
                    f"{file} holds passwords, and other users may read or change it: run "
                    f"`chmod 600 {shlex.quote(str(file))}`."
                )
            bindings = list(parse_stream(text))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        told = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(
            f"{file} cannot be read ({told}): make it a UTF-8 text file of your own."
        ) from None
    for binding in bindings:
        if binding.error:
            raise ConfigError(
                f"Line {binding.original.line} of {file} cannot be understood: write NAME=value, "
                "and close every quote."
            )
    return {found.key: found.value for found in bindings if found.key and found.value is not None}


@dataclass(frozen=True)
class Settings:
    """What a load needs to know about the API and the account.

    `rate` is in requests a second on every endpoint; None stands for the documented limit of each.
    `plan` is the account's; None leaves it to be found out.
    `patience` is how long (seconds) a load may wait in all for an API or a database that is down.
    """

    username: str = field(repr=False)
    password: str = field(repr=False)
    base_url: str = BASE_URL
    regions: tuple[str, ...] = ("gb", "ire")
    rate: float | None = None
    plan: Plan | None = None
    patience: float = PATIENCE_MINUTES * 60

    @classmethod
    def from_environment(cls, env: Mapping[str, str], regions: Sequence[str] = ()) -> Settings:
        """Read RACING_API_* from `env`; `regions`, when given, go before RACING_API_REGIONS."""
        username = env.get("RACING_API_USERNAME", "")
        password = env.get("RACING_API_PASSWORD", "")
        if not username or not password:
            raise ConfigError(
                "Set RACING_API_USERNAME and RACING_API_PASSWORD in the environment or in .env to "
                "load from the Racing API; `make demo` needs neither."
            )
        if ":" in username:
            raise ConfigError("RACING_API_USERNAME must not contain a colon; correct it.")
        return cls(
            username=username,
            password=password,
            base_url=base_url(env),
            regions=_regions(regions or (env.get("RACING_API_REGIONS") or REGIONS).split(",")),
            rate=_positive(env, "RACING_API_RATE", "requests a second"),
            plan=plan_set(env),
            patience=patience(env),
        )


def plan_set(env: Mapping[str, str]) -> Plan | None:
    """The plan that RACING_API_PLAN names, None when it names none."""
    text = env.get("RACING_API_PLAN", "").strip().lower()
    if not text:
        return None
    try:
        return Plan(text)
    except ValueError:
        plans = ", ".join(map(str, Plan))
        raise ConfigError(
            f"RACING_API_PLAN is {text!r}; it must be one of {plans}, or empty to have the "
            "account's plan found out."
        ) from None


def patience(env: Mapping[str, str]) -> float:
    """How long (seconds) to wait for what is down or busy: STUDBOOK_PATIENCE."""
    return 60 * (_positive(env, "STUDBOOK_PATIENCE", "minutes") or PATIENCE_MINUTES)


def alert_url(env: Mapping[str, str]) -> str | None:
    """Where alerts go, as Apprise writes addresses: STUDBOOK_ALERT_URL; None when it is not set."""
    return env.get("STUDBOOK_ALERT_URL", "").strip() or None


def backup_folder(env: Mapping[str, str]) -> Path:
    """Where backups are kept: STUDBOOK_BACKUPS."""
    return ROOT / (env.get("STUDBOOK_BACKUPS") or "backups")


def backup_days(env: Mapping[str, str]) -> int:
    """For how many days a backup is kept: STUDBOOK_BACKUP_DAYS."""
    text = env.get("STUDBOOK_BACKUP_DAYS", "").strip()
    if not text:
        return BACKUP_DAYS
    if not re.fullmatch("[0-9]{1,5}", text):
        raise ConfigError(f"STUDBOOK_BACKUP_DAYS is {text!r}; it must be a whole number of days.")
    return int(text)


def target_folder(env: Mapping[str, str]) -> Path:
    """Where dbt writes: DBT_TARGET_PATH, taken from the dbt project's folder."""
    return ROOT / "dbt_project" / (env.get("DBT_TARGET_PATH") or "target")


def is_loopback(url: str) -> bool:
    """Whether a URL names this machine."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def base_url(env: Mapping[str, str]) -> str:
    """Where the API is: RACING_API_BASE_URL."""
    address = (env.get("RACING_API_BASE_URL") or BASE_URL).strip()
    try:
        parts = urlsplit(address)
        usable = parts.scheme in ("http", "https") and parts.port != 0
    except ValueError:
        usable = False
    if usable and parts.username is not None:
        raise ConfigError(
            "RACING_API_BASE_URL must not carry a user name; use RACING_API_USERNAME and "
            "RACING_API_PASSWORD."
        )
    if not usable or parts.query or parts.fragment or not _ADDRESS.fullmatch(address):
        raise ConfigError(f"RACING_API_BASE_URL must be an address such as {BASE_URL}.")
    if parts.scheme == "http" and not is_loopback(address):
        raise ConfigError(
            "RACING_API_BASE_URL must begin with https, or the password would travel in the open; "
            "http is for a simulator on this machine."
        )
    return address.rstrip("/")


def _regions(codes: Sequence[str]) -> tuple[str, ...]:
    stripped = (code.strip().lower() for code in codes)
    cleaned = tuple(dict.fromkeys(code for code in stripped if code))
    if not cleaned:
        raise ConfigError(
            "No region is named: RACING_API_REGIONS and --region take codes such as gb and ire."
        )
    for code in cleaned:
        if not re.fullmatch("[a-z]{2,5}", code):
            raise ConfigError(
                f"{code!r} is no region: RACING_API_REGIONS and --region take codes such as gb and "
                "ire, the variable with commas between them."
            )
    return cleaned


def _positive(env: Mapping[str, str], name: str, unit: str) -> float | None:
    text = env.get(name, "")
    if not text.strip():
        return None
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not math.isfinite(number) or number <= 0:
        raise ConfigError(f"{name} is {text!r}; it must be a number above 0, in {unit}.")
    return number
