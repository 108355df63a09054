"""When a page was published and last changed: what it says of its own time, the most telling first.

The places are those of `articles.date_source`. A time in linked data or meta tags is read whole,
with its zone; the address and the text give a day. The time of the fetch never is the answer.
"""

import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, date, datetime

from htmldate import find_date
from lxml.etree import SubElement
from lxml.html import HtmlElement, document_fromstring

from transforms.extract.dates import AHEAD, EARLIEST, LATEST, believed, read_time, spelled
from transforms.extract.json_ld import LinkedArticle, scripts
from transforms.extract.meta import MODIFIED, PUBLISHED, Meta, values

_ADDRESS_DAY = re.compile(r"/((?:19|20)\d\d)([/-]?)([01]?\d)\2([0-3]?\d)(?=\D|$)")
_FAR_ZONE = re.compile(r"[+-]\d\d:?\d\d\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_EAST_ASIAN_DAY = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")

LINES_BEHIND, LINES_BEFORE = 20, 10
"""How far from a headline its date may stand, in stretches of text."""

MAX_DATELINE = 60
"""Characters; a longer line tells more than a date."""

_TIMES = (
    "//*[@itemprop='datePublished']/@*[name()='content' or name()='datetime']"
    "| //time[@pubdate]/@datetime"
    "| //time[contains(concat(' ', @class, ' '), ' published ')]/@datetime"
    "| //time[contains(@class, 'entry-date') or contains(@class, 'dt-published')]/@datetime"
    "| //abbr[contains(@class, 'published')]/@title"
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
) -> Dated | None:
    """Return when the page says that its article appeared, None if it does not say.

    The first time that can be believed is taken. Where there is none, the first that cannot is
    returned, for others to see and refuse.
    """
    stated = list(_read(_stated(tree, linked, meta, url)))
    found = next((one for one in stated if believed(one.time, seen_at)), None)
    return found or _in_text(tree, url, seen_at) or next(iter(stated), None)


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
    yield from (("time_element", value) for value in tree.xpath(_TIMES))
    if found := _ADDRESS_DAY.search(url or ""):
        yield "url", f"{found[1]}-{found[3]:0>2}-{found[4]:0>2}"


def _in_text(tree: HtmlElement, url: str | None, seen_at: datetime | None) -> Dated | None:
    """Return the day that htmldate finds around the headline, else anywhere on the page; at midnight.

    The first of January is what it makes of a bare year, such as a copyright notice's: no day.
    """
    latest = seen_at + AHEAD if seen_at else LATEST
    for prepared in (_around_headline, _as_it_is, _without_zones):
        try:
            found = find_date(
                prepared(tree),
                url=url,
                original_date=True,
                min_date=EARLIEST.strftime("%Y-%m-%d"),
                max_date=latest.strftime("%Y-%m-%d"),
            )
        except Exception:  # noqa: BLE001, S112 whatever it is, it must not cost the article
            continue
        if found and not found.endswith("-01-01"):
            day = datetime.fromisoformat(found).replace(tzinfo=UTC)
            return Dated(day, None, place_of(day, tree))
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
