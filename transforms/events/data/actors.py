"""Identifies the actor that a phrase names: its usual name, country and sector in the tables.

A field without a value in the tables is None.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries, read_rows
from newslake.transforms.events.data.lexicon import words as class_of


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


_TITLES = {"of", "the", "and", "for", "de", "al", "bin", "von", "der", "van", "da", "le", "la"}
_FORMER = {"former", "ex-president", "late", "then"}
_WORD = re.compile(r"[^\s,()\[\]“”\"]+")


def identify(phrase: str, year: int | None = None) -> Identity:
    """Return the actor that `phrase` names, with its role in `year` (None: with its first role).

    >>> identify("Foreign Minister Sergei Lavrov", 2025)
    Identity(name='Sergei Lavrov', country='RUS', sector='government')
    >>> identify("Peruvian troops")
    Identity(name='Peru', country='PER', sector='military')
    >>> identify("a neighbour")
    Identity(name=None, country=None, sector=None)
    """
    words = [_bare(word) for word in _WORD.findall(phrase)]
    sector = _sector(words)
    if words and words[-1].lower() in class_of("relation"):
        return Identity(sector=sector)
    former = bool(_FORMER & {word.lower() for word in words})
    form, known = _known(words, year)
    if known:
        beside = [word for word in words if word not in form.split()]
        sector = None if former else _sector(beside) or known.sector
        named = " ".join(words).endswith(form)
        return Identity(known.name if named else None, known.country, sector)
    form, country = _country(words)
    ends_in_country = bool(form) and " ".join(words).endswith(form)
    if (person := _person(words)) and not ends_in_country:
        return Identity(person, country, None if former else sector)
    if country is None:
        return Identity(sector=sector)
    land = countries()[country]
    people = form in land.people and form.endswith("s") and form != words[0]
    return Identity(land.names[0], country, sector or ("civilian" if people else "government"))


def is_known(name: str) -> bool:
    """Return whether `name` is in roster.tsv with a sector other than media and business."""
    return name in known_names()


def is_person(phrase: str) -> bool:
    """Return whether `phrase` ends in a person's name: `President Ann Lee`, `Putin`."""
    words = [_bare(word) for word in _WORD.findall(phrase)]
    _, known = _known(words, None)
    if known and known.name:
        parts = known.name.split()
        return len(parts) > 1 and words[-1] == parts[-1] and _sector(parts) is None
    return _person(words) is not None


def _known(words: list[str], year: int | None) -> tuple[str, Identity | None]:
    """Return the longest name of roster.tsv in `words`, and its actor with its role in `year`."""
    for part in _parts(words):
        if roles := _roster().get(part):
            fitting = [one for one in roles if year is None or one.first <= year <= one.last]
            role = (fitting or roles)[0]
            return part, Identity(role.name, role.country, role.sector if fitting else None)
    return "", None


def _country(words: list[str]) -> tuple[str, str | None]:
    """Return the longest word form for a country in `words`, and the country's code."""
    for part in _parts(words):
        if code := _country_forms().get(part):
            return part, code
    return "", None


def _sector(words: list[str]) -> str | None:
    """Return the sector of the last of `words` that has a sector."""
    for word in reversed(words):
        lower = word.lower()
        singulars = (re.sub(r"ies$", "y", lower), re.sub(r"men$", "man", lower))
        for form in (lower, lower.removesuffix("s"), *singulars):
            if form in _sectors():
                return _sectors()[form]
    return None


def _person(words: list[str]) -> str | None:
    """Return the capitalised name at the end of `words`; None if all `words` form a single name."""
    name: list[str] = []
    for word in reversed(words):
        titled = word.lower() in _sectors() or word in _country_forms()
        if titled or not (word[:1].isupper() or (name and word in _TITLES)):
            break
        name.insert(0, word)
    while name and name[0].lower() in _TITLES:
        name.pop(0)
    alone = len(name) == 1 and len(words) == 1
    return " ".join(name) if len(name) > 1 or (name and not alone) else None


def _parts(words: list[str]) -> Iterator[str]:
    """Yield sequences of up to six `words`: longer ones first, then those further to the right."""
    for length in range(min(6, len(words)), 0, -1):
        for start in range(len(words) - length, -1, -1):
            yield " ".join(words[start : start + length])


def _bare(word: str) -> str:
    """Return `word` without possessive ending and final punctuation: Kyiv for `Kyiv’s`."""
    word = re.sub(r"’s?$", "", word.replace("'", "’"))
    return word if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]?", word) else word.rstrip(".,;:!?")


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
            for form in {name, name.capitalize() if name.isupper() and len(name) > 3 else name}:
                found.setdefault(form, []).append(role)
    return found


@cache
def _country_forms() -> dict[str, str]:
    found: dict[str, str] = {}
    for country in countries().values():
        for form in (*country.names, *country.people, *country.capital):
            found.setdefault(form, country.code)
    return found


@cache
def _sectors() -> dict[str, str]:
    return {word: sector for sector, words in read_rows("sectors.tsv", 2) for word in words.split()}
