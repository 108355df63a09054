"""What a feed says, whatever its format."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

MAX_BYTES = 5_000_000
"""A larger feed is refused; real ones stay below 2 MB."""

MAX_ENTRIES = 2_000
"""Further entries of one document are counted and left out."""


@dataclass(frozen=True)
class FeedEntry:
    """One announcement: a story's address, and what the feed tells of it."""

    guid: str | None
    """The id that the feed gives it, as it stands there."""
    link: str | None
    """Where the story is: absolute, http or https, without secrets."""
    title: str | None = None
    """Plain text on one line."""
    published_at: datetime | None = None
    """In UTC, as the feed says; not yet checked to be believable."""
    published_at_naive: bool = False
    """True if no zone was given."""
    updated_at: datetime | None = None
    """In UTC, likewise."""
    authors: tuple[str, ...] = ()
    """Names."""
    body: str | None = None
    """What the feed gives as the content: HTML, as it stands there."""
    summary: str | None = None
    """What the feed gives as its summary, likewise; many feeds put the whole text here."""
    keywords: tuple[str, ...] = ()
    """Tags."""
    language: str | None = None
    """Of the entry, else of the feed, as it stands there."""
    image_url: str | None = None
    """The lead picture, absolute."""


@dataclass(frozen=True)
class Hints:
    """When the feed itself asks not to be polled."""

    interval: timedelta | None = None
    """The longer of `ttl` and the syndication module's update period; None if neither is there."""
    skip_hours: frozenset[int] = frozenset()
    """Hours of the day in UTC, 0 to 23."""
    skip_days: frozenset[int] = frozenset()
    """Days of the week in UTC, Monday is 0."""


@dataclass(frozen=True)
class Feed:
    """A feed as it was read."""

    kind: str
    """`rss`, `atom`, `rdf`, `cdf`, `json` or `news_sitemap`."""
    title: str | None
    """Plain text on one line."""
    link: str | None
    """The site that it belongs to."""
    entries: list[FeedEntry]
    """In the feed's order, at most `MAX_ENTRIES`."""
    left_out: int = 0
    """Entries beyond these."""
    hints: Hints = field(default_factory=Hints)
    """What it asks of those who poll it."""
    faults: tuple[str, ...] = ()
    """What had to be mended or passed over, in words."""
