"""Limits on polling from the feed and its server: hints, HTTP headers, hours to skip."""

from datetime import datetime, timedelta

from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.feeds.schedule.feed_state import PollResult
from newslake.transforms.web.http_times import http_date, retry_after, seconds

HINT_LIMIT, WAIT_LIMIT = timedelta(hours=6), timedelta(hours=24)
"""Maximum pause that newslake accepts from a hint, and maximum pause from Retry-After."""


def hinted(result: PollResult, hints: Hints) -> timedelta:
    """Return the pause that feed hints and response headers request, at most `HINT_LIMIT`."""
    return min(max(hints.interval or timedelta(), _fresh_for(result)), HINT_LIMIT)


def _fresh_for(result: PollResult) -> timedelta:
    """Return the freshness lifetime of the response (RFC 9111, 4.2)."""
    parts = result.headers.get("cache-control", "").split(",")
    pairs = (part.partition("=") for part in parts)
    directives = {name.strip().lower(): value.strip(' "') for name, _, value in pairs}
    if {"no-cache", "no-store"} & directives.keys():
        return timedelta()
    if "max-age" in directives:
        age = seconds(result.headers.get("age", "")) or timedelta()
        return max((seconds(directives["max-age"]) or timedelta()) - age, timedelta())
    expires = http_date(result.headers.get("expires", ""))
    return max(expires - _server_time(result), timedelta()) if expires else timedelta()


def asked_to_wait(result: PollResult) -> timedelta:
    """Return Retry-After, at most `WAIT_LIMIT`. Compare a date with the server's clock."""
    wait = retry_after(result.headers.get("retry-after", ""), _server_time(result))
    return min(wait or timedelta(), WAIT_LIMIT)


def allowed(at: datetime, hints: Hints) -> datetime:
    """Return `at`, or a time in the next allowed hour if `at` is in `skip_hours` or `skip_days`.

    If the hints exclude all times, they are ignored.
    """
    if len(hints.skip_hours) == 24 or len(hints.skip_days) == 7:
        return at
    # Keep the last digit of the minute, so that not all feeds are polled on the hour.
    while at.hour in hints.skip_hours or at.weekday() in hints.skip_days:
        at = at.replace(minute=at.minute % 10, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _server_time(result: PollResult) -> datetime:
    return http_date(result.headers.get("date", "")) or result.at
