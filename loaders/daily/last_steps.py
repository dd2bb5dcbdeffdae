"""The steps of a run that come after the tables: what is kept, shown and told of them."""

from __future__ import annotations

import shlex

from loaders.alerts.telling import tell
from loaders.alerts.trouble import Failure
from loaders.daily.outcome import Ended, Outcome
from loaders.daily.step import Ground, Step
from loaders.daily.studbook_commands import studbook
from loaders.settings import alert_url


def backup() -> Step:
    """What has landed, copied to where backups are kept."""
    return Step("backup", lambda ground: studbook(ground, "db", "backup"))


def trial_backup() -> Step:
    """The same, copied to a folder beside what dbt writes."""

    def does(ground: Ground) -> Ended:
        return studbook(ground, "db", "backup", f"{ground.target / 'backups'}", "--keep-days", "1")

    return Step("backup", does)


def site() -> Step:
    """The pages that people open, also after a build that failed: they tell of it."""
    return Step("site", lambda ground: studbook(ground, "site"))


def alert() -> Step:
    """What began to be wrong, the steps before this one included, and what ended, is sent."""

    def does(ground: Ground) -> Ended:
        url = alert_url(ground.environment)
        look = f"less {shlex.quote(str(ground.children.log))}"
        failed = [Failure(step, said, look) for step, said in ground.alarming.items()]
        with ground.connect() as connection:
            told = tell(connection, url, failed, well=ground.well, plan=ground.plan())
        if told.message is None:
            return Ended(Outcome.SUCCESS, "there is nothing new to tell")
        if not url:
            return Ended(Outcome.SUCCESS, "STUDBOOK_ALERT_URL is not set, and nothing was sent")
        return Ended(Outcome.SUCCESS, f"sent to {told.receivers} of STUDBOOK_ALERT_URL")

    return Step("alert", does)
