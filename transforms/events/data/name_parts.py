"""Splits a phrase into parts, and finds in the tables what each part names."""

import re
from collections.abc import Iterator
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.data_files import countries, read_rows, regions
from newslake.transforms.events.data.lexicon import words as class_of
from newslake.transforms.events.data.places import has_kind


class Kind(StrEnum):
    """What a part of a phrase names. Each kind is one letter, so that patterns can match runs."""

    ACTOR = "A"
    """An actor of roster.tsv that has a name of several words, or an abbreviation: NATO."""
    FACTION = "F"
    """An actor whose name is also a word for its members: Republican."""
    SURNAME = "K"
    """An actor of roster.tsv that has a name of one word: Trump."""
    COUNTRY = "N"
    PEOPLE = "P"
    """A country's adjective or people: Peruvian."""
    CAPITAL = "M"
    REGION = "R"
    CITY = "C"
    TITLE = "T"
    """A word of sectors.tsv for a person or thing: minister, house."""
    BODY = "B"
    """A word of sectors.tsv that ends the proper name of a body: ministry, bank."""
    QUALIFIER = "Q"
    """A word that stands before an office or body: foreign, prime."""
    SITE = "S"
    """A kind of place: Street."""
    UNKNOWN = "U"
    PLAIN = "x"
    """A word in lower case."""


class NamePart(NamedTuple):
    """One or several words of a phrase that name one thing."""

    kind: Kind
    text: str
    sector: str | None = None
    """The sector of a title, a body or a word in lower case."""
    end: int = 0
    """Index of the word after the part."""


_WORD = re.compile(r"[^\s,()\[\]“”\"]+|[,()\[\]]")
ARTICLE = r"(?:al|el|as|ad|an|ar|ash|az)-"
"""A regular expression of the Arabic article before a name in capitals."""
_CAPITAL = re.compile(rf"(?:{ARTICLE})?[A-ZÀ-ÞĀ-Ž]")
_JOINS = {
    "de",
    "al",
    "bin",
    "ibn",
    "von",
    "der",
    "van",
    "da",
    "le",
    "la",
    "del",
    "of",
    "for",
    "and",
}
"""Words in lower case that can stand inside a name; `of` only after a name: Treaty of Rome."""
_MARKS = {"body": Kind.BODY, "title": Kind.TITLE}
_COMPOUND = re.compile(r"-(?:[a-z]*ed|led|born|run|held|made|era|style|wide|rich|torn)$")
"""Matches an adjective that begins with a name: U.S.-backed; but not Park Geun-hye."""
_LONGEST = 6
"""Maximum number of words of a name in the tables."""

OWN_NAMES = {"business", "education", "religion", "media", "civil_society", "labor", "-"}
"""Sectors whose bodies can have a place in their name: University of Paris."""


def kind_of(name: str) -> Kind | None:
    """Return what the tables know as `name`; None if they do not hold it."""
    return _kinds().get(name) or (Kind.REGION if has_kind(name) else None)


def sector_of(word: str) -> str | None:
    """Return the sector of a noun; `-` for a word that stands before an office."""
    sector, _ = _sector(word)
    return sector


def bare(word: str) -> str:
    """Return `word` without possessive ending and final punctuation: Kyiv for `Kyiv’s`."""
    word = re.sub(r"’s?$", "", word)
    return word if re.fullmatch(r"(?:[A-Z]\.)+[A-Z]?", word) else word.rstrip(".,;:!?")


def runs(phrase: str) -> Iterator[list[NamePart]]:
    """Yield the parts of each name in capitals, and each word in lower case, as a list.

    >>> [[part.text for part in run] for run in runs("Peru’s Foreign Ministry and army")]
    [['Peru'], ['Foreign', 'Ministry'], ['and'], ['army']]
    """
    words = _WORD.findall(phrase.replace("'", "’"))
    run: list[NamePart] = []
    before = ""
    start = 0
    while start < len(words):
        part = _part(words, start)
        if part.text.lower() == "general" and before.lower() in class_of("civil_general"):
            plain = part.kind is Kind.PLAIN
            part = part._replace(kind=part.kind if plain else Kind.QUALIFIER, sector=None)
        before = part.text
        if part.kind is not Kind.PLAIN:
            run.append(part)
        elif run and _joins(run, part.text, words[part.end : part.end + 1]):
            run.append(part._replace(kind=Kind.UNKNOWN))
        else:
            yield from ([run] if run else [])
            yield [part]
            run = []
        start = part.end
        if run and words[start - 1].endswith("’s"):
            yield run
            run = []
    if run:
        yield run


def _joins(run: list[NamePart], word: str, after: list[str]) -> bool:
    """Return whether `word` continues the name `run`: Treaty of Rome, but not Ann Lee of Nevada."""
    before = run[-1]
    if word not in _JOINS or not after or not _CAPITAL.match(after[0]):
        return False
    if word == "and":
        return before.kind in "UQ"
    if word != "of":
        return True
    alone = before.kind in "US" and len(run) == 1
    named = before.kind is Kind.BODY and before.sector in OWN_NAMES
    return (alone or named) and kind_of(bare(after[0])) is not Kind.PEOPLE


def _part(words: list[str], start: int) -> NamePart:
    """Return the longest part that begins with the word `start`."""
    for end in range(min(len(words), start + _LONGEST), start, -1):
        if any(word == "," or word.endswith("’s") for word in words[start : end - 1]):
            continue
        text = " ".join(map(bare, words[start:end]))
        if kind := kind_of(text):
            return NamePart(kind, text, None, end)
    word = bare(words[start])
    sector, mark = _sector(word)
    if not _CAPITAL.match(word) or _COMPOUND.search(word):
        return NamePart(Kind.PLAIN, word, sector, start + 1)
    kind = Kind.UNKNOWN
    if sector:
        kind = _MARKS.get(mark) or (Kind.QUALIFIER if sector == "-" else Kind.TITLE)
    elif word.lower().removesuffix("s") in class_of("site") | class_of("target"):
        kind = Kind.SITE
    return NamePart(kind, word, sector, start + 1)


def _sector(word: str) -> tuple[str | None, str]:
    """Return the sector of a noun and its mark in sectors.tsv."""
    lower = word.lower()
    singulars = (re.sub(r"ies$", "y", lower), re.sub(r"men$", "man", lower))
    for form in (lower, lower.removesuffix("s"), *singulars):
        sector, mark = _sectors().get(form, (None, ""))
        if sector and (form == lower or (sector, mark) != ("-", "")):  # the Washington Nationals
            return sector, mark
    return None, ""


@cache
def _sectors() -> dict[str, tuple[str, str]]:
    rows = read_rows("sectors.tsv", 3)
    return {word: (sector, mark) for sector, words, mark in rows for word in words.split()}


@cache
def _kinds() -> dict[str, Kind]:
    """Return what each name in the tables names. A name that could name two things has the first."""
    found: dict[str, Kind] = {}
    for forms, *_ in read_rows("roster.tsv", 5):
        usual, *others = forms.split("|")
        for form in (usual, *others):
            surname = " " not in form and " " in usual and usual.endswith(form)
            for spelling in spellings(form):
                kind = Kind.FACTION if sector_of(spelling) else Kind.ACTOR
                found.setdefault(spelling, Kind.SURNAME if surname else kind)
    for land in countries().values():
        for form in land.names:  # no person is called US, as somebody is called Chad
            found[form] = Kind.PEOPLE if form.isupper() else Kind.COUNTRY
        found |= dict.fromkeys(land.people, Kind.PEOPLE)
    for region in regions():
        found.setdefault(region.names[0], Kind.REGION)
    for land in countries().values():
        for form in land.capital:
            found.setdefault(form, Kind.CAPITAL)
    for region in regions():
        for form in region.names:
            found.setdefault(form, Kind.REGION)
    for forms, *_, mark in read_rows("places.tsv", 7):
        if not mark:
            found.setdefault(forms.split("|")[0].replace("'", "’"), Kind.CITY)
    return found


def spellings(form: str) -> set[str]:
    """Return the spellings of a name of the roster: NATO, Nato."""
    return {form, form.capitalize() if form.isupper() and len(form) > 3 else form}
