"""How many steps in a row brought nothing, and when the rest is better left for later."""

from __future__ import annotations

from collections import Counter

from loaders.api.refusals import ApiError, UnavailableError

# After so many in a row that got no answer while others did, waiting for the next is a waste; one
# that is refused costs less. By whether it got no answer.
_MOST_IN_A_ROW = {True: 3, False: 20}


class UnknownError(ApiError):
    """So many in a row are unknown to the API that it is not believed."""


class Failures:
    """The failures since something last came, each kind counted by itself."""

    def __init__(self) -> None:
        self._counted = Counter[bool]()

    def came(self) -> None:
        """Note a step that brought something."""
        self._counted.clear()

    def failed(self, error: ApiError) -> int:
        """Note a step that failed; how many of its kind there are where these are too many."""
        kind = isinstance(error, UnavailableError)
        self._counted[kind] += 1
        return self._counted[kind] if self._counted[kind] >= _MOST_IN_A_ROW[kind] else 0
