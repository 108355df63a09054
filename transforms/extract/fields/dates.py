"""Dates: parses the times that a document states, converts them to UTC and checks them."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""Earliest plausible date: the start of the web. Earlier dates are unset clocks (1970) or errors."""

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""This date and later dates are errors. The limit is fixed, so that the clock has no effect."""

AHEAD = timedelta(hours=24)
"""Maximum time of a date after the fetch: in the east, a day without time zone begins earlier."""

MAX_CHARACTERS = 100
"""Maximum length of a text parsed as a time, in characters; protects against malicious pages."""

CONFIDENCE = {
    "json_ld": 0.96,
    "meta": 0.98,
    "time_element": 0.92,
    "url": 0.9,
    "field": 0.95,
    "feed": 0.9,
    "text": 0.8,
    "none": None,
}
"""Confidence in a date by its source: the approximate share of correct dates in the benchmark."""

DAY_STATED = (
    r"[^\W\d_]{3,12}\.?\s+\d\d?(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b"  # March 1st, 2024
    r"|\b\d\d?\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d\b"  # 1. de marzo de 2024
    r"|(?:19|20)\d\d[./-]\s?\d\d?[./-]\s?\d\d?(?!\d)"  # 2024-03-01
    r"|(?<!\d)\d\d?[./-]\s?\d\d?[./-]\s?(?:19|20)\d\d(?!\d)"  # 1/3/2024
)
"""Regular expression for a day with year in visible text, in common formats; use IGNORECASE."""

_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")  # seconds or milliseconds since 1970, from 2001 to 2033
_DAY_ALONE = re.compile(r"(\d{4}-\d\d-\d\d)([+-]\d\d:\d\d)", re.ASCII)
_CLOCK = re.compile(
    r"(?<![\d+-])(\d\d?)(:\d\d(?::\d\d)?)(?:\.\d+)?(?:\s*([AP])\.?M\b\.?)?"
    r"(?:\s*(?:GMT|UTC)?\s?([+-]\d\d?)(?::?(\d\d))?|\s*([A-Z]{1,5}))?(?:\s*\([^()]*\))?$",
    re.IGNORECASE | re.ASCII,
)
_STATED_CLOCK = re.compile(
    r"(?<![\d+-])\d\d?:\d\d(?P<seconds>:\d\d)?"  # 9:30:00, but not the UTC offset +02:00
    r"|(?<=[\d-]\d\d[T _])\d{4}(?P<compact_seconds>\d\d)?",  # 20240301T0930
    re.ASCII | re.IGNORECASE,
)
_YEAR_LAST = re.compile(r":\d\d\s(?:(?![AP]M)[A-Z]{2,5}\s)?\d{4}$")
_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d\d?)\2(\d\d?)(?:[T\s]+(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?"
    r"\s*([+-]\d\d:?\d\d|[A-Z]{1,5})?[A-Z]*",
    re.ASCII,
)


def read_time(value: object) -> tuple[datetime, int | None] | None:
    """Return the time that `value` states, in UTC, and its UTC offset in minutes.

    A time without time zone is read as UTC, and its offset is None.

    >>> read_time("2024-03-01T09:30:00+02:00")
    (datetime.datetime(2024, 3, 1, 7, 30, tzinfo=datetime.timezone.utc), 120)

    Args:
        value: ISO 8601 text, which may have one-digit numbers, slashes or the name of a time zone;
            an XML Schema date with time zone, which means midnight in this zone; RFC 2822 text,
            which may have AM, PM or JavaScript's format of the time zone; seconds or milliseconds
            since 1970, as a number or as digits.

    Returns:
        The time and the offset; None if `value` cannot be parsed.
    """
    try:
        time = _parse(value)
        offset = time.utcoffset()
        if offset is None:
            return time.replace(tzinfo=UTC), None
        return time.astimezone(UTC), int(offset.total_seconds() // 60)
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None


def precision_of(value: object) -> str:
    """Return the smallest unit that `value` states, one of `rows.PRECISIONS`.

    `value` is a time that `read_time` can parse.

    >>> precision_of("2024-03-01+02:00"), precision_of("1 Mar 2024 9:30"), precision_of(1709294400)
    ('day', 'minute', 'second')
    """
    if not isinstance(value, str) or _SECONDS.fullmatch(value.strip()):
        return "second"
    found = _STATED_CLOCK.search(value)
    if not found:
        return "day"
    return "second" if found["seconds"] or found["compact_seconds"] else "minute"


def is_plausible(time: datetime | None, seen_at: datetime | None) -> bool:
    """Return whether `time` is a plausible publication time: not too early, not after the fetch."""
    if time is None or not EARLIEST <= time < LATEST:
        return False
    return seen_at is None or time <= seen_at + AHEAD


def spelled(day: date) -> re.Pattern[str]:
    """Return a pattern that matches `day` in numeric formats that begin with the year.

    >>> bool(spelled(date(2024, 3, 1)).search("/2024/3/01/truce"))
    True
    """
    return re.compile(rf"(?<!\d){day.year}[-/._]?0?{day.month}[-/._]?0?{day.day}(?!\d)")


def _parse(value: object) -> datetime:
    if isinstance(value, bool):
        raise TypeError("a boolean is not a date")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    if not isinstance(value, str):
        raise TypeError(f"a {type(value).__name__} is not a date")
    text = " ".join(value.split())
    if len(text) > MAX_CHARACTERS:
        raise ValueError("too long for a time")
    if _SECONDS.fullmatch(text):
        return _parse(int(text))
    iso = _ZONE_NAME.sub("+00:00", text)
    try:
        return datetime.fromisoformat(_DAY_ALONE.sub(r"\1T00:00\2", iso))
    except ValueError:
        return parsedate_to_datetime(_to_rfc_2822(_to_24_hours(text)))


def hour_of_day(hour: int, half: str | None) -> int:
    """Return the hour from 0 to 23 of a clock time with hour `hour` and a.m. or p.m. (`a` or `p`).

    >>> hour_of_day(10, "P"), hour_of_day(12, "a"), hour_of_day(22, None)
    (22, 0, 22)
    """
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _to_24_hours(text: str) -> str:
    """Return a time in 24-hour format with a numeric offset: `Mar 1, 2024 22:00 -0500`.

    Raises:
        ValueError: the text after the clock time is not a time zone.
    """
    found = _CLOCK.search(text)
    if not found:
        if ":" in text and not (_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.search(text)):
            raise ValueError("the clock time cannot be parsed")
        return text
    hour, rest, half, ahead, minutes, zone = found.groups()
    behind = f" {int(ahead):+03}{minutes or '00'}" if ahead else f" {zone}" if zone else ""
    return f"{text[: found.start()]}{hour_of_day(int(hour), half):02}{rest}{behind}"


def _to_rfc_2822(text: str) -> str:
    """Convert a time with the year first to RFC 2822 format; return any other text unchanged.

    RFC 2822 has only American time zone names; other names are ignored.

    Raises:
        ValueError: the date does not exist, for example 30 February.
    """
    if not (found := _YEAR_FIRST.fullmatch(text)):
        return text
    *numbers, zone = found.group(1, 3, 4, 5, 6, 7, 8)
    year, month, day, hour, minute, second = (int(digits or 0) for digits in numbers)
    time = format_datetime(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    return time.replace("+0000", (zone or "-0000").replace(":", ""))
