"""Horses by themselves, as the API describes them."""

from __future__ import annotations

from datetime import date
from typing import Any

from simulator.feed.registry import Registry
from simulator.feed.tiers import Plan, cut
from simulator.feed.writing import with_country
from simulator.scene.horses import SEX_WORDS, Horse, Parent


def profile(horse: Horse | Parent, registry: Registry, end: date) -> dict[str, Any]:
    """A HorsePro, of a racehorse or of a parent, as it is on `end`."""
    dam = horse.dam
    damsire = dam.sire if dam is not None else None
    if isinstance(horse, Horse):
        dob = date.fromordinal(horse.born).isoformat()
        code = horse.sex_code(end)
    else:
        month, day = 1 + horse.number % 5 + 1, 1 + horse.number % 28
        dob = f"{horse.born}-{month:02}-{day:02}"
        code = "H" if horse.stallion else "M"
    return {
        "id": f"hrs_{registry.horse(horse)}",
        "breeder": horse.breeder,
        "colour": horse.colour,
        "colour_code": horse.colour.upper(),
        "dam": with_country(dam),
        "dam_id": f"dam_{registry.horse(dam)}" if dam else "",
        "damsire": with_country(damsire),
        "damsire_id": f"dsi_{registry.horse(damsire)}" if damsire else "",
        "dob": dob,
        "name": with_country(horse),
        "sex": SEX_WORDS[code],
        "sex_code": code,
        "sire": with_country(horse.sire),
        "sire_id": f"sir_{registry.horse(horse.sire)}" if horse.sire else "",
    }


def found(horse: Horse, registry: Registry, end: date) -> dict[str, str]:
    """A Horse, as a search gives it."""
    return cut("horses", Plan.STANDARD, profile(horse, registry, end))
