"""Stage Extract: a document in, a draft of its article out."""

import json
from dataclasses import dataclass, fields, replace

import apache_beam as beam

from newslake.schemas.identity import article_id
from newslake.schemas.reasons import OptedOut
from newslake.schemas.records import Document, Draft
from newslake.schemas.rows import Article
from newslake.transforms.beam.dead_letter import KeptAndRejected, MapWithDeadLetter
from newslake.transforms.beam.sandbox import sandbox
from newslake.transforms.extract.by_media_type import Raw, Reading, read, warm_up
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.fields.dates import CONFIDENCE, believed
from newslake.transforms.extract.fields.language import language_of
from newslake.transforms.extract.html.limits import DEFAULT, HtmlLimits
from newslake.transforms.text import mend, visible
from newslake.transforms.web.urls import canonical, publisher, web_address

MAX_SECONDS = 10
MAX_MEMORY_MB = 512


def extract(
    document: Document,
    limits: HtmlLimits = DEFAULT,
    max_seconds: int = MAX_SECONDS,
    max_memory_mb: int = MAX_MEMORY_MB,
    respect_optouts: bool = False,
) -> Draft:
    """Return the article that `document` holds, its text and metadata as they stand there.

    Raises:
        OptedOut: the publisher reserves it, and that is to be respected.
        Reject: see `newslake.transforms.extract.by_media_type.read` and `newslake.transforms.beam.sandbox.Sandbox.call`.
    """
    reading = sandbox(max_seconds, max_memory_mb, warm_up).call(read, raw(document), limits)
    if respect_optouts and reading.optouts:
        raise OptedOut(", ".join(reading.optouts))
    return draft(document, reading)


def raw(document: Document) -> Raw:
    """Return what is needed of `document` to read it."""
    return Raw(**{field.name: getattr(document, field.name) for field in fields(Raw)})


def draft(document: Document, reading: Reading) -> Draft:
    """Return the article that `document` holds, of which `reading` is what it says."""
    content = _dated(reading.content, document)
    return Draft(document, _article(document, replace(reading, content=content)))


def _dated(content: Content, document: Document) -> Content:
    """Return `content` with the date of the feed, unless the page itself has one that is as good."""
    if not believed(document.published_at, document.seen_at):
        return content
    if believed(content.published_at, document.seen_at) and content.date_source != "text":
        return content
    return replace(
        content, published_at=document.published_at, published_offset=0, date_source="feed"
    )


def _article(document: Document, reading: Reading) -> Article:
    """Join what the document says of itself and what is known of it from outside."""
    content = reading.content
    url, one_spelling = _addresses(document, content)
    dated = believed(content.published_at, document.seen_at)
    date_source = _date_source(document, content) if dated else "none"
    language, confidence = language_of(content.text, content.language)
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
        paywalled=reading.paywalled,
        content_source=_content_source(document),
        extractor=content.extractor,
        extractor_version=content.extractor_version,
        optouts=reading.optouts,
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
    page = canonical(url)
    own = named if named and publisher(named) == publisher(page) else page
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

    max_html_mb: int = HtmlLimits.max_html_mb
    """Larger HTML is refused as `too_large`; millions of bytes, default 5. The parser loses text nodes
    of 10 MB."""
    max_depth: int = HtmlLimits.max_depth
    """HTML nested deeper is refused as `too_deep`; default 250. The parser drops all below 255."""
    max_tags: int = HtmlLimits.max_tags
    """HTML with more tags is refused as `too_many_tags`; default 50,000."""
    max_attributes: int = HtmlLimits.max_attributes
    """HTML with more attributes in a tag is refused as `too_many_attributes`; default 1,000."""
    max_seconds: int = MAX_SECONDS
    """A document that takes more CPU time to read is refused as `too_slow`; CPU seconds, default 10.
    So is one that takes ten times as much wall time."""
    max_memory_mb: int = MAX_MEMORY_MB
    """A document that takes more memory to read is refused as `out_of_memory`; MB, default 512."""
    respect_optouts: bool = False
    """Refuse as `opted_out` what its publisher reserves against text mining. Default: only record it."""

    def expand(self, documents: beam.PCollection[Document]) -> KeptAndRejected:
        return documents | MapWithDeadLetter(
            extract,
            stage="Extract",
            limits=HtmlLimits(self.max_html_mb, self.max_depth, self.max_tags, self.max_attributes),
            max_seconds=self.max_seconds,
            max_memory_mb=self.max_memory_mb,
            respect_optouts=self.respect_optouts,
        )
