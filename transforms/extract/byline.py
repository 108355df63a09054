"""Bylines: the names of those who wrote an article, out of what a page says of them."""

import re
from collections.abc import Iterable, Iterator

from transforms.agencies import agency_called
from transforms.text import folded

MAX_CHARACTERS = 300
"""A longer byline is a text."""

MAX_NAME_WORDS = 6
"""A longer part of a byline is a description, not a name."""

_BY = re.compile(
    r"(?:(?:written|reported|story|text|words|report|article|posted|published|view all posts)\s+)?"
    r"(?:by|von|vom|par|por|di|av|af|door|przez|від|от)\s*:?\s+"
    r"|(?:author|autor|autorin|auteur|autore|tekst|text|words|редакция|автор|記者|文)s?\s*[:：|]\s*",
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
    for part in _APART.split(_REMARK.sub(" ", byline).strip()):
        by = _BY.match(part)
        first, *others = part[by.end() if by else 0 :].split(",")
        yield from _several(first.strip())
        for other in others:
            if is_full_name(_AND.split(other.strip())[0]):
                yield from _several(other.strip())
            elif agency_called(other.strip()):
                yield other.strip()
    yield from filter(agency_called, (one.strip(_BRACKETS) for one in _REMARK.findall(byline)))


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
