"""The WARC header fields that newslake adds to its records: the purpose of the request.

WARC 1.1 (section 4) allows such extension fields. With these fields, reading a WARC file gives the
same rows as the original fetch.
"""

from collections.abc import Callable, Iterable
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
    "Newslake-Optouts",
)
_SAFE = "".join(map(chr, range(0x21, 0x7F))).replace("%", "")


@dataclass(frozen=True)
class WarcFields:
    """The purpose of a record."""

    kind: str
    """`page`, `feed`, `robots` or `tdmrep` for a response; `entry` for a feed entry as JSON."""
    feed: str | None = None
    """The feed that announced the page."""
    entry_id: str | None = None
    """The key of the announcing entry in that feed."""
    published_at: datetime | None = None
    """Publication time according to the feed. For kind `entry`, the JSON contains it instead."""
    published_precision: str | None = None
    """Precision of the publication time, as in `Article`."""
    optouts: tuple[str, ...] = ()
    """The site's opt-outs, see `Document.optouts`."""

    def fields(self) -> dict[str, str]:
        """Return the record's header fields."""
        published = self.published_at.isoformat() if self.published_at else None
        precision, optouts = self.published_precision, " ".join(self.optouts)
        values = (self.kind, self.feed, self.entry_id, published, precision, optouts)
        named = zip(_FIELDS, values, strict=True)
        return {name: quote(value, safe=_SAFE) for name, value in named if value}


PAGE, POLL = WarcFields("page"), WarcFields("feed")
ROBOTS, TDMREP = WarcFields("robots"), WarcFields("tdmrep")


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
    payload: bytes,
    url: str | None,
    feed: str,
    entry_id: str,
    seen_at: datetime | None,
    optouts: Iterable[str] = (),
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
        optouts=list(optouts),
    )


def of_entry(document: Document) -> WarcFields:
    """Return the fields for an entry that contains its article."""
    optouts = tuple(document.optouts)
    return WarcFields("entry", document.feed, document.entry_id, optouts=optouts)


def read_fields(field: Callable[[str], str | None]) -> WarcFields | None:
    """Parse the fields in a record's header; return None if newslake did not write the record.

    `field` returns the value of a header field by name.
    """
    values = (unquote(field(name) or "") or None for name in _FIELDS)
    kind, feed, entry, published, unit, optouts = values
    if kind is None:
        return None
    precision = unit if unit in PRECISIONS else None
    return WarcFields(
        kind, feed, entry, _time(published), precision, tuple((optouts or "").split())
    )


def _time(written: str | None) -> datetime | None:
    """Parse a time; return None if it is invalid or has no time zone."""
    with suppress(ValueError):
        time = datetime.fromisoformat(written or "")
        return time if time.tzinfo else None
    return None
