"""Finds the publication day in a page's visible text, with htmldate."""

import re
from contextlib import suppress
from copy import deepcopy
from datetime import UTC, date, datetime

from htmldate import find_date
from lxml.etree import SubElement
from lxml.html import HtmlElement, document_fromstring

from newslake.transforms.extract.fields.dates import AHEAD, EARLIEST, LATEST, spelled
from newslake.transforms.extract.fields.day_order import in_order
from newslake.transforms.extract.html.json_ld import scripts

_FAR_ZONE = re.compile(r"[+-]\d\d:?\d\d\s*$")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_BEHIND_SLASH = re.compile(r"\d/(?:19|20)\d\d")
_EAST_ASIAN_DAY = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월]\s?(\d{1,2})\s?[日일]")

LINES_BEHIND, LINES_BEFORE = 20, 10
"""Maximum distances of a date after the headline and before the headline, in text nodes."""

MAX_DATELINE = 60
"""Maximum length of a line with a date, in characters; longer lines are ignored."""


def day_in_words(tree: HtmlElement, seen_at: datetime | None) -> tuple[datetime, str] | None:
    """Return the day in the text around the headline or, if there is none, in the page's markup.

    Return the day, as midnight in UTC, and its source (see `Article.date_source`); or None. htmldate's
    search in the whole text is not used: most dates that only this search finds are not publication
    dates. 1 January is ignored, because htmldate returns it for a year without a day, for example
    in a copyright notice.
    """
    latest = seen_at + AHEAD if seen_at else LATEST
    for place, in_all_words in ((_around_headline(tree), True), (_ordered(tree), False)):
        found = _day_in(place, latest, in_all_words)
        if found and not found.endswith("-01-01"):
            day = datetime.fromisoformat(found).replace(tzinfo=UTC)
            return day, place_of(day, tree)
    return None


def _day_in(tree: HtmlElement, latest: datetime, in_all_words: bool) -> str | None:
    """Return the day that htmldate finds; None if htmldate finds no day or raises an error."""
    for prepare in (None, _without_zones):
        with suppress(Exception):  # an error in htmldate must not reject the article
            found: str | None = find_date(
                prepare(tree) if prepare else tree,
                extensive_search=in_all_words,
                original_date=True,
                min_date=EARLIEST.strftime("%Y-%m-%d"),
                max_date=latest.strftime("%Y-%m-%d"),
            )
            return found
    return None


def _around_headline(tree: HtmlElement) -> HtmlElement:
    """Return a new page with the short lines near the first headings, if they contain a year."""
    body = document_fromstring("<html><body></body></html>")
    for heading in tree.xpath("(//h1)[position() <= 3]"):
        before = heading.xpath("preceding::text()[not(parent::script or parent::style)]")
        behind = heading.xpath("following::text()[not(parent::script or parent::style)]")
        for line in [*behind[:LINES_BEHIND], *before[-LINES_BEFORE:]]:
            if _YEAR.search(line) and len(line) <= MAX_DATELINE:
                ordered = in_order(line, tree.get("lang"))
                SubElement(body.find("body"), "p").text = _EAST_ASIAN_DAY.sub(r"\1-\2-\3", ordered)
    return body


def _ordered(tree: HtmlElement) -> HtmlElement:
    """Return the page or, if it has dates with slashes, a copy with ISO 8601 dates instead."""
    if not any(map(_YEAR_BEHIND_SLASH.search, tree.itertext("*"))):
        return tree
    copy = deepcopy(tree)
    for element in copy.iter("*"):
        for place in ("text", "tail"):
            words = getattr(element, place) or ""
            if len(words) <= MAX_DATELINE and _YEAR_BEHIND_SLASH.search(words):
                setattr(element, place, in_order(words, tree.get("lang")))
    return copy


def place_of(day: date, tree: HtmlElement) -> str:
    """Return the first source that contains `day`: json_ld, meta or time_element; otherwise text.

    htmldate does not report where it found a date, so this function searches the page for the date.
    """
    pattern = spelled(day)
    if any(map(pattern.search, scripts(tree))):
        return "json_ld"
    if any(map(pattern.search, tree.xpath("//meta/@content"))):
        return "meta"
    times = tree.xpath("//time/@datetime | //time/text() | //*/@pubdate")
    return "time_element" if any(map(pattern.search, times)) else "text"


def _without_zones(tree: HtmlElement) -> HtmlElement:
    """Return a copy without attributes that end in a UTC offset: htmldate fails on invalid offsets."""
    copy = deepcopy(tree)
    for element in copy.iter("meta", "time", "abbr"):
        for name, value in element.attrib.items():
            if _FAR_ZONE.search(value):
                del element.attrib[name]
    return copy
