"""Convert feed entries to announcements (rows of the lake) and page requests."""

from datetime import datetime
from typing import NamedTuple

from newslake.schemas.identity import announcement_id, entry_version
from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Announcement
from newslake.transforms.extract.fields.dates import is_plausible
from newslake.transforms.feeds.entries.full_text import full_text
from newslake.transforms.feeds.entries.keys import Keyed
from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.web.urls import canonical, web_address


class FeedItem(NamedTuple):
    """A feed entry with its row."""

    row: Announcement
    """The entry's row. `revised` is False, because the lake has not been queried yet."""
    entry: FeedEntry
    """The parsed entry."""
    html: str | None
    """The article's HTML; None if the entry does not contain the whole article."""
    optouts: list[str]
    """If the entry contains the whole article: the opt-outs of the feed and of the entry's page."""


def announcement(feed: str, keyed: Keyed, seen_at: datetime) -> FeedItem:
    """Return the entry `keyed`, which was polled at `seen_at`, with its row.

    `feed` is the feed's URL without secrets, as stored in the lake.
    """
    key, entry = keyed
    url = web_address(entry.link)
    version = entry_version(entry.title, entry.updated_at)
    has_valid_date = is_plausible(entry.published_at, seen_at)
    html = full_text(entry)
    row = Announcement(
        announcement_id=announcement_id(feed, key, version),
        feed=feed,
        entry_id=key,
        url=url,
        canonical_url=canonical(url),
        title=entry.title,
        published_at=entry.published_at if has_valid_date else None,
        seen_at=seen_at,
        version=version,
        revised=False,
        content_source="entry" if html else "page" if url else "none",
        published_precision=entry.published_precision if has_valid_date else None,
    )
    return FeedItem(row, entry, html, [])


def page_request(row: Announcement) -> PageRequest:
    """Return the request for an announcement's page."""
    assert row.url
    assert row.canonical_url
    published = row.published_at, row.published_precision
    return PageRequest(row.url, row.canonical_url, row.feed, row.entry_id, *published)
