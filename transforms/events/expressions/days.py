"""The days that words for a time mean, against the day of publication.

Nothing is guessed: words that need a day of publication give no date without one, and words that
count from another time of the story, or can be read in two ways, give none at all.
"""

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from newslake.transforms.events.expressions.time_expressions import DAYS, MONTHS, NUMBERS, Moment

_NEAR = {"the day before yesterday": -2, "yesterday": -1, "last night": -1, "tomorrow": 1}
_BACK = {"last": 1, "past": 1, "this": 0, "next": -1, "coming": -1}


class Span(NamedTuple):
    """The days on which something can have happened."""

    first: date
    last: date
    precision: str
    """day, week, month or year: the shortest of them that holds the days."""


def resolve(moment: Moment, published: date | None, ahead: bool = False) -> Span | None:
    """Return the days that `moment` means; None if it takes a day that is not known.

    Args:
        moment: The words.
        published: The day of publication.
        ahead: Whether the act lies ahead: Friday is then the next one. Else it is the last one, and
            words for a day to come, such as tomorrow, give none.

    >>> from newslake.transforms.events.expressions.time_expressions import moments_in
    >>> [friday] = moments_in("Peru attacked on Friday.")
    >>> resolve(friday, date(2026, 3, 2))
    Span(first=datetime.date(2026, 2, 27), last=datetime.date(2026, 2, 27), precision='day')
    """
    parts = moment.parts
    days = _days(parts, published, ahead)
    to_come = days is not None and published is not None and days.first > published
    return None if to_come and not ahead and "year" not in parts else days


def _days(parts: dict[str, str], published: date | None, ahead: bool) -> Span | None:
    if "number" in parts or "first" in parts:
        return _by_numbers(parts)
    if "month" in parts:
        return _by_month(parts, published, ahead)
    if "year" in parts:
        year = int(parts["year"])
        return Span(date(year, 1, 1), date(year, 12, 31), "year")
    if published is None or "vague" in parts:
        return None
    if "weekday" in parts:
        return _by_weekday(parts, published, ahead)
    if "of_month" in parts:
        return _by_day_of_month(int(parts["of_month"]), published, ahead)
    if "weekend" in parts:
        return _by_weekend(parts.get("which"), published, ahead)
    if "near" in parts:
        day = published + timedelta(days=_NEAR.get(" ".join(parts["near"].split()), 0))
        return Span(day, day, "day")
    return _by_unit(parts, published)


def _by_numbers(parts: dict[str, str]) -> Span | None:
    """Return the day of 2026-03-12 or 12.3.2026; of 25/2/2026, but not of 3/2/2026, which is two days."""
    month, day = parts.get("number") or parts["second"], parts.get("day") or parts["first"]
    if parts.get("mark") == "/" and day != month:
        if int(month) <= 12 and int(day) <= 12:
            return None
        day, month = sorted((day, month), key=int, reverse=True)
    first = _date(int(parts["year"]), int(month), int(day))
    return Span(first, first, "day") if first else None


def _by_month(parts: dict[str, str], published: date | None, ahead: bool) -> Span | None:
    month = next(n for n, name in enumerate(MONTHS, 1) if name.startswith(parts["month"][:3]))
    day = int(parts.get("day", 1))
    if "year" in parts:
        years = [int(parts["year"])]
    elif published:
        years = [published.year, published.year + (1 if ahead else -1)]
    else:
        return None
    first = _date(years[0], month, day)
    near = _end_of_month(first) if first and ahead and "day" not in parts else first
    if near and published and "year" not in parts and not _fits(near, published, ahead):
        first = _date(years[1], month, day)
    if first is None or "day" in parts:
        return Span(first, first, "day") if first else None
    return Span(first, _end_of_month(first), "month")


def _by_weekday(parts: dict[str, str], published: date, ahead: bool) -> Span:
    back = (published.weekday() - DAYS.index(parts["weekday"])) % 7
    if parts.get("which") == "next":
        back -= 7
    elif parts.get("which") == "last":
        back = back or 7
    elif ahead:
        back = -(-back % 7)
    day = published - timedelta(days=back)
    return Span(day, day, "day")


def _by_day_of_month(day: int, published: date, ahead: bool) -> Span | None:
    for months in range(13):
        number = published.year * 12 + published.month - 1 + (months if ahead else -months)
        first = _date(number // 12, number % 12 + 1, day)
        if first and _fits(first, published, ahead):
            return Span(first, first, "day")
    return None


def _by_weekend(which: str | None, published: date, ahead: bool) -> Span:
    """Return Saturday and Sunday: on these days of the weekend that it is, else of the last or the next."""
    today = published.weekday()
    back = (today - 5) % 7
    if (ahead or which in {"next", "coming"}) and today < 5:
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


def _fits(day: date, published: date, ahead: bool) -> bool:
    return day >= published if ahead else day <= published


def _date(year: int, month: int, day: int) -> date | None:
    """Return the day; None if there is none, such as 30 February."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _number(count: str) -> int:
    return int(count) if count.isdigit() else NUMBERS[count]
