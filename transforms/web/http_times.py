"""Times in HTTP's headers: dates in its three formats, and numbers of seconds (RFC 9110, 5.6.7 and 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=3650)
"""A wait beyond it is for ever, and times would overflow."""


def http_date(text: str) -> datetime | None:
    """Return the time that `text` names, in UTC; None if it is none."""
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def seconds(text: str) -> timedelta | None:
    """Return the time that `text`, a number of whole seconds, takes; None if it is none.

    >>> seconds("120"), seconds("-5")
    (datetime.timedelta(seconds=120), None)
    """
    if not (text.isascii() and text.isdigit()):
        return None
    return timedelta(seconds=min(int(text[:12]), 10**9))


def retry_after(text: str, server_time: datetime) -> timedelta | None:
    """Return how long the header Retry-After asks us to wait; None if it says nothing of sense.

    Args:
        text: Its value.
        server_time: The time by the server's own clock.
    """
    wait = seconds(text.strip())
    if wait is None and (until := http_date(text)):
        wait = until - server_time
    return None if wait is None else max(timedelta(), min(wait, LONGEST))
