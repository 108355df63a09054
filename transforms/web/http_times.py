"""Times in HTTP headers: dates in three formats, and seconds (RFC 9110, 5.6.7 and 10.2.3)."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

LONGEST = timedelta(days=3650)
"""Maximum wait: ten years. Longer waits would overflow `datetime`."""


def http_date(text: str) -> datetime | None:
    """Return the HTTP date `text` in UTC; None if it is invalid."""
    try:
        parsed = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def seconds(text: str) -> timedelta | None:
    """Return `text`, a number of whole seconds, as a duration; None if it is invalid.

    >>> seconds("120"), seconds("-5")
    (datetime.timedelta(seconds=120), None)
    """
    if not (text.isascii() and text.isdigit()):
        return None
    return timedelta(seconds=min(int(text[:12]), 10**9))


def retry_after(text: str, server_time: datetime) -> timedelta | None:
    """Return the wait that the header Retry-After requests; None if the header is invalid.

    Args:
        text: The value of the header.
        server_time: The time on the server's clock.
    """
    wait = seconds(text.strip())
    if wait is None and (until := http_date(text)):
        wait = until - server_time
    return None if wait is None else max(timedelta(), min(wait, LONGEST))
