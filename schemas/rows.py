"""The rows of the lake's tables, one record type each.

`newslake.schemas.tables` makes the Arrow schema from these fields and the strings below them.
docs/tables.md and the compatibility test use that schema. Until release 0.1.0 the fields may change
freely. After that release, columns may only be added.

Times are timezone-aware UTC, to the microsecond. A field is None only if its type allows it. Do not
add `from __future__ import annotations` here, see `newslake.schemas.records`.
"""

from dataclasses import field
from datetime import date, datetime

from newslake.schemas.record import record


@record
class Article:
    """A news article as a reader sees it: without navigation, advertisements and boilerplate."""

    article_id: str
    """Id of the article: a hash of its canonical URL or, if it has none, of the document's bytes."""
    document_id: str
    """Id of the article's document: a hash of its locator and its bytes."""
    url: str | None
    """The fetched URL or the URL that the document states, without credentials; null if unknown."""
    canonical_url: str | None
    """`url` in normalized form, without tracking parameters and fragment; null if there is none."""
    source: str
    """The publisher: registrable domain of the URL or, if there is no URL, name of the folder."""
    text: str
    """Paragraphs, headings and table rows, one per line, in Unicode NFC without control characters."""
    title: str | None = None
    """The headline, without the site's name; null if none was found."""
    authors: list[str] = field(default_factory=list)
    """Names of persons or editorial departments, in the order of the byline."""
    published_at: datetime | None = None
    """Time of publication, as stated by the publisher; null if not stated."""
    published_at_naive: bool = False
    """True if the publisher stated a time without a time zone, which newslake reads as UTC."""
    published_offset: int | None = None
    """UTC offset of the publisher's time, in minutes; null if no time zone was stated."""
    modified_at: datetime | None = None
    """Time of the last change, as stated by the publisher; null if not stated."""
    seen_at: datetime | None = None
    """Time at which the document was fetched; null for a plain file."""
    date_source: str = "none"
    """Source of `published_at`: json_ld, meta, time_element, url, text, feed, field or none."""
    date_confidence: float | None = None
    """Confidence in `published_at`, 0 to 1; null if `published_at` is null."""
    language: str | None = None
    """Language of the text, ISO 639-1 code; null if the text is too short to detect it."""
    language_confidence: float | None = None
    """Probability of the detected language, 0 to 1; null if `language` is null."""
    section: str | None = None
    """The newspaper section, such as `EUROPE`; null if none is stated."""
    keywords: list[str] = field(default_factory=list)
    """The publisher's tags."""
    image_url: str | None = None
    """URL of the main image; null if none is stated."""
    word_count: int = 0
    """Number of words in `text`; in scripts without spaces, each character counts as a word."""
    paywalled: bool = False
    """True if the document contains only the free part of a paid article."""
    content_source: str = "file"
    """Source of the text: page, entry (of a feed) or file."""
    text_hash: str = ""
    """Id of the cleaned text, ignoring case and white space. Exact copies have the same id."""
    signature: bytes | None = None
    """MinHash signature of the text, for finding near copies; null if the text is too short."""
    extractor: str = ""
    """Program that extracted the text: trafilatura, plain_text, markdown or json."""
    extractor_version: str = ""
    """Version of the extractor."""
    optouts: list[str] = field(default_factory=list)
    """The publisher's text-and-data-mining opt-outs: tdm-reservation, noai, noimageai, noarchive,
    and the uses that the header Content-Usage denies, such as `content-usage:train-ai`."""
    feed: str | None = None
    """The feed that announced the article; null if no feed did."""
    entry_id: str | None = None
    """Id of the feed entry that announced the article; null if no feed did."""
    warc_file: str | None = None
    """The web archive (WARC) that contains the document; null if there is none."""
    warc_offset: int | None = None
    """Byte offset of the document's record in `warc_file`; null if `warc_file` is null."""
    extra: str | None = None
    """Fields of the input that have no column, as a JSON object; null if there are none."""


@record
class Duplicate:
    """A copy of an article in the lake; its text is not stored again."""

    document_id: str
    """Id of the document."""
    duplicate_of: str
    """`article_id` of the original, the article that the document is a copy of."""
    kind: str
    """`syndicated` (at another registrable domain or from a news agency); else `exact` or `near`."""
    similarity: float
    """Jaccard similarity to the original, 0 to 1: estimated (± 0.03) unless the texts are equal."""
    url: str | None
    """URL of the copy; null if it has none."""
    source: str
    """Publisher of the copy, as in `articles`."""
    title: str | None
    """Headline of the copy; null if none was found."""
    published_at: datetime | None
    """Time of publication of the copy, as stated by its publisher; null if not stated."""
    seen_at: datetime | None
    """Time at which the copy was fetched; null for a plain file."""
    agency: str | None = None
    """The news agency that the copy credits; null if it credits none."""


@record
class Revision:
    """A later version of an article: a document with the article's URL and another text."""

    document_id: str
    """Id of the document."""
    article_id: str
    """Id of the article."""
    revision: int
    """Number of the version in order of ingestion, from 1; version 0 is the row in `articles`."""
    seen_at: datetime | None
    """Time at which this version was fetched; null for a plain file."""
    title: str | None
    """Headline of this version; null if none was found."""
    text: str
    """Text of this version, in the same format as `articles.text`."""
    text_hash: str
    """Id of the text of this version."""
    published_at: datetime | None
    """`published_at` of the article, which is in the same partition; null if the day is unknown."""
    words_added: int | None = None
    """Number of words that only this version has, not the previous version; null if unknown."""
    words_removed: int | None = None
    """Number of words that only the previous version has, not this version; null if unknown."""
    changes: str | None = None
    """The first changes, such as `“five” → “seven”; + “He denied it.”; − “Photo: AP”`; null if unknown."""


@record
class Actor:
    """An actor or a recipient of an event: the shortest phrase that identifies the party."""

    text: str
    """The phrase as written in the text."""
    start: int
    """Offset of the phrase in `articles.text`, in code points."""
    end: int
    """Offset of the end of the phrase (exclusive)."""
    name: str | None = None
    """Common name of the party."""
    country: str | None = None
    """ISO 3166-1 alpha-3 code."""
    sector: str | None = None
    """government, military, opposition, rebel, judiciary, media, civilian, business, international, …"""


@record
class Place:
    """The place of an event."""

    text: str
    """The place as written in the text."""
    name: str | None = None
    """Common name of the place."""
    country: str | None = None
    """ISO 3166-1 alpha-3 code."""
    latitude: float | None = None
    """Degrees north."""
    longitude: float | None = None
    """Degrees east."""


@record
class Mention:
    """A sentence that reports an event."""

    mention_id: str
    """Id of the mention: a hash of the article, the text, the offsets of the evidence and the type."""
    article_id: str
    """The article that contains the sentence."""
    text_hash: str
    """Id of the text that the offsets refer to."""
    event_key: str | None
    """Id of the event, the same in all its mentions; null if the day or all parties are unknown."""
    type: str
    """One of the 16 event types of PLOVER, see `newslake.schemas.ontology`."""
    quad: int
    """1: verbal cooperation, 2: material cooperation, 3: verbal conflict, 4: material conflict."""
    cameo_root: str
    """The closest CAMEO root code, two digits, for comparison with older data."""
    status: str
    """asserted, future, hypothetical, negated or historical, see `newslake.schemas.ontology`."""
    trigger: str
    """The words that express the event."""
    trigger_start: int
    """Offset of the trigger in `articles.text`, in code points."""
    trigger_end: int
    """Offset of the end of the trigger (exclusive)."""
    actors: list[Actor]
    """The parties that act; empty if the sentence does not name them."""
    recipients: list[Actor]
    """The parties at which the act is directed; empty if the sentence does not name them."""
    evidence: str
    """The sentence."""
    evidence_start: int
    """Offset of the sentence in `articles.text`, in code points."""
    evidence_end: int
    """Offset of the end of the sentence (exclusive)."""
    confidence: float
    """Probability that type and status are correct, 0 to 1, see docs/events.md."""
    extractor_version: str
    """Version of rules, lexicon and model."""
    published_at: datetime | None = None
    """`published_at` of the article; null if it has none."""
    attributed_to: str | None = None
    """The party that the sentence cites as its source; null if the sentence cites no source."""
    event_date_start: date | None = None
    """First possible day of the event; null if the text does not state a time."""
    event_date_end: date | None = None
    """Last possible day of the event; null if `event_date_start` is null."""
    date_precision: str | None = None
    """day, week, month, year or lead; null if there is no date. The value lead means that the article
    opens with the event and states no time: the date is the day of publication or the day before."""
    date_text: str | None = None
    """The time expression as written in the text; null if there is none."""
    place: Place | None = None
    """The place of the event; null if the text does not state one."""
    killed_min: int | None = None
    """Minimum number of persons killed; null if the sentence reports no deaths."""
    killed_max: int | None = None
    """Maximum number of persons killed; null if the text gives no maximum."""
    injured_min: int | None = None
    """Minimum number of persons injured; null if the sentence reports no injuries."""
    injured_max: int | None = None
    """Maximum number of persons injured; null if the text gives no maximum."""


@record
class Rejected:
    """An input that a stage rejected, stored for inspection and replay."""

    document_id: str
    """Id of the document."""
    stage: str
    """Label of the stage that rejected the document, such as `Extract`."""
    reason: str
    """Stable code of the reason (`newslake.schemas.reasons`); `crash_<Exception>` for a bug."""
    detail: str
    """Details for humans, such as the size of the document and the limit."""
    locator: str
    """URL, WARC record id or file path of the document."""
    payload: bytes | None
    """The document's bytes; null if larger than 1 MB or if the publisher opted out of text mining."""
    payload_digest: str
    """Id of the document's bytes; if newslake read only a part, id of this part."""


@record
class Announcement:
    """A version of a feed entry, as newslake first saw it."""

    announcement_id: str
    """Id of the announcement: a hash of feed, entry id and version."""
    feed: str
    """URL of the feed, without secrets."""
    entry_id: str
    """Identifies the entry in the feed: the entry's id, its link, or a hash of its content."""
    url: str | None
    """URL of the announced article; null if the entry has none."""
    canonical_url: str | None
    """`url` in normalized form, as in `articles`; null if there is no URL."""
    title: str | None
    """Headline in the feed; null if it has none."""
    published_at: datetime | None
    """Time of publication of the article, as stated by the feed; null if not stated."""
    seen_at: datetime
    """Time of the poll that first returned this version."""
    version: str
    """Id of the version: a hash of the headline and of the stated time of change."""
    revised: bool
    """True if the feed announced an earlier version of the entry; the page is then fetched again."""
    content_source: str
    """Source of the text: page (to be fetched), entry (full text in the feed) or none (no URL)."""


@record
class Fetch:
    """One fetch of a page, a feed or a robots.txt, including its redirects."""

    url: str
    """The announced URL of a page, the polled URL of a feed, or the URL of a robots.txt."""
    canonical_url: str
    """`url` in normalized form, as in `announcements`."""
    started_at: datetime
    """Time at which the fetch started."""
    seconds: float
    """Duration of the fetch, including pauses between requests."""
    outcome: str
    """Pages: document, rejected or waiting (for a retry). Feeds, robots.txt: answered or failed."""
    kind: str = "page"
    """page, feed or robots."""
    feed: str | None = None
    """The polled feed, named as in `announcements`; null for a page or a robots.txt."""
    reason: str | None = None
    """Reason code as in `rejects`, if `outcome` is rejected, waiting or failed; otherwise null."""
    wait_until: datetime | None = None
    """Earliest time of the retry; null unless `outcome` is waiting."""
    document_id: str | None = None
    """Id of the resulting document or reject; null if there is none."""
    status: int | None = None
    """HTTP status of the last response; null if there was no response."""
    final_url: str | None = None
    """URL of the last response, after redirects; null if there was no response."""
    redirects: list[str] = field(default_factory=list)
    """Target URLs of the redirects, in order."""
    size: int = 0
    """Size of the response body as received, in bytes."""
    optouts: list[str] = field(default_factory=list)
    """AI user agents that robots.txt excludes from this URL, although it allows other user agents."""
    warc_file: str | None = None
    """The web archive (WARC) that contains the last response; null if there is none."""
    warc_offset: int | None = None
    """Byte offset of the response's record in `warc_file`; null if `warc_file` is null."""


@record
class Run:
    """One run of a pipeline, from the start of the command to its last commit."""

    command: str
    """backfill or follow."""
    started_at: datetime
    """Start time, by the machine's clock."""
    finished_at: datetime
    """End time, by the machine's clock."""
    inputs: list[str]
    """The inputs as given on the command line."""
    read: int
    """Number of documents read."""
    articles: int
    """Number of new articles."""
    duplicates: int
    """Number of copies of articles."""
    revisions: int
    """Number of later versions of articles."""
    rejects: int
    """Number of rejected inputs."""
    already_ingested: int
    """Number of documents skipped, because an earlier run or this run had already ingested them."""
    mentions: int
    """Number of mentions found in the new articles."""
    skipped: int
    """Number of skipped WARC records, which contain no successful response with HTML."""
    unsupported_language: int
    """Number of new articles without event extraction, because their language is not supported."""
    balanced: bool
    """True if read = articles + duplicates + revisions + rejects + already_ingested."""
    commits: list[int]
    """Numbers of the log entries that this run wrote."""
    committed_at: list[datetime]
    """Time at which each commit was complete, by the machine's clock."""
    versions: str
    """Versions of newslake and of the libraries that affect the rows, as a JSON object."""
    configuration: str
    """All options of all stages, as a JSON object."""
