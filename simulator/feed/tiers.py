"""Plans, and which fields of the API's objects the smaller ones do without."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final, NamedTuple

Payload = dict[str, Any]


class Plan(StrEnum):
    """The plans of accounts, the smallest first."""

    FREE = "free"
    BASIC = "basic"
    STANDARD = "standard"
    PRO = "pro"

    def includes(self, other: Plan) -> bool:
        """Whether an account of this plan may ask for what the other one has."""
        plans = list(Plan)
        return plans.index(self) >= plans.index(other)


class _Lacks(NamedTuple):
    """Names of fields of an object, of its runners and of each price of a runner."""

    fields: str = ""
    runners: str = ""
    odds: str = ""


# What an object of a plan lacks of the next bigger plan's; where nothing stands, the two are one.
_LACKS: Final[dict[str, dict[Plan, _Lacks]]] = {
    "racecards": {
        Plan.STANDARD: _Lacks(odds="history"),
        Plan.BASIC: _Lacks("jumps tip verdict betting_forecast", "odds"),
        Plan.FREE: _Lacks(
            "course_id distance_round distance going_detailed rail_movements stalls weather "
            "big_race is_abandoned",
            "dob breeder dam_region sire_region damsire_region trainer_location trainer_14_days "
            "prev_trainers prev_owners comment spotlight quotes stable_tour medical headgear_run "
            "wind_surgery wind_surgery_run past_results_flags rpr ts silk_url trainer_rtf "
            "performance_rating speed_rating",
        ),
    },
    "results": {
        Plan.BASIC: _Lacks(runners="bsp"),
        Plan.FREE: _Lacks(
            "course_id dist dist_y dist_m jumps winning_time_detail comments non_runners tote_win "
            "tote_pl tote_ex tote_csf tote_tricast tote_trifecta",
            "sp sp_dec btn ovr_btn time rpr tsr prize jockey_claim_lbs comment silk_url "
            "performance_rating speed_rating",
        ),
    },
    "horses": {
        Plan.STANDARD: _Lacks("breeder colour colour_code dob sex sex_code"),
    },
}


def cut(kind: str, plan: Plan, whole: Payload) -> Payload:
    """An object of the pro plan's shape, in the shape that a plan has of its kind."""
    lacking = [lacks for smaller, lacks in _LACKS[kind].items() if smaller.includes(plan)]
    fields = {name for lacks in lacking for name in lacks.fields.split()}
    of_runners = {name for lacks in lacking for name in lacks.runners.split()}
    of_odds = {name for lacks in lacking for name in lacks.odds.split()}
    payload = _without(fields, whole)
    if "runners" in payload and (of_runners or of_odds):
        payload["runners"] = [_without(of_runners, runner) for runner in payload["runners"]]
        for runner in payload["runners"]:
            if "odds" in runner:
                runner["odds"] = [_without(of_odds, price) for price in runner["odds"]]
    return payload


def _without(names: set[str], payload: Payload) -> Payload:
    return {name: value for name, value in payload.items() if name not in names}
