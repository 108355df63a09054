"""Bylines: the names of those who wrote an article, out of what a page says of them."""

import re
from collections.abc import Iterable, Iterator

from transforms.agencies import agency_called
from transforms.extract.dates import DAY_STATED
from transforms.text import folded

MAX_CHARACTERS = 300
"""A longer byline is a text."""

MAX_NAME_WORDS = 6
"""A longer part of a byline is a description, not a name."""

_BY = re.compile(
    r"(?:(?:written|reported|story|text|words|report|article|posted|published|analysis|opinion|review"
    r"|view all posts)\s+)?(?:by|von|vom|par|por|di|av|af|door|przez|від|от)\s*:?\s+"
    r"|(?:author|autor|autorin|auteur|autore|tekst|text|words|редакция|автор(?:ы|и)?|作者|記者|记者|質問者|文)s?"
    r"\s*[:：|]\s*",
    re.IGNORECASE,
)
# What no name stands behind: a day, an hour, a credit of a picture.
_NO_MORE = re.compile(
    rf"{DAY_STATED}|\d\d?[:.]\d\d|\d+\s+(?:minute|hour|day)s?\s+ago"
    r"|\b(?:photo|picture|image|illustration|foto|bild|фото)s?(?:graf\w*)?\s*[:：/]",
    re.IGNORECASE,
)
_LEADS_THERE = re.compile(
    r"(?:[\W_]*\b(?:last|updated|posted|published|modified|on|at|(?:mon|tues|wednes|thurs|fri|satur|sun)day))+"
    r"\W*$",
    re.IGNORECASE,
)
_ROLE = re.compile(
    r"\b(?:writer|editor|reporter|correspondent|columnist|contributor|journalist|staff)s?(?:-at-large)?$",
    re.IGNORECASE,
)
_AND = re.compile(
    r"\s+(?:and|und|et|og|och|en|ve|и|та|e|y|i|ja)\s+|\s*&\s*|\s+(?:with|mit|avec)\s+",
    re.IGNORECASE,
)
_APART = re.compile(r"\s*[;|、，\n]\s*|\s+/\s+|\s+[–—•·]\s+")
_NO_NAME = re.compile(r"https?:|www\.|@|\d{4}|\d\d[:.]\d\d|^\W*$", re.IGNORECASE)
_REMARK = re.compile(r"\s*[(\[（].*?[)\]）]\s*")
_BRACKETS = " ()[]（）"
_REPORTER = re.compile(r"\s*(?:기자|특파원|記者)$")
_PARTICLES = re.compile(r"al|bin|das?|de[lnr]?|della|d[iou]|dos|el|ibn|l[ae]|te[nr]|v[ao]n|y|zu")


def names_in(bylines: Iterable[str]) -> list[str]:
    """Return the names in `bylines`, each once, in their order.

    >>> names_in(["By Ann Lee and Bo Ek, Special Correspondent in Kyiv", "desk@example.org"])
    ['Ann Lee', 'Bo Ek']

    What stands behind a name or in brackets is dropped, unless it is an agency: it wrote too.

    >>> names_in(["Ann Lee (Reuters)", "Bo Ek, AP"])
    ['Ann Lee', 'Reuters', 'Bo Ek', 'AP']

    So are a day, an hour, the credit of a picture, and a role, but for the agency in it.

    >>> names_in(["Ann Lee, AP Sports Writer, updated March 1, 2024", "Foto: Bo Ek"])
    ['Ann Lee', 'AP']
    """
    short = (byline for byline in bylines if len(byline) <= MAX_CHARACTERS)
    names = (name for byline in short for name in _split(byline))
    return list({folded(name): name for name in reversed(list(names))}.values())[::-1]


def is_full_name(name: str) -> bool:
    """Return whether `name` is two to four words, all in capitals but for particles."""
    words = name.split()
    return 2 <= len(words) <= 4 and all(
        _PARTICLES.fullmatch(word) or _is_capital(word) for word in words
    )


def _split(byline: str) -> Iterator[str]:
    for number, part in enumerate(_APART.split(_REMARK.sub(" ", byline).strip())):
        first, *others = (one.strip() for one in _credited(part).split(","))
        if not (number and _ROLE.search(first)):
            yield from _several(first)
        for other in others:
            agency = other.split(" ")[0] if (is_role := _ROLE.search(other)) else other
            if agency_called(agency):
                yield agency
            elif is_full_name(_AND.split(other)[0]) and not is_role:
                yield from _several(other)
    yield from filter(agency_called, (one.strip(_BRACKETS) for one in _REMARK.findall(byline)))


def _credited(part: str) -> str:
    """Return the names in `part` of a byline: behind `by`, before a day, an hour or a picture's credit.

    Where such a thing follows, the words before it are names only if they begin like one.
    """
    end = _NO_MORE.search(part)
    named = _LEADS_THERE.sub("", part[: end.start()]) if end else part
    by = _BY.match(named)
    named = named[by.end() :] if by else named
    return "" if end and not _is_capital(named) else named


def _several(names: str) -> Iterator[str]:
    """Yield the names that a word for `and` joins, if names they are."""
    parts = _AND.split(names)
    joined = parts if all(_is_capital(part) for part in parts) else [names]
    for name in joined:
        name = _REPORTER.sub("", name.strip(" .,:-–—'\""))
        if name and not _NO_NAME.search(name) and len(name.split()) <= MAX_NAME_WORDS:
            yield name


def _is_capital(word: str) -> bool:
    return bool(word) and word[0].isalpha() and not word[0].islower()
