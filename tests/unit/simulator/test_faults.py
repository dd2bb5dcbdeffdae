"""When the simulated API's answers go wrong, and how a plan of it is written."""

from __future__ import annotations

import pytest

from simulator.faults.kinds import Kind
from simulator.faults.schedule import Fault, FaultError, FaultPlan


def hits(plan: FaultPlan, requests: int, endpoint: str = "results") -> list[int]:
    """The numbers of the requests whose answers go wrong."""
    return [number for number in range(1, requests + 1) if plan.due(endpoint)]


def test_a_number_means_that_request_of_its_endpoint_and_no_other() -> None:
    plan = FaultPlan([Fault("results", 3, Kind.DROP), Fault("racecards", 1, Kind.HANG)])
    assert plan.due("horses") is None
    assert plan.due("racecards") is Kind.HANG
    assert [plan.due("results") for _ in range(5)] == [None, None, Kind.DROP, None, None]
    assert plan.due("racecards") is None


def test_a_range_means_each_request_from_its_first_to_its_last() -> None:
    plan = FaultPlan([Fault("results", range(3, 6), Kind.EMPTY_DAY), Fault("results", 5, 503)])
    assert hits(plan, 10) == [3, 4, 5]
    assert hits(plan, 10, "racecards") == []
    assert hits(FaultPlan([Fault("results", range(2, 9, 3), 503)]), 10) == [2, 5, 8]


def test_of_several_faults_due_the_first_one_comes() -> None:
    always = Fault("results", 1.0, 500)
    plan = FaultPlan([Fault("results", 2, Kind.DROP), always, Fault("results", 3, Kind.HANG)])
    assert [plan.due("results") for _ in range(3)] == [500, "drop", 500]


def test_a_share_hits_about_so_many_requests() -> None:
    plan = FaultPlan([Fault("results", 0.05, Kind.DROP)], seed=3)
    # 500 of 10,000 are expected, with a standard deviation of 22.
    assert 400 < len(hits(plan, 10_000)) < 600


def test_the_same_seed_hits_the_same_requests_whatever_else_is_asked_or_planned() -> None:
    drops = Fault("results", 0.1, Kind.DROP)
    alone = hits(FaultPlan([drops], seed=3), 500)
    assert hits(FaultPlan([drops], seed=3), 500) == alone
    assert hits(FaultPlan([drops], seed=4), 500) != alone
    busy = FaultPlan([drops, Fault("horses", 0.5, Kind.HANG)], seed=3)
    found = []
    for number in range(1, 501):
        busy.due("horses")
        if busy.due("results"):
            found.append(number)
    assert found == alone


def test_two_faults_with_the_same_share_hit_each_on_its_own() -> None:
    shares = [Fault("results", 0.5, kind) for kind in (Kind.DROP, Kind.HANG)]
    plan = FaultPlan(shares, seed=2)
    kinds = [plan.due("results") for _ in range(2000)]
    # A half of all is dropped, a half of the rest hangs, a quarter is left.
    assert 900 < kinds.count(Kind.DROP) < 1100
    assert 400 < kinds.count(Kind.HANG) < 600
    assert 400 < kinds.count(None) < 600


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("results:3:drop", Fault("results", 3, Kind.DROP)),
        ("racecards:5%:500", Fault("racecards", 0.05, 500)),
        ("horses:0.5%:429-retry-after", Fault("horses", 0.005, Kind.TOO_MANY_RETRY_AFTER)),
        ("regions:100%:html", Fault("regions", 1.0, Kind.HTML)),
        ("courses:1:no-key", Fault("courses", 1, Kind.NO_KEY)),
        ("results:40-400:empty-day", Fault("results", range(40, 401), Kind.EMPTY_DAY)),
        ("racecards:10-10:503", Fault("racecards", range(10, 11), 503)),
        ("results:7:401", Fault("results", 7, 401)),
        ("horses:1:599", Fault("horses", 1, 599)),
        ("results:7:other-date", Fault("results", 7, Kind.OTHER_DATE)),
        ("racecards:2-3:half-list", Fault("racecards", range(2, 4), Kind.HALF_LIST)),
    ],
)
def test_a_fault_is_written_as_endpoint_request_and_kind(text: str, fault: Fault) -> None:
    parsed = Fault.parse(text)
    assert parsed == fault
    assert type(parsed.when) is type(fault.when)
    assert type(parsed.kind) is type(fault.kind)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "results:drop",
            "'results:drop' is not a fault; write an endpoint, a request and a kind, as in "
            "results:3:drop for the third request, results:40-400:503 for those from the 40th to "
            "the 400th or results:5%:500 for one in twenty.",
        ),
        (
            "odds:3:drop",
            "No endpoint is called 'odds'; choose one of regions, courses, racecards, results, "
            "horses.",
        ),
        *(
            (
                f"results:{when}:drop",
                f"A fault cannot come at '{when}'; give the number of a request, from 1, a range "
                "of them such as 40-400, or a share of them such as 5%.",
            )
            for when in (
                *("0", "-1", "1.5", "0%", "101%", "nan%", "5 %", ""),
                *("0-3", "4-", "-4", "1-2-3", "1 - 2", "1%-2%"),
            )
        ),
        ("results:400-40:drop", "A fault cannot come at '400-40': write 40-400."),
        (
            "horses:1:missing",
            "The fault missing does not suit horses; give it to racecards or results.",
        ),
        (
            "courses:1:other-date",
            "The fault other-date does not suit courses; give it to racecards or results.",
        ),
        (
            "horses:1-9:half-list",
            "The fault half-list does not suit horses; give it to regions or courses or racecards "
            "or results.",
        ),
    ],
)
def test_a_fault_written_wrongly_is_refused_with_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(FaultError) as caught:
        Fault.parse(text)
    assert str(caught.value) == sentence


@pytest.mark.parametrize("kind", ["explode", "200", "399", "600", "0503", "50", "+503", "5.3"])
def test_an_unknown_kind_is_refused_with_all_there_are(kind: str) -> None:
    with pytest.raises(FaultError) as caught:
        Fault.parse(f"results:3:{kind}")
    assert str(caught.value).startswith(
        f"No kind of fault is called {kind!r}; choose a status from 400 to 599 or one of "
    )
    for known in ("429-retry-after", "drop", "half-list", "other-date", "huge-number", "names"):
        assert f" {known}" in str(caught.value)


@pytest.mark.parametrize("status", [200, 399, 600])
def test_a_status_that_is_no_failure_is_refused(status: int) -> None:
    with pytest.raises(FaultError, match=f"No kind of fault is called '{status}'; choose"):
        Fault("results", 1, status)


@pytest.mark.parametrize("when", [0, -1, 0.0, 1.01, range(3), range(3, 3), range(-2, 5)])
def test_a_fault_that_can_never_come_is_refused(when: int | range | float) -> None:
    with pytest.raises(FaultError, match="give the number of a request, from 1, a range of them"):
        Fault("results", when, Kind.DROP)
