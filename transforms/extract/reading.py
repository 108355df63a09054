"""What a document holds, by its media type: all that is done with bytes that may be hostile.

Pure, and free of Beam: a process of its own runs it, see `transforms.box`.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from schemas.reasons import Empty, NoText
from transforms.extract.charset import decode
from transforms.extract.content import Content
from transforms.extract.item import parse_object, read_fields, take_html
from transforms.extract.limits import Limits, check_html, check_tree
from transforms.extract.markdown import read_markdown
from transforms.extract.page import is_html_document, looks_like_html, read_page
from transforms.extract.plain import paragraphs, read_plain


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


def read(raw: Raw, limits: Limits) -> Content:
    """Return what the bytes say.

    Raises:
        Empty: white space alone.
        Binary: the bytes are no text.
        Undecodable: the bytes are text in no character set that fits.
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: HTML beyond the limits.
        BadJson: a JSON document that is none, or no object.
        BadField: a JSON object with a known field of a wrong type.
        NoText: nothing that reads like a text.
    """
    text = decode(raw.payload, raw.charset)
    if not text.strip():
        raise Empty("no byte, or white space alone")
    content = READERS[raw.media_type](text, raw, limits)
    if not content.text.strip():
        raise NoText("no text")
    return content


def _read_html(html: str, raw: Raw, limits: Limits) -> Content:
    check_html(html, len(raw.payload), limits)
    return read_page(html, raw.url, raw.seen_at, inspect=lambda tree: check_tree(tree, limits))


def _read_plain(text: str, raw: Raw, limits: Limits) -> Content:
    return _read_html(text, raw, limits) if looks_like_html(text) else read_plain(text)


def _read_markdown(text: str, raw: Raw, limits: Limits) -> Content:
    return _read_html(text, raw, limits) if is_html_document(text) else read_markdown(text)


def _read_json(text: str, raw: Raw, limits: Limits) -> Content:
    """Return what a JSON object says; HTML in it is read like a page."""
    html, content = take_html(read_fields(parse_object(text)))
    if looks_like_html(content.text):
        html = content.text
    elif content.text:
        return replace(content, text="\n".join(paragraphs(content.text)))
    if html is None:
        raise NoText("no field with text")
    page = replace(raw, payload=html.encode("utf-8", "replace"), url=content.url or raw.url)
    return content.completed(_read_html(html, page, limits))


READERS: dict[str, Callable[[str, Raw, Limits], Content]] = {
    "text/html": _read_html,
    "text/plain": _read_plain,
    "text/markdown": _read_markdown,
    "application/json": _read_json,
}
"""Who reads what, by media type."""
