"""The publisher's wall clock, where his machines write in UTC and his readers see his own day.

Many pages state a time twice: in UTC for machines, and as it was on the wall for readers or for the
page's own scripts. It stands in one element with both, or, by minute and second, elsewhere.
"""

import re
from datetime import UTC, datetime, timedelta

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.extract.fields.dates import hour_of_day, read_time

OFFSETS = {60 * hours for hours in range(-11, 15) if hours} | {
    *(-570, -270, -210, -150, 210, 270, 330, 345, 390),
    *(510, 525, 570, 630, 690, 765, 825),
}
"""Minutes that clocks have been ahead of UTC since 2000, 0 left out, as the tz database lists them."""

EASTERNMOST = 13 * 60 + 45
"""Minutes that the clocks of the Chatham Islands are ahead of UTC in summer. One that seems to be
farther ahead is behind it, as Hawaii's is by ten hours."""

MAX_SHOWN = 100
"""Characters; what is longer shows more than a time."""

_STATING = XPath("//time[@datetime] | //*[@itemprop='datePublished' and @content]")
_CLOCK = re.compile(
    r"(?<![\d.:])(\d\d?)(?:\s?[:.h]\s?(\d\d)(?::\d\d)?(?![.:]?\d)(?:\s?([ap])\.?m\b)?"
    r"|\s?([ap])\.?m\b)",
    re.IGNORECASE,
)
_DAY_OF_MONTH = re.compile(r"(?<!\d)\d\d?\.\s?\d\d?\.(?!\d)")
_DAY_AND_HOUR = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d")
_BEHIND = re.compile(
    r"(?:\.\d+)?(?:\s*([AP])M\b)?(?:\s*(Z|UTC|GMT|[+-]\d\d:?\d\d))?(?![\d:])", re.IGNORECASE
)
_HEAD = len("2024-03-01T09")
_TAIL = len(":30:05.000000 PM +00:00") + 1


def shown_clock(time: datetime, tree: HtmlElement) -> int | None:
    """Return how many minutes the clock is ahead of UTC by which a page shows `time` to its readers.

    It is the zone of an element that states the same minute, or the distance to the clock in its
    text: `<time datetime="2024-03-02T03:30Z">1 March, 10:30 p.m.</time>` is 300 minutes behind.

    Returns:
        None if no such element shows another clock than UTC; else the first's. One that shows UTC
        too, or several other clocks, tells nothing.
    """
    return next(filter(None, (_shown(time, element) for element in _STATING(tree))), None)


def _shown(time: datetime, element: HtmlElement) -> int | None:
    """Return the distance of the clock by which `element` states or shows `time`; None if in doubt."""
    stated = read_time(element.get("datetime") or element.get("content"))
    if not stated or abs(stated[0] - time) >= timedelta(minutes=1):
        return None
    if stated[1]:
        return stated[1]
    text = element.text_content()
    shown = _CLOCK.findall(_DAY_OF_MONTH.sub(" ", text)) if len(text) <= MAX_SHOWN else []
    found = {_distance(time, *clock) for clock in shown if int(clock[0]) < 24} & {0, *OFFSETS}
    return found.pop() if len(found) == 1 else None


def _distance(time: datetime, hour: str, minute: str, half: str, half_alone: str) -> int:
    """Return the minutes that a clock is ahead of UTC which shows `hour` and `minute` at `time`.

    An hour up to 12 without its half of the day may be UTC's own, half a day off: 0.
    """
    hours, mark = int(hour), half or half_alone
    ahead = 60 * (hour_of_day(hours, mark) - time.hour) + int(minute or 0) - time.minute
    ahead %= 24 * 60
    if hours <= 12 and not mark and ahead == 12 * 60:
        return 0
    return ahead if ahead <= EASTERNMOST else ahead - 24 * 60


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
        half, stated = zone.groups()
        try:
            wall = datetime.fromisoformat(head + shown).replace(tzinfo=UTC)
        except ValueError:
            continue
        wall = wall.replace(hour=hour_of_day(wall.hour, half))
        ahead = (wall - time.replace(microsecond=0)) // timedelta(minutes=1)
        if ahead in OFFSETS and stated in (None, *_spelled(ahead)):
            found.append(ahead)
    return found


def _spelled(ahead: int) -> tuple[str, str]:
    """Return the two spellings of a zone that is so many minutes ahead, by whole hours."""
    return f"{ahead // 60:+03d}:00", f"{ahead // 60:+03d}00"
