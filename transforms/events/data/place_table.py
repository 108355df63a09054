"""The places of each name: countries, regions and cities, in the order of their likelihood."""

from collections.abc import Collection
from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries, read_rows, regions
from newslake.transforms.events.data.lexicon import words

RIVAL = 0.1
"""A place is only preferred to a larger place of its name if it has at least this share of people:
an article about Canada that says London means the city in England."""

WHOLE = 10**10
"""The weight of a country or region."""
_CAPITAL = 10**6
"""The weight of a capital that places.tsv does not have."""


class Location(NamedTuple):
    """A place in the tables."""

    name: str
    country: str | None
    """ISO 3166-1 alpha-3; None for a sea or a region of several countries."""
    latitude: float | None
    """Degrees north."""
    longitude: float | None
    """Degrees east."""


class Entry(NamedTuple):
    """A place that has a certain name."""

    location: Location
    weight: int
    """Number of people of a city; `WHOLE` for a country or region."""
    codes: Collection[str] = ()
    """GeoNames' codes of the region, or of the region of the city."""
    namesake: bool = False
    """Whether the city is small, and only meant if a larger city has its name or its state is
    given."""


def rivals_in(known: list[Entry]) -> list[Entry]:
    """Return the places of `known` that are not much smaller than the first."""
    return [entry for entry in known if entry.weight >= RIVAL * known[0].weight]


def entries(name: str, short: bool = False) -> list[Entry]:
    """Return the places called `name`, the most likely first.

    A word for its kind may follow the name of a region: Kano State. With `short`, abbreviations
    of regions are names too: Ore.
    """
    name = name.replace("'", "’")
    known = [*_places().get(name, ()), *(_short_forms().get(name, ()) if short else ())]
    if known:
        return known
    first, _, kind = name.rpartition(" ")
    if kind.lower() not in words("region_kind"):
        return []
    kept = _places().get(f"{first} {kind.lower()}") or _places().get(first, [])
    return [entry for entry in kept if entry.codes and entry.weight == WHOLE]


def holds(whole: Entry, entry: Entry) -> bool:
    """Return whether the place `entry` is in the country or region `whole`."""
    if whole.location.country != entry.location.country:
        return False
    return not (whole.codes and entry.codes) or bool({*whole.codes} & {*entry.codes})


@cache
def _places() -> dict[str, list[Entry]]:
    """Return the places of each name. Order: countries, regions, capitals, cities, spellings.

    A city precedes the region around it: Kano is a city, Kano state is a region.
    """
    found: dict[str, list[Entry]] = {}
    spelled: list[tuple[str, Entry]] = []
    for forms, country, north, east, people, code, mark in read_rows("places.tsv", 7):
        first, *others = forms.replace("'", "’").split("|")
        place = Location(first, country, float(north), float(east))
        entry = Entry(place, int(people), (code,) if code else (), mark == "namesake")
        found.setdefault(first, []).append(entry)
        spelled += [(other, entry) for other in others]
    for other, entry in spelled:
        found.setdefault(other, []).append(entry)
    for land in countries().values():
        own = [name for name in land.capital[1:] if not _is_in(found.get(name), land.code)]
        for name in [*land.capital[:1], *own] if land.capital_at else ():
            same = [one for one in found.get(name, []) if one.location.country == land.code]
            place = Location(land.capital[0], land.code, *(land.capital_at or (None, None)))
            city = same[0]._replace(location=place) if same else Entry(place, _CAPITAL)
            found.setdefault(name, []).insert(0, city)
    for region in regions():
        place = Location(region.names[0], region.country, *region.middle)
        entry = Entry(place, WHOLE, region.codes)
        for name in region.names:
            known = found.setdefault(name, [])
            same = [place for place in known if place.location.country == region.country]
            around = name != region.names[0] and same and same[0].weight < WHOLE
            known.insert(known.index(same[0]) + 1 if around else _regions_in(known), entry)
    for land in countries().values():
        whole = Entry(Location(land.names[0], land.code, *(land.middle or (None, None))), WHOLE)
        for name in land.names:
            found.setdefault(name, []).insert(0, whole)
    return found


def _is_in(places: list[Entry] | None, country: str | None) -> bool:
    return any(entry.location.country == country for entry in places or ())


def _regions_in(known: list[Entry]) -> int:
    return sum(entry.weight == WHOLE for entry in known)


@cache
def _short_forms() -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for region in regions():
        for name in region.short:
            found.setdefault(name, []).extend(
                entry for entry in _places()[region.names[0]] if entry.codes == region.codes
            )
    return found
