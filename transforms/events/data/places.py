"""Looks up places by name: cities, regions and countries, from the tables."""

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries, read_rows

_NAMES = re.compile(r"[A-Z][\w’'.-]*(?: [A-Z][\w’'.-]*)?")


class Location(NamedTuple):
    """A place in the tables."""

    name: str
    country: str | None
    """ISO 3166-1 alpha-3; None for a sea or a region of several countries."""
    latitude: float | None
    """Degrees north."""
    longitude: float | None
    """Degrees east."""


def locate(name: str, preferred: Iterable[str] = ()) -> Location | None:
    """Return the place called `name`; None if it is unknown.

    If several places have this name, the first place in a `preferred` country is returned. If no
    place is in such a country, the most populous place is returned.

    >>> locate("Kryvyi Rih")
    Location(name='Kryvyy Rih', country='UKR', latitude=47.906, longitude=33.394)
    >>> locate("Nowhere")
    """
    known = _places().get(name.replace("'", "’"), [])
    inside = set(preferred)
    near = [place for place in known if place.country in inside]
    return next(iter(near or known), None)


def is_country(place: Location) -> bool:
    """Return whether `place` is a whole country."""
    return place.country is not None and place.name == countries()[place.country].names[0]


def countries_in(text: str) -> frozenset[str]:
    """Return the codes of the countries that `text` mentions by name or adjective.

    >>> sorted(countries_in("Peruvian troops left Chile."))
    ['CHL', 'PER']
    """
    forms = _forms()
    parts = (part for match in _NAMES.findall(text) for part in (match, *match.split()))
    codes = (forms.get(part.removesuffix("’s").rstrip(".")) for part in parts)
    return frozenset(filter(None, codes))


@cache
def _places() -> dict[str, list[Location]]:
    """Return the places of each name. Order: countries, regions, cities, other spellings."""
    found: dict[str, list[Location]] = {}
    spelled: list[tuple[str, Location]] = []
    for table in ("regions.tsv", "places.tsv"):
        for forms, country, north, east in read_rows(table, 4):
            first, *others = forms.replace("'", "’").split("|")
            code = None if country == "-" else country
            place = Location(first, code, float(north), float(east))
            found.setdefault(first, []).append(place)
            spelled += [(other, place) for other in others]
    for land in countries().values():
        middle = land.middle or (None, None)
        for name in land.names:
            found.setdefault(name, []).insert(0, Location(land.names[0], land.code, *middle))
        own = [name for name in land.capital[1:] if not _holds(found.get(name), land.code)]
        for name in [*land.capital[:1], *own] if land.capital_at else ():
            city = Location(land.capital[0], land.code, *(land.capital_at or (None, None)))
            found.setdefault(name, []).insert(0, city)
    for other, place in spelled:
        found.setdefault(other, []).append(place)
    return found


def _holds(places: list[Location] | None, country: str) -> bool:
    return any(place.country == country for place in places or ())


@cache
def _forms() -> dict[str, str]:
    lands = countries().values()
    return {form: land.code for land in lands for form in (*land.names, *land.people)}
