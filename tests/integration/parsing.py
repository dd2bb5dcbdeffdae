"""What dbt has parsed once, it need not parse again for each test."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

_PARSED = "partial_parse.msgpack"


@contextmanager
def parsed_once(
    command: Sequence[str], environment: Mapping[str, str], target: Path
) -> Iterator[None]:
    """Give a run of dbt what one before it parsed under the same settings, and keep what it parses.

    dbt parses all again under another login or other vars. It is kept beside the embedded server's
    data, which end with the test run; on another server nothing is kept.
    """
    kept = _kept(command, environment)
    if command[0] == "dbt" and kept and kept.exists() and not (target / _PARSED).exists():
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy(kept, target / _PARSED)
    yield
    if command[0] == "dbt" and kept and (target / _PARSED).exists():
        kept.parent.mkdir(exist_ok=True)
        shutil.copy(target / _PARSED, kept)


def _kept(command: Sequence[str], environment: Mapping[str, str]) -> Path | None:
    host = Path(environment["PGHOST"])
    if not host.is_absolute():
        return None
    given = [command[n + 1] for n, word in enumerate(command) if word == "--vars"]
    login = sorted((k, v) for k, v in environment.items() if k.startswith("PG"))
    settings = hashlib.sha256(repr((login, given)).encode()).hexdigest()[:16]
    return host.parent.parent / "parsed" / f"{settings}.msgpack"
