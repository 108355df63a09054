"""Announcements: entries of feeds as rows of the lake, and where the text of each is to be had."""

from datetime import datetime
from typing import NamedTuple

from newslake.schemas.identity import announcement_id, entry_version
from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Announcement
from newslake.transforms.extract.fields.dates import believed
from newslake.transforms.feeds.entries.full_text import full_text
from newslake.transforms.feeds.entries.keys import Keyed
from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.web.urls import canonical, web_address


class FeedItem(NamedTuple):
    """An entry of a feed."""

    row: Announcement
    """It as a row, as if it had never been announced before."""
    entry: FeedEntry
    """It as it was read."""
    html: str | None
    """The article, if the entry holds it whole."""


def announcement(feed: str, keyed: Keyed, seen_at: datetime) -> FeedItem:
    """Return what an entry announces.

    Args:
        feed: The feed's address, without secrets: so it goes in the lake.
        keyed: The entry.
        seen_at: When the feed was polled.
    """
    key, entry = keyed
    url = web_address(entry.link)
    version = entry_version(entry.title, entry.updated_at)
    dated = believed(entry.published_at, seen_at)
    html = full_text(entry)
    row = Announcement(
        announcement_id=announcement_id(feed, key, version),
        feed=feed,
        entry_id=key,
        url=url,
        canonical_url=canonical(url),
        title=entry.title,
        published_at=entry.published_at if dated else None,
        seen_at=seen_at,
        version=version,
        revised=False,
        content_source="entry" if html else "page" if url else "none",
    )
    return FeedItem(row, entry, html)


def page_request(row: Announcement) -> PageRequest:
    """Return the address of an announcement whose page is to be fetched."""
    assert row.url
    assert row.canonical_url
    return PageRequest(row.url, row.canonical_url, row.feed, row.entry_id, row.published_at)
