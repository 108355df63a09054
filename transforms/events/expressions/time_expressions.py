"""Finds the time expressions in a sentence, each with its parts: day, month, weekday, time ago."""

import calendar
import re
from collections.abc import Iterator
from typing import NamedTuple

DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = [name.casefold() for name in calendar.month_name][1:]
YEAR = r"(?:19|20)\d\d"
WEEKDAY = rf"(?:{'|'.join(DAYS)})"
MONTH = rf"(?:{'|'.join([*MONTHS, *(name[:3] for name in MONTHS), 'sept'])})"
"""`YEAR`, `WEEKDAY` and `MONTH` are regular expressions for lower-case text."""

_WORDS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen "
    "sixteen seventeen eighteen nineteen twenty"
)
NUMERALS = {word: number for number, word in enumerate(_WORDS.split(), start=1)}
NUMBERS = {"a": 1, "an": 1} | {word: number for word, number in NUMERALS.items() if number <= 12}
"""The words for the numbers of time units."""

_MONTH = rf"(?P<month>{MONTH})\.?"
_YEAR = rf"(?P<year>{YEAR})"
_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})"
_LONG = r"(?:minute|hour|day|week|month|year|decade)"
_UNIT = r"(?P<unit>day|week|month|year)"
_PART = r"(?:early|earlier|late|later)\s"
_TIME_OF_DAY = r"morning|afternoon|evening|night"
_A_DAY = rf"(?:{WEEKDAY}|{MONTH}\.?\s\d{{1,2}}|\d{{1,2}}\s{MONTH})"
_TO = r"\s(?:and|to|until|through)\s"
_COUNTS = r"\s(?!(?:in|at|on|near|by|as|with|when|after|and|but)\b)[a-z]"
"""A word after a number shows that the number is no day: `people` in `March 1 and 3 people`."""
_DATES = (
    rf"\d{{1,2}}(?:\s?[-–]\s?|\s(?:and|or|to)\s)\d{{1,2}}\s{MONTH}\b"
    rf"|{MONTH}\.?\s\d{{1,2}}(?:,\s\d{{1,2}})*"
    rf"(?:\s?[-–]\s?\d{{1,2}}\b|\s(?:and|or|to)\s\d{{1,2}}\b(?!{_COUNTS}))"
)
"""Several days of a month, such as March 1 and 3."""
_ERA = (
    r"(?:(?:early|mid|late)[\s-])?(?:1[5-9]|20)\d0[’']?s|(?:\d\d?(?:st|nd|rd|th)|last)\scentury"
    r"|cold\swar|world\swar\s(?:i|ii|one|two)|(?:first|second)\sworld\swar"
)

_ANY = ("",)
_YEARS = ("19", "20")
_DAY = ("day",)
_MONTHS = tuple(name[:3] for name in MONTHS)
_SPANS = (
    *("minute", "hour", "day", "week", "month", "year", "decade"),
    *("night", "morrow", "morning", "noon", "evening"),
)

_PATTERNS = [
    (signs, re.compile(pattern, re.IGNORECASE))
    for signs, pattern in (
        (_YEARS, rf"(?<![\d-]){_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)(?![\d-])"),
        (_YEARS, rf"(?<![\d/.])(?P<first>\d{{1,2}})(?P<mark>[/.])(?P<second>\d{{1,2}})(?P=mark){_YEAR}(?![\d/])"),
        ((*_MONTHS, *_DAY), rf"\b(?P<vague>(?:between|from)\s(?:{_A_DAY}{_TO}(?:{_A_DAY}|\d{{1,2}})|\d{{1,2}}{_TO}{_A_DAY}))\b"),
        (_MONTHS, rf"\b(?P<vague>{_DATES})(?:,?\s\d{{4}}\b)?"),
        (_DAY, rf"\b(?P<vague>(?:every|each)\s{WEEKDAY}|(?:on\s)?{WEEKDAY}s)\b"),
        (_ANY, rf"\b(?:in|during|throughout|since|after|before)\s(?P<vague>(?:the\s)?(?:{_ERA}))\b"),
        (_YEARS, rf"\bon\sthis\sday\sin\s{_YEAR}\b"),
        (_DAY, r"\bon\s(?P<vague>this\sday)\b"),
        (_MONTHS, rf"(?:{WEEKDAY},?\s)?{_OF_MONTH}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?\b"),
        (_MONTHS, rf"(?:{WEEKDAY},?\s)?{_MONTH}\s{_OF_MONTH}(?!\d)(?:,?\s{_YEAR})?\b"),
        (_MONTHS, rf"{_MONTH},?\s(?:of\s)?{_YEAR}\b"),
        (_DAY, rf"(?P<which>last|next|this|on)?\s?\b(?P<weekday>{WEEKDAY})\b(?:\s(?:{_TIME_OF_DAY}))?"),
        (_ANY, r"(?<=\bon\s)the\s(?P<of_month>\d{1,2})(?:st|nd|rd|th)\b(?=\W*$|[.,;:)]|\s(?:and|but|after|when|at|in|by|as|with)\b)"),
        (_SPANS, rf"(?:{_PART})?\b(?P<near>today|(?:the\sday\sbefore\s)?yesterday|tomorrow|tonight|overnight|last\snight|this\s(?:morning|afternoon|evening))\b"),
        (_SPANS, r"\b(?:(?P<which>this|last|past|next|coming)|the(?:\s(?:past|last))?)\s(?P<weekend>weekend)\b"),
        (_SPANS, rf"\b{_COUNT}\s{_UNIT}s?\s(?P<ago>ago)\b"),
        (_SPANS, rf"\b(?P<vague>(?:(?:(?:a\s)?(?:few|couple(?:\sof)?)|several|some|many|{_COUNT})\s)?{_LONG}s?\s(?:ago|earlier|later|before|after(?!\s{_LONG})))\b"),
        (_SPANS, rf"\b(?P<vague>(?:past|last|recent|coming|next)\s(?:(?:few|several|couple\sof|{_COUNT})\s)?{_LONG}s)\b"),
        (_SPANS, rf"\b(?P<vague>the\s(?:next|following|previous)\s(?:{_LONG}|{_TIME_OF_DAY})|the\s(?:day|week|month|year|night)\s(?:before|after))\b"),
        (_SPANS, rf"(?:{_PART})?\b(?P<which>last|this|next|past)\s{_UNIT}\b"),
        (_SPANS, rf"(?:later\s|earlier\s)?\b(?P<vague>(?:that|the\ssame)\s(?:same\s)?(?:day|week|month|year|{_TIME_OF_DAY}))\b"),
        (_MONTHS, rf"(?P<in>in|since|last|this|until)\s(?:early\s|late\s|mid-)?{_MONTH}\b(?!\s\d)"),
        (_YEARS, rf"(?:since\s)?\b{_YEAR}\b(?!\s(?:people|troops|soldiers|dead|men|women))"),
    )
]  # fmt: skip
"""Pairs of strings and a pattern, in order of precedence. A pattern is tried only if the sentence
in lower case contains one of the strings."""

_LEADING = re.compile(r"(?:on|in|after|of|during|by|until)\s", re.IGNORECASE)


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

    @property
    def is_day(self) -> bool:
        """Whether the expression names a day. If not, it names only a month or a year."""
        return bool({"day", "first", "weekday", "of_month", "near"} & self.parts.keys())


def time_expressions_in(sentence: str) -> Iterator[TimeExpression]:
    """Yield the time expressions in `sentence`, ordered by pattern. They do not overlap."""
    taken: list[tuple[int, int]] = []
    plain = _plain(sentence)
    tried = (pattern for signs, pattern in _PATTERNS if any(sign in plain for sign in signs))
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
            yield TimeExpression(begin, end, sentence[begin:end], parts)


def _plain(text: str) -> str:
    """Return `text` in lower case. İ and ı become i, since the patterns match them too."""
    return text.casefold().replace("\u0307", "").replace("ı", "i")
