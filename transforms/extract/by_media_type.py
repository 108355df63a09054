"""Parses a document by its media type. All code that handles untrusted bytes is here.

The code has no side effects and does not use Beam, because it runs in a subprocess: see
`newslake.transforms.beam.sandbox`.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

from htmldate.extractors import external_date_parser
from lxml.html import HtmlElement
from trafilatura import bare_extraction

from newslake.schemas.reasons import Empty, NoText, Reject
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.html.limits import DEFAULT, HtmlLimits, parsed_within
from newslake.transforms.extract.html.meta import Meta
from newslake.transforms.extract.html.page import is_html_document, looks_like_html, read_page
from newslake.transforms.extract.html.page_type import Signs, check_article, signs_of
from newslake.transforms.extract.html.paywall import is_open_part, says_paid, without_prompts
from newslake.transforms.extract.text.dumps import translated
from newslake.transforms.extract.text.item import parse_object, read_fields, take_html
from newslake.transforms.extract.text.markdown import read_markdown
from newslake.transforms.extract.text.plain import paragraphs, read_plain
from newslake.transforms.formats import HTML, parser
from newslake.transforms.web.charset import decode, stated_charset
from newslake.transforms.web.optouts import optouts


@dataclass(frozen=True)
class Raw:
    """The fields of a `Document` that parsing needs, with the same names and values."""

    payload: bytes
    media_type: str
    charset: str | None = None
    url: str | None = None
    seen_at: datetime | None = None
    headers: str = ""
    optouts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Reading:
    """The result of parsing a document."""

    content: Content
    """Text and metadata found in the document."""
    paywalled: bool = False
    """See `Article.paywalled`."""
    live: bool = False
    """See `Article.live`."""
    optouts: list[str] = field(default_factory=list)
    """See `Article.optouts`."""


def read(raw: Raw, limits: HtmlLimits) -> Reading:
    """Parse a document.

    Raises:
        Empty: the document has no bytes or only white space.
        Binary: the bytes are not text.
        Undecodable: no known character set fits the bytes.
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: the HTML exceeds a limit.
        NotAnArticle: the page is not an article.
        BadJson: the JSON is invalid or not an object.
        BadField: a known field of a JSON object has the wrong type.
        NoText: no text was found.
    """
    text = decode(raw.payload, raw.charset or stated_charset(raw.headers))
    if not text.strip():
        raise Empty("no bytes, or only white space")
    reading: Reading = parser(raw.media_type)(text, raw, limits)
    if not reading.content.text.strip():
        raise NoText("no text found")
    return reading


def warm_up() -> None:
    """Load the data that libraries load at first use.

    Loading month names in 200 languages takes seconds. Loading public suffixes takes 0.1 s.
    Loading the stop words of trafilatura's full mode also takes 0.1 s.
    """
    external_date_parser("once upon a time", "%Y-%m-%d")
    page = "<html><body><p>Once upon a time.</p></body></html>"
    bare_extraction(page, fast=False)
    with suppress(Reject):
        read(Raw(page.encode(), HTML.media_type, url="https://example.org/news/1"), DEFAULT)


def read_html(html: str, raw: Raw, limits: HtmlLimits) -> Reading:
    """Parse a page; see `read`."""
    found: list[tuple[Signs, bool]] = []

    def inspect(tree: HtmlElement, meta: Meta) -> None:
        found.append((signs_of(tree, meta, raw.url), says_paid(html, tree)))

    parse = partial(parsed_within, limits=limits)
    content = read_page(html, raw.url, raw.seen_at, inspect, parse)
    signs, is_paid = found[0]
    check_article(signs, content)
    reading = replace(_reading(content, raw, html), live=signs.is_live)
    text, had_prompt = without_prompts(content.text)
    if not is_open_part(text, is_paid, had_prompt):
        return reading
    return replace(reading, content=replace(content, text=text), paywalled=True)


def _reading(content: Content, raw: Raw, html: str = "") -> Reading:
    return Reading(content, optouts=optouts(raw.headers, html, raw.optouts))


def read_plain_text(text: str, raw: Raw, limits: HtmlLimits) -> Reading:
    """Parse a text, or a page if `text` is HTML; see `read`."""
    return (
        read_html(text, raw, limits) if looks_like_html(text) else _reading(read_plain(text), raw)
    )


def read_markdown_text(text: str, raw: Raw, limits: HtmlLimits) -> Reading:
    """Parse a Markdown text, or a page if `text` is an HTML document; see `read`."""
    if is_html_document(text):
        return read_html(text, raw, limits)
    return _reading(read_markdown(text), raw)


def read_json(text: str, raw: Raw, limits: HtmlLimits) -> Reading:
    """Parse a JSON object; HTML in it is parsed like a page. See `read`."""
    html, content = take_html(read_fields(translated(parse_object(text))))
    if looks_like_html(content.text):
        html = content.text
    elif content.text:
        return _reading(replace(content, text="\n".join(paragraphs(content.text))), raw)
    if html is None:
        raise NoText("no field with text")
    page = replace(raw, payload=html.encode("utf-8", "replace"), url=content.url or raw.url)
    reading = read_html(html, page, limits)
    return replace(reading, content=content.completed(reading.content))
