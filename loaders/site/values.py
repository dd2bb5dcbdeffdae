"""How a page writes a value of PostgreSQL: in JSON, and to be read."""

from __future__ import annotations

import json
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any


def plain(value: Any) -> Any:
    """A value as JSON has it: a number for a numeric, text for a day, a clock time or a moment."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    return value


def as_json(value: Any, **_: Any) -> str:
    """A value as compact JSON; Jinja's filter tojson escapes what a browser would read as HTML."""
    return json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":"))


def told_moment(moment: datetime) -> str:
    """A moment as 28 Nov 2026, 17:20."""
    return f"{moment.day} {moment:%b %Y, %H:%M}"


def told_day(day: date) -> str:
    """A day as Sat 28 Nov 2026."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def short_day(day: date) -> str:
    """The day of a moment, or a day, as 28 Nov 2026."""
    return f"{day.day} {day:%b %Y}"


def clock(moment: datetime) -> str:
    """The clock time of a moment as 17:20."""
    return f"{moment:%H:%M}"
