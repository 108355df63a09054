"""Data for docs/tables.md: the purpose of each table; the origin, unit and meaning of each column.

A test checks that each column of each table is listed here. The properties are from NewsArticle
in schema.org 29 (https://schema.org/NewsArticle).
"""

from typing import NamedTuple

PURPOSES = {
    "articles": "News articles: one row per article, with the version that was ingested first.",
    "duplicates": "Documents that are copies of an article.",
    "revisions": "Later versions of articles: documents with the URL of an article and another text.",
    "mentions": "Sentences that report an event, with actors, time and place.",
    "rejects": "Inputs that a stage rejected, with the reason.",
    "announcements": "Versions of feed entries: one row per version, as newslake first saw it.",
    "fetches": "Fetches of pages, feeds and robots.txt, with their outcome.",
    "runs": "Runs, with their inputs, counts and versions.",
}
"""Maps each table to its purpose."""


class Origin(NamedTuple):
    """The origin and meaning of a column's values."""

    step: str
    """The step of the DAG that decides the values, or `publisher` if newslake copies them unchanged."""
    unit: str = ""
    """Unit, format or code list; empty for free text."""
    schema_org: str = ""
    """The property of schema.org's NewsArticle with the same meaning."""


_ID = "32 hex digits"
_TIME = "UTC"
_SHARE = "0 to 1"
_OFFSET = "code points"
_NUMBER = "count"
_PERSONS = "persons"
_PROGRAM = "name or version"

_COMMITTED = Origin("Commit", _NUMBER)

_DOCUMENT = {
    "document_id": Origin("Read", _ID),
    "url": Origin("Read", "URL", "url"),
    "source": Origin("Extract", "registrable domain", "publisher"),
    "title": Origin("publisher", "", "headline"),
    "published_at": Origin("publisher", _TIME, "datePublished"),
    "seen_at": Origin("Read", _TIME),
    "run_id": Origin("Write"),
}

ORIGINS: dict[str, dict[str, Origin]] = {
    "articles": _DOCUMENT
    | {
        "article_id": Origin("Extract", _ID, "identifier"),
        "canonical_url": Origin("Extract", "URL", "mainEntityOfPage"),
        "text": Origin("Clean", "", "articleBody"),
        "authors": Origin("publisher", "", "author"),
        "published_at_naive": Origin("Extract"),
        "published_offset": Origin("publisher", "minutes"),
        "modified_at": Origin("publisher", _TIME, "dateModified"),
        "date_source": Origin("Extract", "code"),
        "date_confidence": Origin("Extract", _SHARE),
        "language": Origin("Extract", "ISO 639-1", "inLanguage"),
        "language_confidence": Origin("Extract", _SHARE),
        "section": Origin("publisher", "", "articleSection"),
        "keywords": Origin("publisher", "", "keywords"),
        "image_url": Origin("publisher", "URL", "image"),
        "word_count": Origin("Clean", _NUMBER, "wordCount"),
        "paywalled": Origin("Extract", "", "isAccessibleForFree (negated)"),
        "content_source": Origin("Extract", "code"),
        "text_hash": Origin("Clean", _ID),
        "signature": Origin("Deduplicate", "bytes"),
        "extractor": Origin("Extract", _PROGRAM),
        "extractor_version": Origin("Extract", _PROGRAM),
        "optouts": Origin("publisher", "code", "usageInfo"),
        "feed": Origin("Read", "URL"),
        "entry_id": Origin("publisher"),
        "warc_file": Origin("Read", "path"),
        "warc_offset": Origin("Read", "bytes", ""),
        "extra": Origin("publisher", "JSON"),
    },
    "duplicates": _DOCUMENT
    | {
        "duplicate_of": Origin("Deduplicate", _ID, "isBasedOn"),
        "kind": Origin("Deduplicate", "code"),
        "similarity": Origin("Deduplicate", _SHARE),
        "agency": Origin("Deduplicate", "", "sourceOrganization"),
    },
    "revisions": {key: value for key, value in _DOCUMENT.items() if key not in {"url", "source"}}
    | {
        "article_id": Origin("Extract", _ID, "identifier"),
        "revision": Origin("Deduplicate", "number", "version"),
        "text": Origin("Clean", "", "articleBody"),
        "text_hash": Origin("Clean", _ID),
        "words_added": Origin("DiffRevisions", "words"),
        "words_removed": Origin("DiffRevisions", "words"),
        "changes": Origin("DiffRevisions", "", "correction"),
    },
    "mentions": {
        "mention_id": Origin("FindEvents", _ID),
        "article_id": Origin("Extract", _ID, "subjectOf"),
        "text_hash": Origin("Clean", _ID),
        "event_key": Origin("FindEvents", _ID),
        "type": Origin("FindEvents", "PLOVER 0.8"),
        "quad": Origin("FindEvents", "1 to 4"),
        "cameo_root": Origin("FindEvents", "CAMEO 1.1b3"),
        "status": Origin("FindEvents", "code"),
        "trigger": Origin("FindEvents"),
        "trigger_start": Origin("FindEvents", _OFFSET),
        "trigger_end": Origin("FindEvents", _OFFSET),
        "actors": Origin("FindEvents", "", "about"),
        "recipients": Origin("FindEvents", "", "about"),
        "evidence": Origin("FindEvents"),
        "evidence_start": Origin("FindEvents", _OFFSET),
        "evidence_end": Origin("FindEvents", _OFFSET),
        "confidence": Origin("FindEvents", _SHARE),
        "extractor_version": Origin("FindEvents", _PROGRAM),
        "published_at": Origin("publisher", _TIME, "datePublished"),
        "attributed_to": Origin("FindEvents"),
        "event_date_start": Origin("FindEvents", "day, UTC", "temporalCoverage"),
        "event_date_end": Origin("FindEvents", "day, UTC", "temporalCoverage"),
        "date_precision": Origin("FindEvents", "code"),
        "date_text": Origin("FindEvents"),
        "place": Origin("FindEvents", "degrees, WGS 84", "spatialCoverage"),
        "killed_min": Origin("FindEvents", _PERSONS),
        "killed_max": Origin("FindEvents", _PERSONS),
        "injured_min": Origin("FindEvents", _PERSONS),
        "injured_max": Origin("FindEvents", _PERSONS),
        "run_id": Origin("Write"),
    },
    "rejects": {
        "document_id": Origin("Read", _ID),
        "stage": Origin("the rejecting step", "label"),
        "reason": Origin("the rejecting step", "code"),
        "detail": Origin("the rejecting step"),
        "locator": Origin("Read", "URL or path"),
        "payload": Origin("Read", "bytes"),
        "payload_digest": Origin("Read", _ID),
        "run_id": Origin("Write"),
    },
    "announcements": {
        "announcement_id": Origin("Poll", _ID),
        "feed": Origin("command line", "URL"),
        "entry_id": Origin("publisher"),
        "url": Origin("publisher", "URL", "url"),
        "canonical_url": Origin("Poll", "URL", "mainEntityOfPage"),
        "title": Origin("publisher", "", "headline"),
        "published_at": Origin("publisher", _TIME, "datePublished"),
        "seen_at": Origin("clock", _TIME),
        "version": Origin("Poll", _ID, "version"),
        "revised": Origin("Poll"),
        "content_source": Origin("Poll", "code"),
        "run_id": Origin("Write"),
    },
    "fetches": {
        "url": Origin("Poll", "URL"),
        "canonical_url": Origin("Poll", "URL"),
        "started_at": Origin("clock", _TIME),
        "seconds": Origin("clock", "seconds"),
        "outcome": Origin("Fetch", "code"),
        "kind": Origin("Fetch", "code"),
        "feed": Origin("command line", "URL"),
        "reason": Origin("Fetch", "code"),
        "wait_until": Origin("Fetch", _TIME),
        "document_id": Origin("Fetch", _ID),
        "status": Origin("server", "HTTP status"),
        "final_url": Origin("server", "URL"),
        "redirects": Origin("server", "URL"),
        "size": Origin("Fetch", "bytes"),
        "optouts": Origin("publisher", "code"),
        "warc_file": Origin("Fetch", "path"),
        "warc_offset": Origin("Fetch", "bytes"),
        "run_id": Origin("Write"),
    },
    "runs": {
        "command": Origin("command line"),
        "started_at": Origin("clock", _TIME),
        "finished_at": Origin("clock", _TIME),
        "inputs": Origin("command line"),
        **dict.fromkeys(("read", "articles", "duplicates", "revisions"), _COMMITTED),
        **dict.fromkeys(("rejects", "already_ingested", "mentions"), _COMMITTED),
        "skipped": Origin("Read", _NUMBER),
        "unsupported_language": Origin("FindEvents", _NUMBER),
        "balanced": Origin("Commit"),
        "commits": Origin("Commit", "entries of the log"),
        "committed_at": Origin("clock", _TIME),
        "versions": Origin("Write", "JSON"),
        "configuration": Origin("command line", "JSON"),
        "run_id": Origin("Write"),
    },
}
"""The origin of each column, by table and column."""
