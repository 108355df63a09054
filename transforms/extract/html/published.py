"""Publication time and modification time of a page, each from the most reliable source.

The sources are those of `articles.date_source`. JSON-LD and meta tags give a time with its time
zone; the URL and the text give a day. The fetch time is never used.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.extract.fields.dates import is_plausible, precision_of, read_time
from newslake.transforms.extract.fields.wall_clock import shown_clock, wall_clock
from newslake.transforms.extract.html import meta
from newslake.transforms.extract.html.day_in_words import day_in_words
from newslake.transforms.extract.html.json_ld import LinkedArticle

_ADDRESS_DAY = re.compile(
    r"/(?=(?:19|20)\d\d)(?:(\d{4})/(\d\d?)/(\d\d?)(?![\w-])|(\d{4})-(\d\d?)-(\d\d?)(?!\d)"
    r"|(\d{4})(\d\d)(\d\d)(?!\d)|(\d{4})(\d\d)/(\d\d)/)",
    re.ASCII,
)
"""A date in a URL, with enough digits to distinguish it from a number in a title."""
_TIMES = XPath(
    f"//*[@itemprop='datePublished' and not({meta.WITHIN_ANOTHERS})]"
    "/@*[name()='content' or name()='datetime']"
    "| //time[@pubdate or contains(concat(' ', @class, ' '), ' published ')"
    " or contains(@class, 'entry-date') or contains(@class, 'dt-published')]/@datetime"
    "| //abbr[contains(@class, 'published')]/@title",
    smart_strings=False,
)
_ANY_TIMES = XPath(
    f"//time[not({meta.WITHIN_COMMENT} or @itemprop and {meta.WITHIN_ANOTHERS})]/@datetime",
    smart_strings=False,
)

# Attributes from which scripts format a time in the reader's language and time zone.
_SCRIPTED = XPath(
    "//@data-timestamp | //@data-time | //@data-utc-time | //@data-published-at"
    " | //@data-publicationdate | //@publicationdate",
    smart_strings=False,
)


@dataclass(frozen=True)
class Dated:
    """A time that a page states."""

    time: datetime
    """The time in UTC."""
    offset: int | None
    """UTC offset in minutes; None if no time zone is stated."""
    source: str
    """The source, as in `Article.date_source`."""
    precision: str
    """The precision, as in `Article.published_precision`."""


def published(
    tree: HtmlElement,
    linked: LinkedArticle,
    tags: meta.Meta,
    url: str | None,
    seen_at: datetime | None,
    html: str = "",
) -> Dated | None:
    """Return the publication time that the page states; None if it states no time.

    The first plausible time is returned. If there is none, the first implausible time is returned;
    the caller must check the time. If the time is in UTC and the page's source `html` also contains
    the publisher's local time, the offset is that of the local time.
    """
    stated = list(_read(_stated(tree, linked, tags, url)))
    scripted = _read(_scripted(tree))
    found = next((one for one in chain(stated, scripted) if is_plausible(one.time, seen_at)), None)
    if found and found.offset == 0:
        return replace(found, offset=_own_clock(found, stated, tree, html))
    if found:
        return found
    if in_words := day_in_words(tree, seen_at):
        day, place = in_words
        return Dated(day, None, place, "day")
    return next(iter(stated), None)


def _own_clock(found: Dated, stated: Sequence[Dated], tree: HtmlElement, html: str) -> int:
    """Return the UTC offset of the publisher's local time; 0 if the page states UTC only."""
    others = (one.offset for one in stated if one.time == found.time and one.offset)
    return next(others, None) or wall_clock(found.time, html) or shown_clock(found.time, tree) or 0


def modified(linked: LinkedArticle, tags: meta.Meta) -> datetime | None:
    """Return the modification time that the page states, in UTC; None if it states no time."""
    stated = [*linked.modified, *meta.values(tags, "modified")]
    return next((time[0] for value in stated if (time := read_time(value))), None)


def _read(stated: Iterable[tuple[str, object]]) -> Iterator[Dated]:
    for source, value in stated:
        if time := read_time(value):
            yield Dated(*time, source, precision_of(value))


def _stated(
    tree: HtmlElement, linked: LinkedArticle, tags: meta.Meta, url: str | None
) -> Iterator[tuple[str, object]]:
    """Yield the machine-readable times as (source, value), the most reliable source first."""
    yield from (("json_ld", value) for value in linked.published)
    yield from (("meta", value) for value in meta.values(tags, "published"))
    yield from (("time_element", value) for value in _TIMES(tree))
    shown = _of_one_day(tree)
    if found := _ADDRESS_DAY.search(url or ""):
        year, month, day = filter(None, found.groups())
        stated = f"{year}-{month:0>2}-{day:0>2}"
        # A time of the same day is more precise, a time of another day is that of another story.
        yield from (("time_element", value) for value in shown if value.startswith(stated))
        yield "url", stated
    yield from (("time_element", value) for value in shown)
    yield from (("meta", value) for value in meta.values(tags, "date"))


def _of_one_day(tree: HtmlElement) -> list[str]:
    """Return the times of `<time>` elements outside comments; [] if the times differ in the day."""
    found: list[str] = _ANY_TIMES(tree)
    days = {time[0].date() for one in found if (time := read_time(one))}
    return found if len(days) == 1 else []


def _scripted(tree: HtmlElement) -> Iterator[tuple[str, object]]:
    """Yield the times in attributes for scripts, lazily: this search is often unnecessary."""
    yield from (("time_element", value) for value in _SCRIPTED(tree))
