"""The rows of the lake's tables, one record type each.

Each field declares a column (`newslake.schemas.column`); there is no other list of columns. The
Arrow schema, docs/tables.md and `newslake forget` use these declarations. Until release 0.1.0 the
fields may change freely. After that release, columns may only be added.

Times are timezone-aware UTC, to the microsecond. A field is None only if its type allows it. Do not
add `from __future__ import annotations` here, see `newslake.schemas.records`.
"""

from dataclasses import field
from datetime import date, datetime
from typing import Annotated

from newslake.schemas.column import PERSONAL, TEXT, Column
from newslake.schemas.record import record

FORGOTTEN = "forgotten"
"""`rejects.detail` of a row that `newslake forget` has cleared."""

PRECISIONS = ("day", "minute", "second")
"""The values of `published_precision`."""

# fmt: off


@record
class Article:
    """A news article: the first ingested version, without navigation and advertisements."""

    article_id: Annotated[str, Column(1, "Extract", "32 hex digits", "identifier"),
        "Id of the article: a hash of its canonical URL or, without URL, of the document's bytes."]
    document_id: Annotated[str, Column(2, "Read", "32 hex digits"),
        "Id of the article's document: a hash of its locator and its bytes."]
    url: Annotated[str | None, Column(3, "Read", "URL", "url", repeats=False),
        "The URL, fetched or stated by the document, without credentials; null if unknown."]
    canonical_url: Annotated[str | None,
        Column(4, "Extract", "URL", "mainEntityOfPage", repeats=False),
        "`url` in normalized form, without tracking parameters and fragment; null if unknown."]
    source: Annotated[str, Column(5, "Extract", "registrable domain", "publisher"),
        "The publisher: registrable domain of the URL or, if there is no URL, name of the folder."]
    text: Annotated[str,
        Column(6, "Clean", schema_org="articleBody", protected=TEXT, repeats=False),
        "Paragraphs, headings and table rows, one per line, in NFC, without control characters."]
    title: Annotated[str | None,
        Column(7, "publisher", schema_org="headline", protected=TEXT, repeats=False),
        "The headline, without the site's name; null if none was found."] = None
    authors: Annotated[list[str], Column(8, "publisher", schema_org="author", protected=PERSONAL),
        "Names of persons or editorial departments, in the order of the byline."
    ] = field(default_factory=list)
    published_at: Annotated[datetime | None, Column(9, "publisher", "UTC", "datePublished"),
        "Time of publication, as stated by the publisher; null if not stated."] = None
    published_at_naive: Annotated[bool, Column(10, "Extract"),
        "True if the stated time has no time zone. newslake then reads the time as UTC."] = False
    published_offset: Annotated[int | None, Column(11, "publisher", "minutes"),
        "UTC offset of the publisher's time, in minutes; null if no time zone was stated."] = None
    modified_at: Annotated[datetime | None, Column(12, "publisher", "UTC", "dateModified"),
        "Time of the last change, as stated by the publisher; null if not stated."] = None
    seen_at: Annotated[datetime | None, Column(13, "Read", "UTC"),
        "Time at which the document was fetched; null for a plain file."] = None
    date_source: Annotated[str, Column(14, "Extract", "code"),
        "Source of `published_at`: json_ld, meta, time_element, url, text, feed, field or "
        "none."] = "none"
    date_confidence: Annotated[float | None, Column(15, "Extract", "0 to 1"),
        "Confidence in `published_at`, 0 to 1; null if `published_at` is null."] = None
    language: Annotated[str | None, Column(16, "Extract", "ISO 639-1", "inLanguage"),
        "Language of the text, ISO 639-1 code; null if the text is too short for detection."] = None
    language_confidence: Annotated[float | None, Column(17, "Extract", "0 to 1"),
        "Probability of the detected language, 0 to 1; null if `language` is null."] = None
    section: Annotated[str | None, Column(18, "publisher", schema_org="articleSection"),
        "The newspaper section, such as `EUROPE`; null if none is stated."] = None
    keywords: Annotated[list[str], Column(19, "publisher", schema_org="keywords"),
        "The publisher's tags."] = field(default_factory=list)
    image_url: Annotated[str | None, Column(20, "publisher", "URL", "image", repeats=False),
        "URL of the main image; null if none is stated."] = None
    word_count: Annotated[int, Column(21, "Clean", "count", "wordCount"),
        "Number of words in `text`. In scripts without spaces, each character is a word."] = 0
    paywalled: Annotated[bool, Column(22, "Extract", schema_org="isAccessibleForFree (negated)"),
        "True if the document contains only the free part of a paid article."] = False
    content_source: Annotated[str, Column(23, "Extract", "code"),
        "Source of the text: page, entry (of a feed) or file."] = "file"
    text_hash: Annotated[str, Column(24, "Clean", "32 hex digits", repeats=False),
        "Id of the cleaned text, equal for exact copies. Case and white space have no effect."] = ""
    signature: Annotated[bytes | None, Column(25, "Deduplicate", "bytes", repeats=False),
        "MinHash signature of the text, to find near copies; null if the text is too short."] = None
    extractor: Annotated[str, Column(26, "Extract", "name or version"),
        "Program that extracted the text: trafilatura, plain_text, markdown or json."] = ""
    extractor_version: Annotated[str, Column(27, "Extract", "name or version"),
        "Version of the extractor."] = ""
    optouts: Annotated[list[str], Column(28, "publisher", "code", "usageInfo"),
        "The publisher's text-and-data-mining opt-outs: tdm-reservation, noai, noimageai, "
        "noarchive, the uses that Content-Usage and Content-Signal deny, such as "
        "`content-usage:train-ai`, and the AI user agents that robots.txt excludes, such as "
        "`disallow:GPTBot`."] = field(default_factory=list)
    feed: Annotated[str | None, Column(29, "Read", "URL"),
        "The feed that announced the article; null if no feed announced it."] = None
    entry_id: Annotated[str | None, Column(30, "publisher"),
        "Id of the feed entry that announced the article; null if no feed announced it."] = None
    warc_file: Annotated[str | None, Column(31, "Read", "path"),
        "The web archive (WARC) that contains the document; null if there is none."] = None
    warc_offset: Annotated[int | None, Column(32, "Read", "bytes"),
        "Byte offset of the document's record in `warc_file`; null if `warc_file` is null."] = None
    extra: Annotated[str | None, Column(33, "publisher", "JSON", protected=TEXT, repeats=False),
        "Fields of the input that have no column, as a JSON object; null if there are none."] = None
    published_precision: Annotated[str | None, Column(34, "publisher", "code"),
        "Smallest unit that the publisher stated in `published_at`: day, minute or second. With "
        "day, the time of day is unknown. Null if `published_at` is null or the unit is "
        "unknown."] = None
    rejected_id: Annotated[str | None, Column(35, "Read", "32 hex digits", repeats=False),
        "Id of this document in `rejects` if a run rejects it because it exceeds "
        "`--max-document-mb`; null if it is too small for that."] = None
    agency: Annotated[str | None, Column(36, "Deduplicate", schema_org="sourceOrganization"),
        "The news agency that the article credits in its byline, dateline or last line; null if it "
        "credits no agency."] = None
    live: Annotated[bool | None, Column(37, "Extract", schema_org="LiveBlogPosting"),
        "True if the page is a live blog: it declares itself one, or consists of dated posts; null if the "
        "article is older than this column."] = None


@record
class Duplicate:
    """A copy of an article in the lake; its text is not stored again."""

    document_id: Annotated[str, Column(1, "Read", "32 hex digits"), "Id of the document."]
    duplicate_of: Annotated[str, Column(2, "Deduplicate", "32 hex digits", "isBasedOn"),
        "`article_id` of the original. The document is a copy of this article."]
    kind: Annotated[str, Column(3, "Deduplicate", "code"),
        "`syndicated` if the copy is at another registrable domain or from a news agency; "
        "otherwise `exact` or `near`."]
    similarity: Annotated[float, Column(4, "Deduplicate", "0 to 1"),
        "Jaccard similarity to the original, 0 to 1. It is exact if the texts are equal; "
        "otherwise, it is estimated (± 0.03)."]
    url: Annotated[str | None, Column(5, "Read", "URL", "url", repeats=False),
        "URL of the copy; null if the copy has no URL."]
    source: Annotated[str, Column(6, "Extract", "registrable domain", "publisher"),
        "Publisher of the copy, as in `articles`."]
    title: Annotated[str | None,
        Column(7, "publisher", schema_org="headline", protected=TEXT, repeats=False),
        "Headline of the copy; null if none was found."]
    published_at: Annotated[datetime | None, Column(8, "publisher", "UTC", "datePublished"),
        "Time of publication of the copy, as stated by its publisher; null if not stated."]
    seen_at: Annotated[datetime | None, Column(9, "Read", "UTC"),
        "Time at which the copy was fetched; null for a plain file."]
    agency: Annotated[str | None, Column(10, "Deduplicate", schema_org="sourceOrganization"),
        "The news agency that the copy credits; null if it credits no agency."] = None
    published_precision: Annotated[str | None, Column(11, "publisher", "code"),
        "Precision of `published_at`, as in `articles`; null if `published_at` is null or the unit "
        "is unknown."] = None
    rejected_id: Annotated[str | None, Column(12, "Read", "32 hex digits", repeats=False),
        "Id of this document in `rejects` if a run rejects it because it exceeds "
        "`--max-document-mb`; null if it is too small for that."] = None


@record
class Revision:
    """A later version of an article: a document with the article's URL and another text."""

    document_id: Annotated[str, Column(1, "Read", "32 hex digits"), "Id of the document."]
    article_id: Annotated[str, Column(2, "Extract", "32 hex digits", "identifier"),
        "Id of the article."]
    revision: Annotated[int, Column(3, "Deduplicate", "number", "version"),
        "Number of the version in order of ingestion, from 1; version 0 is the row in `articles`."]
    seen_at: Annotated[datetime | None, Column(4, "Read", "UTC"),
        "Time at which this version was fetched; null for a plain file."]
    title: Annotated[str | None,
        Column(5, "publisher", schema_org="headline", protected=TEXT, repeats=False),
        "Headline of this version; null if none was found."]
    text: Annotated[str,
        Column(6, "Clean", schema_org="articleBody", protected=TEXT, repeats=False),
        "Text of this version, in the same format as `articles.text`."]
    text_hash: Annotated[str, Column(7, "Clean", "32 hex digits", repeats=False),
        "Id of the text of this version."]
    published_at: Annotated[datetime | None, Column(8, "publisher", "UTC", "datePublished"),
        "`published_at` of the article. Both rows are in the same partition. It is null if the "
        "day is unknown."]
    words_added: Annotated[int | None, Column(9, "DiffRevisions", "words"),
        "Number of words that are in this version but not in the previous version; null if "
        "unknown."] = None
    words_removed: Annotated[int | None, Column(10, "DiffRevisions", "words"),
        "Number of words that are in the previous version but not in this version; null if "
        "unknown."] = None
    changes: Annotated[str | None,
        Column(11, "DiffRevisions", schema_org="correction", protected=TEXT),
        "The first changes: `“five” → “seven”; + “He denied it.”; − “Photo: AP”`; null if "
        "unknown."] = None
    published_precision: Annotated[str | None, Column(12, "publisher", "code"),
        "Precision of `published_at`, as in `articles`; null if `published_at` is null or the unit "
        "is unknown."] = None
    rejected_id: Annotated[str | None, Column(13, "Read", "32 hex digits", repeats=False),
        "Id of this document in `rejects` if a run rejects it because it exceeds "
        "`--max-document-mb`; null if it is too small for that."] = None


@record
class Actor:
    """An actor or a recipient of an event: the shortest phrase that identifies the party."""

    text: Annotated[str, Column(1), "The phrase as written in the text."]
    start: Annotated[int, Column(2), "Offset of the phrase in `articles.text`, in code points."]
    end: Annotated[int, Column(3), "Offset of the end of the phrase (exclusive)."]
    name: Annotated[str | None, Column(4), "Common name of the party."] = None
    country: Annotated[str | None, Column(5), "ISO 3166-1 alpha-3 code."] = None
    sector: Annotated[str | None, Column(6),
        "government, military, opposition, rebel, judiciary, media, civilian, business, "
        "international, …"] = None


@record
class Place:
    """The place of an event."""

    text: Annotated[str, Column(1), "The place as written in the text."]
    name: Annotated[str | None, Column(2), "Common name of the place."] = None
    country: Annotated[str | None, Column(3), "ISO 3166-1 alpha-3 code."] = None
    latitude: Annotated[float | None, Column(4), "Degrees north."] = None
    longitude: Annotated[float | None, Column(5), "Degrees east."] = None


SHOWN_CONFIDENCE = 0.4
"""The least `confidence` of the mentions that `query`, `export`, `serve`, `mcp` and the Python API
show, unless they are asked for all. The files have all mentions. docs/events.md has the precision and
recall of it."""


@record
class Mention:
    """A sentence that reports an event, with actors, time and place."""

    # Nested columns are last: fastparquet cannot read integers with nulls after nested columns
    # (https://github.com/dask/fastparquet/issues/959).
    mention_id: Annotated[str, Column(1, "FindEvents", "32 hex digits"),
        "Id of the mention: a hash of article, text, offsets of the trigger, and type."]
    article_id: Annotated[str, Column(2, "Extract", "32 hex digits", "subjectOf"),
        "The article that contains the sentence."]
    text_hash: Annotated[str, Column(3, "Clean", "32 hex digits", repeats=False),
        "Id of the text that the offsets refer to."]
    event_key: Annotated[str | None, Column(4, "FindEvents", "32 hex digits"),
        "Id of the event: all mentions of an event have the same id. It is null if the day or "
        "all parties are unknown."]
    type: Annotated[str, Column(5, "FindEvents", "PLOVER 0.8"),
        "Event type of PLOVER, see `newslake.schemas.ontology`."]
    quad: Annotated[int, Column(6, "FindEvents", "1 to 4"),
        "1: verbal cooperation, 2: material cooperation, 3: verbal conflict, 4: material conflict."]
    cameo_root: Annotated[str, Column(7, "FindEvents", "CAMEO 1.1b3"),
        "The closest CAMEO root code, two digits, for comparison with older data."]
    status: Annotated[str, Column(8, "FindEvents", "code"),
        "asserted, future, hypothetical, negated or historical, see `newslake.schemas.ontology`."]
    trigger: Annotated[str, Column(9, "FindEvents", protected=TEXT),
        "The words that express the event."]
    trigger_start: Annotated[int, Column(10, "FindEvents", "code points"),
        "Offset of the trigger in `articles.text`, in code points."]
    trigger_end: Annotated[int, Column(11, "FindEvents", "code points"),
        "Offset of the end of the trigger (exclusive)."]
    evidence: Annotated[str, Column(14, "FindEvents", protected=TEXT, repeats=False),
        "The sentence."]
    evidence_start: Annotated[int, Column(15, "FindEvents", "code points"),
        "Offset of the sentence in `articles.text`, in code points."]
    evidence_end: Annotated[int, Column(16, "FindEvents", "code points"),
        "Offset of the end of the sentence (exclusive)."]
    confidence: Annotated[float, Column(17, "FindEvents", "0 to 1"),
        "Probability that type and status are correct, 0 to 1, see docs/events.md."]
    extractor_version: Annotated[str, Column(18, "FindEvents", "name or version"),
        "Version of rules, lexicon and model."]
    published_at: Annotated[datetime | None, Column(19, "publisher", "UTC", "datePublished"),
        "`published_at` of the article; null if it has none."] = None
    attributed_to: Annotated[str | None, Column(20, "FindEvents", protected=PERSONAL),
        "The party that the sentence cites as its source; null if there is none."] = None
    event_date_start: Annotated[date | None,
        Column(21, "FindEvents", "day, UTC", "temporalCoverage"),
        "First possible day of the event; null if the text does not state a time."] = None
    event_date_end: Annotated[date | None, Column(22, "FindEvents", "day, UTC", "temporalCoverage"),
        "Last possible day of the event; null if `event_date_start` is null."] = None
    date_precision: Annotated[str | None, Column(23, "FindEvents", "code"),
        "day, week, month, year or lead; null if there is no date. The value lead means: the "
        "article begins with the event and states no time, so the date is the day of publication "
        "or the day before."] = None
    date_text: Annotated[str | None, Column(24, "FindEvents", protected=TEXT),
        "The time expression as written in the text; null if there is none."] = None
    killed_min: Annotated[int | None, Column(26, "FindEvents", "persons"),
        "Minimum number of persons killed; null if the sentence reports no deaths."] = None
    killed_max: Annotated[int | None, Column(27, "FindEvents", "persons"),
        "Maximum number of persons killed; null if the text gives no maximum."] = None
    injured_min: Annotated[int | None, Column(28, "FindEvents", "persons"),
        "Minimum number of persons injured; null if the sentence reports no injuries."] = None
    injured_max: Annotated[int | None, Column(29, "FindEvents", "persons"),
        "Maximum number of persons injured; null if the text gives no maximum."] = None
    mode: Annotated[str | None, Column(30, "FindEvents", "code"),
        "How an ASSAULT, COERCE or PROTEST is done, after the modes of PLOVER, such as aerial, arrest "
        "or strike; null if the trigger does not tell."] = None
    place_precision: Annotated[str | None, Column(31, "FindEvents", "code"),
        "What `place` is: site (a building, road or base; coordinates are those of its city), city, "
        "region or country; null if there is no place, or if it is in no table."] = None
    actors: Annotated[list[Actor], Column(12, "FindEvents", schema_org="about", protected=PERSONAL),
        "The parties that act; empty if the sentence does not name them."
    ] = field(default_factory=list)
    recipients: Annotated[list[Actor],
        Column(13, "FindEvents", schema_org="about", protected=PERSONAL),
        "The parties at which the event is directed; empty if the sentence does not name them."
    ] = field(default_factory=list)
    place: Annotated[Place | None,
        Column(25, "FindEvents", "degrees, WGS 84", "spatialCoverage", protected=TEXT),
        "The place of the event; null if the text does not state one."] = None


@record
class Rejected:
    """An input that a stage rejected: one row per document and settings, for inspection and replay."""

    document_id: Annotated[str, Column(1, "Read", "32 hex digits"), "Id of the document."]
    stage: Annotated[str, Column(2, "the rejecting step", "label"),
        "Label of the stage that rejected the document, such as `Extract`."]
    reason: Annotated[str, Column(3, "the rejecting step", "code"),
        "Stable code of the reason (`newslake.schemas.reasons`); `crash_<Exception>` for a bug."]
    detail: Annotated[str,
        Column(4, "the rejecting step", protected=TEXT, forgotten=FORGOTTEN, repeats=False),
        "Details for humans, such as the size of the document and the limit."]
    locator: Annotated[str, Column(5, "Read", "URL, URN or path", repeats=False),
        "URL, WARC record id or file path of the document."]
    payload: Annotated[bytes | None, Column(6, "Read", "bytes", protected=TEXT, repeats=False),
        "The document's bytes; null if they exceed 1 MB or the publisher opted out of mining."]
    payload_digest: Annotated[str, Column(7, "Read", "32 hex digits", repeats=False),
        "Id of the document's bytes. If newslake read only a part, it is the id of this part."]
    settings: Annotated[str | None, Column(8, "command line", "JSON"),
        "Version of the rules and, if they are not the defaults, the options that decide what is "
        "rejected, as a JSON object; null if an older version of newslake wrote the row."] = None
    url: Annotated[str | None, Column(9, "Read", "URL", repeats=False),
        "The fetched URL, or the URL that the WARC record states, without credentials; null if there "
        "is none."] = None
    warc_file: Annotated[str | None, Column(10, "Read", "path"),
        "The web archive (WARC) that contains the document; null if there is none."] = None
    warc_offset: Annotated[int | None, Column(11, "Read", "bytes"),
        "Byte offset of the record or damage in `warc_file`; null if `warc_file` is null."] = None
    document: Annotated[str | None, Column(12, "Read", "JSON", protected=TEXT, repeats=False),
        "The other fields of the document that `newslake replay` needs, such as its media type and "
        "its headers, as a JSON object; null if an older version of newslake wrote the row."] = None


@record
class Replacement:
    """A rejected document, and the document that `newslake replay` found in its place."""

    rejected_id: Annotated[str, Column(1, "Read", "32 hex digits"),
        "Id of the rejected document."]
    document_id: Annotated[str, Column(2, "Read", "32 hex digits"),
        "Id of the document that the file, the archive or the URL contains now."]
    locator: Annotated[str, Column(3, "Read", "URL, URN or path", repeats=False),
        "Locator of the new document, as in `rejects`."]


@record
class StageUse:
    """What one stage of the DAG took in and used during a run."""

    stage: Annotated[str, Column(1, "Commit", "code"),
        "Label of the stage: Read, Fetch, DropSeen, Extract, Clean, Deduplicate, DiffRevisions, "
        "FindEvents, Write or Commit."]
    documents: Annotated[int, Column(2, "Commit", "count"),
        "Number of documents that the stage took in."]
    bytes: Annotated[int, Column(3, "Commit", "bytes"),
        "Size of these documents. For Deduplicate, DiffRevisions and FindEvents, size of their "
        "texts; for Write and Commit, size of the written files."]
    max_bytes: Annotated[int, Column(4, "Commit", "bytes"),
        "Size of the largest of them; for Commit, of all files of the largest commit."]
    cpu_seconds: Annotated[float | None, Column(5, "Commit", "seconds"),
        "CPU time of the stage, without that of Beam; null for Fetch, which is not measured."]
    max_cpu_seconds: Annotated[float | None, Column(6, "Commit", "seconds"),
        "Longest CPU time of one step: for most stages, of one document; null for Fetch."]


@record
class RejectCount:
    """The number of rejects of one stage for one reason during a run."""

    stage: Annotated[str, Column(1, "Commit", "code"), "The stage, as in `rejects`."]
    reason: Annotated[str, Column(2, "Commit", "code"), "The reason, as in `rejects`."]
    documents: Annotated[int, Column(3, "Commit", "count"), "Number of rejects."]


@record
class Announcement:
    """A version of a feed entry, as newslake first saw it."""

    announcement_id: Annotated[str, Column(1, "Poll", "32 hex digits"),
        "Id of the announcement: a hash of feed, entry id and version."]
    feed: Annotated[str, Column(2, "command line", "URL"), "URL of the feed, without secrets."]
    entry_id: Annotated[str, Column(3, "publisher"),
        "Identifies the entry in the feed: the entry's id, its link, or a hash of its content."]
    url: Annotated[str | None, Column(4, "publisher", "URL", "url", repeats=False),
        "URL of the announced article; null if the entry has no URL."]
    canonical_url: Annotated[str | None,
        Column(5, "Poll", "URL", "mainEntityOfPage", repeats=False),
        "`url` in normalized form, as in `articles`; null if there is no URL."]
    title: Annotated[str | None,
        Column(6, "publisher", schema_org="headline", protected=TEXT, repeats=False),
        "Headline in the feed; null if the entry has no headline."]
    published_at: Annotated[datetime | None, Column(7, "publisher", "UTC", "datePublished"),
        "Time of publication of the article, as stated by the feed; null if not stated."]
    seen_at: Annotated[datetime, Column(8, "clock", "UTC"),
        "Time of the poll that first returned this version."]
    version: Annotated[str, Column(9, "Poll", "32 hex digits", "version"),
        "Id of the version: a hash of the headline and of the stated time of change."]
    revised: Annotated[bool, Column(10, "Poll"),
        "True if the feed announced an earlier version. The page is then fetched again."]
    content_source: Annotated[str, Column(11, "Poll", "code"),
        "Source of the text: page (to be fetched), entry (full text in the feed) or none (no URL)."]
    published_precision: Annotated[str | None, Column(12, "publisher", "code"),
        "Precision of `published_at`, as in `articles`; null if `published_at` is null or the unit "
        "is unknown."] = None


@record
class Fetch:
    """One fetch of a page, a feed, a robots.txt or a tdmrep.json, including its redirects."""

    url: Annotated[str, Column(1, "Poll", "URL", repeats=False),
        "The announced URL of a page, the polled URL of a feed, or the URL of a robots.txt or "
        "tdmrep.json."]
    canonical_url: Annotated[str, Column(2, "Poll", "URL", repeats=False),
        "`url` in normalized form, as in `announcements`."]
    started_at: Annotated[datetime, Column(3, "clock", "UTC"), "Time at which the fetch started."]
    seconds: Annotated[float, Column(4, "clock", "seconds"),
        "Duration of the fetch, including pauses between requests."]
    outcome: Annotated[str, Column(5, "Fetch", "code"),
        "For a page: document, rejected or waiting (for a retry). For a feed, robots.txt or "
        "tdmrep.json: answered or failed."]
    kind: Annotated[str, Column(6, "Fetch", "code"), "page, feed, robots or tdmrep."] = "page"
    feed: Annotated[str | None, Column(7, "command line", "URL"),
        "The polled feed, named as in `announcements`; null if `kind` is not feed."] = None
    reason: Annotated[str | None, Column(8, "Fetch", "code"),
        "Reason code as in `rejects`; null if `outcome` is document or answered."] = None
    wait_until: Annotated[datetime | None, Column(9, "Fetch", "UTC"),
        "Earliest time of the retry if `outcome` is waiting; for a feed, of the next poll; otherwise "
        "null."] = None
    document_id: Annotated[str | None, Column(10, "Fetch", "32 hex digits"),
        "Id of the resulting document or reject; null if there is none."] = None
    status: Annotated[int | None, Column(11, "server", "HTTP status"),
        "HTTP status of the last response; null if there was no response."] = None
    final_url: Annotated[str | None, Column(12, "server", "URL"),
        "URL of the last response, after redirects; null if there was no response."] = None
    redirects: Annotated[list[str], Column(13, "server", "URL"),
        "Target URLs of the redirects, in order."] = field(default_factory=list)
    size: Annotated[int, Column(14, "Fetch", "bytes"),
        "Size of the response body as received, in bytes."] = 0
    optouts: Annotated[list[str], Column(15, "publisher", "code"),
        "The opt-outs for the last URL in robots.txt and tdmrep.json, as in `articles`; empty for "
        "these files."] = field(default_factory=list)
    warc_file: Annotated[str | None, Column(16, "Fetch", "path"),
        "The web archive (WARC) that contains the last response; null if there is none."] = None
    warc_offset: Annotated[int | None, Column(17, "Fetch", "bytes"),
        "Byte offset of the response's record in `warc_file`; null if `warc_file` is null."] = None
    unread_entries: Annotated[int, Column(18, "Poll", "count"),
        "Number of entries of a feed that newslake did not read: they are incomplete or damaged, or "
        "over the limit of 2,000 entries, or of 50,000 entries in all sitemaps of an index."] = 0


@record
class FeedCondition:
    """The condition of a followed feed from a time on. `newslake follow` writes the rows once an hour."""

    feed: Annotated[str, Column(1, "command line", "URL"),
        "The feed, named as in `announcements`."]
    state: Annotated[str, Column(2, "Poll", "code"),
        "new (not polled yet), ok, empty (it answers without entries), failing, refused (the server, "
        "robots.txt or newslake does not allow polls), dead (ten failures in a row, or status 410), "
        "paused, or removed (from the list of feeds)."]
    since: Annotated[datetime, Column(3, "clock", "UTC"), "Time at which the condition began."]
    reason: Annotated[str | None, Column(4, "Poll", "code"),
        "Reason of the last failure, as in `fetches`; null if the last poll succeeded."] = None
    last_success_at: Annotated[datetime | None, Column(5, "clock", "UTC"),
        "Time of the last poll that succeeded; null if there is none."] = None


@record
class Run:
    """One run of a pipeline, from the start of the command to its last commit."""

    command: Annotated[str, Column(1, "command line"), "backfill, follow or replay."]
    started_at: Annotated[datetime, Column(2, "clock", "UTC"),
        "Start time, by the machine's clock."]
    finished_at: Annotated[datetime, Column(3, "clock", "UTC"), "End time, by the machine's clock."]
    inputs: Annotated[list[str], Column(4, "command line"),
        "The inputs of backfill as absolute paths, the feeds of follow, or the conditions of replay."]
    read: Annotated[int, Column(5, "Commit", "count"), "Number of documents read."]
    articles: Annotated[int, Column(6, "Commit", "count"), "Number of new articles."]
    duplicates: Annotated[int, Column(7, "Commit", "count"), "Number of copies of articles."]
    revisions: Annotated[int, Column(8, "Commit", "count"), "Number of later versions of articles."]
    rejects: Annotated[int, Column(9, "Commit", "count"), "Number of rejected inputs."]
    already_ingested: Annotated[int, Column(10, "Commit", "count"),
        "Number of skipped documents: this run or an earlier run had already ingested them."]
    mentions: Annotated[int, Column(11, "Commit", "count"),
        "Number of mentions found in the new articles."]
    skipped: Annotated[int, Column(12, "Read", "count"),
        "Number of skipped WARC records: records without a successful response with HTML."]
    unsupported_language: Annotated[int, Column(13, "FindEvents", "count"),
        "Number of new articles without event extraction: their language is not supported."]
    balanced: Annotated[bool, Column(14, "Commit"),
        "True if read = articles + duplicates + revisions + rejects + already_ingested."]
    commits: Annotated[list[int], Column(15, "Commit", "entries of the log"),
        "Numbers of the log entries that this run wrote."]
    committed_at: Annotated[list[datetime], Column(16, "clock", "UTC"),
        "Time at which each commit was complete, by the machine's clock."]
    versions: Annotated[str, Column(17, "Write", "JSON"),
        "Versions of newslake and of the libraries that affect the rows, as a JSON object."]
    configuration: Annotated[str, Column(18, "command line", "JSON"),
        "All options of all stages, as a JSON object."]
    files_with_trailing_bytes: Annotated[int, Column(19, "Read", "count"),
        "Number of gzip files with other bytes after their last gzip member. newslake did not read "
        "these bytes."] = 0
    stages: Annotated[list[StageUse] | None, Column(20, "Commit"),
        "What each stage took in and used, by metrics of Beam; null if the runner has none. In a "
        "stream, they count for the window in which the runner reports them, if it does."] = None
    rejects_by_reason: Annotated[list[RejectCount] | None, Column(21, "Commit"),
        "The rejects by stage and reason; null in runs of older versions."] = None
