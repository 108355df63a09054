"""The regular expressions of time expressions, with a named group for each part of the time."""

import calendar
import re

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.named_days import beginnings, pattern_of_names

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
_MONTH_NAME = "|".join(name.title() for name in MONTHS if name != "may")
_BEFORE_A_NAME = "|".join(
    rf"(?<=\b{word}\s)" for word in ("of", "by", "before", "after", "from", "through")
)
"""Stands before a month that is written without `in` or a day. Not before `may`."""
_YEAR = rf"(?P<year>{YEAR})"
_OF_MONTH = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_COUNT = rf"(?P<count>\d{{1,3}}|{'|'.join(NUMBERS)})"
_LONG = r"(?:minute|hour|day|week|month|year|decade)"
_UNIT = r"(?P<unit>day|week|month|year)"
_SEASON = r"(?:spring|summer|autumn|winter)"
_PART = r"(?:early|earlier|late|later)\s"
_PART_OF_MONTH = r"(?:(?:early|mid|late)[\s-])"
_TIME_OF_DAY = r"morning|afternoon|evening|night"
_A_DAY = rf"(?:{WEEKDAY}|{MONTH}\.?\s\d{{1,2}}|\d{{1,2}}\s{MONTH})"
_TO = r"\s(?:and|to|until|through)\s"
_WHICH = r"(?:first|second|third|fourth|fifth|last|final|same|next|previous|following)"
_NAME = r"(?-i:[A-Z])"
_COUNTS = r"\s(?!(?:in|at|on|near|by|as|with|when|after|and|but)\b)[a-z]"
"""A word after a number shows that the number is no day: `people` in `March 1 and 3 people`."""
_DATES = (
    rf"\d{{1,2}}(?:\s?[-–]\s?|\s(?:and|or|to)\s)\d{{1,2}}\s{MONTH}\b"
    rf"|{MONTH}\.?\s\d{{1,2}}(?:,\s\d{{1,2}})*"
    rf"(?:\s?[-–]\s?\d{{1,2}}\b|\s(?:and|or|to)\s\d{{1,2}}\b(?!{_COUNTS}))"
)
"""Several days of a month, such as March 1 and 3."""
_ERA = (
    rf"(?:{_PART_OF_MONTH}?(?:1[5-9]|20)\d0[’']?s|(?:\d\d?(?:st|nd|rd|th)|last)\scentury"
    r"|cold\swar|world\swar\s(?:i|ii|one|two)|(?:first|second)\sworld\swar)"
    rf"|(?:his|her|their|the)\s(?:[\w-]+\s)?(?:{'|'.join(sorted(words('era')))})"
)
_OCCASION = (
    rf"on\s(?:the|an?|his|her|its|their|one)\s(?:[\w’'-]+\s){{0,2}}?"
    rf"(?:{'|'.join(sorted(words('occasion')))})"
    r"|on\s(?:[\w’'-]+\s)?(?:day|eve)|on\s(?-i:(?:[A-Z][\w’'.-]*\s){1,4}(?:[Dd]ay|[Ee]ve|[Nn]ight))"
)
"""A day that another fact names, such as `on the first day of the talks`, `on election day`."""

_PART_OF_A_TIME = (
    rf"(?:{_WHICH}\s(?:day|{_TIME_OF_DAY}|weekend|week|month|year)(?=\sof\s(?!{MONTH}\b|{YEAR}\b))"
    rf"|(?:{'|'.join(sorted(words('phase')))})\s(?:of|to)\s(?:(?-i:{pattern_of_names()})"
    r"|the\s(?:[\w-]+\s)?(?:week|month|year|decade|century|season)))"
)
"""A part of a time whose days are unknown or not counted, such as the last day of the talks."""

_ANY = ("",)
_YEARS = ("19", "20")
_DAY = ("day",)
_ON = ("on",)
_MONTHS = tuple(name[:3] for name in MONTHS)
_SPANS = (
    *("minute", "hour", "day", "week", "month", "year", "decade"),
    *("night", "morrow", "morning", "noon", "evening"),
)

PATTERNS = [
    (signs, re.compile(pattern, re.IGNORECASE))
    for signs, pattern in (
        (_YEARS, rf"(?<![\d-]){_YEAR}-(?P<number>\d\d)-(?P<day>\d\d)(?![\d-])"),
        (_YEARS, rf"(?<![\d/.])(?P<first>\d{{1,2}})(?P<mark>[/.])(?P<second>\d{{1,2}})(?P=mark){_YEAR}(?![\d/])"),
        ((*_MONTHS, *_DAY), rf"\b(?P<vague>(?:between|from)\s(?:{_A_DAY}{_TO}(?:{_A_DAY}|\d{{1,2}})|\d{{1,2}}{_TO}{_A_DAY}))\b"),
        (_MONTHS, rf"\b(?P<vague>{_DATES})(?:,?\s\d{{4}}\b)?"),
        (_DAY, rf"\b(?P<vague>(?:every|each)\s{WEEKDAY}|(?:on\s)?{WEEKDAY}s|the\s{WEEKDAY}\sbefore\slast|weeks?\slast\s{WEEKDAY})\b"),
        (_ANY, rf"\b(?:in|during|throughout|since|after|before)\s(?P<vague>(?:the\s)?(?:{_ERA}))\b"),
        (_ANY, rf"\b(?:on|at|in|during|over|around|near|since|before|after|until|by)\s(?P<vague>the\s{_PART_OF_A_TIME})\b"),
        (beginnings(), rf"\b(?P<named>(?-i:{pattern_of_names()}))\b(?:,?\s(?:of\s|in\s)?{_YEAR}\b)?"),
        (_DAY, rf"\b(?P<vague>(?:that|one|on\s(?:an?|the|one|another))\s(?:{_WHICH}\s)?{WEEKDAY})\b"),
        (_YEARS, rf"\bon\sthis\sday\sin\s{_YEAR}\b"),
        (_DAY, r"\bon\s(?P<vague>this\sday)\b"),
        (_MONTHS, rf"(?:{WEEKDAY},?\s)?{_OF_MONTH}\s(?:of\s)?{_MONTH}(?:,?\s{_YEAR})?\b"),
        (_MONTHS, rf"(?:{WEEKDAY},?\s)?{_MONTH}\s{_OF_MONTH}(?!\d)(?:,?\s{_YEAR})?\b"),
        (_MONTHS, rf"{_MONTH},?\s(?:of\s)?{_YEAR}\b"),
        (_DAY, rf"(?P<which>last|next|this|on)?\s?\b(?P<weekday>{WEEKDAY})\b(?:\s(?:{_TIME_OF_DAY}))?"),
        (_ANY, r"(?<=\bon\s)the\s(?P<of_month>\d{1,2})(?:st|nd|rd|th)\b(?=\W*$|[.,;:)]|\s(?:and|but|after|when|at|in|by|as|with)\b)"),
        (_SPANS, rf"(?:{_PART})?\b(?P<near>today|(?:the\sday\sbefore\s)?yesterday|tomorrow|tonight|overnight|last\snight(?!\sof\b)|this\s(?:morning|afternoon|evening))\b"),
        (_SPANS, r"\b(?:(?P<which>this|last|past|next|coming)|the(?:\s(?:past|last))?)\s(?P<weekend>weekend)\b"),
        (_SPANS, rf"\b{_COUNT}\s{_UNIT}s?\s(?P<ago>ago)\b"),
        (_SPANS, rf"\b(?P<vague>(?:(?:(?:a\s)?(?:few|couple(?:\sof)?)|several|some|many|{_COUNT})\s)?{_LONG}s?\s(?:ago|earlier|later|before|after(?!\s{_LONG})))\b"),
        (_ANY, r"\b(?P<vague>(?:[\w-]+s|long|century)\sago)\b"),
        (_SPANS, rf"\bwithin\s(?P<vague>(?:[\w-]+\s){{0,3}}{_LONG}s?)\b"),
        (_SPANS, rf"\b(?P<vague>(?:past|last|recent|coming|next)\s(?:(?:few|several|couple\sof|{_COUNT})\s)?{_LONG}s)\b"),
        (_SPANS, rf"\b(?P<vague>the\s(?:next|following|previous)\s(?:{_UNIT}|minute|hour|decade|{_TIME_OF_DAY})|the\s(?:day|week|month|year|night)\s(?:before|after))\b"),
        (_SPANS, rf"(?:{_PART})?\b(?P<which>last|this|next|past)\s{_UNIT}\b(?!\sof\b)"),
        (_SPANS, rf"(?:later\s|earlier\s)?\b(?P<vague>(?:that|the\ssame)\s(?:same\s)?(?:{_UNIT}|{_TIME_OF_DAY}))\b"),
        (_ANY, r"\b(?P<vague>(?:the\sother|some|these)\sdays?|in\s(?:the\spast|history))\b"),
        (_ON, rf"\b(?P<vague>{_OCCASION})\b(?![-\w]|\sof\s(?:{_A_DAY}|{MONTH}))"),
        (_ANY, rf"\b(?P<vague>(?:in|during|over|throughout|since)\s(?:the\s)?{_PART_OF_MONTH}?{_SEASON}|(?:last|this|next|past)\s(?:{_SEASON}|fall))\b(?!\s(?:of\s)?{YEAR}|\s{_NAME})"),
        (_MONTHS, rf"(?:in|since|until|during|throughout|(?P<which>last|this|next))\s{_PART_OF_MONTH}?{_MONTH}\b(?!\s\d)"),
        (_MONTHS, rf"(?:{_BEFORE_A_NAME}){_PART_OF_MONTH}?(?P<month>(?-i:{_MONTH_NAME}))\b(?!\s(?:\d|{_NAME}))"),
        (_YEARS, rf"(?:since\s)?\b{_YEAR}\b(?!\s(?:people|troops|soldiers|dead|men|women))"),
    )
]  # fmt: skip
"""Pairs of strings and a pattern, in order of precedence. A pattern is tried only if the sentence
in lower case contains one of the strings."""
