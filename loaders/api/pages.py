"""The Racing API's answers, cut into the exact texts of their objects.

Those texts are what is landed: no value passes through a Python number or string on its way. An
answer is read in C; one with anything unusual in it goes through the slow reader, which tells what
is wrong with which of its objects.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

import msgspec

from loaders.api import slow_reader
from loaders.api.shapes import ApiObject, Page, Shape

# What jsonb refuses and msgspec does not: NUL, and numbers beyond the range of a double, which have
# an exponent of three digits or very many digits. They are looked for with all digits made 0 and
# without signs.
_NUL = b"\\u0000"
_ALIKE, _SIGNS = bytes.maketrans(b"123456789E", b"000000000e"), b"+-"
_EXTREME = (b"0e000", b"0" * 150)
_Total = Annotated[int, msgspec.Meta(ge=0, le=999_999_999)]


class PageReader:
    """Reads the answers of one shape."""

    def __init__(self, shape: Shape) -> None:
        self._shape = shape
        fields: list[tuple[str, Any]] = [("key", str)]
        names = {"key": shape.key}
        if shape.is_dated:
            fields.append(("day", date))
            names["day"] = "date"
        self._object = msgspec.json.Decoder(msgspec.defstruct("Object", fields, rename=names))
        body: Any = msgspec.Raw if shape.is_single else list[msgspec.Raw]
        if shape.member:
            body = msgspec.defstruct(
                "Body",
                [("objects", body), ("total", _Total)],
                rename={"objects": shape.member},
            )
        self._body = msgspec.json.Decoder(body)

    def read(self, body: bytes) -> Page:
        """The page that a body is; raises UnreadableBodyError when it is none of this shape.

        Of a sound page only the objects have to be UTF-8.
        """
        if not _is_suspect(body):
            try:
                return self._read(body)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                pass
        return slow_reader.read(body, self._shape)

    def _read(self, body: bytes) -> Page:
        found = self._body.decode(body)
        if self._shape.member:
            return Page([self._cut(text) for text in found.objects], found.total)
        objects = [self._cut(text) for text in ([found] if self._shape.is_single else found)]
        return Page(objects, len(objects))

    def _cut(self, raw: msgspec.Raw) -> ApiObject:
        found: Any = self._object.decode(raw)
        return ApiObject(
            str(memoryview(raw), "utf-8"), found.key, found.day if self._shape.is_dated else None
        )


def _is_suspect(body: bytes) -> bool:
    if _NUL in body:
        return True
    alike = body.translate(_ALIKE, _SIGNS)
    return any(extreme in alike for extreme in _EXTREME)
