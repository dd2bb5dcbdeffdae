"""What may change at the API: each changes something and lands it, and says so in words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from tests.integration.increments.feed import KINDS, Feed, NothingToChangeError, Payload

Change = Callable[[Feed, Random], str]


def another_winner(feed: Feed, rng: Random) -> str:
    """The first two change places, or the winner is disqualified."""
    race = _decided(feed, rng)
    loser = rng.choice(("2", "DSQ"))
    for runner in race["runners"]:
        runner["position"] = {"1": loser, "2": "1"}.get(runner["position"], runner["position"])
    return _landed(feed, "results", race, f"its second wins, its winner's position is {loser}")


def dead_heat(feed: Feed, rng: Random) -> str:
    """The second shares the first place."""
    race = _decided(feed, rng)
    for runner in race["runners"]:
        if runner["position"] == "2":
            runner["position"] = "1"
    return _landed(feed, "results", race, "the first two share the first place")


def another_starting_price(feed: Feed, rng: Random) -> str:
    """A runner has another starting price."""
    race = feed.draw(rng, "results")
    runner = rng.choice(race["runners"])
    odds = rng.choice([n for n in range(2, 30) if f"{n + 1}.00" != runner["sp_dec"]])
    runner["sp"], runner["sp_dec"] = f"{odds}/1", f"{odds + 1}.00"
    return _landed(feed, "results", race, f"{runner['horse_id']} starts at {odds}/1")


def no_starting_price(feed: Feed, rng: Random) -> str:
    """A runner has no starting price."""
    race = _first(feed, rng, "results", lambda race: race["runners"][0]["sp_dec"])
    race["runners"][0]["sp"] = race["runners"][0]["sp_dec"] = ""
    return _landed(feed, "results", race, f"{race['runners'][0]['horse_id']} has no price")


def another_person(kind: str, person: str, feed: Feed, rng: Random) -> str:
    """A runner is somebody else's, or ridden by another."""
    race = feed.draw(rng, kind)
    runner = rng.choice(race["runners"])
    others = [
        other
        for race in feed.races(kind)
        for other in race["runners"]
        if other[f"{person}_id"] not in ("", runner[f"{person}_id"])
    ]
    other = rng.choice(others)
    runner |= {field: other[field] for field in (person, f"{person}_id")}
    return _landed(feed, kind, race, f"{person} of {runner['horse_id']} is {other[f'{person}_id']}")


def runner_dropped(kind: str, feed: Feed, rng: Random) -> str:
    """A race has a runner less."""
    race = feed.draw(rng, kind, at_least=3)
    runner = race["runners"].pop(rng.randrange(len(race["runners"])))
    return _landed(feed, kind, race, f"{runner['horse_id']} is dropped")


def runner_added(kind: str, feed: Feed, rng: Random) -> str:
    """A race has a horse more that ran in another one, too."""
    race, other = feed.draw(rng, kind), feed.draw(rng, kind)
    there = {runner["horse_id"] for runner in race["runners"]}
    new = [runner for runner in other["runners"] if runner["horse_id"] not in there]
    if not new:
        return runner_added(kind, feed, rng)
    added = {**rng.choice(new), "number": "40", "draw": ""}
    if kind == "results":
        added["position"] = str(len(there) + 1)
    race["runners"].append(added)
    return _landed(feed, kind, race, f"{added['horse_id']} is added")


def void(feed: Feed, rng: Random) -> str:
    """A race is declared void."""
    race = _decided(feed, rng)
    for runner in race["runners"]:
        runner["position"] = "VOI"
    return _landed(feed, "results", race, "it is void")


def another_kind_of_race(feed: Feed, rng: Random) -> str:
    """A race is of another racing code, class, distance or going."""
    race = feed.draw(rng, "results")
    furlongs = rng.randrange(5, 25)
    race |= {
        "type": rng.choice([kind for kind in ("Flat", "Hurdle", "Chase") if kind != race["type"]]),
        "class": rng.choice([f"Class {n}" for n in range(1, 8) if f"Class {n}" != race["class"]]),
        "going": rng.choice([g for g in ("Good To Firm", "Soft", "Heavy") if g != race["going"]]),
        "dist": f"{furlongs}f",
        "dist_f": f"{furlongs}f",
        "dist_y": str(furlongs * 220),
        "dist_m": str(furlongs * 201),
    }
    told = ", ".join(race[field] for field in ("type", "class", "going", "dist_f"))
    return _landed(feed, "results", race, f"it is {told}")


def one_thing_of_a_race(feed: Feed, rng: Random) -> str:
    """A race has another going, class or surface, and is the same otherwise."""
    race = feed.draw(rng, "results")
    field, values = rng.choice(
        (
            ("going", ("Good", "Heavy", "Standard", "Good To Firm", "a new going")),
            ("class", ("Class 2", "Class 5", "")),
            ("surface", ("AW", "Turf")),
            ("race_name", ("A Handicap", "A Race")),
        )
    )
    race[field] = rng.choice([value for value in values if value != race[field]])
    return _landed(feed, "results", race, f"its {field} is {race[field]!r}")


def another_course(feed: Feed, rng: Random) -> str:
    """A race was run elsewhere; its card does not say so."""
    race = feed.draw(rng, "results")
    other = rng.choice(
        [other for other in feed.races("results") if other["course_id"] != race["course_id"]]
    )
    race |= {field: other[field] for field in ("course", "course_id", "region")}
    return _landed(feed, "results", race, f"it was at {race['course']}")


def another_day(feed: Feed, rng: Random) -> str:
    """A race moves to another day of racing, in both lists where it is in both."""
    race = feed.draw(rng, "results")
    before = race["date"]
    after = rng.choice([day for day in feed.lists("results") if day != before])
    moved = []
    for kind in KINDS:
        lists = feed.lists(kind)
        for found in [each for each in lists.get(before, []) if _is_same(each, race)]:
            lists[before].remove(found)
            lists.setdefault(after, []).append(found)
            found["date"], found["off_dt"] = after, after + found["off_dt"][10:]
            moved += [(kind, before), (kind, after)]
    feed.load(*moved)
    return f"{race['race_id']} of {before} was on {after}"


def another_off(feed: Feed, rng: Random) -> str:
    """A race was off at another time, before or after others of its meeting."""
    race = feed.draw(rng, "results")
    hour = rng.choice([h for h in (11, 20) if not race["off_dt"][11:].startswith(str(h))])
    race["off_dt"] = f"{race['date']}T{hour}:{rng.randrange(60):02}:00+00:00"
    return _landed(feed, "results", race, f"it was off at {race['off_dt']}")


def owner_without_id(kind: str, feed: Feed, rng: Random) -> str:
    """An owner is sent without the id, which is to be inferred."""
    race = _first(feed, rng, kind, lambda race: race["runners"][0]["owner_id"])
    runner = race["runners"][0]
    known_as, runner["owner_id"] = runner["owner_id"], ""
    return _landed(
        feed, kind, race, f"{runner['owner']} of {runner['horse_id']} has no id, was {known_as}"
    )


def second_owner_of_a_name(feed: Feed, rng: Random) -> str:
    """The name of an owner without an id is, or is no more, that of one other."""
    race = _first(feed, rng, "results", lambda race: race["runners"][0]["owner_id"])
    nameless = [
        runner["owner"]
        for kind in KINDS
        for other in feed.races(kind)
        for runner in other["runners"]
        if runner["owner"] and not runner["owner_id"]
    ]
    runner = race["runners"][0]
    runner |= {
        "owner": rng.choice(nameless or [runner["owner"]]),
        "owner_id": f"own_{rng.randrange(900000, 999999)}",
    }
    return _landed(feed, "results", race, f"{runner['owner_id']} is called {runner['owner']}")


def renamed(feed: Feed, rng: Random) -> str:
    """A newer race calls a horse, its jockey and its owner by other names."""
    race = feed.draw(rng, "results")
    runner = rng.choice(race["runners"])
    for field in ("horse", "jockey", "owner", "sire"):
        runner[field] = f"New {runner[field]}"
    return _landed(feed, "results", race, f"{runner['horse_id']} is {runner['horse']}")


def other_parents(kind: str, feed: Feed, rng: Random) -> str:
    """A race says that a horse has other parents."""
    race = feed.draw(rng, kind)
    runner, others = rng.choice(race["runners"]), feed.draw(rng, kind)["runners"]
    other = rng.choice([each for each in others if each is not runner])
    runner |= {name: other[name] for name in _PARENTS}
    return _landed(feed, kind, race, f"{runner['horse_id']} is by {runner['sire_id']}")


def withdrawn(feed: Feed, rng: Random) -> str:
    """A race is no more in one list or in both."""
    race = _first(feed, rng, "results", lambda race: len(feed.lists("results")[race["date"]]) > 1)
    gone = []
    for kind in rng.choice((KINDS, KINDS[:1])):
        listed = feed.lists(kind).get(race["date"], [])
        for found in [each for each in listed if _is_same(each, race)]:
            listed.remove(found)
            feed.withdrawn.append((kind, found))
            gone.append((kind, race["date"]))
    feed.load(*gone)
    return f"{race['race_id']} is withdrawn from {' and '.join(kind for kind, _ in gone)}"


def brought_back(feed: Feed, rng: Random) -> str:
    """Races that were withdrawn are there again."""
    if not feed.withdrawn:
        return f"{withdrawn(feed, rng)}; {brought_back(feed, rng)}"
    back = [(kind, race["date"]) for kind, race in feed.withdrawn]
    told = ", ".join(f"{race['race_id']} in {kind}" for kind, race in feed.withdrawn)
    for kind, race in feed.withdrawn:
        feed.lists(kind)[race["date"]].append(race)
    feed.withdrawn.clear()
    feed.load(*back)
    return f"{told} is there again"


def card_withdrawn(feed: Feed, rng: Random) -> str:
    """A card of a race to come, or of one that was run, is no more."""
    race = _first(
        feed, rng, "racecards", lambda race: len(feed.lists("racecards")[race["date"]]) > 1
    )
    feed.lists("racecards")[race["date"]].remove(race)
    feed.withdrawn.append(("racecards", race))
    return _landed(feed, "racecards", race, "it is withdrawn")


def non_runner(feed: Feed, rng: Random) -> str:
    """A declared horse does not run."""
    race = feed.draw(rng, "racecards")
    runner = rng.choice(race["runners"])
    runner |= {"number": "NR", "jockey": "NON-RUNNER(5)", "jockey_id": "jky_250764"}
    return _landed(feed, "racecards", race, f"{runner['horse_id']} does not run")


def off_by_now(feed: Feed, rng: Random) -> str:
    """A card says that its race was off long before it had landed, or is just now: what counts is
    its first version, or the one before this."""
    race = feed.draw(rng, "racecards")
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    race["off_dt"] = rng.choice((long_ago, datetime.now(UTC))).isoformat()
    return _landed(feed, "racecards", race, f"it was off at {race['off_dt']}")


def prices_moved(feed: Feed, rng: Random) -> str:
    """The prices of a card are others, and later."""
    race = _first(feed, rng, "racecards", _is_priced)
    move_prices(race, rng)
    return _landed(feed, "racecards", race, "its prices have moved")


def prices_gone(feed: Feed, rng: Random) -> str:
    """A card lost the prices of one horse, or of all."""
    race = _first(feed, rng, "racecards", _is_priced)
    priced = [runner for runner in race["runners"] if runner["odds"]]
    for runner in rng.choice((priced, priced[:1])):
        runner["odds"] = []
    return _landed(feed, "racecards", race, "it has fewer prices")


def new_bookmaker(feed: Feed, rng: Random) -> str:
    """A bookmaker appears, or is spelt otherwise."""
    race = _first(feed, rng, "racecards", _is_priced)
    runner = next(runner for runner in race["runners"] if runner["odds"])
    name = rng.choice(("Honest Joe", f"{runner['odds'][0]['bookmaker']} ".upper()))
    runner["odds"].append({**runner["odds"][0], "bookmaker": name})
    return _landed(feed, "racecards", race, f"{name} has a price")


def abandoned(feed: Feed, rng: Random) -> str:
    """A race to come is abandoned, or one that was run is said to be."""
    race = _first(feed, rng, "racecards", lambda race: not race["is_abandoned"])
    race |= {"is_abandoned": True, "race_status": "abandoned"}
    return _landed(feed, "racecards", race, "it is abandoned")


def told_of_a_race(feed: Feed, rng: Random) -> str:
    """A card has other texts: a forecast, a going, what is said of horses and their yards."""
    race = feed.draw(rng, "racecards")
    runner = rng.choice(race["runners"])
    race |= {
        "betting_forecast": f"{rng.randrange(2, 40)}/1 {runner['horse']}",
        "going": rng.choice([going for going in ("Soft", "Firm") if going != race["going"]]),
        "verdict": f"{runner['horse']} stands out",
    }
    runner["quotes"] = [
        {"date": race["date"], "horse": runner["horse"], "horse_id": runner["horse_id"],
         "race": "", "race_id": race["race_id"], "course": "", "course_id": "",
         "distance_f": "", "distance_y": "", "quote": f"Quite a horse, {rng.random()}"}
    ]  # fmt: skip
    runner["prev_trainers"] = [
        {"trainer": "A Former", "trainer_id": "trn_999", "change_date": race["date"]}
    ]
    return _landed(feed, "racecards", race, f"it tells of {runner['horse_id']}")


def profile_of_other_parents(feed: Feed, rng: Random) -> str:
    """A profile names other parents, and so do all groups that the horse's runs count in."""
    ran = {runner["horse_id"] for race in feed.races("results") for runner in race["runners"]}
    profiles = feed.profiles()
    profile = rng.choice([profile for profile in profiles if profile["id"] in ran])
    other = rng.choice([other for other in profiles if other["sire_id"] != profile["sire_id"]])
    profile |= {name: other[name] for name in _PARENTS}
    feed.load_profiles_again()
    return f"the profile of {profile['id']} says it is by {profile['sire_id']}"


def profile_of_another_horse(feed: Feed, rng: Random) -> str:
    """A profile has another name, country, sex and date of birth."""
    profile = rng.choice(feed.profiles())
    profile |= {
        "name": f"Much {profile['name'].partition(' (')[0]} (USA)",
        "sex": "gelding" if profile["sex_code"] != "G" else "mare",
        "sex_code": "G" if profile["sex_code"] != "G" else "M",
        "dob": str(date.fromisoformat(profile["dob"]) - timedelta(days=365)),
    }
    feed.load_profiles_again()
    return f"the profile of {profile['id']} has another name, sex and age"


def new_profiles(feed: Feed, rng: Random) -> str:
    """Horses have a profile that had none."""
    feed.load_new_profiles(3)
    return "three profiles are new"


def other_courses(feed: Feed, rng: Random) -> str:
    """A course is called otherwise, and another is in another country."""
    there = {race["course_id"] for race in feed.races("results")}
    first, second = rng.sample([c for c in feed.api.courses if c["id"] in there], 2)
    first["course"] = f"New {first['course']}"
    second["region_code"], second["region"] = "fr", "France"
    feed.load_reference()
    return f"{first['id']} is {first['course']}, {second['id']} is in France"


def day_of_news(feed: Feed, rng: Random) -> str:
    """The next day of racing: its results, new cards, and prices that moved."""
    feed.pass_day()
    moved = []
    for day, races in feed.lists("racecards").items():
        for race in races:
            if day >= str(feed.today) and _is_priced(race):
                move_prices(race, rng)
                moved.append(("racecards", day))
    if moved:
        feed.load(*moved)
    return f"it is {feed.today}"


def move_prices(race: Payload, rng: Random) -> None:
    """Let every price of a card be another."""
    for runner in race["runners"]:
        for odds in runner["odds"]:
            odds |= {
                "fractional": f"{(number := rng.randrange(2, 90))}/1",
                "decimal": f"{number + 1}.{rng.randrange(10, 99)}",
                "updated": f"{race['date']} 11:{rng.randrange(60):02}:{rng.randrange(60):02}",
            }


_PARENTS = ("sire", "sire_id", "dam", "dam_id", "damsire", "damsire_id")


def _is_priced(race: Payload) -> bool:
    return any(runner["odds"] for runner in race["runners"])


def _is_same(one: Payload, other: Payload) -> bool:
    return bool(one["race_id"] == other["race_id"])


def _decided(feed: Feed, rng: Random) -> Payload:
    """A result with one winner and one second."""

    def is_decided(race: Payload) -> bool:
        positions = [runner["position"] for runner in race["runners"]]
        return positions.count("1") == positions.count("2") == 1

    return _first(feed, rng, "results", is_decided)


def _first(feed: Feed, rng: Random, kind: str, holds: Callable[[Payload], Any]) -> Payload:
    """The first that something holds of, of races drawn one after another."""
    for _ in range(1000):
        race = feed.draw(rng, kind)
        if holds(race):
            return race
    raise NothingToChangeError(f"no race of {kind} will do")


def _landed(feed: Feed, kind: str, race: Payload, told: str) -> str:
    feed.load((kind, race["date"]))
    return f"{kind}: {race['race_id']} of {race['date']}: {told}"


CHANGES: tuple[Change, ...] = (
    another_winner,
    dead_heat,
    another_starting_price,
    no_starting_price,
    *(
        partial(another_person, kind, person)
        for kind in KINDS
        for person in ("jockey", "trainer", "owner")
    ),
    *(partial(runner_dropped, kind) for kind in KINDS),
    *(partial(runner_added, kind) for kind in KINDS),
    void,
    another_kind_of_race,
    one_thing_of_a_race,
    another_course,
    another_day,
    another_off,
    *(partial(owner_without_id, kind) for kind in KINDS),
    second_owner_of_a_name,
    renamed,
    *(partial(other_parents, kind) for kind in KINDS),
    withdrawn,
    card_withdrawn,
    brought_back,
    non_runner,
    off_by_now,
    prices_moved,
    prices_gone,
    new_bookmaker,
    abandoned,
    told_of_a_race,
    profile_of_other_parents,
    profile_of_another_horse,
    new_profiles,
    other_courses,
)
