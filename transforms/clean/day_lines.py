"""Lines that contain only a date of publication or change."""

import re
from collections.abc import Collection
from datetime import date

from newslake.transforms.clean.debris import is_sentence
from newslake.transforms.extract.fields.dates import DAY_STATED
from newslake.transforms.tsv import read_rows

_DAY = re.compile(DAY_STATED, re.IGNORECASE)
_HOUR = re.compile(r"\d\d?[:.h]\d\d(?:[:.]\d\d)?|\b\d\d?\s?(?:[ap]\.?m\b|uhr\b|h\b)", re.IGNORECASE)

_TABLE = read_rows(__package__, "day_words.tsv")
_MONTHS = {int(number): tuple(names.split()) for kind, number, names in _TABLE if kind == "month"}
_ALLOWED_WORDS = {word for kind, _, words in _TABLE if kind == "word" for word in words.split()}


def is_date(line: str, days: Collection[date]) -> bool:
    """Return whether `line` states one of `days`, and otherwise only an hour, a weekday or a label.

    The result is False for table rows, signatures of posts and lines that end with a colon.

    >>> day = date(2024, 3, 1)
    >>> is_date("Published: March 1, 2024, 10:30", [day]), is_date("March 4, 2024", [day])
    (True, False)
    """
    stated = [found[0].lower() for found in _DAY.finditer(line)]
    if not stated or " | " in line or "@" in line or line.endswith(":") or is_sentence(line):
        return False
    other_words = re.findall(r"\w+", _HOUR.sub(" ", _DAY.sub(" ", line)).lower())
    return _ALLOWED_WORDS.issuperset(other_words) and all(
        any(_states(words, day) for day in days) for words in stated
    )


def _states(words: str, day: date) -> bool:
    """Return whether `words`, a date in lower case, can mean `day`. Numbers may have any order."""
    numbers = sorted(map(int, re.findall(r"\d+", words)))
    if len(numbers) == len(("day", "month", "year")):
        return numbers == sorted((day.day, day.month, day.year))
    named = any(word.startswith(_MONTHS[day.month]) for word in re.findall(r"[^\W\d_]+", words))
    return named and numbers == sorted((day.day, day.year))
