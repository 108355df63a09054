"""Stage Extract: a document in, a draft of its article out."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

import apache_beam as beam

from schemas.identity import article_id
from schemas.reasons import Empty, NoText, TooLarge
from schemas.records import Document, Draft
from schemas.rows import Article
from transforms.address import canonical, publisher, web_address
from transforms.attempt import Attempt, Attempted
from transforms.extract.charset import decode
from transforms.extract.content import Content
from transforms.extract.dates import CONFIDENCE, believed
from transforms.extract.item import parse_object, read_fields, take_html
from transforms.extract.language import language_of
from transforms.extract.markdown import read_markdown
from transforms.extract.page import is_html_document, looks_like_html, read_page
from transforms.extract.plain import paragraphs, read_plain
from transforms.text import mend, visible

MAX_HTML_MB = 8
"""The HTML parser loses text nodes of 10 MB without a word."""


def extract(document: Document, max_html_mb: int = MAX_HTML_MB) -> Draft:
    """Return the article that `document` holds, its text and metadata as they stand there.

    Raises:
        TooLarge: HTML of more than `max_html_mb` million bytes.
        Empty: white space alone.
        Binary: the bytes are no text.
        Undecodable: the bytes are text in no character set that fits.
        BadJson: a JSON document that is none, or no object.
        BadField: a JSON object with a known field of a wrong type.
        NoText: nothing that reads like a text.
    """
    text = decode(document.payload, document.charset)
    if not text.strip():
        raise Empty("no byte, or white space alone")
    if len(document.payload) > max_html_mb * 1_000_000 and _is_html(text, document):
        size = len(document.payload) / 1_000_000
        raise TooLarge(f"{size:.1f} MB of HTML, at most {max_html_mb} wanted")
    content = READERS[document.media_type](text, document)
    if not content.text.strip():
        raise NoText("no text")
    return Draft(document, _article(document, _dated(content, document)))


def _is_html(text: str, document: Document) -> bool:
    """Return whether the HTML parser would see all of `text`, or so it seems."""
    return document.media_type == "text/html" or "</" in text


def _read_html(html: str, document: Document) -> Content:
    return read_page(html, document.url, document.seen_at)


def _read_plain(text: str, document: Document) -> Content:
    return _read_html(text, document) if looks_like_html(text) else read_plain(text)


def _read_markdown(text: str, document: Document) -> Content:
    return _read_html(text, document) if is_html_document(text) else read_markdown(text)


def _read_json(text: str, document: Document) -> Content:
    """Return what a JSON object says; HTML in it is read like a page."""
    html, content = take_html(read_fields(parse_object(text)))
    if looks_like_html(content.text):
        html = content.text
    elif content.text:
        return replace(content, text="\n".join(paragraphs(content.text)))
    if html is None:
        raise NoText("no field with text")
    return content.completed(read_page(html, content.url or document.url, document.seen_at))


READERS: dict[str, Callable[[str, Document], Content]] = {
    "text/html": _read_html,
    "text/plain": _read_plain,
    "text/markdown": _read_markdown,
    "application/json": _read_json,
}
"""Who reads what, by media type."""


def _dated(content: Content, document: Document) -> Content:
    """Return `content` with the date of the feed, unless the page itself has one that is as good."""
    if not believed(document.published_at, document.seen_at):
        return content
    if believed(content.published_at, document.seen_at) and content.date_source != "text":
        return content
    return replace(content, published_at=document.published_at, date_source="feed")


def _article(document: Document, content: Content) -> Article:
    """Join what the document says of itself and what is known of it from outside."""
    url, one_spelling = _addresses(document, content)
    dated = believed(content.published_at, document.seen_at)
    date_source = _date_source(document, content) if dated else "none"
    language, confidence = language_of(content.text, content.language)
    return Article(
        article_id=article_id(one_spelling, document.payload),
        document_id=document.document_id,
        url=url,
        canonical_url=one_spelling,
        source=publisher(url) or document.source,
        text=mend(content.text),
        title=mend(content.title) if content.title else None,
        authors=[mend(author) for author in content.authors],
        published_at=content.published_at if dated else None,
        published_at_naive=content.published_at_naive and dated,
        modified_at=content.modified_at
        if believed(content.modified_at, document.seen_at)
        else None,
        seen_at=document.seen_at,
        date_source=date_source,
        date_confidence=CONFIDENCE[date_source],
        language=language,
        language_confidence=confidence,
        section=mend(content.section) if content.section else None,
        keywords=[mend(keyword) for keyword in content.keywords],
        image_url=web_address(content.image_url, base=url),
        content_source=_content_source(document),
        extractor=content.extractor,
        extractor_version=content.extractor_version,
        feed=document.feed,
        entry_id=document.entry_id,
        warc_file=document.warc_file,
        warc_offset=document.warc_offset,
        extra=_json(content.extra | _disbelieved(content, dated)),
    )


def _addresses(document: Document, content: Content) -> tuple[str | None, str | None]:
    """Return the article's address and its one spelling.

    The address is where the document was found, else the one that it names. The spelling follows
    the name that the document gives itself, if that lies within the same site.
    """
    found, named = web_address(document.url), web_address(content.url, base=document.url)
    url = found or named
    own = named if named and publisher(named) == publisher(url) else url
    return url, canonical(own)


def _date_source(document: Document, content: Content) -> str:
    """Return where the date stands; what an entry of a feed says, the feed says."""
    by_feed = document.entry_id is not None and content.date_source == "field"
    return "feed" if by_feed else content.date_source


def _content_source(document: Document) -> str:
    if document.entry_id is not None and document.media_type != "text/html":
        return "entry"
    return "page" if document.url else "file"


def _disbelieved(content: Content, dated: bool) -> dict[str, object]:
    """Return the date that was read and not believed, if there is one, so that it is not lost."""
    if dated or content.published_at is None:
        return {}
    return {"disbelieved_date": content.published_at.isoformat()}


def _json(extra: dict[str, object]) -> str | None:
    """Return what has no column as a JSON object, its names in order; None if there is nothing."""
    return json.dumps(_seen(extra), ensure_ascii=False, sort_keys=True) if extra else None


def _seen(value: object) -> object:
    """Return a JSON value with its strings free of what no reader sees, NUL among it."""
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, dict):
        return {visible(name): _seen(item) for name, item in value.items()}
    return [_seen(item) for item in value] if isinstance(value, list) else value


@dataclass(eq=False)
class Extract(beam.PTransform):
    """Make a `Draft` of every `Document`."""

    max_html_mb: int = MAX_HTML_MB
    """Larger HTML is refused as `too_large`; millions of bytes, default 8."""

    def expand(self, documents: beam.PCollection[Document]) -> Attempted:
        return documents | Attempt(extract, stage="Extract", max_html_mb=self.max_html_mb)
