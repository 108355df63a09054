"""Stage Extract: turns a document into a draft of its article."""

import json
from dataclasses import dataclass, fields, replace
from typing import Annotated

import apache_beam as beam

from newslake.schemas.identity import article_id
from newslake.schemas.reasons import OptedOut
from newslake.schemas.records import Document, Draft
from newslake.schemas.rows import Article
from newslake.transforms.beam.dead_letter import KeptAndRejected, MapWithDeadLetter
from newslake.transforms.beam.sandbox import sandbox
from newslake.transforms.extract.by_media_type import Raw, Reading, read, warm_up
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.fields.dates import CONFIDENCE, is_plausible
from newslake.transforms.extract.fields.language import language_of
from newslake.transforms.extract.html.limits import DEFAULT, MAX_DEPTH, MAX_HTML_MB, HtmlLimits
from newslake.transforms.extract.text.item import with_strings
from newslake.transforms.formats import HTML
from newslake.transforms.option import Option
from newslake.transforms.text import mend, visible
from newslake.transforms.web.urls import canonical, publisher, web_address

MAX_SECONDS = 10
"""Default limit of CPU time for one document, in seconds."""

MAX_MEMORY_MB = 512
"""Default limit of memory for one document, in MB."""


def extract(
    document: Document,
    limits: HtmlLimits = DEFAULT,
    max_seconds: int = MAX_SECONDS,
    max_memory_mb: int = MAX_MEMORY_MB,
    respect_optouts: bool = False,
) -> Draft:
    """Return the article in `document`; its text and metadata are not yet cleaned.

    Raises:
        OptedOut: the publisher opts out of text mining, and `respect_optouts` is true.
        Reject: see `newslake.transforms.extract.by_media_type.read` and
            `newslake.transforms.beam.sandbox.Sandbox.call`.
    """
    reading = sandbox(max_seconds, max_memory_mb, warm_up).call(read, raw(document), limits)
    if respect_optouts and reading.optouts:
        raise OptedOut(", ".join(reading.optouts))
    return draft(document, reading)


def raw(document: Document) -> Raw:
    """Return the fields of `document` that parsing needs."""
    return Raw(**{field.name: getattr(document, field.name) for field in fields(Raw)})


def draft(document: Document, reading: Reading) -> Draft:
    """Return the draft of the article in `document`, from the parse result `reading`."""
    content = _dated(reading.content, document)
    return Draft(document, _article(document, replace(reading, content=content)))


def _dated(content: Content, document: Document) -> Content:
    """Return `content` with the feed's date, unless the page has a plausible date of its own.

    A date from the page's visible text does not count: the feed's date is more reliable.
    """
    if not is_plausible(document.published_at, document.seen_at):
        return content
    if is_plausible(content.published_at, document.seen_at) and content.date_source != "text":
        return content
    return replace(
        content,
        published_at=document.published_at,
        published_offset=0,
        published_precision=document.published_precision,
        date_source="feed",
    )


def _article(document: Document, reading: Reading) -> Article:
    """Combine the parsed content with the document's own fields.

    If a feed entry states the date, the source is `feed`. `extra` keeps an implausible date.
    """
    content, modified = reading.content, reading.content.modified_at
    url, one_spelling = _addresses(document, content)
    dated = is_plausible(content.published_at, document.seen_at)
    by_feed = document.entry_id is not None and content.date_source == "field"
    stated = "feed" if by_feed else content.date_source
    date_source = stated if dated else "none"
    language, confidence = language_of(content.text, content.language)
    extra = dict(content.extra)
    if content.published_at and not dated:
        extra["disbelieved_date"] = content.published_at.isoformat()
    return Article(
        article_id=article_id(one_spelling, document.payload),
        document_id=document.document_id,
        url=url,
        canonical_url=one_spelling,
        source=publisher(one_spelling) or document.source,
        text=mend(content.text),
        title=mend(content.title) if content.title else None,
        authors=[mend(author) for author in content.authors],
        published_at=content.published_at if dated else None,
        published_at_naive=dated and content.published_offset is None,
        published_offset=content.published_offset if dated else None,
        published_precision=content.published_precision if dated else None,
        modified_at=modified if is_plausible(modified, document.seen_at) else None,
        seen_at=document.seen_at,
        date_source=date_source,
        date_confidence=CONFIDENCE[date_source],
        language=language,
        language_confidence=confidence,
        section=mend(content.section) if content.section else None,
        keywords=[mend(keyword) for keyword in content.keywords],
        image_url=web_address(content.image_url, base=url),
        paywalled=reading.paywalled,
        live=reading.live,
        content_source=_content_source(document),
        extractor=content.extractor,
        extractor_version=content.extractor_version,
        optouts=reading.optouts,
        feed=document.feed,
        entry_id=document.entry_id,
        warc_file=document.warc_file,
        warc_offset=document.warc_offset,
        rejected_id=document.rejected_id,
        extra=_json(extra),
    )


def _addresses(document: Document, content: Content) -> tuple[str | None, str | None]:
    """Return the article's URL and its canonical URL.

    The article's URL is the fetched URL or, if this is unknown, the declared URL. If both URLs are
    on the same site, the canonical URL is made from the declared URL.
    """
    found, named = web_address(document.url), web_address(content.url, base=document.url)
    url = found or named
    page = canonical(url)
    own = named if named and publisher(named) == publisher(page) else page
    return url, canonical(own)


def _content_source(document: Document) -> str:
    if document.entry_id is not None and document.media_type != HTML.media_type:
        return "entry"
    return "page" if document.url else "file"


def _json(extra: dict[str, object]) -> str | None:
    """Return `extra` as a JSON object with sorted keys; None if `extra` is empty.

    Invisible characters, such as NUL, are removed from all strings.
    """
    seen = with_strings(extra, visible)
    return json.dumps(seen, ensure_ascii=False, sort_keys=True) if extra else None


@dataclass(eq=False)
class Extract(beam.PTransform):
    """Extracts a `Draft` from every `Document`; rejects documents without an article."""

    # fmt: off
    max_html_mb: Annotated[int, Option(
        "Maximum size of HTML, in MB (10^6 bytes), up to 10. Larger HTML is rejected as `too_large`.",
        "MB", maximum=MAX_HTML_MB, can_reject=True)] = HtmlLimits.max_html_mb
    max_depth: Annotated[int, Option(
        "Maximum nesting depth of HTML elements, up to 255. Deeper HTML is rejected as `too_deep`.",
        maximum=MAX_DEPTH, can_reject=True)] = HtmlLimits.max_depth
    max_tags: Annotated[int, Option(
        "Maximum number of HTML tags. HTML with more tags is rejected as `too_many_tags`.",
        can_reject=True)] = HtmlLimits.max_tags
    max_attributes: Annotated[int, Option(
        "Maximum number of attributes in an HTML tag. HTML that has a tag with more attributes is "
        "rejected as `too_many_attributes`.", can_reject=True)] = HtmlLimits.max_attributes
    max_seconds: Annotated[int, Option(
        "Maximum CPU time to extract a document, in seconds. A slower document is rejected as "
        "`too_slow`. The limit of wall-clock time is ten times as long.", "SECONDS",
        maximum=86_400, can_reject=True)] = MAX_SECONDS
    max_memory_mb: Annotated[int, Option(
        "Maximum memory to extract a document, in MB (2^20 bytes). A document that needs more "
        "memory is rejected as `out_of_memory`.", "MB", can_reject=True)] = MAX_MEMORY_MB
    respect_optouts: Annotated[bool, Option(
        "Reject a document as `opted_out` if its publisher opts out of text and data mining. With "
        "--no-respect-optouts, newslake only records the opt-out.", can_reject=True)] = False
    # fmt: on

    def expand(self, documents: beam.PCollection[Document]) -> KeptAndRejected:
        return documents | MapWithDeadLetter(
            extract,
            stage="Extract",
            limits=HtmlLimits(self.max_html_mb, self.max_depth, self.max_tags, self.max_attributes),
            max_seconds=self.max_seconds,
            max_memory_mb=self.max_memory_mb,
            respect_optouts=self.respect_optouts,
        )
