"""Responses are cut into the exact texts of their objects."""

from __future__ import annotations

import gc
import tracemalloc
from collections.abc import Iterator
from datetime import date

import pytest

from loaders.api import slow_reader
from loaders.api.pages import PageReader
from loaders.api.shapes import Page, Shape, UnreadableBodyError

EXACT = [
    '{"id": "a", "price": 1.10, "e": 1E+2, "zero": -0.0}',
    '{"id":"b","big":123456789012345678901234567890,"third":0.33333333333333333333}',
    '{ "id" : "c",\n\t"name" : "\\u00c9clair \\ud83d\\ude00 \\\\u0000 O\'Hara \\"x\\" 🐎" }',
    '{"id": "d", "nested": [{"]": "}"}, [], {}], "twice": 1, "twice": 2}',
]


RESULTS = Shape("id", "results")
BARE, SINGLE = Shape("id"), Shape("id", is_single=True)
RACES = Shape("race_id", "results", is_dated=True)


def read(text: str, shape: Shape) -> Page:
    """The page, of which the quick reader and the slow one have to say the same."""
    page = PageReader(shape).read(text.encode())
    assert page == slow_reader.read(text.encode(), shape)
    return page


@pytest.fixture
def without_collector() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def test_objects_are_the_text_between_their_braces() -> None:
    text = f'{{"total": 4, "x": {{"results": []}}, "results": [{",".join(EXACT)}]}}'

    page = read(text, RESULTS)

    assert [item.text for item in page.objects] == EXACT
    assert [item.key for item in page.objects] == ["a", "b", "c", "d"]
    assert [item.flaw for item in page.objects] == [None] * 4
    assert page.total == 4


def test_a_bare_list_and_a_single_object_are_read_alike() -> None:
    texts = [item.text for item in read(f" [{EXACT[0]} ,\n{EXACT[1]}] ", BARE).objects]
    assert texts == EXACT[:2]
    assert read(EXACT[2], SINGLE).objects[0].text == EXACT[2]
    assert read("[]", BARE).objects == []


def test_keys_and_days_are_those_of_the_object_and_not_of_what_is_in_it() -> None:
    first = '{"runners": [{"race_id": "x", "date": "1999-01-01"}], "race_id": "rac_1"'
    text = f'{{"results": [{first}, "date": "2025-01-31"}}], "total": 1}}'

    (item,) = read(text, RACES).objects

    assert (item.key, item.day, item.flaw) == ("rac_1", date(2025, 1, 31), None)


@pytest.mark.parametrize(
    ("text", "key", "day"),
    [
        ('{"race_id": "a", "date": "2025-02-29"}', "a", "2025-02-29"),
        ('{"race_id": "a", "date": "2025-W05-5"}', "a", "2025-W05-5"),
        ('{"race_id": "a", "date": null}', "a", None),
        ('{"race_id": "a"}', "a", None),
        ('{"date": "2025-01-31"}', None, date(2025, 1, 31)),
        ('{"race_id": ["a"], "date": "2025-01-31"}', ["a"], date(2025, 1, 31)),
        ('{"race_id": "a", "race_id": "b", "date": "2025-01-31"}', "b", date(2025, 1, 31)),
    ],
)
def test_a_key_or_day_that_is_none_is_as_it_was_read_and_costs_no_other_object(
    text: str, key: object, day: object
) -> None:
    good = '{"race_id": "z", "date": "2025-01-31"}'

    first, odd, last = read(f'{{"results": [{good}, {text}, {good}], "total": 3}}', RACES).objects

    assert (odd.text, odd.key, odd.day, odd.flaw) == (text, key, day, None)
    assert [first.text, last.text] == [good, good]


def test_a_list_may_be_null() -> None:
    assert read('{"results": null, "total": 0}', RESULTS) == Page([], 0)


@pytest.mark.parametrize("total", ["-1", "1.5", '"7"', "null", "true"])
def test_a_total_that_is_no_count_is_not_believed(total: str) -> None:
    assert read(f'{{"results": [], "total": {total}}}', RESULTS).total is None


def test_a_byte_order_mark_is_no_part_of_the_page() -> None:
    page = PageReader(BARE).read(b"\xef\xbb\xbf[" + EXACT[0].encode() + b"]")

    assert [item.text for item in page.objects] == [EXACT[0]]


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
    first, middle, last = read(f"[{EXACT[0]}, {text}, {EXACT[1]}]", BARE).objects

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
        PageReader(RESULTS).read(text.encode())


@pytest.mark.parametrize("body", [b'[{"id": "\xff"}]', b'[{"\xc3": 1, "id": "a"}]', b"[\xff]"])
def test_a_body_that_is_not_utf_8_is_not_read(body: bytes) -> None:
    with pytest.raises(UnreadableBodyError):
        PageReader(BARE).read(body)


@pytest.mark.usefixtures("without_collector")
@pytest.mark.parametrize("number", [4, 5], ids=["quick", "slow"])
def test_a_body_leaves_the_memory_as_soon_as_it_is_read(number: int) -> None:
    size = 5_000_000
    objects = [*EXACT, '{"id": "\\u0000"}'][:number]
    body = f'{{"results": [{",".join(objects)}],{" " * size}"total": 4}}'.encode()

    tracemalloc.start()
    page = PageReader(RESULTS).read(body)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert len(page.objects) == number
    assert held < size / 10
