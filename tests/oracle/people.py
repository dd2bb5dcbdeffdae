"""The tables of jockeys, trainers and owners, every column, from the feed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from tests.oracle.racing import (
    Feed,
    Landed,
    Run,
    conditions,
    is_non_runner,
    known,
    runs,
)
from tests.oracle.rows import Row
from tests.oracle.tally import Tally

_CLAIM = re.compile(r"(?P<name>.*\S)\s*\(\d+\)")


@dataclass(frozen=True, slots=True)
class Kind:
    """One of the tables: the field that names its people and how its columns call their runs."""

    field: str
    run: str
    total: str
    recent: str


KINDS = {
    "ra_mst_jockeys": Kind("jockey", run="ride", total="rides", recent="rides"),
    "ra_mst_trainers": Kind("trainer", run="runner", total="runners", recent="runs"),
    "ra_mst_owners": Kind("owner", run="runner", total="runners", recent="runs"),
}


@dataclass(frozen=True, slots=True)
class Mention:
    """One runner that names a person."""

    landed: Landed
    on_card: bool
    when: tuple[date, datetime, str]
    horse_id: str
    person_id: str
    name: str | None
    location: str | None


def tables(feed: Feed, as_of: date) -> dict[str, dict[str, Row]]:
    """Each table as {person's id: {column: value}}, as it stands on that day."""
    live = feed.live()
    all_runs = runs(live)
    return {name: _table(kind, live, all_runs, as_of) for name, kind in KINDS.items()}


def _table(kind: Kind, feed: Feed, all_runs: Sequence[Run], as_of: date) -> dict[str, Row]:
    mentioned: dict[str, list[Mention]] = {}
    for mention in _mentions(kind, feed):
        mentioned.setdefault(mention.person_id, []).append(mention)
    runs_of: dict[str, list[Run]] = {person_id: [] for person_id in mentioned}
    for run in all_runs:
        person_id = known(run.runner.get(f"{kind.field}_id"))
        if person_id is not None:
            runs_of[person_id].append(run)
    return {
        person_id: _identity(kind, mentioned[person_id], own_runs)
        | _record(kind, own_runs, as_of)
        | {"ae_index": Tally(own_runs).ae}
        | Tally(own_runs).beside_a_record()
        for person_id, own_runs in runs_of.items()
    }


def _mentions(kind: Kind, feed: Feed) -> Iterator[Mention]:
    for on_card, races in ((True, feed.racecards), (False, feed.results)):
        for race in races:
            when = conditions(None, race).when if on_card else conditions(race, None).when
            for runner in race.payload["runners"]:
                person_id = known(runner.get(f"{kind.field}_id"))
                if on_card and kind.field == "jockey" and is_non_runner(runner):
                    person_id = None
                if person_id is not None:
                    yield Mention(
                        landed=race,
                        on_card=on_card,
                        when=when,
                        horse_id=known(runner.get("horse_id")) or "",
                        person_id=person_id,
                        name=_name(kind, known(runner.get(kind.field))),
                        location=known(runner.get("trainer_location")) if on_card else None,
                    )


def _name(kind: Kind, text: str | None) -> str | None:
    """The name less the claim in pounds that a jockey's may carry."""
    claim = _CLAIM.fullmatch(text) if text and kind.field == "jockey" else None
    return claim["name"] if claim else text


def _identity(kind: Kind, mentions: Sequence[Mention], own_runs: Sequence[Run]) -> Row:
    def recency(mention: Mention) -> tuple[Any, ...]:
        spelling = kind.field == "owner" and mention.on_card
        return (spelling, *mention.when, mention.on_card, mention.horse_id)

    newest = sorted(mentions, key=recency, reverse=True)
    updated_at = max(mention.landed.changed_at for mention in mentions)
    row: Row = {
        "id": mentions[0].person_id,
        "name": next((mention.name for mention in newest if mention.name), None),
        "created_at": min(mention.landed.first_landed_at for mention in mentions),
        "updated_at": updated_at,
        "stats_updated_at": max((run.race.changed_at for run in own_runs), default=updated_at),
    }
    if kind.field == "trainer":
        row["location"] = next((mention.location for mention in newest if mention.location), None)
        row["has_card"] = any(mention.on_card for mention in mentions)
    return row


def _record(kind: Kind, own_runs: Sequence[Run], as_of: date) -> Row:
    total = Tally(own_runs)
    last_run = max((run.conditions.day for run in own_runs), default=None)
    last_win = max((run.conditions.day for run in own_runs if run.won), default=None)
    row: Row = {
        f"total_{kind.total}": len(own_runs),
        "total_wins": total.wins,
        "total_places": total.places,
        "total_seconds": total.finishes(2),
        "total_thirds": total.finishes(3),
        "win_rate": total.win_percent,
        "place_rate": total.place_percent,
        f"last_{kind.run}_date": last_run,
        "last_win_date": last_win,
        f"days_since_last_{kind.run}": _days_since(last_run, as_of),
        "days_since_last_win": _days_since(last_win, as_of),
    }
    for days in (14, 30):
        after = as_of - timedelta(days)
        recent = Tally([run for run in own_runs if after < run.conditions.day <= as_of])
        row |= {
            f"recent_{days}d_{kind.recent}": len(recent.runs),
            f"recent_{days}d_wins": recent.wins,
            f"recent_{days}d_win_rate": recent.win_percent,
        }
    if kind.field == "owner":
        row["total_horses"] = len({run.runner["horse_id"] for run in own_runs})
        row["active_last_30d"] = row["recent_30d_runs"] > 0
    return row


def _days_since(day: date | None, as_of: date) -> int | None:
    return None if day is None else max((as_of - day).days, 0)
