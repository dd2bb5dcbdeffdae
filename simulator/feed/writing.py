"""How the API spells times, distances, money and names."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from simulator.racing.records import Race
from simulator.scene.horses import Horse, Parent

# What stands for a figure that nobody has.
EN_DASH = "\N{EN DASH}"
LONDON = ZoneInfo("Europe/London")


@lru_cache(maxsize=512)
def offset(day: date) -> str:
    """London's offset from UTC at noon: "+00:00" or "+01:00"."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=LONDON)
    return noon.isoformat()[-6:]


def off_instant(race: Race, day: date, side: str) -> str | None:
    """The off as an instant; a race that is `untimed` on this side has none or an empty one."""
    if race.untimed in (side, "both"):
        return None if race.number % 2 else ""
    hour, minute = divmod(race.minute, 60)
    return f"{day.isoformat()}T{hour:02}:{minute:02}:00{offset(day)}"


def off_time(minute: int) -> str:
    """The time of day on a twelve-hour clock without a.m. or p.m.: "2:12"."""
    hour, rest = divmod(minute, 60)
    return f"{(hour - 1) % 12 + 1}:{rest:02}"


def distance_round(furlongs: float) -> str:
    """Miles and furlongs: "2m", "1m3f", "2m½f"."""
    miles, rest = divmod(furlongs, 8)
    half = "½" if rest % 1 else ""
    whole = str(int(rest)) if rest >= 1 else ""
    text = f"{int(miles)}m" if miles else ""
    return text + (f"{whole}{half}f" if whole or half else "")


def distance_exact(yards: int) -> str:
    """Miles, furlongs and yards: "2m53y"."""
    miles, rest = divmod(yards, 1760)
    furlongs, rest = divmod(rest, 220)
    parts = ((miles, "m"), (furlongs, "f"), (rest, "y"))
    return "".join(f"{value}{unit}" for value, unit in parts if value)


def jumps(race: Race) -> str:
    """Such as "10 hurdles" or "15 fences", or nothing on the level."""
    if not race.jumps:
        return ""
    return f"{race.jumps} {'hurdles' if race.letter == 'H' else 'fences'}"


def card_prize(first: float, region: str) -> str:
    """The first prize as a card shows it: "£4,193", "€7,080"."""
    return f"{'€' if region == 'ire' else '£'}{first:,.0f}"


def result_prize(amount: float, region: str) -> str:
    """Prize money as a result shows it: "3245.08", "€7080", or nothing."""
    if not amount:
        return ""
    if region == "ire":
        return f"€{amount:.0f}"
    return f"{amount:.2f}"


def lengths(value: float) -> str:
    """Lengths: "0", "0.3", ".5", "1.25", "11"."""
    if value in (0.5, 0.75):
        return f"{value:g}"[1:]
    return f"{value:g}"


def clock_time(seconds: float) -> str:
    """Minutes and seconds, the seconds of one digit or two: "1:43.25", "3:5.82", "0:59.78"."""
    minutes = int(seconds // 60)
    return f"{minutes}:{seconds - 60 * minutes:.2f}"


def time_detail(seconds: float, slow: float) -> str:
    """Such as "1m 43.25s (slow by 5.55s)"."""
    minutes = int(seconds // 60)
    text = f"{minutes}m " if minutes else ""
    pace = "slow" if slow >= 0 else "fast"
    return f"{text}{seconds - 60 * minutes:.2f}s ({pace} by {abs(slow):.2f}s)"


def plain_owner(name: str) -> str:
    """An owner as a result spells it: without "&" and commas."""
    return " ".join(name.replace("&", " ").replace(",", " ").split())


def silk(number: int) -> str:
    """The address of a set of colours."""
    text = str(number)
    a, b, c = text[-1], text[-2], text[-3]
    return f"https://www.rp-assets.com/svg/{a}/{b}/{c}/{text}.svg"


def number_or(value: int | None, unknown: str) -> str:
    """A rating, or what stands for one that nobody has."""
    return unknown if value is None else str(value)


def with_country(horse: Horse | Parent | None) -> str:
    """A name with its country: "Sea The Stars (IRE)"; nothing for a parent nobody knows."""
    return f"{horse.name} ({horse.country})" if horse else ""
