"""Looks up places by name: cities, regions and countries, from the tables."""

import re
from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.place_table import (
    WHOLE,
    Location,
    entries,
    holds,
    rivals_in,
)

_NAMES = re.compile(r"[A-Z][\w’'.-]*(?: (?:of |and |de )?[A-Z][\w’'.-]*)*")
_POSSESSIVE = re.compile(r"[’']s?$")


class Nearby(NamedTuple):
    """The countries of an article, which decide between places of one name."""

    named: frozenset[str] = frozenset()
    """ISO 3166-1 alpha-3 codes of the countries that the article names."""
    inside: frozenset[str] = frozenset()
    """Codes of the countries in which the article names a region or city."""


def locate(name: str, nearby: Nearby | None = None) -> Location | None:
    """Return the place called `name`; None if it is unknown.

    If several places have this name, a place of similar size in a country that is `nearby` is
    preferred to the largest. The country is None if two regions are equally likely.

    >>> locate("Kryvyi Rih")
    Location(name='Kryvyi Rih', country='UKR', latitude=47.906, longitude=33.394)
    >>> locate("Nowhere")
    """
    known = entries(name)
    if not known or known[0].namesake:
        return None
    first, nearby = known[0], nearby or Nearby()
    rivals = rivals_in(known)
    if is_country(first.location):
        inside = nearby.inside if first.location.country not in nearby.named else ()
        regional = [entry for entry in rivals if entry.location.country in inside]
        return (regional or known)[0].location
    near = [entry for entry in rivals if entry.location.country in nearby.named | nearby.inside]
    whole = {entry.location.country for entry in rivals if entry.weight == WHOLE}
    if not near and len(whole) > 1:
        return Location(first.location.name, None, None, None)
    return (near or known)[0].location


def locate_in(name: str, outer: str, nearby: Nearby | None = None) -> Location | None:
    """Return the place called `name` in the region or country `outer`; None if that is unknown.

    The place has no coordinates if the tables do not hold it. Its country is None if several
    places are called `outer` and none is known to hold a place called `name`.

    >>> locate_in("Paris", "Texas")
    Location(name='Paris', country='USA', latitude=33.661, longitude=-95.556)
    >>> locate_in("Moscow", "Ohio")
    Location(name='Moscow', country='USA', latitude=None, longitude=None)
    """
    outers = [entry for entry in entries(outer, short=True) if entry.weight == WHOLE]
    for whole in outers:
        for entry in entries(name):
            if entry.location != whole.location and holds(whole, entry):
                return entry.location
    full = [entry for entry in outers if entry in entries(outer)]
    lands = {whole.location.country for whole in full or outers}
    near = lands & (nearby.inside if nearby else frozenset())
    lands = near if len(near) == 1 else lands
    return Location(name, lands.pop() if len(lands) == 1 else None, None, None) if lands else None


def is_country(place: Location) -> bool:
    """Return whether `place` is a whole country."""
    return place.country is not None and place.name == countries()[place.country].names[0]


def kind_of(place: Location) -> str | None:
    """Return whether `place` is a city, a region or a country; None if the tables do not hold it.

    >>> [kind_of(place) for name in ("Peru", "Texas", "Lima") if (place := locate(name))]
    ['country', 'region', 'city']
    """
    if is_country(place):
        return "country"
    whole = [entry for entry in entries(place.name) if entry.weight == WHOLE]
    if any(entry.location == place for entry in whole) or (whole and place.country is None):
        return "region"
    return None if place.latitude is None else "city"


def rank(name: str) -> int:
    """Return 2 if `name` most likely means a country, 1 for a region, 0 for anything else."""
    known = entries(name)
    if not known or known[0].weight < WHOLE:
        return 0
    return 1 + is_country(known[0].location)


def is_whole(name: str) -> bool:
    """Return whether `name` is a country or region, or the abbreviation of a region: Ore."""
    return any(entry.weight == WHOLE for entry in entries(name, short=True))


def regional_place(name: str) -> Location | None:
    """Return the first region called `name`, even if a country has this name; None if unknown."""
    found = (entry.location for entry in entries(name, short=True) if entry.weight == WHOLE)
    return next((place for place in found if not is_country(place)), None)


def has_kind(name: str) -> bool:
    """Return whether `name` is a region's name with a word for its kind: Kano State."""
    return (
        name.rpartition(" ")[2].lower() in words("region_kind") and regional_place(name) is not None
    )


def nearby(text: str) -> Nearby:
    """Return the countries that `text` names, and those in which it names a region or city.

    A name that a country shares with a region (Georgia) tells nothing.

    >>> found = nearby("Peruvian troops left Lima, Ohio.")
    >>> sorted(found.named), sorted(found.inside)
    (['PER'], ['PER', 'USA'])
    """
    named, inside = set[str](), set[str | None]()
    for match in _NAMES.findall(text):
        parts = [_POSSESSIVE.sub("", word).rstrip(".") for word in match.split()]
        parts = _longest(parts[1:] if parts[0].lower() in words("where") else parts)
        found = [part for part in parts if part != "and"]
        for part in found:
            if part in country_forms() and len(_lands(part)) < 2:
                named.add(country_forms()[part])
        if len(found) == len(parts) - len(found) + 1 and all(map(_is_known, found)):
            # a name in a longer name is not a place: Lloyd Austin
            lands = [_lands(part) for part in found if part not in country_forms()]
            inside.update(*(land for land in lands if len(land) == 1))
    return Nearby(frozenset(named), frozenset(filter(None, inside)))


@cache
def country_forms() -> dict[str, str]:
    """Return the codes of the countries by name and by adjective."""
    lands = countries().values()
    return {form: land.code for land in lands for form in (*land.names, *land.people)}


def _longest(parts: list[str]) -> list[str]:
    """Return the longest known names in consecutive words: New Mexico, but not Mexico in it."""
    found: list[str] = []
    start = 0
    while start < len(parts):
        ends = range(min(len(parts), start + 4), start, -1)
        names = (" ".join(parts[start:end]) for end in ends)
        found.append(next(filter(_is_known, names), parts[start]))
        start += len(found[-1].split())
    return found


def _is_known(name: str) -> bool:
    return name in country_forms() or bool(entries(name))


def _lands(name: str) -> set[str | None]:
    """Return the countries of the places called `name` that are similar in size to the largest."""
    return {entry.location.country for entry in rivals_in(entries(name))}
