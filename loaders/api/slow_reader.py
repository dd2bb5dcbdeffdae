"""Reads JSON of any kind object by object, and tells what is wrong with each.

The parsed value of an object is only looked at, for its key, its day and what jsonb refuses, and is
let go before the next one is read: it takes many times the memory of its text.
"""

from __future__ import annotations

import json
import math
import re
from contextlib import suppress
from datetime import date
from functools import partial
from typing import Any

from loaders.api.shapes import ApiObject, Page, Shape, UnreadableBodyError


class _Number(str):
    """A JSON number as its text: never rounded, and not taken for a JSON string."""

    __slots__ = ()


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STRING_OR_BRACKET = re.compile(_STRING.pattern + r"|[\[\]{}]", re.DOTALL)
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = 400
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read(body: bytes, shape: Shape) -> Page:
    """The page that a body of this shape is; raises UnreadableBodyError when it is none."""
    try:
        cursor = _Cursor(body.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnreadableBodyError("it is not UTF-8 text") from None
    if shape.is_single:
        if cursor.peek() != "{":
            raise UnreadableBodyError("it is not a JSON object")
        page = Page([cursor.read_object(shape)], 1)
    elif shape.member is None:
        objects = cursor.read_list(shape)
        page = Page(objects, len(objects))
    else:
        page = _read_members(cursor, shape, shape.member)
    cursor.finish()
    return page


def _read_members(cursor: _Cursor, shape: Shape, member: str) -> Page:
    objects: list[ApiObject] | None = None
    total: int | None = None
    is_first = True
    cursor.take("{")
    while cursor.peek() != "}":
        if not is_first:
            cursor.take(",")
        is_first = False
        _, name, _ = cursor.read()
        cursor.take(":")
        if name == member and cursor.peek() == "[":
            objects = cursor.read_list(shape)
            continue
        text, value, _ = cursor.read()
        if name == member and text == "null":
            # The API's word for a list without objects, by its specification.
            objects = []
        if name == "total" and isinstance(value, _Number) and re.fullmatch("[0-9]{1,9}", value):
            total = int(value)
    cursor.take("}")
    if objects is None:
        raise UnreadableBodyError(f"it has no list named {member!r}")
    return Page(objects, total)


class _Cursor:
    """A place in a text of JSON, from which one value after another is cut."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.position = 0
        self._bad_numbers = bad = list[str]()
        # With methods of this reader it would be part of a cycle, and the text, which is long,
        # would stay in memory until the garbage collector comes by.
        decoder = partial(
            json.JSONDecoder,
            parse_int=partial(_number, bad),
            parse_float=partial(_number, bad),
            parse_constant=partial(_constant, bad),
        )
        self._strict = decoder()
        self._lenient = decoder(strict=False)

    def peek(self) -> str:
        match = _SPACE.match(self.text, self.position)
        self.position = match.end() if match else self.position
        return self.text[self.position : self.position + 1]

    def take(self, character: str) -> None:
        if self.peek() != character:
            found = self.text[self.position : self.position + 20] or "the end"
            raise UnreadableBodyError(f"it has {found!r} where {character!r} was expected")
        self.position += 1

    def read(self) -> tuple[str, Any, str | None]:
        """The text and the value that start here, and the flaw; the position moves behind them."""
        self.peek()
        self._bad_numbers.clear()
        start = self.position
        try:
            value, end, flaw = self._decode(start)
        except RecursionError:
            value, end, flaw = None, self._end_of_nested(), "it is nested too deeply"
        text = self.text[start:end]
        self.position = end
        if flaw is None and self._bad_numbers:
            flaw = self._bad_numbers[0]
        if flaw is None and _SUSPECT_ESCAPE.search(text):
            flaw = _flaw_of_strings(text)
        return text, value, flaw

    def _decode(self, start: int) -> tuple[Any, int, str | None]:
        try:
            return *self._strict.raw_decode(self.text, start), None
        except json.JSONDecodeError:
            pass
        try:
            value, end = self._lenient.raw_decode(self.text, start)
        except json.JSONDecodeError as error:
            raise UnreadableBodyError(f"its JSON is broken off or wrong: {error}") from error
        return value, end, "a string holds a control character that is not escaped"

    def _end_of_nested(self) -> int:
        depth = 0
        for match in _STRING_OR_BRACKET.finditer(self.text, self.position):
            if match[0] in "[{":
                depth += 1
            elif match[0] in "]}":
                depth -= 1
                if depth == 0:
                    return match.end()
        raise UnreadableBodyError("its JSON is broken off")

    def read_object(self, shape: Shape) -> ApiObject:
        text, value, flaw = self.read()
        if not isinstance(value, dict):
            return ApiObject(text, None, None, flaw or "it is not a JSON object")
        day = _day(value.get("date")) if shape.is_dated else None
        return ApiObject(text, value.get(shape.key), day, flaw)

    def read_list(self, shape: Shape) -> list[ApiObject]:
        objects: list[ApiObject] = []
        self.take("[")
        while self.peek() != "]":
            if objects:
                self.take(",")
            objects.append(self.read_object(shape))
        self.take("]")
        return objects

    def finish(self) -> None:
        if self.peek():
            raise UnreadableBodyError("something follows its JSON")


def _day(value: Any) -> Any:
    """The day that a text such as 2025-01-31 names; any other value as it is."""
    if type(value) is str and _ISO_DATE.fullmatch(value):
        with suppress(ValueError):
            return date.fromisoformat(value)
    return value


def _number(bad: list[str], text: str) -> _Number:
    size = abs(float(text))
    mantissa = re.split("[eE]", text)[0]
    vanishes = size == 0 and bool(re.search("[1-9]", mantissa))
    if math.isinf(size) or vanishes or len(text) > _LONGEST_NUMBER:
        bad.append(f"the number {text[:40]} is out of range")
    return _Number(text)


def _constant(bad: list[str], text: str) -> None:
    bad.append(f"{text} is not a JSON number")


def _flaw_of_strings(text: str) -> str | None:
    # Read from the text: of a name that occurs twice the parsed value has only the last.
    for match in _STRING.finditer(text):
        string = json.loads(match[0])
        if "\x00" in string:
            return "a string holds the character NUL"
        if _SURROGATE.search(string):
            return "a string holds half of a surrogate pair"
    return None
