"""Knows the days of `named_days.tsv`, such as Christmas Day and Good Friday."""

import calendar
import re
from datetime import date, timedelta
from functools import cache

from newslake.transforms.events.data.data_files import read_rows

_MARKS = re.compile(r"[’'.]")
"""Characters of a name that a text may leave out: Presidents’ Day, Presidents Day."""


def pattern_of_names() -> str:
    """Return a regular expression that matches the names, with or without apostrophes and stops."""
    names = sorted(_rules(), key=len, reverse=True)
    return "|".join(_MARKS.sub("[’'.]?", name) for name in names)


def beginnings() -> tuple[str, ...]:
    """Return the first letters of each name, in lower case."""
    return tuple({_MARKS.split(name)[0][:5].casefold() for name in _rules()})


def named_day(name: str, year: int) -> date | None:
    """Return the day with this name in `year`; None if the table has no rule for it.

    >>> named_day("good friday", 2026)
    datetime.date(2026, 4, 3)
    >>> named_day("Independence Day", 2026)
    """
    match _plain_rules()[_plain(name)].split():
        case ["easter", days]:
            return _easter(year) + timedelta(days=int(days))
        case [number, weekday, month, *more]:
            first = _weekday_of_month(year, month, weekday, int(number))
            return first + timedelta(days=sum(map(int, more)))
        case [rule]:
            month, day = rule.split("-")
            return date(year, int(month), int(day))
    return None


def _weekday_of_month(year: int, month: str, weekday: str, number: int) -> date:
    """Return the weekday with this number in the month; -1 means the last one."""
    weeks = calendar.monthcalendar(year, list(calendar.month_name).index(month))
    days = [week[list(calendar.day_name).index(weekday)] for week in weeks]
    found = [day for day in days if day]
    return date(year, list(calendar.month_name).index(month), found[number - (number > 0)])


def _easter(year: int) -> date:
    """Return Easter Sunday of the Western churches, by the method of Meeus, Jones and Butcher."""
    cycle, (century, rest) = year % 19, divmod(year, 100)
    moon = (19 * cycle + century - century // 4 - (8 * century + 13) // 25 + 15) % 30
    week = (32 + 2 * (century % 4) + 2 * (rest // 4) - moon - rest % 4) % 7
    days = moon + week - 7 * ((cycle + 11 * moon + 22 * week) // 451) + 114
    return date(year, days // 31, days % 31 + 1)


@cache
def _rules() -> dict[str, str]:
    """Return the rule of each name in the table."""
    rows = read_rows("named_days.tsv", 2)
    return {name: rule for names, rule in rows for name in names.split("|")}


@cache
def _plain_rules() -> dict[str, str]:
    """Return the rule of each name, without marks and in lower case."""
    return {_plain(name): rule for name, rule in _rules().items()}


def _plain(name: str) -> str:
    return _MARKS.sub("", name).casefold()
