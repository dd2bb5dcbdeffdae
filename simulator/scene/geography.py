"""Regions and racecourses: where the simulated racing takes place."""

from __future__ import annotations

from typing import NamedTuple

# Regions whose racing is told in full.
HOME = ("gb", "ire")


class Course(NamedTuple):
    """A racecourse. `kinds` holds F (turf flat), A (all-weather flat) and J (jumps)."""

    id: str
    name: str
    region: str
    kinds: str
    wet: float

    @property
    def home(self) -> bool:
        """Whether it is in Great Britain or Ireland."""
        return self.region in HOME

    @property
    def result_name(self) -> str:
        """The name a result gives: a course abroad carries its country there."""
        return self.name if self.home else f"{self.name} ({self.region.upper()})"


_BRITISH = """
Ascot FJ|Aintree J|Ayr FJ|Bangor-on-Dee J|Bath F|Beverley F|Brighton F|Carlisle FJ|Cartmel J|
Catterick FJ|Chelmsford (AW) A|Cheltenham J|Chepstow FJ|Chester F|Doncaster FJ|Epsom F|Exeter J|
Fakenham J|Ffos Las FJ|Fontwell J|Goodwood F|Hamilton F|Haydock FJ|Hereford J|Hexham J|Huntingdon J|
Kelso J|Kempton J|Kempton (AW) A|Leicester FJ|Lingfield FJ|Lingfield (AW) A|Ludlow J|Market Rasen J|
Musselburgh FJ|Newbury FJ|Newcastle J|Newcastle (AW) A|Newmarket F|Newmarket (July) F|
Newton Abbot J|Nottingham F|Perth J|Plumpton J|Pontefract F|Redcar F|Ripon F|Salisbury F|
Sandown FJ|Sedgefield J|Southwell J|Southwell (AW) A|Stratford J|Taunton J|Thirsk F|Uttoxeter J|
Warwick J|Wetherby FJ|Wincanton J|Windsor FJ|Wolverhampton (AW) A|Worcester J|Yarmouth F|York F
"""
_IRISH = """
Ballinrobe FJ|Bellewstown FJ|Clonmel J|Cork FJ|Curragh F|Down Royal FJ|Downpatrick J|Dundalk (AW) A|
Fairyhouse FJ|Galway FJ|Gowran Park FJ|Kilbeggan J|Killarney FJ|Laytown F|Leopardstown FJ|
Limerick FJ|Listowel FJ|Naas FJ|Navan FJ|Punchestown J|Roscommon FJ|Sligo FJ|Thurles J|
Tipperary FJ|Tramore J|Wexford J
"""
_ABROAD = {
    "fr": "Chantilly F|Longchamp F|Deauville F|Saint-Cloud F|Auteuil J",
    "usa": "Saratoga F|Keeneland F|Belmont Park F",
    "uae": "Meydan F",
    "ger": "Baden-Baden F|Hoppegarten F",
    "ity": "San Siro F",
    "hk": "Sha Tin F",
    "aus": "Flemington F|Randwick F",
    "jpn": "Tokyo F",
}


def _courses() -> tuple[Course, ...]:
    courses: list[Course] = []
    tables = {**dict(zip(HOME, (_BRITISH, _IRISH), strict=True)), **_ABROAD}
    for region, table in tables.items():
        for entry in table.replace("\n", "").split("|"):
            name, _, kinds = entry.strip().rpartition(" ")
            number = 26 * (len(courses) + 2)
            # The west is wetter; what matters is only that courses differ and stay as they are.
            wet = ((number * 37) % 23) / 23 - 0.5
            courses.append(Course(f"crs_{number}", name, region, kinds, wet))
    return tuple(courses)


COURSES = _courses()
