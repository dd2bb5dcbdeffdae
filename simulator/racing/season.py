"""Racing day by day: fields are made up, backed, run, and leave their mark on every career."""

from __future__ import annotations

from datetime import date
from random import Random

from simulator.racing.abroad import Abroad
from simulator.racing.aftermath import note, send_home
from simulator.racing.assessing import earn
from simulator.racing.declarations import Declarations
from simulator.racing.fields import Fields
from simulator.racing.finish import back, run
from simulator.racing.records import ABANDONED, DECLARED, ENTERED, RUN, VOID, Race
from simulator.racing.remembering import record
from simulator.racing.reserves import Reserves
from simulator.racing.runners import Plan, Runner, Today
from simulator.racing.seldom import Seldom
from simulator.scene.geography import COURSES
from simulator.scene.horses import Horse
from simulator.scene.meetings import Meeting, Programme
from simulator.scene.names import Names
from simulator.scene.people import People
from simulator.scene.stables import Stables


class Racing:
    """Holds the races of one day after the other; days must come in order.

    Up to `end` they are run (on that day only those off before `clock`, in minutes after
    midnight); later days have entries and declarations.
    """

    def __init__(
        self,
        rng: Random,
        names: Names,
        people: People,
        stables: Stables,
        races_per_day: float,
        end: date,
        clock: int,
    ) -> None:
        self._rng = rng
        self._stables = stables
        self._end = end
        self._clock = clock
        self._programme = Programme(rng, races_per_day)
        self._seldom = Seldom(rng)
        self._fields = Fields(rng, names, stables, self._seldom)
        self._abroad = Abroad(rng, names, stables)
        self._declarations = Declarations(rng, people)
        self._reserves = Reserves(people, stables)
        self._next_race = 11_000_000

    def day(self, day: date) -> list[Race]:
        """The races of a day by course and off time."""
        if (day.month, day.day) == (1, 1) and day <= self._end:
            self._stables.new_year(day)
        self._stables.wake(day)
        today = Today(day, (day - self._end).days, {})
        races: list[Race] = []
        for meeting in self._programme.meetings(day):
            lost = self._seldom("meeting lost")
            cut = self._seldom("meeting cut short")
            ran_here: list[Horse] = []
            for place, minute in enumerate(meeting.minutes):
                off = lost or (cut and place >= len(meeting.minutes) - 2)
                race = self._race_at(today, meeting, minute, off, ran_here)
                if race:
                    races.append(race)
                if today.ahead <= 0 and self._seldom("race abroad"):
                    race = self._race_abroad(today, {race.course for race in races})
                    if race:
                        races.append(race)
        return sorted(races, key=lambda race: (race.course, race.minute, race.number))

    def _race_at(
        self, today: Today, meeting: Meeting, minute: int, off: bool, ran_here: list[Horse]
    ) -> Race | None:
        made = self._fields.make(today, meeting)
        if made is None:
            return None
        race, horses = made
        if today.ahead <= 0:
            double = self._fields.second_run(race, ran_here, today.day)
            horses += [double] if double else []
            for horse in horses:
                horse.entered = today.day.toordinal()
            ran_here += horses
        if self._to_come(today, minute):
            status = ENTERED if today.entries_only else DECLARED
        elif off:
            status = ABANDONED
        else:
            status = VOID if self._seldom("void") else RUN
        plan = Plan(meeting.course, meeting.going, minute, race, horses)
        return self._hold(today, plan, status)

    def _race_abroad(self, today: Today, taken: set[int]) -> Race | None:
        plan = self._abroad.make(today.day, taken)
        if plan is None:
            return None
        return self._hold(today, plan, DECLARED if self._to_come(today, plan.minute) else RUN)

    def _to_come(self, today: Today, minute: int) -> bool:
        return today.ahead > 0 or (today.ahead == 0 and minute + 6 > self._clock)

    def _hold(self, today: Today, plan: Plan, status: int) -> Race:
        rng, race, course = self._rng, plan.conditions, plan.course
        home, started = COURSES[course].home, status in (RUN, VOID)
        self._next_race += 13
        number = self._next_race
        runners = self._declarations.declare(today, plan, status)
        reserves: list[Runner] = []
        if COURSES[course].region == "ire" and status != ENTERED:
            reserves = self._reserves.choose(number, today.day, plan, runners)
        slow = 0.0
        if started:
            back(rng, self._seldom, runners, course)
            slow = run(rng, self._seldom, runners, plan, void=status == VOID)
            earn(number, runners)
        untimed = ""
        if home and self._seldom("off time missing"):
            untimed = rng.choice(("card", "result", "both"))
        # What the card tells is noted before the race changes anything.
        runs, waiting = (
            tuple(record(rng, runner, race, course, today.day) for runner in some)
            for some in (runners, reserves)
        )
        for runner in (*runners, *reserves):
            if runner.horse.debut is None and not runner.horse.runs:
                runner.horse.debut = today.day.toordinal()
        if status == RUN:
            note(rng, runners, race, course, today.day, number)
        if today.ahead <= 0 and home:
            send_home(rng, self._stables, runners, today.day, ran=started)
        return Race(
            number=number,
            course=course,
            minute=plan.minute,
            status=status,
            name=race.name,
            letter=race.letter,
            surface=race.surface,
            going=plan.going,
            yards=race.yards,
            furlongs=race.stated,
            jumps=race.jumps,
            race_class=race.race_class,
            pattern=race.pattern,
            band=race.band,
            age_band=race.age_band,
            sex_rule=race.sex_rule,
            prizes=race.prizes,
            slow=slow,
            untimed=untimed,
            let_in=started and bool(waiting) and self._reserves.let_in(number, runners),
            reserves=waiting,
            runs=runs,
        )
