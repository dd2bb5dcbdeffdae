"""Bodies with something wrong in them, for the faults that leave an answer readable."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import cycle
from typing import Any

from simulator.faults.kinds import Kind

KEYS = {
    "regions": "region_code",
    "courses": "id",
    "racecards": "race_id",
    "results": "race_id",
    "horses": "id",
}
_NAMES = {
    "regions": "region",
    "courses": "course",
    "racecards": "race_name",
    "results": "race_name",
    "horses": "name",
}
# They go before a name, which stays unlike others and keeps its country.
AWKWARD = (
    "The \"O'Brien\" 'Kid",
    "C:\\new\\table\\",
    "\x1b[2J",
    "\N{HORSE RACING}\N{FAMILY}",
    "'); drop table raw.loads;--",
    "x" * 2000,
)
# What Python does not write as it is needed: a number too large for it, half of a surrogate pair.
_HUGE = "1e400"
_WRITTEN = {f'"{_HUGE}"': _HUGE, "\ud800": "\\ud800"}


def spoil(kind: Kind, endpoint: str, body: bytes) -> bytes:
    """An endpoint's answer, gone wrong in its objects or their number."""
    content = json.loads(body)
    listed = isinstance(content, dict) and endpoint in content
    objects = content[endpoint] if listed else content if isinstance(content, list) else [content]
    total = content["total"] if listed else 0
    match kind:
        case Kind.TOTAL_CHANGES:
            total += 1
        case Kind.EMPTY_DAY:
            total = 0
            objects.clear()
        case Kind.HALF_LIST:
            half = (total if listed else len(objects)) // 2
            # Of the pages of one list, some have all of their objects and some none.
            before = content.get("skip", 0) if listed else 0
            del objects[max(half - before, 0) :]
            total = half
        case Kind.DUPLICATE if objects:
            total += 1
            objects.insert(0, objects[0])
        case Kind.NAMES:
            _rename(objects, _NAMES[endpoint])
        case _ if objects:
            _spoil_object(kind, objects[0], KEYS[endpoint], _NAMES[endpoint])
    if listed:
        content["total"] = total
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    for found, meant in _WRITTEN.items():
        text = text.replace(found, meant)
    return text.encode()


def _spoil_object(kind: Kind, item: dict[str, Any], key: str, name: str) -> None:
    runners = item.get("runners", [])
    match kind:
        case Kind.OTHER_DATE:
            day = str(date.fromisoformat(item["date"]) - timedelta(days=1))
            if item.get("off_dt"):
                item["off_dt"] = item["off_dt"].replace(item["date"], day)
            item["date"] = day
        case Kind.NO_KEY:
            del item[key]
        case Kind.OTHER_TYPE:
            item[name] = 2026
            if runners:
                item["off_dt"] = 1_767_225_600
            for place, runner in enumerate(runners, 1):
                runner["position" if "position" in runner else "number"] = place
        case Kind.OTHER_SHAPE:
            item["runners" if runners else name] = {"first": "none"}
        case Kind.NEW_FIELD:
            item["photo_finish"] = {"camera": "north", "frames": [{"at": "1:12.04", "nose": None}]}
            for runner in runners:
                runner["sectionals"] = [{"furlong": 1, "time": "13.02"}, {"furlong": 2}]
        case Kind.NUL:
            item[name] += "\x00"
        case Kind.SURROGATE:
            item[name] += "\ud800"
        case Kind.NAN:
            item[name] = math.nan
        case Kind.HUGE_NUMBER:
            item[name] = _HUGE


def _rename(objects: list[dict[str, Any]], name: str) -> None:
    prefixes = cycle(AWKWARD)
    for item, field in _named(objects, name):
        item[field] = f"{next(prefixes)} {item[field]}"


def _named(objects: list[dict[str, Any]], name: str) -> Iterator[tuple[dict[str, Any], str]]:
    for item in objects:
        yield item, name
        for runner in item.get("runners", []):
            yield runner, "horse"
            yield runner, "owner"
