"""Finds the publisher's UTC offset on pages that state the publication time in UTC.

Many pages state a time twice: in UTC for machines, and in local time for readers or for scripts.
The local time is in the same element as the UTC time, or elsewhere with the same minute and second.
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
"""UTC offsets in use since 2000, from the tz database, in minutes, without 0."""

EASTERNMOST = 13 * 60 + 45
"""Maximum UTC offset, in minutes: summer time of the Chatham Islands. A larger difference means a
clock behind UTC: for example, Hawaii is 10 hours behind."""

MAX_SHOWN = 100
"""Maximum length of a text with a time, in characters; longer texts are ignored."""

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
    """Return the UTC offset, in minutes, of the local time that a page shows for `time`.

    The offset is taken from an element whose time attribute has the same minute as `time`. If the
    attribute is in UTC, the offset is the shown time minus the attribute's time: -300 in
    `<time datetime="2024-03-02T03:30Z">1 March, 10:30 p.m.</time>`.

    Returns:
        The offset of the first such element; None if all elements show UTC only.
        Elements that show several different times are ignored.
    """
    return next(filter(None, (_shown(time, element) for element in _STATING(tree))), None)


def _shown(time: datetime, element: HtmlElement) -> int | None:
    """Return the UTC offset that `element` uses to show `time`; None if the offset is ambiguous."""
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
    """Return the UTC offset, in minutes, of a clock that shows `hour` and `minute` at `time`.

    If an hour up to 12 has no a.m. or p.m. and differs from UTC by 12 hours, the result is 0.
    """
    hours, mark = int(hour), half or half_alone
    ahead = 60 * (hour_of_day(hours, mark) - time.hour) + int(minute or 0) - time.minute
    ahead %= 24 * 60
    if hours <= 12 and not mark and ahead == 12 * 60:
        return 0
    return ahead if ahead <= EASTERNMOST else ahead - 24 * 60


def wall_clock(time: datetime, html: str) -> int | None:
    """Return the UTC offset, in minutes, of a local time in `html` that equals `time`.

    >>> time = datetime(2024, 3, 2, 3, 30, 5, tzinfo=UTC)
    >>> wall_clock(time, "var published = '2024-03-01 22:30:05';")
    -300

    Returns:
        The offset; None if there is no local time, or if local times have different offsets. If the
        second of `time` is 0, the result is None too, since unrelated times often have second 0.
    """
    offsets = set(_offsets(time, html)) if time.second else set()
    return offsets.pop() if len(offsets) == 1 else None


def _offsets(time: datetime, html: str) -> list[int]:
    """Return the UTC offsets, in minutes, of the times with the minute and second of `time`."""
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
        hours = f"{ahead // 60:+03d}"
        if ahead in OFFSETS and stated in (None, f"{hours}:00", f"{hours}00"):
            found.append(ahead)
    return found
