"""Reading the feed: what the API's text means, and the runs that every statistic counts.

Amounts are Decimal. The default context's 28 digits hold every sum here exactly, and every quotient
far beyond the digits that are kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from tests.oracle import owners
from tests.oracle.text import known

NEVER_RAN = frozenset({"VOI", "VOID"})
# What Betfair keeps of what is won; and where one who has no position is.
COMMISSION = Decimal("0.02")
BEHIND_ALL = 10_000
CODES = {"Flat": "Flat", "Hurdle": "NH", "Chase": "NH", "NH Flat": "NH"}
LONDON = ZoneInfo("Europe/London")
LONG_AGO = datetime.min.replace(tzinfo=UTC)

_NUMBER = re.compile(r"\d+(\.\d+)?|\.\d+")
_TWELVE_HOUR_CLOCK = re.compile(r"(?P<hour>\d{1,2}):(?P<minute>\d{2})")
_RUNNING_TIME = re.compile(r"(?P<minutes>\d+):(?P<seconds>\d{1,2}(\.\d+)?)")
_LEADING_INTEGER = re.compile(r"\d+")
_SUFFIX = re.compile(r"(?P<name>.*\S)\s*\([A-Za-z]{2,3}\)")
_IN_BRACKETS = re.compile(r"\([^()]*\)")
_FRACTIONS = {"¼": ".25", "½": ".5", "¾": ".75"}


@dataclass(frozen=True, slots=True)
class Landed:
    """One row of a raw table; race_date is None where the table has none."""

    payload: Mapping[str, Any]
    first_landed_at: datetime
    changed_at: datetime
    race_date: date | None = None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Feed:
    """The landed rows of the raw tables that statistics come from, at most one row a key."""

    results: Sequence[Landed] = ()
    racecards: Sequence[Landed] = ()
    horses: Sequence[Landed] = ()

    def live(self) -> Feed:
        """The feed without the rows that the API has withdrawn."""
        return Feed(
            results=_live(self.results),
            racecards=_live(self.racecards),
            horses=_live(self.horses),
        )


@dataclass(frozen=True, slots=True)
class Conditions:
    """What is known of a race: of each fact what the result says, else what the card says.

    kind is the API's type; off is LONG_AGO where no time is known, so that it sorts first; distance
    is in furlongs. yards is the result's own: a card has no such figure.
    """

    race_id: str
    day: date
    off: datetime
    kind: str | None
    course_id: str | None
    race_class: str | None
    distance: Decimal | None
    yards: int | None
    going: str | None
    surface: str | None

    @property
    def code(self) -> str | None:
        """Flat, or NH for all that is run under National Hunt rules."""
        return CODES.get(self.kind or "")

    @property
    def when(self) -> tuple[date, datetime, str]:
        """Sorts races by time, and those of one time by id."""
        return (self.day, self.off, self.race_id)


@dataclass(frozen=True, slots=True)
class Run:
    """One horse in one race that it ran.

    seconds is the running time. expected_wins and profit (in stakes of one unit) are None without
    an SP, expected_fair unless every run of the race has one, expected_bsp and profit_bsp without a
    Betfair SP. rivals_beaten is a share, None without a rival or where the feed has but a part of
    the race. race and runner are the result's
    payload and the horse's part of it, for whatever else runs are to be grouped by.
    """

    race: Landed
    runner: Mapping[str, Any]
    conditions: Conditions
    position: int | None
    seconds: Decimal | None
    sp: Decimal | None
    expected_wins: Decimal | None
    expected_fair: Decimal | None
    profit: Decimal | None
    expected_bsp: Decimal | None
    profit_bsp: Decimal | None
    rivals_beaten: Decimal | None

    @property
    def race_class(self) -> str | None:
        return self.conditions.race_class

    @property
    def distance(self) -> Decimal | None:
        return self.conditions.distance

    @property
    def won(self) -> bool:
        return self.position == 1

    @property
    def placed(self) -> bool:
        return self.position in (1, 2, 3)


def rounded(value: Decimal, places: int) -> Decimal:
    """The value to that many decimals, halves away from zero."""
    return value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def number(value: object) -> Decimal | None:
    """An unsigned decimal number; None for anything else."""
    text = known(value)
    return Decimal(text) if text is not None and _NUMBER.fullmatch(text) else None


def price(value: object) -> Decimal | None:
    """Decimal odds, stake included; what is not above 1 is no price."""
    odds = number(value)
    return odds if odds is not None and odds > 1 else None


def prize(value: object) -> tuple[Decimal, str] | None:
    """Prize money and its currency, EUR or GBP: all but a euro sign is pounds."""
    text = known(value)
    if text is None:
        return None
    amount = number(text.lstrip("€£").replace(",", ""))
    return None if amount is None else (amount, "EUR" if text.startswith("€") else "GBP")


def seconds(value: object) -> Decimal | None:
    """A running time, "1:0.48", in seconds; no time at all was not taken."""
    match = _RUNNING_TIME.fullmatch(known(value) or "")
    taken = 60 * Decimal(match["minutes"]) + Decimal(match["seconds"]) if match else Decimal(0)
    return taken or None


def position(value: object) -> int | None:
    """The finishing position; None for a horse that did not finish or was not placed."""
    match = _LEADING_INTEGER.match(known(value) or "")
    return int(match[0]) if match else None


def ran(runner: Mapping[str, Any]) -> bool:
    """Whether this runner of a result took part in a race that stands."""
    text = known(runner.get("position"))
    return text is not None and text.upper() not in NEVER_RAN


def is_non_runner(runner: Mapping[str, Any]) -> bool:
    """Whether this runner of a card is declared not to run."""
    number, jockey = known(runner.get("number")) or "", known(runner.get("jockey")) or ""
    return number.upper() == "NR" or jockey.upper().startswith("NON-RUNNER")


def is_reserve(runner: Mapping[str, Any]) -> bool:
    """Whether this runner of a card waits for another to drop out."""
    return re.fullmatch(r"[Rr]\d{1,2}", known(runner.get("number")) or "") is not None


def without_country(name: str) -> str:
    """The name of a horse less a trailing "(IRE)": two or three letters there are a country."""
    match = _SUFFIX.fullmatch(name)
    return match["name"] if match else name


def race_class(result: Mapping[str, Any], card: Mapping[str, Any]) -> str | None:
    """The race's class: as given, else a pattern race's; card is empty where there is none."""
    given = known(result.get("class")) or known(card.get("race_class"))
    if given:
        return given
    return "Class 1" if known(result.get("pattern")) or known(card.get("pattern")) else None


def distance(result: Mapping[str, Any], card: Mapping[str, Any]) -> Decimal | None:
    """The race's distance in furlongs, to the nearest half; card is empty where there is none."""
    for text in (known(result.get("dist_f")), known(card.get("distance_f"))):
        furlongs = number(_plain(text).removesuffix("f")) if text else None
        if furlongs:
            return rounded(furlongs * 2, 0) / 2
    yards = number(result.get("dist_y"))
    return rounded(yards / 110, 0) / 2 if yards else None


def _plain(text: str) -> str:
    """A distance with decimals for its fractions."""
    for fraction, decimals in _FRACTIONS.items():
        text = text.replace(fraction, decimals)
    return text


def going(text: str | None) -> str | None:
    """The one name of a going: "Standard / Slow" is another spelling of "Standard To Slow"."""
    return text and text.replace(" / ", " To ")


def is_incomplete(result: Mapping[str, Any], card: Mapping[str, Any]) -> bool:
    """Whether a result lacks more than half of the declared, more than it explains.

    The non-runners that the card has already explain nothing more.
    """
    entries = card.get("runners", [])
    out = [entry for entry in entries if is_non_runner(entry)]
    declared = [
        entry
        for entry in entries
        if entry not in out and not is_reserve(entry) and known(entry.get("jockey"))
    ]
    names = _IN_BRACKETS.sub("", known(result.get("non_runners")) or "").split(",")
    named = len([name for name in names if name.strip()])
    there = len(result["runners"])
    missing = len(declared) - there
    return 0 < there < len(declared) / 2 and missing > max(named - len(out), 0)


def distance_name(furlongs: Decimal) -> str:
    """A distance as it is shown: "8f", "16.5f"."""
    return f"{furlongs.normalize():f}f"


def off(race: Mapping[str, Any], day: date) -> datetime | None:
    """When the race was or will be off, by a result or card of that day.

    Without a full time it is the clock's, which leaves out that one to nine o'clock are p.m.
    """
    text = known(race.get("off_dt"))
    if text:
        return datetime.fromisoformat(text)
    clock = _TWELVE_HOUR_CLOCK.fullmatch(known(race.get("off") or race.get("off_time")) or "")
    if clock is None:
        return None
    hour = int(clock["hour"])
    afternoon = hour + 12 if hour < 10 else hour
    return datetime.combine(day, time(afternoon, int(clock["minute"])), LONDON)


def conditions(result: Landed | None, card: Landed | None) -> Conditions:
    """The conditions of a race that has a result, a card or both."""
    landed = result or card
    assert landed is not None
    assert landed.race_date is not None
    told = result.payload if result else {}
    planned = card.payload if card else {}

    def fact(name: str) -> str | None:
        return known(told.get(name)) or known(planned.get(name))

    day, yards = landed.race_date, number(told.get("dist_y"))
    return Conditions(
        race_id=landed.payload["race_id"],
        day=day,
        off=off(told, day) or off(planned, day) or LONG_AGO,
        kind=fact("type"),
        course_id=fact("course_id"),
        race_class=race_class(told, planned),
        distance=distance(told, planned),
        yards=None if yards is None else int(rounded(yards, 0)),
        going=going(fact("going")),
        surface=fact("surface"),
    )


def runs(feed: Feed) -> list[Run]:
    """Every run of the live results, race by race, its owner with an id where one is told."""
    live = feed.live()
    owner_ids = owners.ids(live)
    cards = {row.payload["race_id"]: row for row in live.racecards}
    return [
        run
        for race in live.results
        for run in _runs_of(race, cards.get(race.payload["race_id"]), owner_ids)
    ]


def _runs_of(
    race: Landed, card: Landed | None, owner_ids: Mapping[tuple[str, str], str]
) -> list[Run]:
    run_in = conditions(race, card)
    runners = [
        {**runner, "owner_id": owner_ids.get((run_in.race_id, runner["horse_id"]))}
        for runner in race.payload["runners"]
        if ran(runner)
    ]
    positions = [position(runner.get("position")) for runner in runners]
    winners = positions.count(1)
    prices = [price(runner.get("sp_dec")) for runner in runners]
    expected = [None if sp is None else rounded(1 / sp, 10) for sp in prices]
    whole = not is_incomplete(race.payload, card.payload if card else {})
    fair = _fair(expected, winners) if whole else [None] * len(expected)
    exchange = [price(runner.get("bsp")) for runner in runners]
    beaten = _rivals_beaten(positions) if whole else [None] * len(positions)
    return [
        Run(
            race=race,
            runner=runner,
            conditions=run_in,
            position=place,
            seconds=seconds(runner.get("time")),
            sp=sp,
            expected_wins=chance,
            expected_fair=share,
            profit=None if sp is None else _profit(sp, winners if place == 1 else None),
            expected_bsp=None if bsp is None else rounded(1 / bsp, 10),
            profit_bsp=None
            if bsp is None
            else _less_commission(_profit(bsp, winners if place == 1 else None)),
            rivals_beaten=beaten_here,
        )
        for runner, place, sp, chance, share, bsp, beaten_here in zip(
            runners, positions, prices, expected, fair, exchange, beaten, strict=True
        )
    ]


def _fair(expected: Sequence[Decimal | None], winners: int) -> list[Decimal | None]:
    """Each run's chance rescaled so that the race's add up to its winners."""
    chances = [chance for chance in expected if chance is not None]
    if len(chances) < len(expected):
        return [None] * len(expected)
    book = sum(chances, Decimal(0))
    return [rounded(chance / book * winners, 10) for chance in chances]


def _profit(sp: Decimal, winners: int | None) -> Decimal:
    """What one unit gains: winners is the number that share first place, None for a loser."""
    return Decimal(-1) if winners is None else sp / winners - 1


def _less_commission(profit: Decimal) -> Decimal:
    """What the exchange leaves of what was won."""
    return profit * (1 - COMMISSION) if profit > 0 else profit


def _rivals_beaten(positions: Sequence[int | None]) -> list[Decimal | None]:
    """The share of the others that each is ahead of, those level counting half; who has no position
    is behind all who have."""
    if len(positions) == 1:
        return [None]
    places = [BEHIND_ALL if place is None else place for place in positions]
    return [
        rounded(
            (
                sum(other > place for other in places)
                + Decimal(sum(other == place for other in places) - 1) / 2
            )
            / (len(places) - 1),
            10,
        )
        for place in places
    ]


def _live(rows: Iterable[Landed]) -> list[Landed]:
    return [row for row in rows if row.withdrawn_at is None]
