"""How many were killed and injured, where a sentence says so in plain numbers."""

import re
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


class Range(NamedTuple):
    """How many persons: at least, at most; None where the text leaves it open."""

    least: int | None
    most: int | None


UNKNOWN = Range(None, None)


def killed(sentence: str) -> Range:
    """Return how many the sentence says were killed.

    >>> killed("A strike killed at least three people and wounded a woman.")
    Range(least=3, most=None)
    """
    return _toll("killed", sentence)


def injured(sentence: str) -> Range:
    """Return how many the sentence says were injured.

    >>> injured("Shelling killed a 47-year-old man; two others were injured.")
    Range(least=2, most=2)
    """
    return _toll("injured", sentence)


def _pattern(deed: str) -> re.Pattern[str]:
    verb = _DEEDS[deed]
    before = rf"\b{verb}\ {_COUNT}(?![-–\w]|\ ?%)(?:{_PERSONS}|(?=[.;)]|,\ |\ and\ |$))"
    after = (
        rf"(?<![\w.,-])(?<!\bno\ ){_COUNT}(?![-–\w]|\ ?%)(?:{_PERSONS})?\ "
        rf"(?:(?:was|were|been|being|are|have\ been|had\ been|has\ been)\ )?{verb}\b"
    )
    again = {name: f"{name}_" for name in ("bound", "number")}
    for name, other in again.items():
        after = after.replace(f"(?P<{name}>", f"(?P<{other}>")
    return re.compile(f"{before}|{after}", re.IGNORECASE)


_PATTERNS = {deed: _pattern(deed) for deed in _DEEDS}


def _toll(deed: str, sentence: str) -> Range:
    match = _PATTERNS[deed].search(sentence)
    if match is None:
        return UNKNOWN
    word = (match["number"] or match["number_"]).lower().replace(",", "")
    if word.isdigit() and len(word) > _MOST_DIGITS:
        return UNKNOWN
    number = _NUMERALS[word] if word in _NUMERALS else int(word)
    bound = (match["bound"] or match["bound_"] or "").strip().lower()
    if bound in {"at least", "over", "more than"}:
        return Range(number, None)
    if bound == "up to":
        return Range(None, number)
    if bound:
        return UNKNOWN
    return Range(number, number)
