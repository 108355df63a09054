"""What a web archive of ours tells of a response beside its bytes: what it was asked for.

It stands in fields of the record's own header, which WARC 1.1 (section 4) lets anybody add. So who reads
the archive knows what who fetched it knew, and makes the same rows.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote, unquote

from newslake.schemas.records import Document, PageRequest

MEDIA_TYPES = {
    "": "text/html",
    "text/html": "text/html",
    "application/xhtml+xml": "text/html",
    "application/octet-stream": "text/html",
    "text/plain": "text/plain",
    "text/markdown": "text/markdown",
}
"""What we read of what we fetched, by what servers call it; bytes that are no text are refused later."""

_FIELDS = ("Newslake-Purpose", "Newslake-Feed", "Newslake-Entry", "Newslake-Published")
_SAFE = "".join(map(chr, range(0x21, 0x7F))).replace("%", "")


@dataclass(frozen=True)
class WarcFields:
    """What a response was asked for, or what else a record holds."""

    kind: str
    """`page`, `feed`, `robots`, or `entry`: not a response but an entry of a feed, as JSON."""
    feed: str | None = None
    """The feed that announced it."""
    entry_id: str | None = None
    """The announcing entry's id in that feed."""
    published_at: datetime | None = None
    """When that feed says that it appeared; in the JSON of an entry."""

    def fields(self) -> dict[str, str]:
        """Return it as fields of a record's header."""
        published = self.published_at.isoformat() if self.published_at else None
        values = zip(_FIELDS, (self.kind, self.feed, self.entry_id, published), strict=True)
        return {name: quote(value, safe=_SAFE) for name, value in values if value}


PAGE, POLL, ROBOTS = WarcFields("page"), WarcFields("feed"), WarcFields("robots")


def of_page(page_request: PageRequest) -> WarcFields:
    """Return why a page is asked for."""
    return WarcFields("page", page_request.feed, page_request.entry_id, page_request.published_at)


def entry_locator(url: str | None, feed: str, entry_id: str) -> str:
    """Return where an entry was found that holds its article: its address, else its place in the feed."""
    return url or f"{feed}#{entry_id}"


def entry_target(url: str | None, feed: str, entry_id: str) -> str:
    """Return the address by which an entry is archived: its own, else its place in the feed."""
    return url or quote(entry_locator(None, feed, entry_id), safe=_SAFE)


def of_entry(document: Document) -> WarcFields:
    """Return whose article an entry holds."""
    return WarcFields("entry", document.feed, document.entry_id)


def stated(field: Callable[[str], str | None]) -> WarcFields | None:
    """Return what the header of a record states; None if the record is none of ours.

    Args:
        field: Gives the value of a field of the header, by name.
    """
    values = (unquote(field(name) or "") or None for name in _FIELDS)
    kind, feed, entry, published = values
    return WarcFields(kind, feed, entry, _time(published)) if kind else None


def _time(written: str | None) -> datetime | None:
    """Return a time with a zone; None if it is none, which we would not have written."""
    with suppress(ValueError):
        time = datetime.fromisoformat(written or "")
        return time if time.tzinfo else None
    return None
