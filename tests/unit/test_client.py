"""The client is patient where that helps, and says what the API said."""

from __future__ import annotations

import asyncio
import gc
import logging
import re
import socket
import threading
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from time import monotonic

import pytest

from loaders.api.client import RacingApi, Tally
from loaders.api.pages import PageReader
from loaders.api.patience import Patience
from loaders.api.refusals import (
    NotFoundError,
    OutOfPatienceError,
    RefusedError,
    UnavailableError,
)
from loaders.api.shapes import Page, Shape
from loaders.settings import Settings
from tests.api import PASSWORD, USERNAME, Answer, Api

RESULTS = "/v1/results"
EMPTY = '{"results": [], "total": 0}'
READER = PageReader(Shape("race_id", "results", is_dated=True))
PROFILE = PageReader(Shape("id", is_single=True))
HASTY = Patience(attempts=4, first_wait=0.01, longest_wait=0.02, response=0.5)
# Where nothing hangs, a busy machine may take its time.
UNHURRIED = replace(HASTY, response=10)
WITHOUT_PATIENCE = replace(HASTY, in_all=0.2)


@pytest.fixture
def api() -> Iterator[Api]:
    with Api() as api:
        yield api


def get(
    api: Api,
    tally: Tally | None = None,
    patience: Patience = HASTY,
    say: Callable[[str], None] = lambda text: None,
    **settings: str,
) -> Page:
    async def session() -> Page:
        async with RacingApi(
            Settings.from_environment(api.environment(**settings)), patience
        ) as it:
            day = {"start_date": "2025-01-01", "end_date": "2025-01-01", "region": ["gb", "ire"]}
            asked = {**day, "limit": 100, "skip": 0}
            return await it.get("results", RESULTS, asked, READER, tally or Tally())

    with warnings_told_to(say):
        return asyncio.run(session())


@contextmanager
def warnings_told_to(say: Callable[[str], None]) -> Iterator[None]:
    """What a user hears while something lasts."""
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: say(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("loaders")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


def test_a_request_carries_the_login_and_repeats_the_parameter(api: Api) -> None:
    get(api)

    assert [value for name, value in api.asked[0].query if name == "region"] == ["gb", "ire"]


@pytest.mark.parametrize(
    "answer",
    [
        Answer(429),
        Answer(500, "oops"),
        Answer(502, "<html>Bad gateway</html>"),
        Answer(503),
        Answer(200, "<html>Sorry</html>"),
        Answer(200, EMPTY[:-3]),
        Answer(200, b'{"results": ["\xff"], "total": 1}'),
        Answer(200, '{"detail": "ok"}'),
    ],
)
def test_what_may_be_better_next_time_is_asked_again(api: Api, answer: Answer) -> None:
    api.answers[RESULTS] = [answer, answer]
    tally = Tally()

    assert get(api, tally, UNHURRIED).total == 0
    assert tally == Tally(requests=3, failed=2)


def test_responses_do_not_wait_in_memory_for_the_garbage_collector(api: Api) -> None:
    size, many = 1_000_000, 6
    api.answers[RESULTS] = [Answer(200, " " * size + EMPTY)] * many
    # What this process holds as the server of the test is not the client's.
    of_client = [
        tracemalloc.Filter(True, name) for name in ("*/loaders/api/client.py", "*/httpx/_models.py")
    ]
    gc.disable()
    tracemalloc.start()
    try:
        for _ in range(many):
            get(api)
        held = tracemalloc.take_snapshot().filter_traces(of_client).statistics("filename")
    finally:
        tracemalloc.stop()
        gc.enable()

    assert len(api.asked) == many
    assert sum(of_file.size for of_file in held) < size


def test_a_response_that_never_comes_is_given_up(api: Api) -> None:
    api.latency = 30
    patience = Patience(first_wait=0.01, response=0.2, in_all=0.3)

    with pytest.raises(OutOfPatienceError, match=r"in \d attempts .*no answer within 0\.2 s"):
        get(api, patience=patience)


def test_a_server_that_is_not_there_is_told_at_once_and_in_the_end_in_words() -> None:
    with Api() as gone:
        pass
    said: list[str] = []

    with pytest.raises(OutOfPatienceError) as caught:
        get(gone, patience=WITHOUT_PATIENCE, say=said.append)

    assert said == [
        f"The Racing API at {gone.base_url} (RACING_API_BASE_URL) gave no usable answer "
        "(nothing answers there: the connection was refused); it is asked again for up to "
        "0.2 seconds (STUDBOOK_PATIENCE)."
    ]
    assert re.sub(r"\d+ attempts", "N attempts", str(caught.value)) == (
        f"The Racing API at {gone.base_url} gave no usable answer to /v1/results?"
        "start_date=2025-01-01&end_date=2025-01-01&region=gb&region=ire&limit=100&skip=0 in N "
        "attempts (the last time: nothing answers there: the connection was refused), and patience "
        "is at its end (STUDBOOK_PATIENCE): check RACING_API_BASE_URL and the network, or load "
        "again later."
    )


def test_a_setback_is_told_before_the_answer_comes_and_not_each_time(api: Api) -> None:
    api.answers[RESULTS] = [Answer(503, '{"detail": "Down"}')] * 2
    said: list[tuple[str, int]] = []

    get(api, say=lambda text: said.append((text, len(api.asked))))

    (text, asked), (again, _) = said
    assert "(503 Down)" in text
    assert asked == 1
    assert again == "The Racing API answers again."


def test_a_name_that_is_not_known_and_a_broken_connection_are_told_in_words(api: Api) -> None:
    patience = Patience(in_all=0)
    with pytest.raises(UnavailableError, match="the name of its server is not known here"):
        get(api, patience=patience, RACING_API_BASE_URL="https://no.such.host.invalid")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        hang_up = threading.Thread(target=lambda: listener.accept()[0].close())
        hang_up.start()
        port = listener.getsockname()[1]
        with pytest.raises(UnavailableError, match="the connection broke off before the answer"):
            get(api, patience=patience, RACING_API_BASE_URL=f"http://127.0.0.1:{port}")
        hang_up.join()


def test_an_address_with_a_path_goes_before_that_of_a_request(api: Api) -> None:
    api.answers["/seed-1/v1/results"] = [Answer(200, EMPTY)]

    get(api, RACING_API_BASE_URL=f"{api.base_url}/seed-1")

    assert api.paths() == ["/seed-1/v1/results"]


def test_patience_ends(api: Api) -> None:
    api.instead = lambda path, query: Answer(503, '{"detail": "Down for maintenance"}')
    began = monotonic()

    with pytest.raises(OutOfPatienceError, match="503 Down for maintenance"):
        get(api, patience=replace(HASTY, in_all=1))
    assert 1 <= monotonic() - began < 10
    assert len(api.asked) > HASTY.attempts


def test_a_request_that_fails_while_the_api_answers_others_is_given_up_by_itself(api: Api) -> None:
    api.answers[RESULTS] = [Answer(500, "oops")] * 1000
    tally = Tally()

    with pytest.raises(
        UnavailableError, match=r"in 5 attempts .*500 oops.*though others are"
    ) as it:
        get(api, tally)

    assert not isinstance(it.value, OutOfPatienceError)
    assert tally == Tally(requests=5, failed=5)
    # Once more after another one was answered: it might have been the whole API that failed.
    assert api.paths() == [*[RESULTS] * 4, "/v1/courses/regions", RESULTS]


def test_retry_after_in_seconds_is_honoured(api: Api) -> None:
    api.answers[RESULTS] = [Answer(429, headers={"Retry-After": "1"})]

    get(api)

    assert api.asked[1].at - api.asked[0].at >= 1


def test_retry_after_as_a_date_is_honoured(api: Api) -> None:
    # The form has whole seconds: three from now is at least two.
    now = monotonic()
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=3), usegmt=True)
    api.answers[RESULTS] = [Answer(503, headers={"Retry-After": date})]

    get(api)

    assert api.asked[1].at - now >= 1.9


def test_a_retry_after_beyond_patience_is_not_waited_for(api: Api) -> None:
    api.answers[RESULTS] = [Answer(429, headers={"Retry-After": "86400"})]

    with pytest.raises(OutOfPatienceError, match="and asks for a pause of 24 hours"):
        get(api)
    assert len(api.asked) == 1


def test_the_others_wait_too_when_one_is_told_that_they_are_too_many(api: Api) -> None:
    api.answers[RESULTS] = [Answer(429, headers={"Retry-After": "2"})]

    async def session() -> None:
        settings = Settings.from_environment(api.environment(RACING_API_RATE="10"))
        async with RacingApi(settings, HASTY) as it:
            asked = {"start_date": "d", "end_date": "d", "limit": 100, "skip": 0}
            await asyncio.gather(
                *(it.get("results", RESULTS, asked, READER, Tally()) for _ in range(12))
            )

    asyncio.run(session())
    times = [asked.at - api.asked[0].at for asked in api.asked]
    assert len(times) == 13
    # At ten a second all but the refused one would be through after 1.2 seconds. However slowly the
    # refusal comes, several have not had their turn by then, and wait for the end of the pause.
    assert len([at for at in times if at >= 2]) >= 3


def test_after_a_refusal_as_one_too_many_the_pace_is_half_of_what_it_was(api: Api) -> None:
    api.answers[RESULTS] = [Answer(429)]

    async def session() -> None:
        settings = Settings.from_environment(api.environment(RACING_API_RATE="20"))
        async with RacingApi(settings, HASTY) as it:
            for _ in range(11):
                await it.get("results", RESULTS, {"start_date": "d"}, READER, Tally())

    api.instead = lambda path, query: Answer(200, EMPTY)
    asyncio.run(session())

    others = [asked.at for asked in api.asked][1:]
    assert len(others) == 11
    # Half a second at the whole pace.
    assert others[-1] - others[0] >= 0.95


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (
            Answer(403, '{"detail": "Your plan \\u001b[31mlacks\\u0007 this"}'),
            "The account's plan does not include /v1/results?start_date=2025-01-01&"
            "end_date=2025-01-01&region=gb&region=ire&limit=100&skip=0 "
            "(403: Your plan [31mlacks this); ask for what it includes, or change the plan.",
        ),
        (
            Answer(
                422,
                '{"detail": [{"loc": ["query", "start_date"], "msg": "too old", "type": "v"}]}',
            ),
            "The Racing API refused /v1/results?start_date=2025-01-01&end_date=2025-01-01&"
            "region=gb&region=ire&limit=100&skip=0 (422: query.start_date: too old); "
            "ask for something else.",
        ),
    ],
)
def test_a_refusal_is_final_and_shows_what_the_api_said(
    api: Api, answer: Answer, sentence: str
) -> None:
    api.answers[RESULTS] = [answer]
    tally = Tally()

    with pytest.raises(RefusedError) as caught:
        get(api, tally)

    assert str(caught.value) == sentence
    assert tally == Tally(requests=1, failed=1)


def test_wrong_credentials_are_final_and_stay_secret(api: Api) -> None:
    with pytest.raises(RefusedError) as caught:
        get(api, RACING_API_PASSWORD="wr0ng-word")

    assert str(caught.value) == (
        "The Racing API refused the credentials (401: Incorrect username or password); "
        "check RACING_API_USERNAME and RACING_API_PASSWORD."
    )
    assert not any(secret in repr(caught.value) for secret in (USERNAME, PASSWORD, "wr0ng-word"))


def test_not_found_is_an_answer(api: Api) -> None:
    tally = Tally()

    async def session() -> None:
        async with RacingApi(Settings.from_environment(api.environment()), HASTY) as it:
            await it.get("horses", "/v1/horses/hrs_1/pro", {}, PROFILE, tally)

    with pytest.raises(NotFoundError):
        asyncio.run(session())
    assert tally == Tally(requests=1, failed=0)
