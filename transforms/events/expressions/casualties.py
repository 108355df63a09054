"""Finds the numbers of persons killed and injured in a sentence."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newslake.transforms.events.expressions.casualty_patterns import (
    ABOUT,
    GROUPS,
    HINTS,
    LEAST,
    MOST,
    NUMBER_WORDS,
    TENS,
    TIMES,
    pattern_of,
)

_MOST_DIGITS = 8
"""Maximum number of digits; longer numbers are ignored as errors."""


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
    start: int
    """Character offset, in the sentence, of the words for the victims."""
    end: int
    """Character offset after these words."""


def killed(sentence: str) -> Iterator[Toll]:
    """Yield each number of killed persons in the sentence.

    >>> list(killed("A strike killed at least three people and wounded a woman."))
    [Toll(at=9, persons=Range(least=3, most=None), start=16, end=37)]
    """
    return _tolls("killed", sentence)


def injured(sentence: str) -> Iterator[Toll]:
    """Yield each number of injured persons in the sentence.

    >>> list(injured("Shelling killed a 47-year-old man; two others were injured."))
    [Toll(at=51, persons=Range(least=2, most=2), start=35, end=45)]
    """
    return _tolls("injured", sentence)


def _tolls(deed: str, sentence: str) -> Iterator[Toll]:
    if not HINTS[deed].search(sentence):  # a fast test, which few sentences pass
        return
    for match in pattern_of(deed).finditer(sentence):
        side = "" if match["deed"] else "_"
        start, end = match.span("persons" + side)
        spans = [(start, end), match.span("elsewhere")]
        groups = [one for span in spans for one in GROUPS.finditer(sentence, *span)]
        if match["others"] is not None or match["share_"]:
            continue
        part = side and not match["passive_"] and any(one["of"] for one in groups)
        part = part and match["deed_"].lower() != "dead"  # one of the four hostages killed in May
        persons = UNKNOWN if part else _total(list(map(_range, groups)))
        end = max(end, match.end("elsewhere"))
        yield Toll(match.start("deed" + side), persons, start, end)


def _total(groups: list[Range]) -> Range:
    """Return the sum of the groups; if the others only divide the first, return the first."""
    if UNKNOWN in groups:
        return UNKNOWN
    least, most = _sum(group.least for group in groups), _sum(group.most for group in groups)
    first, divides = groups[0], len(groups) > 2
    return first if divides and least and first.least == least / 2 else Range(least, most)


def _sum(numbers: Iterable[int | None]) -> int | None:
    """Return the sum; None if one of the numbers is None."""
    total = 0
    for number in numbers:
        if number is None:
            return None
        total += number
    return total


def _range(group: re.Match[str]) -> Range:
    if group["pair"]:
        return Range(2, 2)
    if group["one"]:
        return Range(1, 1)
    times = TIMES.get((group["times"] or "").lower(), 1)
    rest = _number(group["rest"], 1) if group["rest"] else 0
    most = _number(group["number"], times)
    low = group["least"] or group["low"]
    least = _number(low, times) if low else most
    if least is None or most is None or rest is None or least > most:
        return UNKNOWN
    bound = (group["bound"] or "").lower()
    if bound in ABOUT:
        return UNKNOWN
    return Range(None if bound in MOST else least + rest, None if bound in LEAST else most + rest)


def _number(text: str, times: int) -> int | None:
    """Return the value of a number in words or digits, times `times`; None if it is too large."""
    plain = text.replace(",", "").lower()
    if len(plain) > _MOST_DIGITS and plain.isdigit():
        return None
    numerals = NUMBER_WORDS | TENS
    value = sum(float(numerals.get(part, part)) for part in re.split("[- ]", plain))
    persons = round(value * times)
    return persons if persons < 10**_MOST_DIGITS else None
