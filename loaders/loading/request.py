"""What a user asks to have loaded, and the ranges of dates that no request could serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from loaders.errors import StudbookError

# What `studbook load <name>` asks for, in this order. Results go first, since a plan may not reach
# back as far as is asked for; racecards go before horses, since they tell most of what a horse's
# profile would.
RESOURCES: Mapping[str, tuple[str, ...]] = {
    "reference": ("regions", "courses"),
    "racecards": ("racecards",),
    "results": ("results",),
    "horses": ("horses",),
    "all": ("regions", "courses", "results", "racecards", "horses"),
}
FIRST_RESULTS = date(1988, 1, 1)
RACECARDS_AHEAD = timedelta(days=7)
# Nearly all corrections of results come within so many days.
CORRECTED_FOR = timedelta(days=5)
# A day without races is believed when it is seen again after so long.
BELIEVED_AFTER = timedelta(hours=1)
_WITHOUT_DAYS = ("reference", "horses")


class RangeError(StudbookError):
    """A range of dates that cannot be loaded."""


@dataclass(frozen=True)
class Request:
    """What to load: a name of RESOURCES, dates (both included), at most so many horses.

    `refresh`: days that have been read for good, and profiles, are asked for again. Results are
    corrected for days: the last `settled` days count as read for good when they were read so many
    days after. `regions` are those that the command line named, if any.
    """

    name: str = "all"
    date_from: date | None = None
    date_to: date | None = None
    most_horses: int | None = None
    refresh: bool = False
    settled: int = CORRECTED_FOR.days
    regions: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that asks for it."""
        options = {"--from": self.date_from, "--to": self.date_to, "--max-horses": self.most_horses}
        return " ".join(
            (
                "studbook load",
                *([] if self.name == "all" else [self.name]),
                *(f"{name} {value}" for name, value in options.items() if value is not None),
                *(f"--region {region}" for region in self.regions),
                *(["--refresh"] if self.refresh else []),
                *([f"--settled {self.settled}"] if self.settled != CORRECTED_FOR.days else []),
            )
        )

    def check_range(self, today: date) -> None:
        """Raise RangeError for a range of dates that cannot be served."""
        date_from, date_to = self.date_from, self.date_to
        if self.name in _WITHOUT_DAYS and (date_from or date_to):
            raise RangeError(
                f"`studbook load {self.name}` goes by no days: leave out --from and --to."
            )
        if self.name == "reference" and self.refresh:
            raise RangeError("`studbook load reference` always asks for all: leave out --refresh.")
        if self.refresh and date_from is None and self.name != "horses":
            raise RangeError("--refresh needs --from, the first day to be asked for again.")
        if date_from is None and date_to is not None:
            raise RangeError("--to needs --from, the day where the range begins.")
        if date_from is None:
            return
        if date_to is not None and date_from > date_to:
            raise RangeError(f"--from {date_from} is after --to {date_to}; exchange them.")
        if date_to is None and date_from > today:
            raise RangeError(
                f"--from {date_from} is after today, {today}: give an earlier day, or --to as well."
            )
        last = today if self.name == "results" else today + RACECARDS_AHEAD
        if date_from > last:
            raise RangeError(f"--from {date_from} is too late; nothing is published after {last}.")
        if date_from < FIRST_RESULTS:
            raise RangeError(f"--from {date_from} is too early; results begin on {FIRST_RESULTS}.")
