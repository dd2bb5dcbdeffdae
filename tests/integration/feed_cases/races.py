"""Races as the Racing API lists them, from the few things that a test is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple
from zlib import crc32
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
TODAY = datetime.now(LONDON).date()
PRICES = (
    *("7/4F", "3/1", "9/2", "8/1", "14/1", "20/1"),
    *("25/1", "33/1", "40/1", "50/1", "66/1", "100/1"),
)
SEXES = {"G": "gelding", "M": "mare", "F": "filly", "C": "colt", "H": "horse", "R": "rig"}
_COUNTRY = re.compile(r"\s*\(([A-Z]{2,3})\)$")

Race = dict[str, Any]
Runner = dict[str, Any]


class Course(NamedTuple):
    """A racecourse: its name on cards, its name in results."""

    name: str
    name_in_results: str
    id: str
    region: str


THIRSK = Course("Thirsk", "Thirsk", "crs_870001", "GB")
WOLVERHAMPTON = Course("Wolverhampton (AW)", "Wolverhampton (AW)", "crs_870002", "GB")
NAVAN = Course("Navan", "Navan (IRE)", "crs_870003", "IRE")
DEAUVILLE = Course("Deauville", "Deauville (FR)", "crs_870004", "FR")
SARATOGA = Course("Saratoga", "Saratoga (USA)", "crs_870005", "USA")


@dataclass(frozen=True)
class Feed:
    """What the API lists: races, and the profiles that differ from what their runners say.

    `later` holds what is new, or replaces something, by the time of a second load.
    """

    results: Sequence[Race] = ()
    racecards: Sequence[Race] = ()
    horses: Sequence[dict[str, Any]] = ()
    later: Feed | None = None

    def __add__(self, other: Feed) -> Feed:
        later = [feed.later for feed in (self, other) if feed.later]
        return Feed(
            [*self.results, *other.results],
            [*self.racecards, *other.racecards],
            [*self.horses, *other.horses],
            sum(later, Feed()) if later else None,
        )


def race_id(key: str) -> str:
    """The id of the race that a test calls `key`."""
    return f"rac_{crc32(key.encode()):011d}"


def horse_id(name: str) -> str:
    """The id of a horse; a parent's is the same digits under another prefix."""
    return _id("hrs", name)


def sire_id(name: str) -> str:
    """The id of a sire."""
    return _id("sir", name)


def dam_id(name: str) -> str:
    """The id of a dam."""
    return _id("dam", name)


def jockey_id(name: str) -> str:
    """The id of a jockey."""
    return _id("jky", name)


def trainer_id(name: str) -> str:
    """The id of a trainer."""
    return _id("trn", name)


def owner_id(name: str) -> str:
    """The id of an owner."""
    return _id("own", name)


def rider(horse: str) -> str:
    """The id of the jockey that a horse has unless a test gives it another."""
    return jockey_id(f"Rider Of {horse}")


def ran(
    horse: str, position: int | str | None = None, *, official: str = "", **fields: str
) -> Runner:
    """A runner of a result: what is particular about it, by the API's names.

    Without a position it finished where it stands in the list; `official` is its `or`.
    """
    return {
        "horse": horse,
        **({} if position is None else {"position": str(position)}),
        **({"or": official} if official else {}),
        **fields,
    }


def entry(horse: str, **fields: Any) -> Runner:
    """A runner of a card: what is particular about it, by the API's names."""
    return {"horse": horse, **fields}


def non_runner(horse: str, **fields: Any) -> Runner:
    """A runner of a card that stands as a non-runner."""
    stands = {"number": "NR", "jockey": "NON-RUNNER(5)", "jockey_id": "jky_224913"}
    return entry(horse, **{**stands, "odds": [price(decimal="-")], **fields})


def price(
    bookmaker: str = "Bet365",
    fractional: str = "-",
    decimal: str = "",
    updated: str = "",
    history: Sequence[tuple[str, str]] = (),
) -> dict[str, Any]:
    """A price of a bookmaker or an exchange; `history` is pairs of a moment and a decimal."""
    exchange = "Exchange" in bookmaker
    decimal = decimal or decimal_of(fractional)
    return {
        "bookmaker": bookmaker,
        "fractional": decimal if exchange else fractional,
        "decimal": decimal,
        "ew_places": "" if exchange else "3",
        "ew_denom": "" if exchange else "5",
        "updated": updated or f"{TODAY - timedelta(days=1)} 18:00:00",
        "history": [
            {"changed_at": changed_at, "fractional": "", "decimal": was}
            for changed_at, was in history
        ],
    }


def result(
    key: str,
    day: date,
    runners: Sequence[Runner | str],
    *,
    course: Course = THIRSK,
    off: str = "14:00",
    old: bool = False,
    **fields: Any,
) -> Race:
    """A race of /v1/results; `runners` in the order of the finish, a name alone being enough.

    `off` is London's clock; `old`: as the feed was before June 2026.
    """
    finish = [_ran(runner, place, course, old) for place, runner in enumerate(runners)]
    before = "0"
    for runner in finish:
        # Lengths behind the one before it, where a test does not say otherwise.
        if runner["ovr_btn"] != "-":
            runner.setdefault("btn", f"{Decimal(runner['ovr_btn']) - Decimal(before):f}")
            before = runner["ovr_btn"]
        runner.setdefault("btn", "-")
    return {
        "race_id": race_id(key),
        "date": str(day),
        "region": course.region,
        "course": course.name_in_results,
        "course_id": course.id,
        "off": _twelve_hours(off),
        "off_dt": moment(day, off),
        "race_name": "Market Place Handicap" + ("" if old else " Stakes"),
        "type": "Flat",
        "class": "Class 5" if course.region == "GB" else "",
        "pattern": "",
        "rating_band": "0-75",
        "age_band": "3yo+",
        "sex_rest": "",
        "dist": "1m",
        "dist_y": "1760",
        "dist_m": "1609",
        "dist_f": "8f",
        "going": "Good",
        "surface": "Turf",
        "jumps": "",
        "winning_time_detail": "1m 39.00s" + (" (slow by 2.10s)" if old else ""),
        "comments": "",
        "non_runners": "",
        "tote_win": "£3.40",
        "tote_pl": "£1.50 £2.00",
        "tote_ex": "£12.10",
        "tote_csf": "£13.05",
        "tote_tricast": "£55.20",
        "tote_trifecta": "£44.90",
        **fields,
        "runners": finish,
    }


def card(
    key: str,
    day: date,
    runners: Sequence[Runner | str],
    *,
    course: Course = THIRSK,
    off: str | None = "14:00",
    old: bool = False,
    **fields: Any,
) -> Race:
    """A race of /v1/racecards/pro; runners, `off` and `old` as of `result`."""
    listed = [_entered(runner, place, day, course, old) for place, runner in enumerate(runners)]
    declared = [r for r in listed if r["number"][:1].isdigit()]
    return {
        "race_id": race_id(key),
        "course": course.name,
        "course_id": course.id,
        "date": str(day),
        "off_time": _twelve_hours(off) if off else "",
        "off_dt": moment(day, off) if off else None,
        "race_name": "Market Place Handicap",
        "distance_round": "1m",
        "distance": "1m",
        "distance_f": "8.0",
        "region": course.region,
        "pattern": "",
        "sex_restriction": "",
        "race_class": "Class 5" if course.region == "GB" else "",
        "type": "Flat",
        "age_band": "3yo+",
        "rating_band": "0-75",
        "prize": "£4,187",
        "field_size": str(len(declared)),
        "going_detailed": "",
        "rail_movements": "",
        "stalls": "",
        "weather": "",
        "going": "Good",
        "surface": "Turf",
        "jumps": "",
        "big_race": False,
        "is_abandoned": False,
        "tip": "",
        "verdict": "",
        "betting_forecast": "",
        "race_status": "" if old else "declared",
        **fields,
        "runners": listed,
    }


def profile(race: Race, runner: Runner) -> dict[str, Any]:
    """What /v1/horses/{id}/pro says of a horse that a race has."""
    age = int(runner["age"]) if runner["age"].strip("0-") else 4
    born = f"{int(race['date'][:4]) - age}-03-11"
    sex = runner["sex"] if runner.get("sex_code") else SEXES.get(runner["sex"], "gelding")
    return {
        "id": runner["horse_id"],
        "name": _with_country(runner, "horse", "region"),
        "dob": runner.get("dob") or born,
        "sex": sex,
        "sex_code": next(code for code, word in SEXES.items() if word == sex),
        "colour": "b",
        "colour_code": "B",
        "breeder": "Withy Brook Stud",
        **{
            f"{parent}{suffix}": runner[f"{parent}_id"]
            if suffix
            else _with_country(runner, parent, f"{parent}_region")
            for parent in ("sire", "dam", "damsire")
            for suffix in ("", "_id")
        },
    }


def profiles(feed: Feed) -> dict[str, dict[str, Any]]:
    """A profile of every horse that a feed names, but for what it says later, by id."""
    races = [*feed.results, *feed.racecards]
    found = {r["horse_id"]: profile(race, r) for race in races for r in race["runners"]}
    return found | {horse["id"]: horse for horse in feed.horses}


def courses(feed: Feed, regions: dict[str, str]) -> list[dict[str, str]]:
    """The courses of a feed, without the country that results have behind some names."""
    return [
        {
            "id": course,
            "course": name,
            "region_code": region.lower(),
            "region": regions[region.lower()],
        }
        for course, (name, region) in sorted(
            {
                race["course_id"]: (_without_region(race["course"], regions), race["region"])
                for race in _races(feed)
            }.items()
        )
    ]


def moment(day: date, clock: str) -> str:
    """A time of London's clock as the API writes an off_dt."""
    return datetime.combine(day, time.fromisoformat(clock), LONDON).isoformat()


def decimal_of(odds: str) -> str:
    """The decimal figure of "9/4", "7/2F" or "EvensJ", with two decimals at most."""
    fraction = odds.rstrip("FJC")
    figure = Fraction(1) if fraction in ("Evens", "Evs") else Fraction(fraction)
    return f"{float(figure) + 1:.2f}"


def _ran(told: Runner | str, place: int, course: Course, old: bool) -> Runner:
    own = {"horse": told} if isinstance(told, str) else told
    name = _plain(own["horse"])
    position = own.get("position", str(place + 1))
    finished = position.isdigit()
    sp = own.get("sp", PRICES[place])
    sp_dec = own["sp_dec"] if "sp_dec" in own else decimal_of(sp)
    weight = int(own.get("weight_lbs", "131"))
    earned = str(80 - 2 * place) if finished else "-"
    common = {
        "horse_id": horse_id(name),
        "sp": sp,
        "sp_dec": sp_dec,
        "number": str(place + 1),
        "position": position,
        "draw": str(place + 1),
        "ovr_btn": str(place) if finished else "-",
        "age": "4",
        "sex": "G",
        "weight": f"{weight // 14}-{weight % 14}",
        "weight_lbs": str(weight),
        "headgear": "",
        "time": f"1:{39 + 0.17 * place:05.2f}" if finished else "-",
        "or": "70",
        "rpr": earned if old else "",
        "tsr": earned if old else "",
        "prize": ("4187.20", "1965.60")[place] if finished and place < 2 else "",
        "jockey_claim_lbs": "0",
        "comment": "Held up in touch, kept on inside final furlong",
        "silk_url": "https://www.example.com/silks/1.svg",
        **_people(own, name, own.get("jockey")),
        "sire": _named(own.get("sire", f"Sire Of {name}"), "GB"),
        "dam": _named(own.get("dam", f"Dam Of {name}"), "GB"),
        "damsire": own.get("damsire", f"Damsire Of {name}"),
    }
    if not old:
        common |= {"performance_rating": earned, "speed_rating": earned}
        common["bsp"] = f"{float(sp_dec) * 1.08:.2f}" if sp_dec.strip("0.-") else ""
    named = {"horse": _named(own["horse"], course.region)}
    return {**common, **own, **named, "sire": common["sire"], "dam": common["dam"]}


def _entered(told: Runner | str, place: int, day: date, course: Course, old: bool) -> Runner:
    own = {"horse": told} if isinstance(told, str) else told
    name = _plain(own["horse"])
    rated = str(72 + place)
    offered = decimal_of(PRICES[place])
    seen = f"{min(day, TODAY) - timedelta(days=1)} 18:00:00"
    odds = [
        price(bookmaker, PRICES[place].rstrip("F"), offered, seen)
        for bookmaker in ("Bet365", "William Hill", "Coral", "Betfair Exchange")
    ]
    region = course.region
    common = {
        "horse": name,
        "horse_id": horse_id(name),
        "dob": f"{day.year - 4}-03-11",
        "age": "4",
        "sex": "gelding",
        "sex_code": "G",
        "colour": "b",
        "region": region,
        "breeder": "Withy Brook Stud",
        **{p: own.get(p, f"{p.title()} Of {name}") for p in ("sire", "dam", "damsire")},
        **{f"{parent}_region": "GB" for parent in ("sire", "dam", "damsire")},
        "trainer_location": "Malton, N Yorks",
        "trainer_14_days": {"runs": "8", "wins": "2", "percent": "25"},
        "prev_trainers": [],
        "prev_owners": [],
        "comment": "Ran well last time",
        "spotlight": "Has claims on the pick of his form." if old else "",
        "quotes": [],
        "stable_tour": [],
        "medical": [],
        "number": str(place + 1),
        "draw": str(place + 1),
        "headgear": "",
        "headgear_run": "",
        "wind_surgery": "",
        "wind_surgery_run": "",
        "past_results_flags": [],
        "lbs": "131",
        "ofr": "70",
        "rpr": rated if old else "",
        "ts": rated if old else "",
        "silk_url": "https://www.example.com/silks/1.svg",
        "last_run": "15",
        "form": "42-315",
        "trainer_rtf": "45",
        "odds": odds,
        **_people(own, name, own.get("jockey")),
    }
    if not old:
        common |= {"performance_rating": rated, "speed_rating": rated}
    return {**common, **own}


def _people(own: Runner, horse: str, jockey: str | None) -> Runner:
    """Names and ids of a runner's people and parents, by which the same name is the same id."""
    named = {
        "jockey": f"Rider Of {horse}" if jockey is None else jockey,
        "trainer": own.get("trainer", f"Trainer Of {horse}"),
        "owner": own.get("owner", f"Owner Of {horse}"),
    }
    prefixes = {"jockey": "jky", "trainer": "trn", "owner": "own"}
    ids = {
        f"{role}_id": _id(prefixes[role], re.sub(r"\(\d+\)$", "", name)) if name else ""
        for role, name in named.items()
    }
    parents = {"sire": "sir", "dam": "dam", "damsire": "dsi"}
    return (
        named
        | ids
        | {
            f"{parent}_id": _id(prefix, own.get(parent, f"{parent.title()} Of {horse}"))
            for parent, prefix in parents.items()
        }
    )


def _id(prefix: str, name: str) -> str:
    return f"{prefix}_{crc32(_plain(name).encode())}"


def _plain(name: str) -> str:
    return _COUNTRY.sub("", name)


def _named(name: str, country: str) -> str:
    return name if _COUNTRY.search(name) else f"{name} ({country})"


def _with_country(runner: Runner, member: str, region: str) -> str:
    country = runner.get(region)
    return f"{runner[member]} ({country})" if country else runner[member]


def _without_region(course: str, regions: dict[str, str]) -> str:
    found = _COUNTRY.search(course)
    return _plain(course) if found and found[1].lower() in regions else course


def _twelve_hours(clock: str) -> str:
    at = time.fromisoformat(clock)
    return f"{(at.hour - 1) % 12 + 1}:{at.minute:02}"


def _races(feed: Feed) -> Iterator[Race]:
    yield from feed.results
    yield from feed.racecards
    if feed.later:
        yield from _races(feed.later)
