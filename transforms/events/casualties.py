"""How many were killed and injured, where a sentence says so in plain numbers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
_NUMERALS = {word: number for number, word in enumerate(_WORDS.split(), start=1)}
_NUMERALS |= {"a": 1, "an": 1}

_COUNT = (
    r"(?P<bound>(?:at\ least|more\ than|over|up\ to|about|around|nearly|some)\ )?"
    r"(?P<number>(?!(?:19|20)\d\d\b)\d{1,3}(?:,\d{3})+|(?!(?:19|20)\d\d\b)\d+|"
    + "|".join(_NUMERALS)
    + r")"
)
_PERSONS = (
    r"(?:\ (?!years?\b|months?\b|days?\b|percent\b|miles?\b|km\b)[^\W\d][\w’'-]*){0,4}?"
    r"\ (?:people|persons?|others?|man|men|wom[ae]n|child(?:ren)?|boys?|girls?|civilians?|"
    r"soldiers?|troops|officers?|policem[ae]n|police|residents?|students?|workers?|fighters?|"
    r"militants?|rebels?|protesters?|journalists?|victims?|insurgents?|members|guards?|Israelis?|"
    r"Palestinians?|Ukrainians?|Russians?|Americans?)\b"
)
_MOST_DIGITS = 8
"""A longer number is a slip, or bait: no attack killed so many."""
_DEEDS = {
    "killed": r"(?:kill(?:ed|ing|s)?|dead|murdered|massacred)",
    "injured": r"(?:injur(?:ed|ing|es)|wound(?:ed|ing|s))",
}


_ASIDE = r"(?:,\ (?:aged?\ |all\ |both\ |including\ |among\ |most(?:ly)?\ |\d)[^.;:()—–]{1,60}?,)?"
"""What may stand between the persons and what befell them: three soldiers, aged 19, 20 and 34, ..."""


class Range(NamedTuple):
    """How many persons: at least, at most; None where the text leaves it open."""

    least: int | None
    most: int | None


UNKNOWN = Range(None, None)


class Toll(NamedTuple):
    """A number of victims in a sentence."""

    at: int
    """Where the word for what befell them begins, in characters."""
    persons: Range


def killed(sentence: str) -> Iterator[Toll]:
    """Yield how many the sentence says were killed, each time that it does.

    >>> list(killed("A strike killed at least three people and wounded a woman."))
    [Toll(at=9, persons=Range(least=3, most=None))]
    """
    return _tolls("killed", sentence)


def injured(sentence: str) -> Iterator[Toll]:
    """Yield how many the sentence says were injured, each time that it does.

    >>> list(injured("Shelling killed a 47-year-old man; two others were injured."))
    [Toll(at=51, persons=Range(least=2, most=2))]
    """
    return _tolls("injured", sentence)


def _pattern(deed: str) -> re.Pattern[str]:
    verb = rf"(?P<deed>{_DEEDS[deed]})"
    before = rf"\b{verb}\ {_COUNT}(?![-–\w]|\ ?%)(?:{_PERSONS}|(?=[.;)]|,\ |\ and\ |$))"
    after = (
        rf"(?<![\w.,-])(?<!\bno\ ){_COUNT}(?![-–\w]|\ ?%)(?:{_PERSONS}{_ASIDE})?\ "
        rf"(?:(?:was|were|been|being|are|have\ been|had\ been|has\ been)\ )?{verb}\b"
    )
    again = {name: f"{name}_" for name in ("bound", "number", "deed")}
    for name, other in again.items():
        after = after.replace(f"(?P<{name}>", f"(?P<{other}>")
    return re.compile(f"{before}|{after}", re.IGNORECASE)


_PATTERNS = {deed: _pattern(deed) for deed in _DEEDS}


def _tolls(deed: str, sentence: str) -> Iterator[Toll]:
    for match in _PATTERNS[deed].finditer(sentence):
        at = max(match.start("deed"), match.start("deed_"))
        number, bound = match["number"] or match["number_"], match["bound"] or match["bound_"]
        yield Toll(at, _range(number.lower().replace(",", ""), (bound or "").strip().lower()))


def _range(number: str, bound: str) -> Range:
    if number.isdigit() and len(number) > _MOST_DIGITS:
        return UNKNOWN
    persons = _NUMERALS[number] if number in _NUMERALS else int(number)
    if bound in {"at least", "over", "more than"}:
        return Range(persons, None)
    if bound == "up to":
        return Range(None, persons)
    return UNKNOWN if bound else Range(persons, persons)
