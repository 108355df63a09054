"""Finds datelines: place, date and news agency before the first sentence of an article.

A dateline is not part of the text: `KYIV, Ukraine, May 2 (AP) — Troops left.` does not say where
and when the troops left.
"""

import re
from functools import cache

from newslake.transforms.agencies import forms
from newslake.transforms.events.data.actors import is_known
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.places import is_country, locate
from newslake.transforms.events.expressions.time_patterns import MONTH, WEEKDAY

_LONGEST = 120
"""Maximum length of a dateline, in characters."""

_SENTENCE_END = re.compile(r"[.!?]\s")
_CLOSING = re.compile(
    r"\s(?:[—–-]|--)\s(?=[a-z])(?!(?:an?|the|its|their|his|her|and|but|with|\w+ing)\b)"
)
"""Matches a dash that closes an insertion. Skips a dash before a word like `the` or `and`."""

_MARK = re.compile(r"[—–:)/]|--|\s-\s")


def dateline_of(line: str) -> str:
    """Return the dateline at the start of `line`, with the space after it; "" if there is none.

    A dateline has a fixed form and contains an agency, a date, a city or a name in capitals.

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
    has_country = match["land"] and not labelled and _is_place_in(place, match["land"])
    return match[0] if has_country or _is_filed_from(place, labelled) else ""


def _is_aside(rest: str) -> bool:
    """Return whether `rest` contains the end of an insertion: Oslo – the capital – welcomed."""
    return len(_CLOSING.findall(_SENTENCE_END.split(rest)[0])) % 2 == 1


def _is_place_in(place: str, land: str) -> bool:
    """Return whether `place` is a place because `land` is a known place: Port Alder, Peru."""
    opens = place.split()[0].lower() in words("linking")
    known = locate(place)
    party = opens or is_known(place) or (known is not None and is_country(known))
    return not party and locate(land.title() if land.isupper() else land) is not None


def _is_filed_from(place: str, labelled: bool) -> bool:
    """Return whether `place` is a city, or a name in capitals of neither an actor nor a label."""
    known = locate(place.title() if place.isupper() else place)
    if known:
        return not is_country(known)
    return not labelled and place.isupper() and len(place) > 2 and not is_known(place)


@cache
def _pattern() -> re.Pattern[str]:
    """Return the pattern of a dateline: place, date, agency and a dash, before a capital letter."""
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
