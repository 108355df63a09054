"""How long a feed and its server ask to be left alone, by hints, by HTTP's headers, by hours of the day."""

from datetime import datetime, timedelta

from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.feeds.schedule.feed_state import PollResult
from newslake.transforms.web.http_times import http_date, retry_after, seconds

HINT_LIMIT, WAIT_LIMIT = timedelta(hours=6), timedelta(hours=24)
"""Longest pause that a hint can ask for, and that Retry-After can."""


def hinted(answer: PollResult, hints: Hints) -> timedelta:
    """Return the pause that the feed and its server ask for."""
    return min(max(hints.interval or timedelta(), _fresh_for(answer)), HINT_LIMIT)


def _fresh_for(answer: PollResult) -> timedelta:
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
        age = seconds(answer.headers.get("age", "")) or timedelta()
        return max((seconds(directives["max-age"]) or timedelta()) - age, timedelta())
    expires = http_date(answer.headers.get("expires", ""))
    return max(expires - _server_time(answer), timedelta()) if expires else timedelta()


def asked_to_wait(answer: PollResult) -> timedelta:
    """Return what Retry-After asks of us, in seconds or as a date by the server's own clock."""
    wait = retry_after(answer.headers.get("retry-after", ""), _server_time(answer))
    return min(wait or timedelta(), WAIT_LIMIT)


def allowed(at: datetime, hints: Hints) -> datetime:
    """Return the first time from `at` on that the feed does not ask us to skip."""
    if len(hints.skip_hours) == 24 or len(hints.skip_days) == 7:
        return at
    # Not all at the stroke of the hour: the minutes' last digit stays.
    while at.hour in hints.skip_hours or at.weekday() in hints.skip_days:
        at = at.replace(minute=at.minute % 10, second=0, microsecond=0) + timedelta(hours=1)
    return at


def _server_time(answer: PollResult) -> datetime:
    return http_date(answer.headers.get("date", "")) or answer.at
