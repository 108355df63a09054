"""Reads the name of a place, with the words that say where it is: Paris, Texas; Peru’s Lima."""

import re
from collections.abc import Iterator

from newslake.transforms.events.data.data_files import countries
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.name_parts import ARTICLE
from newslake.transforms.events.data.place_table import Location
from newslake.transforms.events.data.places import (
    Nearby,
    country_forms,
    has_kind,
    is_country,
    is_whole,
    locate,
    locate_in,
    rank,
)
from newslake.transforms.events.parse.grammar import children, objects_of
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.parties import is_proper, name_of
from newslake.transforms.events.slots.outer_places import outer_after

_CAPITALS = rf"(?:{ARTICLE}|d[’'])?[A-ZÀ-ÞĀ-Ž][\w’'.-]*"
_OF = "de|del|da|do|das|dos|di|du|des"
_NAME = re.compile(rf"{_CAPITALS}(?:\s(?:(?:of|the|and|{_OF}|la|le|al|on|upon)\s)?{_CAPITALS})*$")
"""Matches the capitalised name at the end of a text."""
_REST = re.compile(rf"\s(?:{_OF})\s(?:l[ao]s?\s)?{_CAPITALS}")
_PLAIN = re.compile(r"(?:\s+|^)[a-z][\w-]*$")
_POSSESSIVE = re.compile(r"[’']s?(?:\s|$)")
_FUNCTION = re.compile(
    r" (?:International|Central|Main|Military|Nuclear|Air|Naval|Supreme|High|District|City)\b"
)
"""Matches the end of a city's name in the name of its airport, court or other site."""
_AREA = re.compile(
    r"(?:north|south|east|west|central|greater|downtown)(?:east|west)?(?:ern)?|\S+-[a-z]+",
    re.IGNORECASE,
)
"""Matches a word before a name that only tells a part of the place: Northern, Israeli-occupied."""


def location_of(noun: Token, nearby: Nearby, outer: str | None = None) -> Location | None:
    """Return the place that the phrase of `noun` names; None if it is unknown.

    A place in a longer name is not meant: Jordan Street is not in Jordan. If words beside the name
    give its state or country, the place is there; if the tables do not hold it, it has no
    coordinates.

    Args:
        noun: The head of the phrase.
        nearby: The countries of the article.
        outer: A state or country in which the place is known to be.
    """
    if noun.lower_ in words("time"):
        return None
    whole = name_of(noun)
    goes_on = whole.start + len(whole) > noun.i + 1
    if goes_on and (place := locate(whole.text, nearby)):
        return place  # the Sea of Japan
    text = noun.doc[whole.start : noun.i + 1].text + _rest_of_name(noun)
    match = _NAME.search(text)
    if match is None:
        return _location_of_site(noun, text, nearby)
    name = _POSSESSIVE.split(match[0])[-1]
    owners = [owner[0] for part in _POSSESSIVE.split(text)[:-1] if (owner := _NAME.search(part))]
    if place := location_by_outer(noun, name, nearby):
        return place
    outer = next(filter(_is_outer, reversed(owners)), None) or outer
    place = _located(name, nearby, outer) or _town_of(noun, name, nearby)
    if place is None and owners and is_site(noun):
        return locate(owners[-1], nearby)  # Oslo’s Old District
    return place


def location_by_outer(noun: Token, name: str, nearby: Nearby) -> Location | None:
    """Return the place called `name`, if the words after its head `noun` say where it is.

    None if they do not: Paris, but not Paris, Texas.
    """
    outer = outer_after(noun)
    if outer is None:
        return None
    for before, rest in _splits(name):
        if before and not _is_outer(before) and not _AREA.fullmatch(before):
            continue
        place = locate_in(rest, outer.name, nearby)
        if place and place.latitude is not None:
            return place
    same_rank = 0 < rank(name) == rank(outer.name)
    listed = same_rank and (rank(name) > 1 or outer.goes_on)  # in Georgia, Russia and Peru
    return None if listed or outer.unsure else locate_in(name, outer.name, nearby)


def _rest_of_name(noun: Token) -> str:
    """Return what follows in the name, which the parse may cut off: ` do Sul` in Rio Grande do Sul."""
    rest = _REST.match(noun.doc[noun.i : noun.i + 4].text[len(noun.text) :])
    return rest[0].rstrip(".") if rest else ""


def is_site(noun: Token) -> bool:
    """Return whether the noun is a kind of place: a market, the Shevchenko district."""
    return noun.lemma_.lower() in words("site") | words("target")


def _location_of_site(noun: Token, text: str, nearby: Nearby) -> Location | None:
    """Return the place of a site: the airport of Kabul, Kabul airport, the Texas town of Paris."""
    if not is_site(noun):
        return None
    words_before = text
    while match := _PLAIN.search(words_before):
        words_before = words_before[: match.start()]
    name = _NAME.search(words_before)
    outer = _POSSESSIVE.split(name[0])[0] if name else None
    named = filter(is_proper, children(noun, "appos"))  # Kenya’s capital, Nairobi
    if place := next(filter(None, (location_of(inner, nearby, outer) for inner in named)), None):
        return place
    links = [link for link in children(noun, "prep") if link.lower_ == "of"]
    kind = noun.lemma_.lower()
    for inner in filter(is_proper, objects_of(links)):
        called = name_of(inner).text + _rest_of_name(inner)
        if has_kind(f"{called} {kind}"):  # the Nigerian state of Niger
            return locate(f"{called} {kind}", nearby)
        if place := location_of(inner, nearby, outer if outer and _is_outer(outer) else None):
            return place
        if outer and _is_outer(outer):  # the Ohio village of Lisbon
            return locate_in(called, _country_name(outer), nearby)
    if name is None or outer is None:
        return None
    owners = _POSSESSIVE.split(name[0])
    first = owners[-1].split(" and ")[0] or outer  # Aleppo and Idlib provinces
    return (
        (locate(f"{first} {kind}", nearby) if has_kind(f"{first} {kind}") else None)
        or _located(first, nearby, None)
        or locate(outer, nearby)
    )


def _town_of(noun: Token, name: str, nearby: Nearby) -> Location | None:
    """Return the city of a site that is called after its own city: Kabul International Airport."""
    if noun.lower_ not in words("town_site"):
        return None
    place = locate(_FUNCTION.split(name)[0].removesuffix(noun.text).strip(), nearby)
    return None if place is None or is_country(place) else place


def _located(name: str, nearby: Nearby, outer: str | None) -> Location | None:
    """Return the place called `name`, without words before it that only say where it is."""
    for before, rest in _splits(name):
        around = before if before and _is_outer(before) else outer
        if before and around is not before and not _AREA.fullmatch(before):
            continue
        place = locate(rest, nearby)
        if place is None or around is None:
            if place:
                return place
            continue
        inner = locate_in(rest, _country_name(around), nearby)
        if inner and inner.latitude is not None:
            return inner
        return place if around in country_forms() else inner and inner._replace(name=name)
    return None


def _splits(name: str) -> Iterator[tuple[str, str]]:
    """Yield the whole name, then the name in two parts, with more words in the first part."""
    parts = name.split(" ")
    for start in range(len(parts)):
        yield " ".join(parts[:start]), " ".join(parts[start:])


def _is_outer(name: str) -> bool:
    """Return whether `name` is a country or region, or the adjective of a country."""
    return name in country_forms() or is_whole(name)


def _country_name(form: str) -> str:
    code = country_forms().get(form)
    return countries()[code].names[0] if code else form
