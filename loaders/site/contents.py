"""The pages of the site, in the order of the navigation."""

from __future__ import annotations

from loaders.site.courses import COURSES
from loaders.site.fullness import INVENTORY
from loaders.site.health import HEALTH
from loaders.site.leaders import LEADERS
from loaders.site.page import Page
from loaders.site.today import TODAY

PAGES: tuple[Page, ...] = (
    TODAY,
    LEADERS,
    COURSES,
    INVENTORY,
    HEALTH,
)
