"""Datelines: where, when and by which agency a story was filed, before its first sentence.

`KYIV, Ukraine, May 2 (AP) — Troops left.` tells nothing of where and when troops left.
"""

import re
from functools import cache

from newslake.transforms.agencies import forms
from newslake.transforms.events.data.actors import is_known
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.places import is_country, locate
from newslake.transforms.events.expressions.time_expressions import MONTH, WEEKDAY

_LONGEST = 120
"""Characters at the beginning of a line in which a dateline ends."""

_SENTENCE_END = re.compile(r"[.!?]\s")
_CLOSING = re.compile(
    r"\s(?:[—–-]|--)\s(?=[a-z])(?!(?:an?|the|its|their|his|her|and|but|with|\w+ing)\b)"
)
"""A dash before what goes on, not before what is added: its first such visit, including a child."""

_MARK = re.compile(r"[—–:)/]|--|\s-\s")


def dateline_of(line: str) -> str:
    """Return the dateline that `line` begins with, up to the story's first word; else nothing.

    What looks like one needs a sign that it is: an agency, a date, a city or a name in capitals.

    >>> dateline_of("OSLO, March 18 (Reuters) - Norway praised Peru.")
    'OSLO, March 18 (Reuters) - '
    >>> dateline_of("Norway — and Chile — praised Peru.")
    ''
    """
    head = line[:_LONGEST]
    match = _pattern().match(head) if _MARK.search(head) else None
    if match is None:
        return ""
    place, labelled = match["place"], match["mark"] == ":"
    if place and not match["mark"] and not match["date"]:  # Homeland Security (HSI) Officials ...
        return ""
    if match["agency"] or (place and match["date"]):
        return match[0]
    if not place or (not place.isupper() and _is_aside(line[match.end() :])):
        return ""
    lies = match["land"] and not labelled and _lies_in(place, match["land"])
    return match[0] if lies or _is_filed_from(place, labelled) else ""


def _is_aside(rest: str) -> bool:
    """Return whether a dash closes what another opened: Oslo – Norway’s capital – welcomed Peru."""
    return len(_CLOSING.findall(_SENTENCE_END.split(rest)[0])) % 2 == 1


def _lies_in(place: str, land: str) -> bool:
    """Return whether `land` is known, so that even a town that is not is one: Port Alder, Peru."""
    opens = place.split()[0].lower() in words("linking")
    known = locate(place)
    party = opens or is_known(place) or (known is not None and is_country(known))
    return not party and locate(land.title() if land.isupper() else land) is not None


def _is_filed_from(place: str, labelled: bool) -> bool:
    """Return whether `place` is a city, or a name in capitals that is no party's and no mere label."""
    known = locate(place.title() if place.isupper() else place)
    if known:
        return not is_country(known)
    return not labelled and place.isupper() and len(place) > 2 and not is_known(place)


@cache
def _pattern() -> re.Pattern[str]:
    """Return the form of a dateline before a capital letter: place, date, agency, and a mark."""
    name = r"[^\W\d_a-zß-öø-ÿ][\w.’'/-]*+"
    place = rf"{name}(?:\s(?:(?:(?:el|al|as|ash)-)?{name}|de|del|la|do|da|el|al|of|and|on|upon|the)){{0,4}}?"
    date = rf"(?:{WEEKDAY},?\s)?(?:{MONTH}\.?\s\d{{1,2}}|\d{{1,2}}\s{MONTH}\.?)(?:,?\s\d{{4}})?"
    known = "|".join(sorted(map(re.escape, forms()), key=len, reverse=True))
    agency = rf"[^()/]*\b(?:{known}|[A-Z]{{2,6}})\b[^()]{{,30}}"
    side = r"(?:occupied|central|(?:north|south)?-?(?:north|south|east|west)ern)"
    return re.compile(
        rf"(?:(?P<place>{place})(?:,\s(?:{side}\s)?(?P<land>{place})){{0,2}}?)?(?:,?\s?(?P<date>(?i:{date})))?"
        rf"(?:[.,]?\s?(?:(?P<agency>\({agency}\)|/{agency}/|(?:{known})\b)|\([^()]{{2,40}}\)))?"
        r"(?P<mark>\s?(?:—|–|--)|\s-(?=\s)|:(?=\s)|(?<=/)\.|(?<=\))(?=\s?[A-Z]))\s*(?=[\"“‘'A-Z0-9])"
    )
