"""The rows of the lake's tables, one record type each.

The Arrow schema, the codebook in docs/tables.md and the compatibility test are made of these fields
and the strings below them, see `schemas.tables`. Until release 0.1.0 they may change freely; after
it, columns are only added.

Times are timezone-aware UTC, to the microsecond. A field is None only if its type says so. As in
`schemas.records`, no `from __future__ import annotations` here.
"""

from dataclasses import field
from datetime import date, datetime

from schemas.record import record


@record
class Article:
    """A news article as a reader would see it: without navigation, adverts and debris."""

    article_id: str
    """Id of the article: of its canonical URL, or of the document's bytes where it has none."""
    document_id: str
    """Id of the document that it came from: its place and its bytes."""
    url: str | None
    """The address the document was found at or names itself, without credentials."""
    canonical_url: str | None
    """The same address in one spelling: no tracking parameters, no fragment."""
    source: str
    """The publisher: registrable domain of the URL, or the folder's name where there is none."""
    text: str
    """Paragraphs, headings and table rows, one a line; NFC, no control characters."""
    title: str | None = None
    """The headline, without the site's name."""
    authors: list[str] = field(default_factory=list)
    """Names of persons or desks, in the order of the byline."""
    published_at: datetime | None = None
    """When the publisher says that it appeared; null if it does not say."""
    published_at_naive: bool = False
    """True if the publisher's time had no zone: it is then read as UTC."""
    modified_at: datetime | None = None
    """When the publisher says that it was last changed."""
    seen_at: datetime | None = None
    """When the document was fetched; null for a plain file."""
    date_source: str = "none"
    """Where `published_at` was read: json_ld, meta, time_element, url, text, feed, field or none."""
    date_confidence: float | None = None
    """Trust in `published_at`, 0 to 1; null if there is none."""
    language: str | None = None
    """ISO 639-1 code; null where the text is too short to tell."""
    language_confidence: float | None = None
    """The detector's probability, 0 to 1."""
    section: str | None = None
    """The desk or rubric, such as `EUROPE`."""
    keywords: list[str] = field(default_factory=list)
    """Tags that the publisher gave."""
    image_url: str | None = None
    """The lead picture."""
    word_count: int = 0
    """Words of `text`; each character counts in scripts without spaces."""
    paywalled: bool = False
    """True if only the open part of a paid article was there."""
    content_source: str = "file"
    """What gave the text: page, entry (of a feed) or file."""
    text_hash: str = ""
    """Id of the cleaned text, blind to case and white space: equal for exact copies."""
    signature: bytes | None = None
    """MinHash of the text, to find near copies; null until they are sought."""
    extractor: str = ""
    """What made the text of the bytes: trafilatura, plain_text, markdown or json."""
    extractor_version: str = ""
    """That program's version."""
    optouts: list[str] = field(default_factory=list)
    """Reservations of the publisher against text mining."""
    feed: str | None = None
    """The feed that announced it."""
    entry_id: str | None = None
    """The announcing entry's id in that feed."""
    warc_file: str | None = None
    """The archive it was read from."""
    warc_offset: int | None = None
    """Where its record begins in that archive, in bytes."""
    extra: str | None = None
    """What the input held and no column takes: a JSON object."""


@record
class Duplicate:
    """A copy of an article that the lake holds: kept and labelled, its text not stored again."""

    document_id: str
    """Id of the document."""
    duplicate_of: str
    """`article_id` of the article that it is a copy of."""
    kind: str
    """`exact` (equal text), `near` (small changes) or `syndicated` (another publisher's)."""
    similarity: float
    """Share of common wording, 0 to 1; 1 for exact copies."""
    url: str | None
    """The copy's own address."""
    source: str
    """The copy's publisher, as in `articles`."""
    title: str | None
    """The copy's own headline."""
    published_at: datetime | None
    """When the copy's publisher says that it appeared."""
    seen_at: datetime | None
    """When the copy was fetched."""
    agency: str | None = None
    """The news agency that the copy credits."""


@record
class Revision:
    """A later version of an article: the same URL with another text."""

    document_id: str
    """Id of the document."""
    article_id: str
    """The article that it is a version of."""
    revision: int
    """Number of the version, from 1 in the order they were seen; the article itself is 0."""
    seen_at: datetime | None
    """When this version was fetched."""
    title: str | None
    """Its headline."""
    text: str
    """Its text, like `articles.text`."""
    text_hash: str
    """Id of its text."""
    published_at: datetime | None
    """When the article appeared, as in `articles`: versions lie in the article's partition."""
    changes: str | None = None
    """What changed, in words; null until it is computed."""


@record
class Actor:
    """Who acts, or at whom: the shortest phrase of the text that identifies the party."""

    text: str
    """The phrase as it stands."""
    start: int
    """First character in `articles.text`, in code points."""
    end: int
    """One past the last."""
    name: str | None = None
    """The party's usual name."""
    country: str | None = None
    """ISO 3166-1 alpha-3 code."""
    sector: str | None = None
    """government, military, opposition, rebel, judiciary, media, civilian, business, international, …"""


@record
class Place:
    """Where an act took place."""

    text: str
    """The words of the text."""
    name: str | None = None
    """The place's usual name."""
    country: str | None = None
    """ISO 3166-1 alpha-3 code."""
    latitude: float | None = None
    """Degrees north."""
    longitude: float | None = None
    """Degrees east."""


@record
class Mention:
    """A sentence reports that somebody did, or took a stance on, something of weight."""

    mention_id: str
    """Id of (article, text, evidence, type)."""
    article_id: str
    """The article that tells it."""
    text_hash: str
    """The text that the offsets are of."""
    event_key: str | None
    """Equal for mentions of one happening; null where too little is known to tell."""
    type: str
    """One of PLOVER's 16 event types, see `schemas.ontology`."""
    quad: int
    """1 verbal cooperation, 2 material cooperation, 3 verbal conflict, 4 material conflict."""
    cameo_root: str
    """The nearest root code of CAMEO, two digits, for comparison with older data."""
    status: str
    """asserted, future, hypothetical, negated or historical."""
    trigger: str
    """The words that carry the act."""
    trigger_start: int
    """First character in `articles.text`, in code points."""
    trigger_end: int
    """One past the last."""
    actors: list[Actor]
    """Who acts; empty if the sentence does not tell."""
    recipients: list[Actor]
    """At or for whom; empty if the sentence does not tell."""
    evidence: str
    """The sentence."""
    evidence_start: int
    """First character in `articles.text`, in code points."""
    evidence_end: int
    """One past the last."""
    confidence: float
    """Probability that type and status are right, 0 to 1, see docs/events.md."""
    extractor_version: str
    """Version of rules, lexicon and model."""
    published_at: datetime | None = None
    """When the article appeared, as in `articles`."""
    attributed_to: str | None = None
    """Who the report is attributed to, if not the paper itself."""
    event_date_start: date | None = None
    """First day on which it can have happened; null if the text does not tell."""
    event_date_end: date | None = None
    """Last such day."""
    date_precision: str | None = None
    """day, week, month, year; lead: told first, without a date, so of the day or the one before."""
    date_text: str | None = None
    """The words for the time."""
    place: Place | None = None
    """Where it happened; null if the text does not tell."""
    killed_min: int | None = None
    """Persons killed, at least."""
    killed_max: int | None = None
    """Persons killed, at most; null if open."""
    injured_min: int | None = None
    """Persons injured, at least."""
    injured_max: int | None = None
    """Persons injured, at most; null if open."""


@record
class Rejected:
    """An input that a stage refused, kept so that it can be looked at and replayed."""

    document_id: str
    """Id of the document."""
    stage: str
    """Label of the stage that refused it, e.g. `Extract`."""
    reason: str
    """Stable snake_case code, see `schemas.reasons`; `crash_<Exception>` for a bug of ours."""
    detail: str
    """The message for people, e.g. `71 MB unpacked, at most 64 wanted`."""
    locator: str
    """Where it was found."""
    payload: bytes | None
    """Its bytes; null above 1 MB."""
    payload_digest: str
    """Id of its bytes (of what was read of them)."""


@record
class Run:
    """One run of a pipeline, from its command to its last commit."""

    command: str
    """backfill or follow."""
    started_at: datetime
    """By the machine's clock."""
    finished_at: datetime
    """By the machine's clock."""
    inputs: list[str]
    """What the user named, as named."""
    read: int
    """Documents met."""
    articles: int
    """New articles."""
    duplicates: int
    """Copies of articles."""
    revisions: int
    """Later versions of articles."""
    rejects: int
    """Refused inputs."""
    known: int
    """Documents that an earlier run, or this one, had already accounted for."""
    mentions: int
    """Mentions of events found in the new articles."""
    unread_languages: int
    """New articles in which no events were sought, since their language is not supported."""
    balanced: bool
    """read = articles + duplicates + revisions + rejects + known."""
    commits: list[int]
    """Entries of the lake's log that this run wrote."""
    versions: str
    """Versions of newslake and of the libraries that shape its rows: a JSON object."""
    configuration: str
    """Every option of every stage: a JSON object."""
