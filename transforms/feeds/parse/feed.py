"""A parsed feed and its entries, independent of the format."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MAX_BYTES = 5_000_000
"""Maximum size of a feed in bytes; larger feeds are rejected. Real feeds are smaller than 2 MB."""

MAX_ENTRIES = 2_000
"""Maximum number of entries read from one feed; further entries are counted and ignored."""


@dataclass(frozen=True)
class FeedEntry:
    """An entry of a feed: a story's URL and metadata."""

    guid: str | None
    """The entry's id, unchanged."""
    link: str | None
    """The story's URL: absolute, http or https, without secrets."""
    title: str | None = None
    """Plain text on one line."""
    published_at: datetime | None = None
    """Publication time in UTC. The time is not checked yet, so it may be impossible."""
    published_at_naive: bool = False
    """True if the feed gives the publication time without a time zone."""
    published_precision: str | None = None
    """Precision of the publication time, as in `Article`; None if there is no time."""
    updated_at: datetime | None = None
    """Time of the last update in UTC. The time is not checked yet."""
    authors: tuple[str, ...] = ()
    """Names of the authors."""
    body: str | None = None
    """The entry's content: HTML, unchanged."""
    summary: str | None = None
    """The entry's summary: HTML, unchanged. Many feeds put the full text here."""
    keywords: tuple[str, ...] = ()
    """The entry's tags."""
    language: str | None = None
    """Language of the entry or, if the entry has none, of the feed; unchanged."""
    image_url: str | None = None
    """Absolute URL of the main image."""


@dataclass(frozen=True)
class Hints:
    """The times and the frequency at which the feed asks for polls."""

    interval: timedelta | None = None
    """The longer of `ttl` and the syndication module's interval; None if both are missing."""
    skip_hours: frozenset[int] = frozenset()
    """Hours without polls: 0 to 23 in UTC."""
    skip_days: frozenset[int] = frozenset()
    """Weekdays without polls: 0 (Monday) to 6, in UTC."""


@dataclass(frozen=True)
class Feed:
    """A parsed feed."""

    kind: str
    """`rss`, `atom`, `rdf`, `cdf`, `json`, `news_sitemap` or `sitemap_index`."""
    title: str | None
    """Plain text on one line."""
    link: str | None
    """URL of the feed's website."""
    entries: list[FeedEntry]
    """The first `MAX_ENTRIES` entries, in the feed's order."""
    left_out: int = 0
    """Number of entries over the limit, which are ignored."""
    incomplete: int = 0
    """Number of entries that are incomplete or damaged, and therefore ignored."""
    hints: Hints = field(default_factory=Hints)
    """The feed's own polling hints."""
    sitemaps: tuple[tuple[str, str], ...] | None = None
    """For a sitemap index: the URL of each sitemap, and the time of its last change, unchanged; the time
    is empty if the index does not state it. None for other feeds."""
    faults: tuple[str, ...] = ()
    """Messages about what was repaired or skipped."""
