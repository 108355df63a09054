"""How long a feed and its server ask to be left alone, by hints, by HTTP's headers, by hours of the day."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from transforms.feeds.feed import Hints
from transforms.feeds.poll import Answer

HINT_LIMIT, WAIT_LIMIT = timedelta(hours=6), timedelta(hours=24)
"""Longest pause that a hint can ask for, and that Retry-After can."""


def hinted(answer: Answer, hints: Hints) -> timedelta:
    """Return the pause that the feed and its server ask for."""
    return min(max(hints.interval or timedelta(), _fresh_for(answer)), HINT_LIMIT)


def _fresh_for(answer: Answer) -> timedelta:
    """Return how long the server says that its answer stays true (RFC 9111, 4.2)."""
    directives = {
        name.strip().lower(): value.strip(' "')
        for name, _, value in (
            part.partition("=") for part in answer.headers.get("cache-control", "").split(",")
        )
    }
    if {"no-cache", "no-store"} & directives.keys():
        return timedelta()
    if "max-age" in directives:
        age = _seconds(answer.headers.get("age", ""))
        return max(_seconds(directives["max-age"]) - age, timedelta())
    expires = _time(answer.headers.get("expires", ""))
    return max(expires - _server_time(answer), timedelta()) if expires else timedelta()


def asked_to_wait(answer: Answer) -> timedelta:
    """Return what Retry-After asks of us, in seconds or as a date by the server's own clock."""
    written = answer.headers.get("retry-after", "").strip()
    until = _time(written)
    wait = until - _server_time(answer) if until else _seconds(written)
    return min(max(wait, timedelta()), WAIT_LIMIT)


def allowed(at: datetime, hints: Hints) -> datetime:
    """Return the first time from `at` on that the feed does not ask us to skip."""
    if len(hints.skip_hours) == 24 or len(hints.skip_days) == 7:
        return at
    # Not all at the stroke of the hour: the minutes' last digit stays.
    while at.hour in hints.skip_hours or at.weekday() in hints.skip_days:
        at = at.replace(minute=at.minute % 10, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _seconds(written: str) -> timedelta:
    if not (written.isascii() and written.isdigit()):
        return timedelta()
    return timedelta(seconds=min(int(written[:12]), 10**9))


def _time(written: str) -> datetime | None:
    """Return an HTTP date in UTC; None if it is none."""
    try:
        time = parsedate_to_datetime(written)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def _server_time(answer: Answer) -> datetime:
    return _time(answer.headers.get("date", "")) or answer.at
