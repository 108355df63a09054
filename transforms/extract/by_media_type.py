"""What a document holds, by its media type: all that is done with bytes that may be hostile.

Pure, and free of Beam: a process of its own runs it, see `newslake.transforms.beam.sandbox`.
"""

from collections.abc import Callable
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
from newslake.transforms.extract.text.charset import decode, stated_charset
from newslake.transforms.extract.text.dumps import translated
from newslake.transforms.extract.text.item import parse_object, read_fields, take_html
from newslake.transforms.extract.text.markdown import read_markdown
from newslake.transforms.extract.text.plain import paragraphs, read_plain
from newslake.transforms.web.optouts import optouts


@dataclass(frozen=True)
class Raw:
    """A document's bytes, and what is known from outside and needed to read them."""

    payload: bytes
    """As in `Document`."""
    media_type: str
    """As in `Document`."""
    charset: str | None = None
    """As in `Document`."""
    url: str | None = None
    """As in `Document`."""
    seen_at: datetime | None = None
    """As in `Document`."""
    headers: str = ""
    """As in `Document`."""


@dataclass(frozen=True)
class Reading:
    """What was read."""

    content: Content
    """What the document says."""
    paywalled: bool = False
    """As in `Article`."""
    optouts: list[str] = field(default_factory=list)
    """As in `Article`."""


def read(raw: Raw, limits: HtmlLimits) -> Reading:
    """Return what the bytes say.

    Raises:
        Empty: white space alone.
        Binary: the bytes are no text.
        Undecodable: the bytes are text in no character set that fits.
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: HTML beyond the limits.
        NotAnArticle: a page of another kind.
        BadJson: a JSON document that is none, or no object.
        BadField: a JSON object with a known field of a wrong type.
        NoText: nothing that reads like a text.
    """
    text = decode(raw.payload, raw.charset or stated_charset(raw.headers))
    if not text.strip():
        raise Empty("no byte, or white space alone")
    reading = READERS[raw.media_type](text, raw, limits)
    if not reading.content.text.strip():
        raise NoText("nothing that reads like a text")
    return reading


def warm_up() -> None:
    """Load what libraries load at their first use: seconds for the names of months in 200 languages.

    A tenth of a second each take the public suffixes, and the stop words of trafilatura's full mode.
    """
    external_date_parser("once upon a time", "%Y-%m-%d")
    page = "<html><body><p>Once upon a time.</p></body></html>"
    bare_extraction(page, fast=False)
    with suppress(Reject):
        read(Raw(page.encode(), "text/html", url="https://example.org/news/1"), DEFAULT)


def _read_html(html: str, raw: Raw, limits: HtmlLimits) -> Reading:
    found: list[tuple[Signs, bool]] = []

    def inspect(tree: HtmlElement, meta: Meta) -> None:
        found.append((signs_of(tree, meta, raw.url), says_paid(html, tree)))

    parse = partial(parsed_within, limits=limits)
    content = read_page(html, raw.url, raw.seen_at, inspect, parse)
    signs, is_paid = found[0]
    check_article(signs, content)
    reading = Reading(content, optouts=optouts(raw.headers, html))
    text, had_prompt = without_prompts(content.text)
    if not is_open_part(text, is_paid, had_prompt):
        return reading
    return replace(reading, content=replace(content, text=text), paywalled=True)


def _read_plain(text: str, raw: Raw, limits: HtmlLimits) -> Reading:
    if looks_like_html(text):
        return _read_html(text, raw, limits)
    return Reading(read_plain(text))


def _read_markdown(text: str, raw: Raw, limits: HtmlLimits) -> Reading:
    if is_html_document(text):
        return _read_html(text, raw, limits)
    return Reading(read_markdown(text))


def _read_json(text: str, raw: Raw, limits: HtmlLimits) -> Reading:
    """Return what a JSON object says; HTML in it is read like a page."""
    html, content = take_html(read_fields(translated(parse_object(text))))
    if looks_like_html(content.text):
        html = content.text
    elif content.text:
        return Reading(replace(content, text="\n".join(paragraphs(content.text))))
    if html is None:
        raise NoText("no field with text")
    page = replace(raw, payload=html.encode("utf-8", "replace"), url=content.url or raw.url)
    reading = _read_html(html, page, limits)
    return replace(reading, content=content.completed(reading.content))


READERS: dict[str, Callable[[str, Raw, HtmlLimits], Reading]] = {
    "text/html": _read_html,
    "text/plain": _read_plain,
    "text/markdown": _read_markdown,
    "application/json": _read_json,
}
"""Who reads what, by media type."""
