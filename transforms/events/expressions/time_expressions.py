"""Finds the time expressions in a sentence, each with its parts: day, month, weekday, time ago."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import NamedTuple

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.time_patterns import PATTERNS

_LEADING = re.compile(r"(?:on|in|after|of|during|by|until|within)\s", re.IGNORECASE)
_JOINT = re.compile(r",?\s(?:(?:early|late)\s)?(?:(?:of|on|in)\s)?", re.IGNORECASE)
"""Matches what may stand between a day and its week, or between a month and its year."""

_UNITS = {"weekday": "week", "weekend": "week", "month": "year", "named": "year"}
"""The unit of time that completes each part: Monday last week, in January two years ago."""


class TimeExpression(NamedTuple):
    """A time expression in a sentence."""

    start: int
    """Offset of the first character in the sentence."""
    end: int
    """Offset after the last character."""
    text: str
    """The words of the expression, without a preposition at the start; only `since` is kept."""
    parts: dict[str, str]
    """Maps the group names of the pattern (day, month, year, weekday, ...) to the words found."""
    period: dict[str, str] | None = None
    """The parts of the week or year that contains the time; None if the text does not state it."""
    is_limit: bool = False
    """Whether the expression is the limit of a period: `by Friday`, `no later than May 10`."""

    @property
    def is_day(self) -> bool:
        """Whether the expression names a day. If not, it names only a month or a year."""
        return bool({"day", "first", "weekday", "of_month", "near", "named"} & self.parts.keys())


def time_expressions_in(sentence: str) -> list[TimeExpression]:
    """Return the time expressions in `sentence`, in text order. They do not overlap."""
    taken: list[tuple[int, int]] = []
    found: list[TimeExpression] = []
    plain = _plain(sentence)
    tried = (pattern for signs, pattern in PATTERNS if any(sign in plain for sign in signs))
    for pattern in tried:
        for match in pattern.finditer(sentence):
            begin, end = match.span()
            begin += len(match[0]) - len(match[0].lstrip())
            if any(begin < last and first < end for first, last in taken):
                continue
            taken.append((begin, end))
            lead = _LEADING.match(sentence, begin, end)
            begin = lead.end() if lead else begin
            parts = {name: _plain(text) for name, text in match.groupdict().items() if text}
            is_limit = not _owns(sentence, end) and bool(_limits().search(sentence[:begin]))
            found.append(TimeExpression(begin, end, sentence[begin:end], parts, None, is_limit))
    return list(_joined(sorted(found), sentence))


def _joined(found: Iterable[TimeExpression], sentence: str) -> Iterator[TimeExpression]:
    """Yield the expressions; join a day or month and the week or year in which it is.

    Examples are `Monday last week` and `last year in January`.
    """
    last: TimeExpression | None = None
    for one in found:
        joint = last and _JOINT.fullmatch(sentence[last.end : one.start])
        parts = _day_and_period(last.parts, one.parts) if last else None
        if last and joint and parts and not _owns(sentence, one.end):
            text = sentence[last.start : one.end]
            last = TimeExpression(last.start, one.end, text, *parts, last.is_limit)
            continue
        if last:
            yield last
        last = one
    if last:
        yield last


def _day_and_period(
    one: dict[str, str], other: dict[str, str]
) -> tuple[dict[str, str], dict[str, str]] | None:
    """Return the parts of the day or month, then those of its week or year; else None."""
    for inner, outer in ((one, other), (other, one)):
        unit = next((_UNITS[name] for name in inner if name in _UNITS), None)
        is_period = outer.get("unit") == unit or (unit == "year" and outer.keys() == {"year"})
        if unit and is_period and "year" not in inner:
            return inner, outer
    return None


def _owns(sentence: str, end: int) -> bool:
    """Return whether the expression that ends at `end` is an owner: `by Saturday’s strike`."""
    return sentence.startswith(("’s", "'s"), end)


@cache
def _limits() -> re.Pattern[str]:
    """Return the pattern of words that make the time after them a limit: `by the end of`."""
    limits, parts = ("|".join(sorted(words(name))) for name in ("limit", "part_of_limit"))
    limits += r"|(?:no|not)\s(?:later|earlier)\sthan"
    limits += r"|(?:by|until|till)\s(?:noon|midnight|[\d.:]+\s?(?:[ap]\.?m\.?)?)(?:\son)?"
    return re.compile(rf"\b(?:{limits})\s(?:(?:{parts})[\s-])*$", re.IGNORECASE)


def _plain(text: str) -> str:
    """Return `text` in lower case. İ and ı become i, since the patterns match them too."""
    return text.casefold().replace("\u0307", "").replace("ı", "i")
