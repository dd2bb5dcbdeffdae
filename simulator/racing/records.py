"""What the world remembers of a race: plain values only, so that a day packs into bytes."""

from __future__ import annotations

import marshal
import zlib
from typing import NamedTuple

# Race.status
RUN, ABANDONED, VOID, DECLARED, ENTERED = range(5)
# Run.status: took part; out and unpriced on the card; out so late that the card does not show it;
# waiting in vain for others to come out.
RAN, WITHDRAWN, WITHDRAWN_LATE, RESERVE = range(4)


# Performance and speed, None where there is none.
Rated = tuple[int | None, int | None]


class Run(NamedTuple):
    """One horse in one race as it stood that morning, and what it did.

    People and horses are indices into the world's lists. Ratings are None when there is none.
    Prices are indices of market.DECIMALS. `figure` and `speed` are earned in the race. `rated` and
    `earned` are the feed's own performance and speed, before the race and in it.
    """

    horse: int
    trainer: int
    owner: int
    jockey: int | None
    status: int
    reason: str
    number: int
    draw: int
    age: int
    sex: str
    lbs: int
    claim: int
    headgear: str
    headgear_run: int
    wind_run: int
    ofr: int | None
    rpr: int | None
    ts: int | None
    rated: Rated
    last_run: str
    form: str
    flags: str
    fortnight: tuple[int, int, int]
    chance: float
    price: int | None
    position: int
    code: str
    btn: float
    ovr: float
    time: float
    figure: int | None
    speed: int | None
    earned: Rated
    prize: float


class Race(NamedTuple):
    """One race. `minute` counts from midnight in London; `slow` is seconds behind standard.

    The world counts its races by `number`. `reserves` waited in vain for a run; where one was
    `let_in`, it is the last of `runs`.
    """

    number: int
    course: int
    minute: int
    status: int
    name: str
    letter: str
    surface: str
    going: str
    yards: int
    furlongs: float
    jumps: int
    race_class: str
    pattern: str
    band: str
    age_band: str
    sex_rule: str
    prizes: tuple[float, ...]
    slow: float
    untimed: str
    let_in: bool
    reserves: tuple[Run, ...]
    runs: tuple[Run, ...]

    @property
    def has_result(self) -> bool:
        """Whether it was started: a void race has a result that pays nobody."""
        return self.status in (RUN, VOID)


def pack(races: list[Race]) -> bytes:
    """A day's races as bytes, a tenth of their size in memory."""
    plain = [
        (*race[:-2], *(tuple(map(tuple, runs)) for runs in (race.reserves, race.runs)))
        for race in races
    ]
    return zlib.compress(marshal.dumps(plain), 1)


def unpack(packed: bytes) -> list[Race]:
    """The races that `pack` packed."""
    plain = marshal.loads(zlib.decompress(packed))
    return [
        Race(*race[:-2], *(tuple(map(Run._make, runs)) for runs in race[-2:])) for race in plain
    ]
