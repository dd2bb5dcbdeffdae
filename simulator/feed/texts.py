"""The prose of the feed: verdicts, spotlights, quotes, comments in running and tote returns."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.market import DECIMALS, FRACTIONS, nearest_step
from simulator.racing.records import Run

_EARLY = (
    "Held up in rear",
    "Led",
    "Prominent",
    "Tracked leaders",
    "Midfield",
    "Took keen hold",
    "In touch with leaders",
    "Slowly away",
    "Pressed leader",
)
_MIDDLE = (
    "headway over 2f out",
    "pushed along 3f out",
    "not clear run over 1f out",
    "ridden 2f out",
    "switched right over 1f out",
    "headed over 1f out",
    "edged left",
    "hung right",
)
_GOOD = (
    "kept on well inside final furlong",
    "ran on",
    "led final 110yds",
    "comfortably",
    "stayed on",
)
_POOR = (
    "weakened over 1f out",
    "no impression",
    "kept on one pace",
    "never on terms",
    "soon beaten",
)
_ENDS = {
    "PU": "pulled up before last",
    "F": "fell",
    "UR": "unseated rider",
    "BD": "brought down",
    "SU": "slipped up",
    "RO": "ran out",
    "RR": "refused to race",
    "REF": "refused",
    "CO": "carried out",
    "LFT": "left at start",
    "DIED": "fell fatally",
    "VOI": "race void",
    "DSQ": "disqualified, weighed in light",
}
_OBSERVED_EARLY = (
    "Settled towards the rear after a steady start",
    "Soon prominent and travelled well on the heels of the leaders",
    "Made the running at a sound pace",
    "Raced keenly in midfield through the early stages",
    "Slowly into stride and held up behind the main group",
    "Chased the leaders on the outside of the field",
)
_OBSERVED_MIDDLE = (
    "shaken up and made headway approaching the final two furlongs",
    "came under pressure with three furlongs to run",
    "had to wait for a gap before being switched to challenge",
    "was ridden along and edged to the left under pressure",
    "lost its place briefly when the pace quickened",
)
_OBSERVED_GOOD = (
    "kept on strongly inside the final furlong and was always doing enough",
    "stayed on well to the line without quite getting on terms",
    "found plenty for pressure and saw the race out thoroughly",
)
_OBSERVED_POOR = (
    "weakened gradually and was not given a hard time once held",
    "could not go with the principals and kept on at the one pace",
    "never looked like landing a blow and was eased near the finish",
)
_OBSERVED_ENDS = {
    "PU": "dropped away quickly and was pulled up before the last",
    "F": "came down when still in contention",
    "UR": "blundered badly and gave the rider no chance",
    "BD": "was brought down by a faller in front",
    "SU": "slipped up on the bend",
    "RO": "ran out to the left",
    "RR": "declined to race when the tapes went up",
    "REF": "refused when tired",
    "CO": "was carried out by a loose horse",
    "LFT": "took no part after whipping round at the start",
    "DIED": "suffered a fatal fall",
    "VOI": "before the race was declared void",
    "DSQ": "was disqualified afterwards for weighing in light",
}
_REMARKS = (
    "One fence was omitted in each circuit due to low sun",
    "The going was changed after this race",
    "The start was delayed, a loose horse having to be caught",
    "A stewards' enquiry was held; the result stands",
)
_VERDICTS = (
    "{} sets the standard and should take plenty of beating.",
    "This can go to {}, who shaped well last time.",
    "It may pay to stick with {} in what looks an open race.",
)
_COMMENTS = (
    "Ran well last time and must be considered",
    "Below best of late but handicapped to go close",
    "Something to find on what has been shown so far",
    "Consistent and likely to be thereabouts",
)
_QUOTES = (
    "{} has always shown plenty at home and deserved that.",
    "I think {} will get further in time.",
    "{} doesn't want the ground any quicker than this.",
)
_TOURS = (
    "He's a lovely horse and has done well again over the winter.",
    "She's tough and will pay her way this season.",
    "We'll find a nice race for this one when the ground comes right.",
)
_NEWCOMERS = ("Newcomer from a yard that can ready one", "Debutant; market will guide")


def in_running(rng: Random, run: Run) -> str:
    """What a horse did, as a result's comment tells it."""
    last = _ENDS.get(run.code) or rng.choice(_GOOD if run.position <= 3 else _POOR)
    text = " - ".join((rng.choice(_EARLY), rng.choice(_MIDDLE), last))
    if run.price is not None and rng.random() < 0.6:
        step = min(len(FRACTIONS) - 1, max(0, run.price + rng.choice((-2, -1, 1, 2))))
        what = rng.choice(("op", "tchd"))
        opened = f"op {FRACTIONS[run.price]} " if what == "tchd" and run.number % 3 == 0 else ""
        text += f"({opened}{what} {FRACTIONS[step]})"
    return text


def observed(rng: Random, run: Run) -> str:
    """What a horse did, in the longer words of version 1.4.4."""
    last = _OBSERVED_ENDS.get(run.code) or rng.choice(
        _OBSERVED_GOOD if run.position <= 3 else _OBSERVED_POOR
    )
    start, middle = rng.choice(_OBSERVED_EARLY), rng.choice(_OBSERVED_MIDDLE)
    return f"{start}, {middle}, {last}."


def remark(rng: Random) -> str:
    """A note on a race as a whole."""
    return rng.choice(_REMARKS)


def verdict(rng: Random, name: str) -> str:
    """Who should win, in a sentence."""
    return rng.choice(_VERDICTS).format(name.upper())


def forecast(chances: list[tuple[str, float]]) -> str:
    """A betting forecast: names by price, one that shares the price before it standing alone."""
    priced = sorted(
        (nearest_step(max(1.1, 1 / (1.12 * max(chance, 0.004)))), name) for name, chance in chances
    )
    text = ""
    last = None
    for step, name in priced:
        label = "Evs" if FRACTIONS[step] == "1/1" else FRACTIONS[step]
        if text:
            text += ", "
        text += f" {name}" if step == last and text else f"{label} {name}"
        last = step
    return text


def comment(rng: Random, run: Run) -> str:
    """A few words on a runner before the race."""
    if not run.form:
        return rng.choice(_NEWCOMERS)
    return rng.choice(_COMMENTS)


def spotlight(rng: Random, run: Run, going: str) -> str:
    """A longer note on a runner before the race."""
    view = rng.choice(("proven on", "unlikely to mind", "best on"))
    return f"{comment(rng, run)}; {view} {going.lower()} ground."


def quote(rng: Random, horse: str, trainer: str) -> str:
    """What was said after a win."""
    said = rng.choice(_QUOTES).format(horse)
    return f"{said} - {trainer}, trainer."


def tour(rng: Random, day: date) -> str:
    """A trainer on a horse, on a tour of the stables."""
    said = rng.choice(_TOURS)
    return f"{said} {day:%d-%m-%y}"


def tote(rng: Random, ran: list[Run], region: str, void: bool) -> dict[str, str]:
    """The tote's returns to a unit, with the sign of the country's money."""
    names = ("tote_win", "tote_pl", "tote_ex", "tote_csf", "tote_tricast", "tote_trifecta")
    returns = dict.fromkeys(names, "")
    first = [DECIMALS[r.price] for r in ran[:3] if r.position and r.price is not None]
    if void or len(first) < 3 or rng.random() < 0.03:
        return returns
    sign = "€" if region == "ire" else "£"
    a, b, c = first

    def money(amount: float) -> str:
        return f"{sign}{amount:.2f}".removesuffix(".00")

    count = len(ran)
    places = 1 if count < 5 else 2 if count < 8 else 3
    returns["tote_win"] = money(round(a * rng.uniform(0.85, 1.25), 1))
    returns["tote_pl"] = " ".join(
        money(round(max(1.04, 1 + (x - 1) / 4 * rng.uniform(0.8, 1.2)), 1)) for x in first[:places]
    )
    pair = max(1.5, a * b * 0.75)
    returns["tote_ex"] = money(round(pair * rng.uniform(0.8, 1.2), 1))
    returns["tote_csf"] = money(round(pair, 2))
    if count >= 8:
        returns["tote_tricast"] = money(round(pair * c * 0.7, 2))
    returns["tote_trifecta"] = money(round(pair * c * rng.uniform(0.5, 0.9), 1))
    return returns
