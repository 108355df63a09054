"""Resolves time expressions to days, relative to the publication day.

The module does not guess: without publication day, a relative expression has no date. An expression
that is ambiguous, or relative to another time in the article, never has a date.
"""

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from newslake.transforms.events.expressions.named_days import named_day
from newslake.transforms.events.expressions.time_expressions import TimeExpression
from newslake.transforms.events.expressions.time_patterns import DAYS, MONTHS, NUMBERS

_NEAR = {"the day before yesterday": -2, "yesterday": -1, "last night": -1, "tomorrow": 1}
_BACK = {"last": 1, "past": 1, "this": 0, "next": -1, "coming": -1}

MAX_DAYS = 330
"""Maximum distance, in days, of a date without a year from the day of publication. For dates further
away, a text usually states the year: a meeting planned for last week is not in a year’s time."""


class Span(NamedTuple):
    """The days on which the event may have happened."""

    first: date
    last: date
    precision: str
    """day, week, month or year: the shortest unit that contains the days."""


def resolve(
    expression: TimeExpression, published: date | None, future: bool = False
) -> Span | None:
    """Return the days that `expression` means; None if they cannot be determined.

    Args:
        expression: The time expression.
        published: The publication day; None if unknown.
        future: Whether the event is in the future. If true, Friday is the next Friday. If false,
            Friday is the last Friday, and a future day, such as tomorrow, has no date.

    >>> from newslake.transforms.events.expressions.time_expressions import time_expressions_in
    >>> [friday] = time_expressions_in("Peru attacked on Friday.")
    >>> resolve(friday, date(2026, 3, 2))
    Span(first=datetime.date(2026, 2, 27), last=datetime.date(2026, 2, 27), precision='day')
    """
    parts = expression.parts
    if expression.period:
        period = _days(expression.period, published, future)
        days = _within(period, parts) if period else None
    else:
        days = _days(parts, published, future)
    to_come = days is not None and published is not None and days.first > published
    return None if to_come and not future and "year" not in parts else days


def _within(period: Span, parts: dict[str, str]) -> Span | None:
    """Return the days of a weekday or weekend in a week, or of a month or day in a year."""
    if period.precision == "year":
        return _days(parts | {"year": str(period.first.year)}, None, False)
    if "weekday" not in parts:
        return Span(period.last - timedelta(days=1), period.last, "week")
    day = period.first + timedelta(days=DAYS.index(parts["weekday"]))
    return Span(day, day, "day")


def _days(parts: dict[str, str], published: date | None, future: bool) -> Span | None:
    if "vague" in parts:
        return None
    if "number" in parts or "first" in parts:
        return _by_numbers(parts)
    if "named" in parts or "month" in parts:
        return _by_year(parts, published, future)
    if "year" in parts:
        year = int(parts["year"])
        return Span(date(year, 1, 1), date(year, 12, 31), "year")
    if published is None:
        return None
    if "weekday" in parts:
        return _by_weekday(parts, published, future)
    if "of_month" in parts:
        return _by_day_of_month(int(parts["of_month"]), published, future)
    if "weekend" in parts:
        return _by_weekend(parts.get("which"), published, future)
    if "near" in parts:
        day = published + timedelta(days=_NEAR.get(" ".join(parts["near"].split()), 0))
        return Span(day, day, "day")
    return _by_unit(parts, published)


def _by_numbers(parts: dict[str, str]) -> Span | None:
    """Return the day of a numeric date; None if the date is ambiguous, such as 3/2/2026."""
    month, day = parts.get("number") or parts["second"], parts.get("day") or parts["first"]
    if parts.get("mark") == "/" and day != month:
        if int(month) <= 12 and int(day) <= 12:
            return None
        day, month = sorted((day, month), key=int, reverse=True)
    first = _date(int(parts["year"]), int(month), int(day))
    return Span(first, first, "day") if first else None


def _by_year(parts: dict[str, str], published: date | None, future: bool) -> Span | None:
    """Return the month, day of a month or named day; without a year, the nearest in the past.

    If `future` is true, it is the nearest in the future. It must be within `MAX_DAYS`.
    """
    if "year" in parts:
        return _in_year(parts, int(parts["year"]))
    if published is None:
        return None
    years = [published.year, published.year + (1 if future else -1)]
    if parts.get("which") == "this":
        years = [published.year]
    elif parts.get("which") == "last" and _is_over(parts, published):
        return None  # in March, last January may be that of this year or of last year
    elif parts.get("which") == "last":
        years = [published.year - 1]
    for year in years:
        days = _in_year(parts, year)
        if days and _fits(days.last if future else days.first, published, future):
            away = max(published - days.last, days.first - published)
            return days if away.days <= MAX_DAYS or "which" in parts else None
    return None


def _is_over(parts: dict[str, str], published: date) -> bool:
    days = _in_year(parts, published.year)
    return days is not None and days.last < published


def _in_year(parts: dict[str, str], year: int) -> Span | None:
    if "named" in parts:
        day = named_day(parts["named"], year)
        return Span(day, day, "day") if day else None
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(parts["month"][:3]))
    first = _date(year, month, int(parts.get("day", 1)))
    if first is None or "day" in parts:
        return Span(first, first, "day") if first else None
    return Span(first, _end_of_month(first), "month")


def _by_weekday(parts: dict[str, str], published: date, future: bool) -> Span:
    back = (published.weekday() - DAYS.index(parts["weekday"])) % 7
    if parts.get("which") == "next":
        back -= 7
    elif parts.get("which") == "last":
        back = back or 7
    elif future:
        back = -(-back % 7)
    day = published - timedelta(days=back)
    return Span(day, day, "day")


def _by_day_of_month(day: int, published: date, future: bool) -> Span | None:
    for months in range(13):
        number = published.year * 12 + published.month - 1 + (months if future else -months)
        first = _date(number // 12, number % 12 + 1, day)
        if first and _fits(first, published, future):
            return Span(first, first, "day")
    return None


def _by_weekend(which: str | None, published: date, future: bool) -> Span:
    """Return the weekend that contains the publication day; else the last or the next weekend."""
    today = published.weekday()
    back = (today - 5) % 7
    if (future or which in {"next", "coming"}) and today < 5:
        back -= 7
    elif which == "last" and today >= 5:
        back += 7
    saturday = published - timedelta(days=back)
    return Span(saturday, saturday + timedelta(days=1), "week")


def _by_unit(parts: dict[str, str], published: date) -> Span | None:
    unit = parts["unit"]
    back = _BACK[parts["which"]] if "which" in parts else _number(parts["count"])
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
    return Span(first, _end_of_month(first), "month")


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _fits(day: date, published: date, future: bool) -> bool:
    return day >= published if future else day <= published


def _date(year: int, month: int, day: int) -> date | None:
    """Return the date; None if there is no such date, such as 30 February."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(count: str) -> int:
    return int(count) if count.isdigit() else NUMBERS[count]
