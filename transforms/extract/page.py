"""Web pages: text and metadata of HTML, by trafilatura; parsed once."""

import logging
import re
from collections.abc import Iterable, Iterator
from copy import deepcopy
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from typing import Any

from lxml.html import HtmlElement
from trafilatura import bare_extraction
from trafilatura.metadata import Document as Metadata
from trafilatura.metadata import extract_metadata, extract_title
from trafilatura.utils import load_html

from schemas.reasons import NoText
from transforms.address import is_home_page, web_address
from transforms.extract.content import Content
from transforms.extract.dates import AHEAD, EARLIEST, LATEST, spelled
from transforms.extract.language import two_letters
from transforms.extract.table import tidy_rows
from transforms.text import lines, one_line

MAX_ATTRIBUTES = 1_000
"""A tag with more loses them all: trafilatura's time grows with their square."""

# What browsers would read as a document of HTML, or a piece of one.
_HTML = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*"
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|section|main|header|h[1-6]|table|"
    r"ul|ol|figure|blockquote|span|center|img)\b",
    re.IGNORECASE | re.DOTALL,
)
_DOCUMENT = re.compile(
    r"\s*(?:<!--.*?-->\s*|<\?xml[^>]*>\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)
_WHOLE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_LONG_TAG = 4 * MAX_ATTRIBUTES
_LONG_BLANK = re.compile(r"(?<!\s)\s{1000,}")
_STRIDE = 500  # a blank of a thousand characters covers one stride at least
_FAR_ZONE = re.compile(r"[+-]\d\d:?\d\d\s*$")
_PUBLISHED = re.compile(r'"date(?:Published|Created)"\s*:\s*"([^"]*)"')

for _library in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)  # a line a page says nothing of use


def looks_like_html(text: str) -> bool:
    """Return whether `text` is HTML, whatever its name says.

    >>> looks_like_html("<p>Truce</p>"), looks_like_html("a < b")
    (True, False)
    """
    return bool(_HTML.match(text))


def is_html_document(text: str) -> bool:
    """Return whether `text` is a whole document of HTML, and not only a piece."""
    return bool(_DOCUMENT.match(text))


def read_page(html: str, url: str | None = None, seen_at: datetime | None = None) -> Content:
    """Return the main text of a page, and what it says of itself.

    Metadata that cannot be had costs itself, never the text. The date is the day that htmldate
    finds, at midnight UTC; its source is the first place that states that day.

    Args:
        html: A document, or a piece of one.
        url: Where it was found.
        seen_at: When it was fetched: no date lies later. It never is the date.

    Raises:
        NoText: nothing that reads like a text, or no HTML at all.
    """
    tree = load_html(_tame(html if _WHOLE.search(html) else f"<html><body>{html}</body></html>"))
    if tree is None:
        raise NoText("no HTML")
    metadata = _metadata(tree, url, seen_at)
    day = _day(metadata.date)
    title = next(_strings([metadata.title]), None) or extract_title(tree)
    return Content(
        text=_text(tree, url, title),
        extractor="trafilatura",
        extractor_version=_version(),
        title=title,
        authors=[name for names in _strings([metadata.author]) for name in _split(names, ";")],
        url=own_address(tree, url),
        published_at=day,
        published_at_naive=day is not None,
        date_source=place_of(day, tree, url) if day else "none",
        language=two_letters(tree.get("lang")),
        section=next(_strings(metadata.categories), None),
        keywords=[keyword for tags in _strings(metadata.tags) for keyword in _split(tags, ",")],
        image_url=web_address(next(_strings([metadata.image]), None), base=url),
    )


def own_address(tree: HtmlElement, url: str | None) -> str | None:
    """Return the address that a page gives itself: its canonical link, else its og:url.

    A home page is not believed: sites name it by mistake, and all their articles would be one.
    """
    links, properties = [], []
    for element in tree.iter("link", "meta"):
        if element.get("property") == "og:url":
            properties.append(element.get("content", ""))
        elif "canonical" in element.get("rel", "").lower().split():
            links.append(element.get("href", ""))
    for named in (*links, *properties):
        address = web_address(named.strip(), base=url)
        if address and not is_home_page(address):
            return address
    return None


def place_of(day: date, tree: HtmlElement, url: str | None) -> str:
    """Return the first place that states `day`: json_ld, meta, time_element, url; else text.

    htmldate does not tell where it read a date. This is where a reader can check it.
    """
    pattern = spelled(day)
    for place, values in _dated(tree, url):
        if any(pattern.search(value) for value in values):
            return place
    return "text"


def _dated(tree: HtmlElement, url: str | None) -> Iterator[tuple[str, list[str]]]:
    """Yield the places of machine-readable dates, the most telling first, and what stands there."""
    scripts = tree.xpath("//script[contains(@type, 'ld+json')]/text()")
    yield "json_ld", [value for script in scripts for value in _PUBLISHED.findall(script)]
    yield "meta", tree.xpath("//meta/@content")
    yield "time_element", tree.xpath("//time/@datetime | //time/text() | //*/@pubdate")
    yield "url", [url or "", *tree.xpath("//link[@rel='canonical']/@href")]


def _metadata(tree: HtmlElement, url: str | None, seen_at: datetime | None) -> Metadata:
    """Return what trafilatura finds out about the page; without dates if they make it fail."""
    latest = seen_at + AHEAD if seen_at else LATEST
    limits = {
        "original_date": True,
        "min_date": EARLIEST.strftime("%Y-%m-%d"),
        "max_date": latest.strftime("%Y-%m-%d"),
    }
    for prepared in (_as_it_is, _without_zones):
        try:
            return extract_metadata(prepared(tree), url, limits)
        except Exception:  # noqa: BLE001, S112 whatever it is, it must not cost the article
            continue
    return Metadata()


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


def _text(tree: HtmlElement, url: str | None, title: str | None) -> str:
    """Return the main text of the page, one paragraph, heading or table row a line, title apart.

    Raises:
        NoText: trafilatura finds none.
    """
    found: Any = bare_extraction(tree, url=url, include_comments=False, include_tables=True)
    paragraphs = tidy_rows(lines((found and found.text) or ""))
    if title and paragraphs[1:] and one_line(paragraphs[0]) == one_line(title):
        del paragraphs[0]
    if not paragraphs:
        raise NoText("no main text in the page")
    return "\n".join(paragraphs)


def _tame(html: str) -> str:
    """Return `html` without what takes trafilatura minutes: long blanks and crowded tags.

    Looked for by strides and leaps: regular expressions over every page would cost a fifth of it.
    """
    if any(html[i : i + _STRIDE].isspace() for i in range(0, len(html), _STRIDE)):
        html = _LONG_BLANK.sub(" ", html)
    tamed, kept = [], 0
    for begin, end in _long_pieces(html):
        piece = html[begin:end]
        if (bare := _uncrowded(piece)) != piece:
            tamed += [html[kept:begin], bare]
            kept = end
    return "".join([*tamed, html[kept:]])


def _long_pieces(html: str) -> Iterator[tuple[int, int]]:
    """Yield begin and end of what lies between a `<` and the next one, where that is long.

    Leaps as far as there is a `<` within a long piece's length, so that it looks at few of them.
    """
    begin = html.find("<") + 1
    while begin and begin + _LONG_TAG < len(html):
        if (last := html.rfind("<", begin, begin + _LONG_TAG + 1)) >= 0:
            begin = last + 1
            continue
        end = html.find("<", begin + _LONG_TAG)
        yield begin, end if end >= 0 else len(html)
        begin = end + 1


def _uncrowded(piece: str) -> str:
    """Return `piece`, a tag without its `<` and what follows it, bare of too many attributes."""
    tag, bracket, rest = piece.partition(">")
    if not tag[:1].isalpha() or len(words := tag.split()) <= MAX_ATTRIBUTES:
        return piece
    return words[0] + bracket + rest


def _day(found: str | None) -> datetime | None:
    """Return the day that htmldate found, at midnight; None if it found none."""
    return datetime.fromisoformat(found).replace(tzinfo=UTC) if found else None


def _strings(values: Iterable[object] | None) -> Iterator[str]:
    """Yield those of `values` that are strings: pages put any type anywhere in their JSON-LD."""
    return (value for value in values or [] if isinstance(value, str) and value)


def _split(names: str, separator: str) -> list[str]:
    """Return the names in a list that was written as one string, each once."""
    parts = (part.strip() for part in names.split(separator))
    return list(dict.fromkeys(part for part in parts if part))


@cache
def _version() -> str:
    return version("trafilatura")
