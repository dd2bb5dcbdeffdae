"""What a racecard tells of a horse's past: form figures, days since a run, flags."""

from __future__ import annotations

from datetime import date

from simulator.scene.horses import Horse


def season(family: str, day: int) -> int:
    """The racing season of a day: the year on the flat, from May over jumps."""
    when = date.fromordinal(day)
    return when.year - (1 if family == "J" and when.month < 5 else 0)


def gap_mark(before: int, now: int) -> str:
    """What form figures show between two seasons."""
    return "" if before == now else "-" if now == before + 1 else "/"


def figures(horse: Horse, family: str, today: int) -> str:
    """The form figures of a family, up to a mark for the seasons since."""
    past = horse.form.get(family, "")
    return past and past + gap_mark(horse.form_season[family], season(family, today))


def last_run(horse: Horse, family: str, today: int) -> str:
    """Days since the last run, with a more recent one under the other code in brackets."""
    other_family = "J" if family == "F" else "F"
    own, other = horse.last_day.get(family), horse.last_day.get(other_family)
    text = "" if own is None else str(today - own)
    if other is not None and (own is None or other > own):
        text += f" ({today - other}{other_family})"
    elif own is None and family == "J" and horse.point is not None:
        text = f"({today - horse.point}P)"
    return text.strip()


def flags(horse: Horse, course: int, code: str, furlongs: float) -> str:
    """Course, distance and beaten favourite: "C D CD BF"."""
    here = course in horse.course_wins
    far = (code, furlongs) in horse.distance_wins
    found = ["C"] if here else []
    found += ["D"] if far else []
    found += ["CD"] if here and far else []
    found += ["BF"] if horse.last_favourite_beaten else []
    return " ".join(found)
