"""Identifies the actor that a phrase names: its usual name, country and sector in the tables.

A field without a value in the tables is None.
"""

from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries, read_rows
from newslake.transforms.events.data.lexicon import words as class_of
from newslake.transforms.events.data.name_parts import Kind, NamePart, bare, sector_of, spellings
from newslake.transforms.events.data.name_reading import read
from newslake.transforms.events.data.place_table import Location
from newslake.transforms.events.data.places import Nearby, country_forms, locate, regional_place


class Identity(NamedTuple):
    """The identity of an actor."""

    name: str | None = None
    """The usual name; for a government, army or people, the country's name."""
    country: str | None = None
    """ISO 3166-1 alpha-3 code."""
    sector: str | None = None
    """A sector of sectors.tsv."""


class Role(NamedTuple):
    """The role of an actor in a range of years: a line of roster.tsv."""

    name: str
    country: str | None
    sector: str
    first: int
    last: int


_ACTORS = {Kind.ACTOR, Kind.FACTION, Kind.SURNAME}
_FORMER = {"former", "ex-president", "late", "then"}


def identify(phrase: str, year: int | None = None, nearby: Nearby | None = None) -> Identity:
    """Return the actor that `phrase` names.

    Args:
        phrase: A noun phrase.
        year: The year for which the actor's role is looked up; None for the actor's first role.
        nearby: The countries of the article, which decide between a country and a region.

    >>> identify("Foreign Minister Sergei Lavrov", 2025)
    Identity(name='Sergei Lavrov', country='RUS', sector='government')
    >>> identify("Peruvian troops")
    Identity(name='Peru', country='PER', sector='military')
    >>> identify("New Mexico police")
    Identity(name='New Mexico', country='USA', sector='police')
    >>> identify("a neighbour")
    Identity(name=None, country=None, sector=None)
    """
    parts, name, _ = read(phrase)
    words = phrase.split()
    sector = next(
        (part.sector for part in reversed(parts) if part.sector and part.sector != "-"), None
    )
    if words and bare(words[-1].replace("'", "’")).lower() in class_of("relation"):
        return Identity(sector=sector)
    former = bool(_FORMER & {part.text.lower() for part in parts})
    land = _land(parts, nearby)
    country = land.country if land else None
    known = [part for part in parts if part.kind in _ACTORS]
    if known:
        form = max(reversed(known), key=lambda part: part.text.count(" ")).text
        actor = _role(form, year)
        sector = None if former else sector or actor.sector
        if not country or country == actor.country or not all(map(sector_of, form.split())):
            named = name is None and parts[-1] == known[-1]
            return Identity(actor.name if named else name, actor.country, sector)
    if name and (" " in name or len(words) > 1):
        return Identity(name, country, None if former else sector)
    if land is None:
        return Identity(sector=sector)
    last = parts[-1]
    people = last.kind is Kind.PEOPLE and last.text.endswith("s") and len(words) > 1
    default = "civilian" if people else "government" if country else None
    return Identity(land.name, country, sector or default)


def is_known(name: str) -> bool:
    """Return whether `name` is in roster.tsv with a sector other than media and business."""
    return name in known_names()


def is_person(phrase: str) -> bool:
    """Return whether `phrase` ends in a person's name: `President Ann Lee`, `Putin`."""
    parts, name, body = read(phrase)
    if name:
        return not body and (" " in name or len(phrase.split()) > 1)
    if not parts or parts[-1].kind not in _ACTORS:
        return False
    last = parts[-1]
    usual = _role(last.text, None).name or ""
    own = usual.split()
    return len(own) > 1 and last.text.endswith(own[-1]) and not any(map(sector_of, own))


def _role(form: str, year: int | None) -> Identity:
    """Return the actor of roster.tsv that `form` names, with its role in `year`."""
    roles = _roster()[form]
    fitting = [one for one in roles if year is None or one.first <= year <= one.last]
    role = (fitting or roles)[0]
    return Identity(role.name, role.country, role.sector if fitting else None)


def _land(parts: list[NamePart], nearby: Nearby | None) -> Location | None:
    """Return the country or region that the last name of one in `parts` means.

    A name of both is the region's if the phrase names an office of regions: Georgia’s governor.
    """
    regional = any(part.text.lower() in class_of("regional") for part in parts)
    for part in reversed(parts):
        if part.kind in {Kind.PEOPLE, Kind.CAPITAL}:
            land = countries()[_country_forms()[part.text]]
            return Location(land.names[0], land.code, None, None)
        if part.kind in {Kind.COUNTRY, Kind.REGION}:
            return (regional and regional_place(part.text)) or locate(part.text, nearby)
    return None


@cache
def known_names() -> frozenset[str]:
    """Return all names for which `is_known` is true."""
    without = {"media", "business"}
    return frozenset(
        name for name, roles in _roster().items() if {role.sector for role in roles} - without
    )


@cache
def _roster() -> dict[str, list[Role]]:
    found: dict[str, list[Role]] = {}
    for forms, country, sector, first, last in read_rows("roster.tsv", 5):
        names = forms.split("|")
        code = None if country == "-" else country
        role = Role(names[0], code, sector, int(first or 0), int(last or 9999))
        for name in names:
            for form in spellings(name):
                found.setdefault(form, []).append(role)
    return found


@cache
def _country_forms() -> dict[str, str]:
    """Return the codes of the countries by name, adjective and capital."""
    capitals = {form: land.code for land in countries().values() for form in land.capital}
    return capitals | country_forms()
