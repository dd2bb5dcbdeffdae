"""Names of horses, people, partnerships and races."""

from __future__ import annotations

import re
from random import Random

_INITIALS = re.compile(r"\b([A-Z]) ([A-Z]) (?=[A-Z])")


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _phrases(text: str) -> tuple[str, ...]:
    return tuple(" ".join(phrase.split()) for phrase in text.split("|"))


_FIRST = _words(
    """
Midnight Border Silver Golden Royal Secret Desert Ocean Mountain River Winter Summer Autumn
Scarlet Crimson Amber Ivory Emerald Sapphire Copper Velvet Thunder Storm Lightning Shadow Sunset
Morning Evening Northern Southern Eastern Western Irish Highland Celtic Roman Spanish Persian
Arabian Gallant Noble Brave Bold Swift Fearless Mighty Gentle Quiet Wild Dancing Flying Rising
Falling Burning Frozen Hidden Lost Distant Ancient Modern Classic Perfect Lucky Magic Mystic
Sacred Eternal Infinite Supreme Grand Imperial Regal Princely Sovereign Diamond Crystal Marble
Granite Iron Steel Bronze Dark Bright Clever Cunning Cheeky Merry Jolly Happy Proud Rebel Rogue
Pirate Captain Major General Colonel Admiral King Queen Prince Princess Lord Lady Duke Duchess
Baron Count Sir Miss Mister Madame Doctor Little Big Tall Sweet Sharp Smart Fast Red Blue Green
Black White Grey Bella Star Moon Sun Sky Cloud Kilbarry Dunloe Lough Glen Castle Abbey Manor Tower
Bridge Harbour Island Forest Meadow Garden Valley Trafalgar Wellington Nelson Verdi Mozart Wagner
Vivaldi Picasso Monet Byron Keats Shelley Milton
"""
)
_SECOND = _words(
    """
Pass Gem Flora Blue Beauty Kara Legend Dancer Prince Princess King Queen Star Moon Sun Light
Shadow Storm Thunder Fire Flame Ember Spark Blaze Ash Smoke Wind Breeze Gale Rain Snow Frost Ice
River Lake Stream Falls Bay Cove Point Head Hill Ridge Peak Summit Valley Glen Dale Moor Heath
Forest Wood Grove Orchard Garden Rose Lily Violet Poppy Heather Bracken Fern Willow Oak Elm Cedar
Jasmine Warrior Soldier Knight Archer Hunter Ranger Rider Chief Captain Commander Hero Champion
Victor Legacy Glory Honour Valour Spirit Dream Vision Wish Hope Faith Grace Charm Magic Mystery
Secret Riddle Whisper Echo Song Melody Rhythm Ballad Anthem Opera Sonata Waltz Tango Reel Jig
Piper Fiddler Drummer Minstrel Eagle Falcon Hawk Raven Swan Heron Robin Swallow Fox Wolf Bear Lion
Tiger Panther Stag Hare Otter Diamond Pearl Ruby Opal Topaz Jewel Crown Sceptre Throne Palace
Castle Tower Bridge Gate Road Lane Bay Boy Girl Lad Lass Lady Lord Duke Earl Baron Count Rocket
Arrow Bullet Cannon Sword Shield Lance Express Mail Flyer Runner Trader Sailor Pirate Rebel Rogue
Bandit Gambler Joker Ace Jack Talk Story Fable Tale Verse Chapter Treaty Empire Kingdom Republic
Nation Frontier Horizon Voyage Journey
"""
)
_FRENCH = _words(
    """
Mesnil Houelle Sivola Berlais Ainay Loue Brion Alene Cerisy Vallee Kap Sel Thaix
"""
)

_GIVEN = _words(
    """
James John William Thomas George Harry Oliver Jack Charlie Henry Paul David Michael Patrick Sean
Kieran Conor Declan Gavin Gordon Donald Emma Lucy Hannah Rachel Jennie Venetia Kerry Sophie Ruth
Jessica Amy Holly Megan Laura Richard Robert Nigel Philip Peter Alan Brian Colin Keith Stuart Neil
Martin Daniel Luke Adam Ben Ryan Joe Sam Tom Rhys Dylan Evan Owen Gareth Ian Archie Callum Ross
Fergal Liam Noel Gerard Dermot Aidan Eoin Shane Willie Mark Simon Hughie Clive Ed Roger Ralph Hugo
Marco Ed
"""
)
_FAMILY = _words(
    """
Adams Bailey Baker Barnes Bell Bennett Berry Bishop Blake Bolger Boyd Brennan Brooks Brown Burke
Butler Byrne Candlish Carroll Carter Clarke Clayton Coleman Collins Connolly Cook Cooper Cox
Crisford Cunningham Daly Davies Dawson Dixon Doyle Drury Duffy Dunne Easterby Egan Ellis Evans
Fahey Fallon Farrell Fenton Ferguson Flynn Foley Ford Foster Fox Fraser Gallagher George Gibson
Gilligan Gordon Graham Grant Gray Greatrex Griffin Hall Hammond Harrington Harris Hart Hayes
Henderson Herrington Hills Hobbs Hogan Holland Hughes Hunter Jackson Jarvis Jenkins Johnston Jones
Kelly Kennedy Keogh King Kirby Knight Lacey Lavelle Lee Leech Lewis Loughnane Lynch Lyons Mackie
Maguire Mason McBride McCain McCarthy McConnell McGrath Menuisier Moore Morgan Morris Mulholland
Mullins Murphy Murray Newland Nicholls Nolan O'Brien O'Connor O'Keeffe O'Leary O'Meara O'Neill
O'Sullivan Osborne Owen Palmer Parker Pipe Powell Price Quinlan Quinn Reid Richards Roberts Robson
Ross Russell Ryan Scott Scudamore Shaw Simcock Skelton Smith Snowden Spencer Stephens Stewart
Sweeney Symonds Tate Taylor Thomas Thompson Tinkler Turner Twomey Varian Walker Wallace Walsh Ward
Watson Watt Weaver Webber Weld West White Whittington Williams Wilson Wintle Wood Woods Wright
Young
"""
)
_PLACES = _phrases(
    """
Lambourn, Berks|Newmarket, Suffolk|Malton, N Yorks|Middleham, N Yorks|Upper Lambourn,
Berks|Naunton, Gloucs|Ditcheat, Somerset|Alcester, Warwicks|Epsom, Surrey|Stow-on-the-Wold,
Gloucs|Cullompton, Devon|Ludlow, Shropshire|Kinross, Perth & Kinross|Hambleton, N Yorks|Wantage,
Oxon|Arundel, W Sussex|Ogbourne Maizey, Wilts|Basford, Staffs|Elton, Gloucs|Thirsk, N Yorks
"""
)
_IRISH_PLACES = _phrases(
    """
Curragh, Co Kildare|Closutton, Co Carlow|Moone, Co Kildare|Ballydoyle, Co Tipperary|Cullentra, Co
Meath|Goresbridge, Co Kilkenny|Kildangan, Co Kildare|Lismore, Co Waterford|Slane, Co
Meath|Monasterevin, Co Kildare
"""
)
_FOREIGN_PLACES = {"fr": "Chantilly, France", "usa": "Saratoga, USA", "uae": "Dubai, UAE"}
_STUDS = _phrases(
    """
Whitsbury|Ballylinch|Coolagown|Highclere|Kilcarn|Meadow|Newsells|Rathbarry|Tally-Ho|Upton
House|Mill House|Corduff|Lynn Lodge|Oak
Tree|Barton|Chasemore|Norelands|Yeomanstown|Hascombe|Cheveley
"""
)
_SPONSORS = _phrases(
    """
BetWright|Download The Racing App|attheraces.com/marketmovers|Free Bets Online|Sky Sports
Racing|Racing TV|Weatherbys|Irish Stallion Farms|Arc All-Weather £1Million Bonus|Tote
Placepot|Local Hero|Happy Birthday|Every Race Live|Annual Members|Follow Us Online|Connolly's Red
Mills|Best Odds Guaranteed|Ladies' Day|Jockey Club|Bet The Wright Way|Bangers N'Cash|Visit Our
Website|Grand Opening|Book Your Christmas Party
"""
)


_MALE = frozenset(
    _words(
        """
Prince King Captain Major General Colonel Admiral Lord Duke Baron Count Sir Mister Lad Boy Earl
Stag Archer Soldier Commander Jack Nelson Wellington
"""
    )
)
_FEMALE = frozenset(
    _words(
        """
Queen Princess Lady Duchess Miss Madame Girl Lass Bella Flora Beauty Kara Lily Rose Violet Poppy
Jasmine Grace Pearl Ruby Opal Jewel Charm
"""
    )
)


_WOMEN = frozenset(
    _words("Emma Lucy Hannah Rachel Jennie Venetia Kerry Sophie Ruth Jessica Amy Holly Megan Laura")
)


def with_title(name: str) -> str:
    """A person's name behind a title, such as "Mr James Adams"; any other name as it is."""
    given, _, family = name.partition(" ")
    if given in _GIVEN and family in _FAMILY:
        return f"{'Mrs' if given in _WOMEN else 'Mr'} {name}"
    return name


def with_periods(name: str) -> str:
    """The initials of a name with periods: "K. R. Burke"."""
    return _INITIALS.sub(r"\1. \2. ", name)


class Names:
    """Makes names; no two horses of one world share one."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._taken: set[str] = set()

    def horse(self, country: str, male: bool) -> str:
        """A horse's name without a country suffix, unlike any given before."""
        unfit = _FEMALE if male else _MALE
        rng = self._rng
        while True:
            first, second = rng.choice(_FIRST), rng.choice(_SECOND)
            if first in unfit or second in unfit or first == second:
                continue
            form = rng.random()
            if country == "FR" and form < 0.35:
                name = f"{second} {rng.choice(('De', 'Du', 'Des'))} {rng.choice(_FRENCH)}"
            elif form < 0.66:
                name = f"{first} {second}"
            elif form < 0.74:
                name = f"{rng.choice(('The', 'My', 'Ask', 'Call', 'Say'))} {first} {second}"
            elif form < 0.82:
                name = f"{second} Of {rng.choice(_SECOND)}"
            elif form < 0.90:
                name = f"{rng.choice(_FAMILY)}'s {second}".replace("s's", "s'")
            elif form < 0.96:
                name = f"{first}{second.lower()}"
            else:
                name = f"{first} {second} {rng.choice(_SECOND)}"
            if len(name) <= 21 and name not in self._taken:
                self._taken.add(name)
                return name

    def person(self) -> str:
        """A trainer's or jockey's name; namesakes occur, as they do in life."""
        rng = self._rng
        given, family = rng.choice(_GIVEN), rng.choice(_FAMILY)
        if rng.random() < 0.06:
            return f"{given[0]} {rng.choice('ABCDEGHJLMRST')} {family}"
        return f"{given} {family}"

    def yard(self) -> str:
        """A licence: mostly one trainer, now and then two."""
        name = self.person()
        return f"{name} & {self.person()}" if self._rng.random() < 0.08 else name

    def place(self, region: str) -> str:
        """Where a yard is."""
        if region == "gb":
            return self._rng.choice(_PLACES)
        if region == "ire":
            return self._rng.choice(_IRISH_PLACES)
        return _FOREIGN_PLACES.get(region, "")

    def owner(self, horse: str) -> str:
        """An owner as a card spells it, with its "&" and its commas."""
        rng = self._rng
        a, b, c = rng.choice(_FAMILY), rng.choice(_FAMILY), rng.choice(_FAMILY)
        initial = rng.choice("ABCDEFGHJKLMNPRSTW")
        form = rng.random()
        if form < 0.25:
            return f"{rng.choice(('Mr', 'Mrs', 'Ms', 'Miss', 'Dr', 'Sir'))} {initial} {a}"
        if form < 0.42:
            return f"{rng.choice(_GIVEN)} {a}"
        if form < 0.55:
            return f"{initial} {a} & {b}"
        if form < 0.65:
            return f"{a}, {b} & {c}"
        if form < 0.71:
            return f"{initial} & {rng.choice('ABCDEFGHJKLM')} {a} {rng.randint(1, 9)}"
        if form < 0.80:
            return f"The {horse} Syndicate"
        if form < 0.87:
            return f"{a} Racing Club"
        if form < 0.93:
            return f"{a} & Partners"
        return f"{rng.choice(_STUDS)} {rng.choice(('Stud', 'Bloodstock Ltd', 'Racing Limited'))}"

    def breeder(self) -> str:
        """Who bred a horse."""
        rng = self._rng
        form = rng.random()
        if form < 0.45:
            return f"{rng.choice(_STUDS)} Stud{rng.choice(('', ' Ltd', ' & Partners'))}"
        if form < 0.75:
            return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
        partner = f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)}"
        return f"{rng.choice(_GIVEN)} {rng.choice(_FAMILY)} & {partner}"

    def sponsor(self) -> str:
        """The first words of a race's name."""
        return self._rng.choice(_SPONSORS)

    def trophy(self) -> str:
        """The first words of a pattern race's name."""
        rng = self._rng
        return f"{rng.choice(_FIRST)} {rng.choice(_SECOND)}"
