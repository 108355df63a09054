"""The rows of the lake's tables, one record type each.

The Arrow schema, the codebook in docs/tables.md and the compatibility test are made of these fields
and the strings below them, see `newslake.schemas.tables`. Until release 0.1.0 they may change freely; after
it, columns are only added.

Times are timezone-aware UTC, to the microsecond. A field is None only if its type says so. As in
`newslake.schemas.records`, no `from __future__ import annotations` here.
"""

from dataclasses import field
from datetime import date, datetime

from newslake.schemas.record import record


@record
class Article:
    """A news article as a reader would see it: without navigation, adverts and debris."""

    article_id: str
    """Id of the article: of its canonical URL, or of the document's bytes where it has none."""
    document_id: str
    """Id of the document that it came from: its place and its bytes."""
    url: str | None
    """The address the document was found at or names itself, without credentials; null if there is none."""
    canonical_url: str | None
    """The same address in one spelling, without tracking parameters and fragment; null without one."""
    source: str
    """The publisher: registrable domain of the URL, or the folder's name where there is none."""
    text: str
    """Paragraphs, headings and table rows, one a line; NFC, no control characters."""
    title: str | None = None
    """The headline, without the site's name; null if none is found."""
    authors: list[str] = field(default_factory=list)
    """Names of persons or desks, in the order of the byline."""
    published_at: datetime | None = None
    """When the publisher says that it appeared; null if it does not say."""
    published_at_naive: bool = False
    """True if the publisher's time had no zone: it is then read as UTC."""
    published_offset: int | None = None
    """Minutes that the publisher's clock was ahead of UTC; null if it named no zone."""
    modified_at: datetime | None = None
    """When the publisher says that it was last changed; null if it does not say."""
    seen_at: datetime | None = None
    """When the document was fetched; null for a plain file."""
    date_source: str = "none"
    """Where `published_at` was read: json_ld, meta, time_element, url, text, feed, field or none."""
    date_confidence: float | None = None
    """Trust in `published_at`, 0 to 1; null if there is none."""
    language: str | None = None
    """ISO 639-1 code; null where the text is too short to tell."""
    language_confidence: float | None = None
    """The detector's probability, 0 to 1; null without a language."""
    section: str | None = None
    """The desk or rubric, such as `EUROPE`; null if none is named."""
    keywords: list[str] = field(default_factory=list)
    """Tags that the publisher gave."""
    image_url: str | None = None
    """The lead picture; null if none is named."""
    word_count: int = 0
    """Words of `text`; each character counts in scripts without spaces."""
    paywalled: bool = False
    """True if only the open part of a paid article was there."""
    content_source: str = "file"
    """What gave the text: page, entry (of a feed) or file."""
    text_hash: str = ""
    """Id of the cleaned text, blind to case and white space: equal for exact copies."""
    signature: bytes | None = None
    """MinHash of the wording, by which near copies are found; null if the text is too short."""
    extractor: str = ""
    """What made the text of the bytes: trafilatura, plain_text, markdown or json."""
    extractor_version: str = ""
    """That program's version."""
    optouts: list[str] = field(default_factory=list)
    """Reservations of the publisher against text mining: tdm-reservation, noai, noimageai, noarchive,
    and what the header Content-Usage denies, such as `content-usage:train-ai`."""
    feed: str | None = None
    """The feed that announced it; null without one."""
    entry_id: str | None = None
    """The announcing entry's id in that feed; null without one."""
    warc_file: str | None = None
    """The archive it was read from; null without one."""
    warc_offset: int | None = None
    """Where its record begins in that archive, in bytes; null without one."""
    extra: str | None = None
    """What the input held and no column takes, a JSON object; null if there is nothing."""


@record
class Duplicate:
    """A copy of an article that the lake holds: kept and labelled, its text not stored again."""

    document_id: str
    """Id of the document."""
    duplicate_of: str
    """`article_id` of the article that it is a copy of."""
    kind: str
    """`syndicated` (at another registrable domain, or from an agency), else `exact` or `near`."""
    similarity: float
    """Share of common wording, 0 to 1 (Jaccard): 1 for equal texts, else an estimate, ± 0.03."""
    url: str | None
    """The copy's own address; null if it has none."""
    source: str
    """The copy's publisher, as in `articles`."""
    title: str | None
    """The copy's own headline; null if none is found."""
    published_at: datetime | None
    """When the copy's publisher says that it appeared; null if it does not say."""
    seen_at: datetime | None
    """When the copy was fetched; null for a plain file."""
    agency: str | None = None
    """The news agency that the copy credits; null if it names none."""


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
    """When this version was fetched; null for a plain file."""
    title: str | None
    """Its headline; null if none is found."""
    text: str
    """Its text, like `articles.text`."""
    text_hash: str
    """Id of its text."""
    published_at: datetime | None
    """When the article appeared, null as in `articles`: versions lie in the article's partition."""
    words_added: int | None = None
    """Words that the version before does not have there; null if that is not known."""
    words_removed: int | None = None
    """Words of the version before that are gone; null if that is not known."""
    changes: str | None = None
    """The first changes: `“five” → “seven”; + “He denied it.”; − “Photo: AP”`; null if not known."""


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
    """One of PLOVER's 16 event types, see `newslake.schemas.ontology`."""
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
    """When the article appeared, null as in `articles`."""
    attributed_to: str | None = None
    """Who the report is attributed to; null if to nobody but the paper itself."""
    event_date_start: date | None = None
    """First day on which it can have happened; null if the text does not tell."""
    event_date_end: date | None = None
    """Last such day; null without a first."""
    date_precision: str | None = None
    """day, week, month, year; lead: told first, without words for a time; null without a date."""
    date_text: str | None = None
    """The words for the time; null if there are none."""
    place: Place | None = None
    """Where it happened; null if the text does not tell."""
    killed_min: int | None = None
    """Persons killed, at least; null if none are told of."""
    killed_max: int | None = None
    """Persons killed, at most; null if open."""
    injured_min: int | None = None
    """Persons injured, at least; null if none are told of."""
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
    """Stable snake_case code, see `newslake.schemas.reasons`; `crash_<Exception>` for a bug of ours."""
    detail: str
    """The message for people, e.g. `71 MB unpacked, at most 64 wanted`."""
    locator: str
    """Where it was found."""
    payload: bytes | None
    """Its bytes; null above 1 MB, or where the publisher reserves it against text mining."""
    payload_digest: str
    """Id of its bytes (of what was read of them)."""


@record
class Announcement:
    """An entry of a feed as it was first seen there, or as it was seen again with other words."""

    announcement_id: str
    """Id of (feed, entry, version)."""
    feed: str
    """The feed's address, without secrets."""
    entry_id: str
    """What tells the entry from others of its feed: its own id, its link or a hash of its words."""
    url: str | None
    """The address of the article that it announces; null if it names none."""
    canonical_url: str | None
    """The same address in one spelling, as in `articles`; null without one."""
    title: str | None
    """The headline in the feed; null if it has none."""
    published_at: datetime | None
    """When the feed says that the article appeared; null if it does not say."""
    seen_at: datetime
    """When the feed was polled that first had it."""
    version: str
    """Id of the headline and of the time of change that the feed gives."""
    revised: bool
    """True if the entry had been announced before, in another version: its page is fetched anew."""
    content_source: str
    """Where its text is had: page (fetched), entry (the feed holds it whole) or none (no address)."""


@record
class Fetch:
    """A page, a feed or a robots.txt that was asked for, once, with the redirects that were followed."""

    url: str
    """The address: of a page as it was announced, of a feed as it is polled."""
    canonical_url: str
    """The same address in one spelling, as in `announcements`."""
    started_at: datetime
    """When its turn had come."""
    seconds: float
    """How long it took, pauses between requests included."""
    outcome: str
    """Of a page: document, rejected, or waiting: it will be asked for again; else answered or failed."""
    kind: str = "page"
    """page, feed or robots."""
    feed: str | None = None
    """The feed, by its name in `announcements`, that was polled; null for all else."""
    reason: str | None = None
    """Why it is no document, as in `rejects`, why it waits, or why it failed; else null."""
    wait_until: datetime | None = None
    """Not asked for again before; null unless it waits."""
    document_id: str | None = None
    """The document, or the reject, that came of it; null if it waits."""
    status: int | None = None
    """HTTP status of the last answer; null if there was none."""
    final_url: str | None = None
    """The address that answered, after redirects; null if none did."""
    redirects: list[str] = field(default_factory=list)
    """Where the answers before the last sent us."""
    size: int = 0
    """Bytes of the body as received."""
    optouts: list[str] = field(default_factory=list)
    """Agents for language models that the site's robots.txt shuts out from this address."""
    warc_file: str | None = None
    """The archive that holds the last answer; null without one."""
    warc_offset: int | None = None
    """Where its record begins in that archive, in bytes; null without one."""


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
    already_ingested: int
    """Documents that an earlier run, or this one, had already accounted for."""
    mentions: int
    """Mentions of events found in the new articles."""
    skipped: int
    """Records of web archives that hold no successful response of HTML: no documents."""
    unsupported_language: int
    """New articles in which no events were sought, since their language is not supported."""
    balanced: bool
    """read = articles + duplicates + revisions + rejects + already_ingested."""
    commits: list[int]
    """Entries of the lake's log that this run wrote."""
    committed_at: list[datetime]
    """When each of them was complete, by the machine's clock."""
    versions: str
    """Versions of newslake and of the libraries that shape its rows: a JSON object."""
    configuration: str
    """Every option of every stage: a JSON object."""
