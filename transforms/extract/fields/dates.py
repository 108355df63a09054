"""Dates: what a document says of its own time, read as UTC, believed with reason."""

import re
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
"""The web is not older; what is dated earlier is an empty clock (1970) or a slip."""

LATEST = datetime(2100, 1, 1, tzinfo=UTC)
"""What is dated later is a slip, whenever it is read; there is no clock in here."""

AHEAD = timedelta(hours=24)
"""How far a date may lie after the fetch: a day without a zone begins early in the east."""

MAX_CHARACTERS = 100
"""What is longer states no time alone; it is not looked at, lest a hostile page hold us up."""

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
"""Trust in a date by where it stands: about the share that is right, see the quality benchmark."""

DAY_STATED = (
    r"[^\W\d_]{3,12}\.?\s+\d\d?(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d\b"  # March 1st, 2024
    r"|\b\d\d?\.?\s+(?:de\s+)?[^\W\d_]{3,12}\.?,?\s+(?:de\s+)?(?:19|20)\d\d\b"  # 1. de marzo de 2024
    r"|(?:19|20)\d\d[./-]\s?\d\d?[./-]\s?\d\d?(?!\d)"  # 2024-03-01
    r"|(?<!\d)\d\d?[./-]\s?\d\d?[./-]\s?(?:19|20)\d\d(?!\d)"  # 1/3/2024
)
"""Of a regular expression, any letter case: a day of a year as pages write it for their readers."""

_ZONE_NAME = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")  # of this century, to 2033, or their thousandths
_DAY_ALONE = re.compile(r"(\d{4}-\d\d-\d\d)([+-]\d\d:\d\d)", re.ASCII)
_CLOCK = re.compile(
    r"(?<![\d+-])(\d\d?)(:\d\d(?::\d\d)?)(?:\.\d+)?(?:\s*([AP])\.?M\b\.?)?"
    r"(?:\s*(?:GMT|UTC)?\s?([+-]\d\d?)(?::?(\d\d))?|\s*([A-Z]{1,5}))?(?:\s*\([^()]*\))?$",
    re.IGNORECASE | re.ASCII,
)
_YEAR_LAST = re.compile(r":\d\d\s(?:(?![AP]M)[A-Z]{2,5}\s)?\d{4}$")
_YEAR_FIRST = re.compile(
    r"(\d{4})([-/.])(\d\d?)\2(\d\d?)(?:[T\s]+(\d\d?):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?"
    r"\s*([+-]\d\d:?\d\d|[A-Z]{1,5})?[A-Z]*",
    re.ASCII,
)


def read_time(value: object) -> tuple[datetime, int | None] | None:
    """Return the time that `value` states, in UTC, and how many minutes ahead of it its clock is.

    Without a zone it is read as UTC, and the offset is None.

    >>> read_time("2024-03-01T09:30:00+02:00")
    (datetime.datetime(2024, 3, 1, 7, 30, tzinfo=datetime.timezone.utc), 120)

    Args:
        value: ISO 8601 text, strict or with one digit where it has two, slashes or the name of a
            zone; an XML Schema date with its zone, which is midnight there; RFC 2822 text, also with
            AM or PM, or with the zone as scripts print it; seconds or milliseconds since 1970, as a
            number or in digits.

    Returns:
        None if it cannot be read.
    """
    try:
        time = _parse(value)
        offset = time.utcoffset()
        if offset is None:
            return time.replace(tzinfo=UTC), None
        return time.astimezone(UTC), int(offset.total_seconds() // 60)
    except (ValueError, TypeError, OverflowError, IndexError, OSError):
        return None


def believed(time: datetime | None, seen_at: datetime | None) -> bool:
    """Return whether `time` can be a publication's: on the web's calendar, not after the fetch."""
    if time is None or not EARLIEST <= time < LATEST:
        return False
    return seen_at is None or time <= seen_at + AHEAD


def spelled(day: date) -> re.Pattern[str]:
    """Return a pattern of the usual ways to write `day` in digits, year first.

    >>> bool(spelled(date(2024, 3, 1)).search("/2024/3/01/truce"))
    True
    """
    return re.compile(rf"(?<!\d){day.year}[-/._]?0?{day.month}[-/._]?0?{day.day}(?!\d)")


def _parse(value: object) -> datetime:
    if isinstance(value, bool):
        raise TypeError("a truth value is no date")
    if isinstance(value, int | float):
        return datetime.fromtimestamp(value / 1000 if value > 1e11 else value, UTC)
    if not isinstance(value, str):
        raise TypeError(f"{type(value).__name__} is no date")
    text = " ".join(value.split())
    if len(text) > MAX_CHARACTERS:
        raise ValueError("longer than any time")
    if _SECONDS.fullmatch(text):
        return _parse(int(text))
    iso = _ZONE_NAME.sub("+00:00", text)
    try:
        return datetime.fromisoformat(_DAY_ALONE.sub(r"\1T00:00\2", iso))
    except ValueError:
        return parsedate_to_datetime(_as_in_mail(_by_the_day(text)))


def hour_of_day(hour: int, half: str | None) -> int:
    """Return the hour since midnight of a clock that shows `hour`, in the half `a` or `p` of a day.

    >>> hour_of_day(10, "P"), hour_of_day(12, "a"), hour_of_day(22, None)
    (22, 0, 22)
    """
    if not half or hour > 12:
        return hour
    return hour % 12 + (12 if half.lower() == "p" else 0)


def _by_the_day(text: str) -> str:
    """Return a time with its hour since midnight and its zone in digits, `Mar 1, 2024 22:00 -0500`.

    Raises:
        ValueError: something stands behind the clock that is no zone.
    """
    found = _CLOCK.search(text)
    if not found:
        if ":" in text and not (_YEAR_FIRST.fullmatch(text) or _YEAR_LAST.search(text)):
            raise ValueError("the clock cannot be read")
        return text
    hour, rest, half, ahead, minutes, zone = found.groups()
    behind = f" {int(ahead):+03}{minutes or '00'}" if ahead else f" {zone}" if zone else ""
    return f"{text[: found.start()]}{hour_of_day(int(hour), half):02}{rest}{behind}"


def _as_in_mail(text: str) -> str:
    """Return a time whose year comes first in the form of RFC 2822; any other text as it is.

    The names of American zones count there, others are no zone.

    Raises:
        ValueError: there is no such time.
    """
    if not (found := _YEAR_FIRST.fullmatch(text)):
        return text
    *numbers, zone = found.group(1, 3, 4, 5, 6, 7, 8)
    year, month, day, hour, minute, second = (int(digits or 0) for digits in numbers)
    time = format_datetime(datetime(year, month, day, hour, minute, second, tzinfo=UTC))
    return time.replace("+0000", (zone or "-0000").replace(":", ""))
