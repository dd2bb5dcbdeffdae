"""The page Today: the races of the day, and what is known of their runners."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loaders.site.page import Moment, Page


def _context(moment: Moment) -> Mapping[str, Any]:
    return {}


TODAY = Page("today", "Today", "The day's races.", _context)
