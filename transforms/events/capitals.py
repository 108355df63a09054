"""Sentences written all in capitals, put into usual letters, since the parser reads no other."""

import re
from functools import cache

from transforms.events.lexicon import words
from transforms.events.needs import lemmas
from transforms.events.tables import countries, read_rows

_SHOUTED = re.compile(r"(?:^|(?<=[.!?…]\s))[^a-zß-öø-ÿ]{20,}(?=[.!?…]|$)")
_WORD = re.compile(r"[^\W\d_]+")
_TITLE = re.compile(r"(?:minister|president|king|queen|general|judge|mayor|senator|premier)$")
_INSIDE = re.compile(r"(?<=[a-z,] )[A-Z][a-z]+")
_ENGLISH = str.maketrans("İı", "Ii")
_NAMED_AFTER = 2
"""So many unknown words after a title are a name: President Ann Lee."""


def recased(text: str, article: str) -> str:
    """Return `text` with its sentences in capitals as one would write them, of the same length.

    Names are what our tables know, what the rest of the `article` writes so, and what follows a title.

    >>> recased("RAIN FELL. THE UN’S KING OLAF LEFT ON FRIDAY.", "")
    'Rain fell. The UN’s King Olaf left on Friday.'
    """
    if not _SHOUTED.search(text):
        return text
    own = {name.casefold(): name for name in _INSIDE.findall(article)}
    return _SHOUTED.sub(lambda shouted: _phrases(_usual(shouted[0].translate(_ENGLISH), own)), text)


def _usual(shouted: str, own: dict[str, str]) -> str:
    """Return a sentence in capitals with each word in its usual letters."""
    titled = 0

    def usual(match: re.Match[str]) -> str:
        nonlocal titled
        lower = match[0].lower()
        before = shouted[: match.start()].rstrip("\"'“‘( ")
        first = not before or before[-1] in ".!?"
        title = _TITLE.search(lower) is not None
        name = _names().get(lower) or own.get(lower)
        if name is None and (first or title or (titled and lower not in lemmas())):
            name = lower.capitalize()
        if shouted[max(0, match.start() - 1)] in "’'" and not first:  # Peru’s
            name = None
        titled = _NAMED_AFTER if title else max(0, titled - 1)
        return _fit(match[0], name or lower)

    return _WORD.sub(usual, shouted)


def _phrases(sentence: str) -> str:
    """Return `sentence` with the names of several words that our tables know in their letters."""
    forms, pattern = _names_of_several_words()
    return pattern.sub(lambda match: _fit(match[0], forms[match[0].casefold()]), sentence)


def _fit(word: str, usual: str) -> str:
    """Return `usual`, or `word` if lengths differ, as those of ẞ and ss may."""
    return usual if len(usual) == len(word) else word


@cache
def _names() -> dict[str, str]:
    """Return the names of one word by lower case; of those that are common words too only acronyms."""
    classes = ("pronoun", "when", "where", "article", "before_verb", "linking")
    common = frozenset().union(*map(words, classes)) | lemmas().keys()
    known = {name.casefold(): name for name in reversed(_forms()) if _WORD.fullmatch(name)}
    known |= {day: day.capitalize() for day in words("date")}
    acronyms = {low for low, name in known.items() if name.isupper()} - words("pronoun")
    return {low: name for low, name in known.items() if low in acronyms or low not in common}


@cache
def _names_of_several_words() -> tuple[dict[str, str], re.Pattern[str]]:
    several = {name.casefold(): name for name in _forms() if " " in name}
    longest = sorted(map(re.escape, several), key=len, reverse=True)
    return several, re.compile(rf"\b(?:{'|'.join(longest)})\b", re.IGNORECASE)


@cache
def _forms() -> list[str]:
    """Return the names of countries, parties and places, the likelier first."""
    lands = countries().values()
    forms = [name for land in lands for name in (*land.names, *land.people, *land.capital)]
    for table in ("roster.tsv", "regions.tsv", "places.tsv"):
        forms += [form for row in read_rows(table, 1) for form in row[0].split("|")]
    return forms
