"""Finds the numbers of persons killed and injured in a sentence."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from newslake.transforms.events.expressions.time_patterns import MONTHS, NUMERALS, YEAR

_NUMERALS = NUMERALS | {"a": 1, "an": 1}
_TIMES = {"dozen": 12, "score": 20, "hundred": 100, "thousand": 1_000, "million": 1_000_000}
_NUMBER = (
    rf"(?:(?!{YEAR}\b)\d{{1,3}}(?:,\d{{3}})+|(?!{YEAR}\b)\d+|"
    rf"\d+\.\d+(?=\ (?:{'|'.join(_TIMES)}))|{'|'.join(_NUMERALS)})"
)
_COUNT = (
    "".join(rf"(?<!\bon\ {month}\ )" for month in MONTHS)
    + "".join(rf"(?<!{unit}\ )(?<!{unit}\ and\ )" for unit in _TIMES)
    + r"(?P<bound>(?:at\ least|more\ than|over|up\ to|about|around|nearly|some)\ )?"
    rf"(?:between\ (?P<least>{_NUMBER})\ and\ |(?:from\ )?(?P<low>{_NUMBER})(?:\ (?:to|or)\ |[-–]))?"
    rf"(?P<number>{_NUMBER})(?:\ (?P<times>{'|'.join(_TIMES)}))?"
)
_PERSONS = (
    r"(?:\ (?!(?:years?|months?|days?|percent|miles?|km|few|couple|number|handful|group|family|"
    rf"billion|{'|'.join(NUMERALS)}|{'|'.join(_TIMES)})\b)[^\W\d][\w’'-]*){{0,4}}?"
    r"\ (?:people|persons?|others?|man|men|wom[ae]n|child(?:ren)?|boys?|girls?|adults?|civilians?|"
    r"soldiers?|troops|officers?|policem[ae]n|police|residents?|students?|workers?|fighters?|"
    r"militants?|rebels?|protesters?|journalists?|victims?|insurgents?|members|guards?|Israelis?|"
    r"Palestinians?|Ukrainians?|Russians?|Americans?|passengers?|worshipp?ers?|shoppers?|tourists?|"
    r"migrants?|refugees?|prisoners?|hostages?|teachers?|doctors?|nurses?|medics?|farmers?|miners?|"
    r"villagers?|settlers?|sailors?|pilots?|bystanders?|gunm[ae]n|attackers?)\b"
)
_AND_MORE = (
    rf"(?P<more>\ and\ {_NUMBER}{_PERSONS}(?!\ (?:was|were|ha[ds]|have|is|are|injured|wounded)\b))?"
)
_MORE_AND = rf"(?:(?<!ed\ )(?<!ing\ )(?P<more>{_NUMBER}{_PERSONS}\ and\ ))?"
"""Matches a second number: `three children and two adults`. The maximum is then unknown."""
_MOST_DIGITS = 8
"""Maximum number of digits; longer numbers are ignored as errors."""
_DEEDS = {
    "killed": r"(?:kill(?:ed|ing|s)?|dead|murdered|massacred)",
    "injured": r"(?:injur(?:ed|ing|es)|wound(?:ed|ing|s))",
}


_ASIDE = r"(?:,\ (?:aged?\ |all\ |both\ |including\ |among\ |most(?:ly)?\ |\d)[^.;:()—–]{1,60}?,)?"
"""Words between the persons and the verb: three soldiers, aged 19, 20 and 34, were killed."""


class Range(NamedTuple):
    """The minimum and maximum number of persons; None where the text gives no limit."""

    least: int | None
    most: int | None


UNKNOWN = Range(None, None)


class Toll(NamedTuple):
    """The number of victims stated in a sentence."""

    at: int
    """Character offset, in the sentence, of the word for the harm: killed, wounded, ..."""
    persons: Range


def killed(sentence: str) -> Iterator[Toll]:
    """Yield each number of killed persons in the sentence.

    >>> list(killed("A strike killed at least three people and wounded a woman."))
    [Toll(at=9, persons=Range(least=3, most=None))]
    """
    return _tolls("killed", sentence)


def injured(sentence: str) -> Iterator[Toll]:
    """Yield each number of injured persons in the sentence.

    >>> list(injured("Shelling killed a 47-year-old man; two others were injured."))
    [Toll(at=51, persons=Range(least=2, most=2))]
    """
    return _tolls("injured", sentence)


def _pattern(deed: str) -> re.Pattern[str]:
    verb = rf"(?P<deed>{_DEEDS[deed]})"
    before = (
        rf"\b{verb}\ {_COUNT}(?![-–\w]|\.\d|\ ?%)(?:{_PERSONS}{_AND_MORE}|(?=[.;)]|,\ |\ and\ |$))"
    )
    after = (
        rf"(?<![\w.,-])(?<!\bno\ ){_MORE_AND}{_COUNT}(?![-–\w]|\ ?%)(?:{_PERSONS}{_ASIDE})?\ "
        rf"(?:(?:was|were|been|being|are|have\ been|had\ been|has\ been)\ )?{verb}\b"
    )
    after = re.sub(r"\(\?P<(\w+)>", r"(?P<\1_>", after)
    return re.compile(f"{before}|{after}", re.IGNORECASE)


_PATTERNS = {deed: _pattern(deed) for deed in _DEEDS}
_HINTS = {deed: re.compile(words, re.IGNORECASE) for deed, words in _DEEDS.items()}


def _tolls(deed: str, sentence: str) -> Iterator[Toll]:
    if not _HINTS[deed].search(sentence):  # a fast test, which few sentences pass
        return
    for match in _PATTERNS[deed].finditer(sentence):
        found = {name.rstrip("_"): text for name, text in match.groupdict().items() if text}
        at = max(match.start("deed"), match.start("deed_"))
        yield Toll(at, _range({name: text.strip().lower() for name, text in found.items()}))


def _range(found: dict[str, str]) -> Range:
    times = _TIMES.get(found.get("times", ""), 1)
    most = _number(found["number"], times)
    low = found.get("least") or found.get("low")
    least = _number(low, times) if low else most
    if least is None or most is None or least > most:
        return UNKNOWN
    match found.get("bound"):
        case "at least" | "over" | "more than":
            return Range(least, None)
        case "up to":
            return Range(None, most)
        case None:
            return Range(least, None if "more" in found else most)
    return UNKNOWN


def _number(text: str, times: int) -> int | None:
    """Return the value of a number in words or digits, times `times`; None if it is too large."""
    plain = text.replace(",", "")
    if len(plain) > _MOST_DIGITS:
        return None
    persons = round(float(_NUMERALS.get(plain, plain)) * times)
    return persons if persons < 10**_MOST_DIGITS else None
