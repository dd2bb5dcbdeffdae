"""API objects as received.

A response is cut into the texts of its objects, and those texts are what is landed: no value passes
through a Python number or string on its way. The parsed value is only looked at, for keys, dates
and for what jsonb refuses, and is let go before the next object is read: it takes many times the
memory of its text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Generic, TypeVar

from loaders.errors import StudbookError

T = TypeVar("T")


class UnreadableBodyError(StudbookError):
    """A response that is not the JSON asked for: cut short, an error page, another shape."""


class Number(str):
    """A JSON number as its text: never rounded, and not taken for a JSON string."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class ApiObject:
    """One object: its text as received, its parsed value, why jsonb would refuse it (or None)."""

    text: str
    value: Any
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """The objects of one response, and the number that the API says all pages have together."""

    objects: list[T]
    total: int | None = None


_SPACE = re.compile(r"[ \t\n\r]*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_STRING_OR_BRACKET = re.compile(_STRING.pattern + r"|[\[\]{}]", re.DOTALL)
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_SURROGATE = re.compile("[\ud800-\udfff]")
_LONGEST_NUMBER = 400


def _number(bad: list[str], text: str) -> Number:
    size = abs(float(text))
    mantissa = re.split("[eE]", text)[0]
    vanishes = size == 0 and bool(re.search("[1-9]", mantissa))
    if math.isinf(size) or vanishes or len(text) > _LONGEST_NUMBER:
        bad.append(f"the number {text[:40]} is out of range")
    return Number(text)


def _constant(bad: list[str], text: str) -> None:
    bad.append(f"{text} is not a JSON number")


class _Reader:
    """Cuts one text into JSON values, noting what is wrong with each."""

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

    def read(self) -> ApiObject:
        """The value that starts here, whole; the position moves behind it."""
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
        return ApiObject(text, value, flaw)

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

    def read_list(self, take: Callable[[ApiObject], T]) -> list[T]:
        objects: list[T] = []
        self.take("[")
        while self.peek() != "]":
            if objects:
                self.take(",")
            objects.append(take(self.read()))
        self.take("]")
        return objects

    def finish(self) -> None:
        if self.peek():
            raise UnreadableBodyError("something follows its JSON")


def _flaw_of_strings(text: str) -> str | None:
    # Read from the text: of a name that occurs twice the parsed value has only the last.
    for match in _STRING.finditer(text):
        string = json.loads(match[0])
        if "\x00" in string:
            return "a string holds the character NUL"
        if _SURROGATE.search(string):
            return "a string holds half of a surrogate pair"
    return None


def _whole(item: ApiObject) -> ApiObject:
    return item


def read_bare_list(text: str, take: Callable[[ApiObject], Any] = _whole) -> Page[Any]:
    """The page of a response that is a list of objects, with what `take` makes of each."""
    reader = _Reader(text)
    objects = reader.read_list(take)
    reader.finish()
    return Page(objects, len(objects))


def read_member_list(
    text: str, member: str, take: Callable[[ApiObject], Any] = _whole
) -> Page[Any]:
    """The page of a response that has its objects in the list `member`, their number in `total`."""
    reader = _Reader(text)
    objects: list[Any] | None = None
    total: int | None = None
    reader.take("{")
    first = True
    while reader.peek() != "}":
        if not first:
            reader.take(",")
        first = False
        name = reader.read().value
        reader.take(":")
        if name == member:
            objects = reader.read_list(take)
            continue
        value = reader.read().value
        if name == "total" and isinstance(value, Number) and re.fullmatch("[0-9]{1,9}", value):
            total = int(value)
    reader.take("}")
    reader.finish()
    if objects is None:
        raise UnreadableBodyError(f"it has no list named {member!r}")
    return Page(objects, total)


def read_single(text: str, take: Callable[[ApiObject], Any] = _whole) -> Page[Any]:
    """The page of a response that is one object itself."""
    reader = _Reader(text)
    if reader.peek() != "{":
        raise UnreadableBodyError("it is not a JSON object")
    only = take(reader.read())
    reader.finish()
    return Page([only], 1)
