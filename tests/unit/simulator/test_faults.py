"""When the simulated API's answers go wrong, and how a plan of it is written."""

from __future__ import annotations

import pytest

from simulator.faults.schedule import Fault, FaultError, FaultPlan, Kind


def hits(plan: FaultPlan, requests: int, endpoint: str = "results") -> list[int]:
    """The numbers of the requests whose answers go wrong."""
    return [number for number in range(1, requests + 1) if plan.due(endpoint)]


def test_a_number_means_that_request_of_its_endpoint_and_no_other() -> None:
    plan = FaultPlan([Fault("results", 3, Kind.DROP), Fault("racecards", 1, Kind.HANG)])
    assert plan.due("horses") is None
    assert plan.due("racecards") is Kind.HANG
    assert [plan.due("results") for _ in range(5)] == [None, None, Kind.DROP, None, None]
    assert plan.due("racecards") is None


def test_of_several_faults_due_the_first_one_comes() -> None:
    always = Fault("results", 1.0, Kind.SERVER_ERROR)
    plan = FaultPlan([Fault("results", 2, Kind.DROP), always, Fault("results", 3, Kind.HANG)])
    assert [plan.due("results") for _ in range(3)] == ["500", "drop", "500"]


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
        ("racecards:5%:500", Fault("racecards", 0.05, Kind.SERVER_ERROR)),
        ("horses:0.5%:429-retry-after", Fault("horses", 0.005, Kind.TOO_MANY_RETRY_AFTER)),
        ("regions:100%:html", Fault("regions", 1.0, Kind.HTML)),
        ("courses:1:no-key", Fault("courses", 1, Kind.NO_KEY)),
    ],
)
def test_a_fault_is_written_as_endpoint_request_and_kind(text: str, fault: Fault) -> None:
    parsed = Fault.parse(text)
    assert parsed == fault
    assert type(parsed.when) is type(fault.when)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (
            "results:drop",
            "'results:drop' is not a fault; write an endpoint, a request and a kind, as in "
            "results:3:drop for the third request or results:5%:500 for one in twenty.",
        ),
        (
            "odds:3:drop",
            "No endpoint is called 'odds'; choose one of regions, courses, racecards, results, "
            "horses.",
        ),
        *(
            (
                f"results:{when}:drop",
                f"A fault cannot come at '{when}'; give the number of a request, from 1, or a "
                "share of them such as 5%.",
            )
            for when in ("0", "-1", "1.5", "0%", "101%", "nan%", "5 %", "")
        ),
        (
            "horses:1:missing",
            "The fault missing does not suit horses; give it to racecards or results.",
        ),
    ],
)
def test_a_fault_written_wrongly_is_refused_with_what_to_write(text: str, sentence: str) -> None:
    with pytest.raises(FaultError) as caught:
        Fault.parse(text)
    assert str(caught.value) == sentence


def test_an_unknown_kind_is_refused_with_all_there_are() -> None:
    with pytest.raises(FaultError, match="No kind of fault is called 'explode'; choose") as caught:
        Fault.parse("results:3:explode")
    for kind in ("429", "429-retry-after", "drop", "total-changes", "huge-number", "names"):
        assert f" {kind}" in str(caught.value)


@pytest.mark.parametrize("when", [0, -1, 0.0, 1.01])
def test_a_fault_that_can_never_come_is_refused(when: float) -> None:
    with pytest.raises(FaultError, match="give the number of a request, from 1, or a share"):
        Fault("results", when, Kind.DROP)
