"""What the world remembers of a race: plain values only, so that a day packs into bytes."""

from __future__ import annotations

import marshal
import zlib
from typing import NamedTuple

# Race.status
RUN, ABANDONED, VOID, DECLARED, ENTERED = range(5)
# Run.status: took part; out and unpriced on the card; out so late that the card does not show it.
RAN, WITHDRAWN, WITHDRAWN_LATE = range(3)


class Run(NamedTuple):
    """One horse in one race as it stood that morning, and what it did.

    People and horses are indices into the world's lists. Ratings are None when there is none.
    Prices are indices of market.DECIMALS. `figure` and `speed` are earned in the race.
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
    prize: float


class Race(NamedTuple):
    """One race. `minute` counts from midnight in London; `slow` is seconds behind standard."""

    race_id: int
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
    runs: tuple[Run, ...]

    @property
    def has_result(self) -> bool:
        """Whether it was started: a void race has a result that pays nobody."""
        return self.status in (RUN, VOID)


def pack(races: list[Race]) -> bytes:
    """A day's races as bytes, a tenth of their size in memory."""
    plain = [(*race[:-1], tuple(tuple(run) for run in race.runs)) for race in races]
    return zlib.compress(marshal.dumps(plain), 1)


def unpack(packed: bytes) -> list[Race]:
    """The races that `pack` packed."""
    plain = marshal.loads(zlib.decompress(packed))
    return [Race(*race[:-1], tuple(map(Run._make, race[-1]))) for race in plain]
