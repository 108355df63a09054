"""The publisher's wall clock, where his machines write in UTC and his readers see his own day.

Many pages state a time twice: in UTC for machines, and as it was on the wall for readers or for the
page's own scripts. It stands in one element with both, or, by minute and second, elsewhere.
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from lxml.etree import XPath
from lxml.html import HtmlElement

from transforms.extract.dates import read_time

FARTHEST = timedelta(hours=14)
"""No clock is farther from UTC."""

EASTERNMOST = 13 * 60 + 45
"""Minutes that the clocks of the Chatham Islands are ahead of UTC in summer. One that seems to be
farther ahead is behind it, as Hawaii's is by ten hours."""

QUARTER = 15
"""Minutes; all clocks differ from UTC by a multiple of it."""

MAX_SHOWN = 100
"""Characters; what is longer shows more than a time."""

_STATING = XPath("//time[@datetime] | //*[@itemprop='datePublished' and @content]")
_CLOCK = re.compile(
    r"(?<![\d.:])(\d\d?)(?:\s?[:.h]\s?(\d\d)(?::\d\d)?(?![.:]?\d)(?:\s?([ap])\.?m\b)?"
    r"|\s?([ap])\.?m\b)",
    re.IGNORECASE,
)
_DAY_AND_HOUR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")
_BEHIND = re.compile(r"(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?(?![\d:])")
_HEAD = len("2024-03-01T09")
_TAIL = len(":30:05.000000+00:00") + 1


def shown_clock(time: datetime, tree: HtmlElement) -> int | None:
    """Return how many minutes the clock is ahead of UTC by which a page shows `time` to its readers.

    It is the zone of an element that states the same minute, or the distance to the clock in its
    text: `<time datetime="2024-03-02T03:30Z">1 March, 10:30 p.m.</time>` is 300 minutes behind.

    Returns:
        None if no such element shows another clock than UTC; else the first's.
    """
    return next((ahead for element in _STATING(tree) for ahead in _shown(time, element)), None)


def _shown(time: datetime, element: HtmlElement) -> Iterator[int]:
    """Yield the distances, 0 left out, of the clocks by which `element` states and shows `time`."""
    stated = read_time(element.get("datetime") or element.get("content"))
    if not stated or abs(stated[0] - time) >= timedelta(minutes=1):
        return
    if stated[1]:
        yield stated[1]
    text = element.text_content()
    for shown in _CLOCK.findall(text) if len(text) <= MAX_SHOWN else ():
        ahead = (_minutes(*shown) - 60 * time.hour - time.minute) % (24 * 60)
        if int(shown[0]) < 24 and ahead and ahead % QUARTER == 0:
            yield ahead if ahead <= EASTERNMOST else ahead - 24 * 60


def _minutes(hour: str, minute: str, half: str, half_alone: str) -> int:
    """Return the minutes since midnight of a clock; `a` and `p` are the halves of the day."""
    hours, mark = int(hour), (half or half_alone).lower()
    if mark and hours <= 12:
        hours = hours % 12 + (12 if mark == "p" else 0)
    return 60 * hours + int(minute or 0)


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
