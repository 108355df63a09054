"""When a page was published and last changed: what it says of its own time, the most telling first.

The places are those of `articles.date_source`. A time in linked data or meta tags is read whole,
with its zone; the address and the text give a day. The time of the fetch never is the answer.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import chain

from htmldate import find_date
from lxml.etree import SubElement, XPath
from lxml.html import HtmlElement, document_fromstring

from transforms.extract.dates import AHEAD, EARLIEST, LATEST, believed, read_time, spelled
from transforms.extract.json_ld import LinkedArticle, scripts
from transforms.extract.meta import DATE, MODIFIED, PUBLISHED, Meta, values
from transforms.extract.wall_clock import shown_clock, wall_clock

_ADDRESS_DAY = re.compile(r"/((?:19|20)\d\d)([/-]?)([01]?\d)\2([0-3]?\d)(?=\D|$)")
_FAR_ZONE = re.compile(r"[+-]\d\d:?\d\d\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EAST_ASIAN_DAY = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")

LINES_BEHIND, LINES_BEFORE = 20, 10
"""How far from a headline its date may stand, in stretches of text."""

MAX_DATELINE = 60
"""Characters; a longer line tells more than a date."""

_TIMES = XPath(
    "//*[@itemprop='datePublished']/@*[name()='content' or name()='datetime']"
    "| //time[@pubdate or contains(concat(' ', @class, ' '), ' published ')"
    " or contains(@class, 'entry-date') or contains(@class, 'dt-published')]/@datetime"
    "| //abbr[contains(@class, 'published')]/@title",
    smart_strings=False,
)
_ANY_TIMES = XPath(
    "//time[not(ancestor::*[contains(concat(' ', @class), ' comment') or starts-with(@id, 'comment')])]"
    "/@datetime",
    smart_strings=False,
)

# Where scripts find the moment that they show in the reader's own words and zone.
_SCRIPTED = XPath(
    "//@data-timestamp | //@data-time | //@data-utc-time | //@data-published-at"
    " | //@data-publicationdate | //@publicationdate",
    smart_strings=False,
)


@dataclass(frozen=True)
class Dated:
    """A time that a page states."""

    time: datetime
    """In UTC."""
    offset: int | None
    """Minutes that the clock is ahead of UTC; None if no zone is given."""
    source: str
    """Where it stands, as in `Article.date_source`."""


def published(
    tree: HtmlElement,
    linked: LinkedArticle,
    meta: Meta,
    url: str | None,
    seen_at: datetime | None,
    html: str = "",
) -> Dated | None:
    """Return when the page says that its article appeared, None if it does not say.

    The first time that can be believed is taken. Where there is none, the first that cannot is
    returned, for others to see and refuse. Where it is in UTC, its offset is that of the publisher's
    own clock, if the page, which is `html`, shows the same moment on that too.
    """
    stated = list(_read(_stated(tree, linked, meta, url)))
    scripted = _read(_scripted(tree))
    found = next((one for one in chain(stated, scripted) if believed(one.time, seen_at)), None)
    if found and found.offset == 0:
        return replace(found, offset=_own_clock(found, stated, tree, html))
    return found or _in_text(tree, url, seen_at) or next(iter(stated), None)


def _own_clock(found: Dated, stated: Sequence[Dated], tree: HtmlElement, html: str) -> int:
    """Return the offset of the publisher's clock, 0 where he shows none but UTC."""
    others = (one.offset for one in stated if one.time == found.time and one.offset)
    return next(others, None) or wall_clock(found.time, html) or shown_clock(found.time, tree) or 0


def modified(linked: LinkedArticle, meta: Meta) -> datetime | None:
    """Return when the page says that its article was last changed, in UTC."""
    stated = [*linked.modified, *values(meta, MODIFIED)]
    return next((time[0] for value in stated if (time := read_time(value))), None)


def _read(stated: Iterable[tuple[str, object]]) -> Iterator[Dated]:
    for source, value in stated:
        if time := read_time(value):
            yield Dated(*time, source)


def _stated(
    tree: HtmlElement, linked: LinkedArticle, meta: Meta, url: str | None
) -> Iterator[tuple[str, object]]:
    """Yield the places of machine-readable times, the most telling first, and what stands there."""
    yield from (("json_ld", value) for value in linked.published)
    yield from (("meta", value) for value in values(meta, PUBLISHED))
    yield from (("time_element", value) for value in (*_TIMES(tree), *_of_one_day(tree)))
    yield from (("meta", value) for value in values(meta, DATE))
    if found := _ADDRESS_DAY.search(url or ""):
        yield "url", f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}"


def _of_one_day(tree: HtmlElement) -> list[str]:
    """Return the times of a page's `<time>` elements if all but those of comments are on one day."""
    found: list[str] = _ANY_TIMES(tree)
    days = {time[0].date() for one in found if (time := read_time(one))}
    return found if len(days) == 1 else []


def _scripted(tree: HtmlElement) -> Iterator[tuple[str, object]]:
    """Yield the times in attributes for scripts; the search for them begins with the first."""
    yield from (("time_element", value) for value in _SCRIPTED(tree))


def _in_text(tree: HtmlElement, url: str | None, seen_at: datetime | None) -> Dated | None:
    """Return the day in words around the headline, else the one that the page marks; at midnight.

    htmldate finds them. Its search of all words on a page is not asked: of the days that it alone
    finds most are of other things. The first of January is what it makes of a bare year, such as a
    copyright notice's: no day.
    """
    latest = seen_at + AHEAD if seen_at else LATEST
    for place, in_all_words in ((_around_headline(tree), True), (tree, False)):
        found = _day_in(place, url, latest, in_all_words)
        if found and not found.endswith("-01-01"):
            day = datetime.fromisoformat(found).replace(tzinfo=UTC)
            return Dated(day, None, place_of(day, tree))
    return None


def _day_in(tree: HtmlElement, url: str | None, latest: datetime, in_all_words: bool) -> str | None:
    """Return the day that htmldate finds, None if it finds none or fails."""
    for prepare in (_as_it_is, _without_zones):
        with suppress(Exception):  # whatever it is, it must not cost the article
            found: str | None = find_date(
                prepare(tree),
                extensive_search=in_all_words,
                url=url,
                original_date=True,
                min_date=EARLIEST.strftime("%Y-%m-%d"),
                max_date=latest.strftime("%Y-%m-%d"),
            )
            return found
    return None


def _around_headline(tree: HtmlElement) -> HtmlElement:
    """Return a page of the short lines with a year that follow or precede the first headings."""
    body = document_fromstring("<html><body></body></html>")
    for heading in tree.xpath("(//h1)[position() <= 3]"):
        before = heading.xpath("preceding::text()[not(parent::script or parent::style)]")
        behind = heading.xpath("following::text()[not(parent::script or parent::style)]")
        for line in [*behind[:LINES_BEHIND], *before[-LINES_BEFORE:]]:
            if _YEAR.search(line) and len(line) <= MAX_DATELINE:
                SubElement(body.find("body"), "p").text = _EAST_ASIAN_DAY.sub(r"\1-\2-\3", line)
    return body


def place_of(day: date, tree: HtmlElement) -> str:
    """Return the first place that states `day`: json_ld, meta, time_element; else text.

    htmldate does not tell where it read a date. This is where a reader can check it.
    """
    pattern = spelled(day)
    if any(map(pattern.search, scripts(tree))):
        return "json_ld"
    places = {
        "meta": "//meta/@content",
        "time_element": "//time/@datetime | //time/text() | //*/@pubdate",
    }
    stating = (name for name, path in places.items() if any(map(pattern.search, tree.xpath(path))))
    return next(stating, "text")


def _as_it_is(tree: HtmlElement) -> HtmlElement:
    return tree


def _without_zones(tree: HtmlElement) -> HtmlElement:
    """Return a copy without attributes that end in a time zone: an impossible one breaks htmldate."""
    copy = deepcopy(tree)
    for element in copy.iter("meta", "time", "abbr"):
        for name, value in element.attrib.items():
            if _FAR_ZONE.search(value):
                del element.attrib[name]
    return copy
