"""Steps that are one command of `studbook`, and end as that does."""

from __future__ import annotations

from loaders.daily.outcome import Ended, Outcome
from loaders.daily.step import Ground, failed
from loaders.loading.progress import PartlyLandedError

_ERROR = "Error: "


def studbook(ground: Ground, *arguments: str) -> Ended:
    """Run the command; the sentence that it ends with is the message where it fails."""
    code, printed = ground.children.run("studbook", *arguments)
    if code == 0:
        return Ended(Outcome.SUCCESS)
    told = next((line for line in reversed(printed) if line.startswith(_ERROR)), None)
    message = told.removeprefix(_ERROR) if told else f"it ended with {code}"
    if code == PartlyLandedError.exit_code:
        return Ended(Outcome.PARTIAL, message)
    return failed(message)
