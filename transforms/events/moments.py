"""When an act took place: words for a time, resolved against the day of publication.

Nothing is guessed: words that need a day of publication give no date without one.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import NamedTuple

_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_MONTHS = [name.casefold() for name in calendar.month_name][1:]
_SHORT = [f"{name[:3]}" for name in _MONTHS] + ["sept"]
WEEKDAY = rf"(?:{'|'.join(_DAYS)})"
MONTH = rf"(?:{'|'.join(_MONTHS + _SHORT)})"
"""As a regular expression, in lower case."""
_MONTH = rf"(?P<month>{MONTH})\.?"
_NUMBERS = {
    name: n
    for n, name in enumerate(
        ["a", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1
    )
}
_COUNT = rf"(?P<count>\d{{1,2}}|an?|{'|'.join(_NUMBERS)})"
_UNIT = r"(?P<unit>day|week|month|year)"

_PATTERNS = [
    re.compile(pattern, re.IGNORECASE | re.VERBOSE)
    for pattern in (
        rf"(?:(?:{'|'.join(_DAYS)}),?\s)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?:,?\s(?P<year>(?:19|20)\d\d))?\b",
        rf"(?:(?:{'|'.join(_DAYS)}),?\s)?{_MONTH}\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d)(?:,?\s(?P<year>(?:19|20)\d\d))?\b",
        rf"{_MONTH},?\s(?:of\s)?(?P<year>(?:19|20)\d\d)\b",
        rf"(?P<which>last|next|this|on)?\s?\b(?P<weekday>{'|'.join(_DAYS)})\b(?:\s(?:morning|afternoon|evening|night))?",
        rf"{_COUNT}\s{_UNIT}s?\s(?P<ago>ago|earlier)\b",
        rf"(?:earlier\s|late\s)?\b(?P<which>last|this|next|past)\s{_UNIT}\b",
        r"(?:earlier\s|late\s)?\b(?P<near>today|yesterday|tomorrow|tonight|overnight|last\snight|this\s(?:morning|afternoon|evening))\b",
        r"(?:later\s|earlier\s)?\b(?P<that>(?:that|the\ssame)\s(?:same\s)?(?:day|morning|afternoon|evening|night))\b",
        rf"(?P<in>in|since|last|this|until)\s(?:early\s|late\s|mid-)?{_MONTH}\b(?!\s\d)",
        r"(?:since\s)?\b(?P<year>(?:19|20)\d\d)\b(?!\s(?:people|troops|soldiers|dead|men|women))",
    )
]
_LEADING = re.compile(r"(?:on|in|after|of|during|by|until)\s", re.IGNORECASE)
_NEAR = {"yesterday": -1, "last night": -1, "tomorrow": 1}


class Moment(NamedTuple):
    """Words for a time in a sentence."""

    start: int
    """First character in the sentence."""
    end: int
    """One past the last."""
    text: str
    """The words, without a leading preposition but `since`."""
    parts: dict[str, str]
    """What they say: day, month, year, weekday, count, unit, which, near, that."""

    @property
    def is_day(self) -> bool:
        """Whether they tell a day, not only a month or a year."""
        return bool({"day", "weekday", "near"} & self.parts.keys())


class Span(NamedTuple):
    """The days on which something can have happened."""

    first: date
    last: date
    precision: str
    """day, week, month or year."""


def moments_in(sentence: str) -> Iterator[Moment]:
    """Yield the words for times in `sentence`, longer readings first, none within another."""
    taken: list[tuple[int, int]] = []
    for pattern in _PATTERNS:
        for match in pattern.finditer(sentence):
            begin, end = match.span()
            begin += len(match[0]) - len(match[0].lstrip())
            if any(begin < last and first < end for first, last in taken):
                continue
            taken.append((begin, end))
            lead = _LEADING.match(sentence, begin, end)
            begin = lead.end() if lead else begin
            parts = {name: text.casefold() for name, text in match.groupdict().items() if text}
            yield Moment(begin, end, sentence[begin:end], parts)


def resolve(moment: Moment, published: date | None, ahead: bool = False) -> Span | None:
    """Return the days that `moment` means; None if it takes a day that is not known.

    Args:
        moment: The words.
        published: The day of publication.
        ahead: Whether the act lies ahead: Friday is then the next one, else the last one.

    >>> [friday] = moments_in("Peru attacked on Friday.")
    >>> resolve(friday, date(2026, 3, 2))
    Span(first=datetime.date(2026, 2, 27), last=datetime.date(2026, 2, 27), precision='day')
    """
    parts = moment.parts
    if "month" in parts:
        return _by_month(parts, published, ahead)
    if "year" in parts:
        year = int(parts["year"])
        return Span(date(year, 1, 1), date(year, 12, 31), "year")
    if published is None or "that" in parts:
        return None
    if "weekday" in parts:
        return _by_weekday(parts, published, ahead)
    if "near" in parts:
        day = published + timedelta(days=_NEAR.get(" ".join(parts["near"].split()), 0))
        return Span(day, day, "day")
    return _by_unit(parts, published)


def _by_month(parts: dict[str, str], published: date | None, ahead: bool) -> Span | None:
    month = next(n for n, name in enumerate(_MONTHS, 1) if name.startswith(parts["month"][:3]))
    year, day = parts.get("year"), int(parts.get("day", 1))
    if not 1 <= day <= 31 or (year is None and published is None):
        return None
    years = [int(year)] if year else []
    if published and not years:
        years = [published.year, published.year + 1 if ahead else published.year - 1]
    for one in years:
        try:
            first = date(one, month, day)
        except ValueError:  # 30 February
            return None
        fits = (
            published is None or bool(year) or (first >= published if ahead else first <= published)
        )
        if fits:
            break
    if "day" in parts:
        return Span(first, first, "day")
    return Span(first, first.replace(day=calendar.monthrange(one, month)[1]), "month")


def _by_weekday(parts: dict[str, str], published: date, ahead: bool) -> Span:
    back = (published.weekday() - _DAYS.index(parts["weekday"])) % 7
    if parts.get("which") == "last":
        back = back or 7
    ahead = ahead or parts.get("which") == "next"
    day = published + timedelta(days=(-back) % 7) if ahead else published - timedelta(days=back)
    return Span(day, day, "day")


def _by_unit(parts: dict[str, str], published: date) -> Span:
    unit = parts["unit"]
    which = {"last": 1, "past": 1, "this": 0, "next": -1}
    back = which[parts["which"]] if "which" in parts else _number(parts["count"])
    if unit == "day":
        day = published - timedelta(days=back)
        return Span(day, day, "day")
    if unit == "week":
        monday = published - timedelta(days=published.weekday() + 7 * back)
        return Span(monday, monday + timedelta(days=6), "week")
    if unit == "year":
        year = published.year - back
        return Span(date(year, 1, 1), date(year, 12, 31), "year")
    months = published.year * 12 + published.month - 1 - back
    first = date(months // 12, months % 12 + 1, 1)
    return Span(first, first.replace(day=calendar.monthrange(first.year, first.month)[1]), "month")


def _number(count: str) -> int:
    return int(count) if count.isdigit() else _NUMBERS.get(count, 1)
