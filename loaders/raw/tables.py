"""Where each kind of object lands."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Table:
    """Where a resource lands: raw.<resource>, its key column, the payload's field with the key."""

    resource: str
    key_column: str
    key_field: str
    dated: bool = False

    @property
    def versions(self) -> str:
        """The table beside it, with the versions of its rows that another has replaced."""
        return f"{self.resource.removesuffix('s')}_versions"


REGIONS = Table("regions", "region_code", "region_code")
COURSES = Table("courses", "course_id", "id")
HORSES = Table("horses", "horse_id", "id")
RACECARDS = Table("racecards", "race_id", "race_id", dated=True)
RESULTS = Table("results", "race_id", "race_id", dated=True)
TABLES = {table.resource: table for table in (REGIONS, COURSES, HORSES, RACECARDS, RESULTS)}
