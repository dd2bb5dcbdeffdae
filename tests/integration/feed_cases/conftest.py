"""One warehouse of every race that the tests of this folder tell of, loaded and built once."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import pytest

from loaders.postgres.embedded import EmbeddedServer
from tests.integration.feed_cases.races import Feed
from tests.integration.feed_cases.warehouse import Built, built

MODULES = (
    "test_what_is_not_known",
    "test_how_things_are_written",
    "test_what_happened_on_the_day",
    "test_the_feed_over_time",
)
REGIONS = {
    "gb": "Great Britain",
    "ire": "Ireland",
    "fr": "France",
    "usa": "USA",
    "ger": "Germany",
    "hol": "Holland",
    "jpn": "Japan",
}


@pytest.fixture(scope="session")
def cases(server: EmbeddedServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Built]:
    """The built warehouse."""
    feeds = (import_module(f"tests.integration.feed_cases.{name}").FEED for name in MODULES)
    feed: Feed = sum(feeds, Feed())
    with built(feed, REGIONS, server, tmp_path_factory.mktemp("feed_cases")) as warehouse:
        yield warehouse
