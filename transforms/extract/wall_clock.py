"""The publisher's wall clock, where his machines write in UTC and his readers see his own day.

Many pages state a time twice: in UTC for machines, and as it was on the wall for the page's own
scripts. The same minute and second at another hour are the same moment on another clock.
"""

import re
from datetime import UTC, datetime, timedelta

FARTHEST = timedelta(hours=14)
"""No clock is farther from UTC."""

_DAY_AND_HOUR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")
_BEHIND = re.compile(r"(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?(?![\d:])")
_HEAD = len("2024-03-01T09")
_TAIL = len(":30:05.000000+00:00") + 1


def wall_clock(time: datetime, html: str) -> int | None:
    """Return how many minutes the clock is ahead of UTC that shows `time` elsewhere in `html`.

    >>> time = datetime(2024, 3, 2, 3, 30, 5, tzinfo=UTC)
    >>> wall_clock(time, "var published = '2024-03-01 22:30:05';")
    -300

    Returns:
        None if no other clock is found, or several that differ. A full minute tells nothing: too
        many times are at one.
    """
    offsets = set(_offsets(time, html)) if time.second else set()
    return offsets.pop() if len(offsets) == 1 else None


def _offsets(time: datetime, html: str) -> list[int]:
    """Return the distances, in minutes, of the clocks that show the minute and second of `time`."""
    shown, at, found = time.strftime(":%M:%S"), -1, []
    while (at := html.find(shown, at + 1)) >= 0:
        head = html[max(0, at - _HEAD) : at]
        zone = _BEHIND.match(html[at + len(shown) : at + _TAIL])
        if not zone or not _DAY_AND_HOUR.fullmatch(head):
            continue
        try:
            wall = datetime.fromisoformat(head + shown).replace(tzinfo=UTC)
        except ValueError:
            continue
        ahead = wall - time.replace(microsecond=0)
        if ahead and abs(ahead) <= FARTHEST and zone[1] in (None, *_spelled(ahead)):
            found.append(ahead // timedelta(minutes=1))
    return found


def _spelled(ahead: timedelta) -> tuple[str, str]:
    """Return the two spellings of a zone that is so far ahead, by whole hours."""
    hours = ahead // timedelta(hours=1)
    return f"{hours:+03d}:00", f"{hours:+03d}00"
