"""The WARC header fields that newslake adds to its records: the purpose of the request.

WARC 1.1 (section 4) allows such extension fields. With these fields, reading a WARC file gives the
same rows as the original fetch.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from newslake.schemas.identity import document_id
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import PRECISIONS
from newslake.transforms.formats import JSON
from newslake.transforms.web.urls import publisher

_FIELDS = (
    "Newslake-Purpose",
    "Newslake-Feed",
    "Newslake-Entry",
    "Newslake-Published",
    "Newslake-Precision",
)
_SAFE = "".join(map(chr, range(0x21, 0x7F))).replace("%", "")


@dataclass(frozen=True)
class WarcFields:
    """The purpose of a record."""

    kind: str
    """`page`, `feed` or `robots` for a response; `entry` for a feed entry as JSON."""
    feed: str | None = None
    """The feed that announced the page."""
    entry_id: str | None = None
    """The key of the announcing entry in that feed."""
    published_at: datetime | None = None
    """Publication time according to the feed. For kind `entry`, the JSON contains it instead."""
    published_precision: str | None = None
    """Precision of the publication time, as in `Article`."""

    def fields(self) -> dict[str, str]:
        """Return the record's header fields."""
        published = self.published_at.isoformat() if self.published_at else None
        values = (self.kind, self.feed, self.entry_id, published, self.published_precision)
        named = zip(_FIELDS, values, strict=True)
        return {name: quote(value, safe=_SAFE) for name, value in named if value}


PAGE, POLL, ROBOTS = WarcFields("page"), WarcFields("feed"), WarcFields("robots")


def of_page(page_request: PageRequest) -> WarcFields:
    """Return the fields for the response to a page request."""
    return WarcFields(
        "page",
        page_request.feed,
        page_request.entry_id,
        page_request.published_at,
        page_request.published_precision,
    )


def entry_target(url: str | None, feed: str, entry_id: str) -> str:
    """Return an entry's WARC-Target-URI: the entry's URL or, if none, its quoted feed and key."""
    return url or quote(f"{feed}#{entry_id}", safe=_SAFE)


def entry_document(
    payload: bytes, url: str | None, feed: str, entry_id: str, seen_at: datetime | None
) -> Document:
    """Return a document for an entry that contains its article. `payload` is a JSON object.

    The document's locator is the entry's URL or, if the entry has none, its feed and its key.
    """
    locator = url or f"{feed}#{entry_id}"
    return Document(
        document_id=document_id(locator, payload),
        locator=locator,
        payload=payload,
        media_type=JSON.media_type,
        source=publisher(feed) or feed,
        url=url,
        charset="utf-8",
        seen_at=seen_at,
        feed=feed,
        entry_id=entry_id,
    )


def of_entry(document: Document) -> WarcFields:
    """Return the fields for an entry that contains its article."""
    return WarcFields("entry", document.feed, document.entry_id)


def read_fields(field: Callable[[str], str | None]) -> WarcFields | None:
    """Parse the fields in a record's header; return None if newslake did not write the record.

    `field` returns the value of a header field by name.
    """
    kind, feed, entry, published, unit = (unquote(field(name) or "") or None for name in _FIELDS)
    if kind is None:
        return None
    return WarcFields(kind, feed, entry, _time(published), unit if unit in PRECISIONS else None)


def _time(written: str | None) -> datetime | None:
    """Parse a time; return None if it is invalid or has no time zone."""
    with suppress(ValueError):
        time = datetime.fromisoformat(written or "")
        return time if time.tzinfo else None
    return None
