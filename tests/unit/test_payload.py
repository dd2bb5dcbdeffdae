"""Responses are cut into the exact texts of their objects."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest

from loaders.api.pages import (
    UnreadableBodyError,
    read_bare_list,
    read_member_list,
    read_single,
)

EXACT = [
    '{"id": "a", "price": 1.10, "e": 1E+2, "zero": -0.0}',
    '{"id":"b","big":123456789012345678901234567890,"third":0.33333333333333333333}',
    '{ "id" : "c",\n\t"name" : "\\u00c9clair \\ud83d\\ude00 \\\\u0000 O\'Hara \\"x\\" 🐎" }',
    '{"id": "d", "nested": [{"]": "}"}, [], {}], "twice": 1, "twice": 2}',
]


class Body(str):
    """A text that can be watched."""


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_objects_are_the_text_between_their_braces() -> None:
    page = read_member_list(
        f'{{"total": 4, "x": {{"results": []}}, "results": [{",".join(EXACT)}]}}', "results"
    )

    assert [item.text for item in page.objects] == EXACT
    assert [item.flaw for item in page.objects] == [None] * 4
    assert page.total == 4


def test_a_bare_list_and_a_single_object_are_read_alike() -> None:
    assert [item.text for item in read_bare_list(f" [{EXACT[0]} ,\n{EXACT[1]}] ").objects] == EXACT[
        :2
    ]
    assert read_single(EXACT[2]).objects[0].text == EXACT[2]
    assert read_bare_list("[]").objects == []


@pytest.mark.parametrize("total", ["-1", "1.5", '"7"', "null", "true"])
def test_a_total_that_is_no_count_is_not_believed(total: str) -> None:
    assert read_member_list(f'{{"results": [], "total": {total}}}', "results").total is None


@pytest.mark.parametrize(
    ("text", "flaw"),
    [
        ('{"id": "\\u0000"}', "NUL"),
        ('{"\\u0000": "in a name"}', "NUL"),
        ('{"a": "\\u0000", "a": "replaced"}', "NUL"),
        ('{"id": "\\ud83d"}', "surrogate"),
        ('{"id": "\\uDE00 turned \\uD83D"}', "surrogate"),
        ('{"id": NaN}', "NaN"),
        ('{"id": [-Infinity]}', "Infinity"),
        ('{"id": 1e400}', "1e400"),
        ('{"id": -1e999999999999999999999}', "out of range"),
        ('{"id": 1e-400}', "1e-400"),
        ('{"id": ' + "9" * 5000 + "}", "out of range"),
        ('{"id": "a\tb"}', "control character"),
        ('{"id": "a\x00b"}', "control character"),
        ('{"id": ' + "[" * 50_000 + '"]"' + "]" * 50_000 + "}", "deep"),
    ],
)
def test_what_jsonb_refuses_is_told_and_its_neighbours_are_not_touched(
    text: str, flaw: str
) -> None:
    first, middle, last = read_bare_list(f"[{EXACT[0]}, {text}, {EXACT[1]}]").objects

    assert middle.flaw is not None
    assert flaw in middle.flaw
    assert middle.text == text
    assert [first.text, last.text] == EXACT[:2]
    assert first.flaw is last.flaw is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<html><body>Bad gateway</body></html>",
        '{"results": [{"id": "a"}, {"id": "b',
        '{"results": [{"id": "a"} {"id": "b"}]}',
        '{"results": [{"id": "a"}]} and more',
        '{"results": {"id": "a"}}',
        '{"racecards": []}',
        '{"detail": "Not Found"}',
        "[]",
        "null",
        '{"results": [' + "[" * 50_000,
    ],
)
def test_a_body_of_another_shape_is_not_read(text: str) -> None:
    with pytest.raises(UnreadableBodyError):
        read_member_list(text, "results")


@pytest.mark.usefixtures("without_collector")
def test_a_body_leaves_the_memory_as_soon_as_it_is_read() -> None:
    body = Body(f'{{"results": [{",".join(EXACT)}], "total": 4}}')
    watched = weakref.ref(body)

    page = read_member_list(body, "results")

    assert len(page.objects) == 4
    del body
    assert watched() is None
