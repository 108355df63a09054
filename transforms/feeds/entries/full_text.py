"""Whether an entry of a feed holds the whole article, and the document that it then is."""

import json
import re
from datetime import datetime

from newslake.schemas.identity import document_id
from newslake.schemas.records import Document
from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.read.warc.fields import entry_locator
from newslake.transforms.web.urls import publisher

LEAST = 2_000
"""Characters from which a text in a feed is taken for the article; teasers are shorter."""

_SOURCE = re.compile(r"\s*The post .{1,300} (?:first )?appeared (?:first )?on .{1,200}\.?$")
"""What WordPress puts below the texts of its feeds, whole ones and teasers."""

_BROKEN_OFF = re.compile(
    r"(?:…|\.{3}|\[…\]|\[\.{3}\]|(?:read|continue|see) (?:more|on|reading|the full (?:story|article)).{0,80})"
    r"[\s»›→>.]*$",
    re.IGNORECASE,
)
"""How a text ends that goes on elsewhere."""


def full_text(entry: FeedEntry) -> str | None:
    """Return the HTML of the article if the entry holds it whole; None if it does not, or may not.

    It may not if it is short, or ends as teasers do.
    """
    for html in sorted(filter(None, (entry.body, entry.summary)), key=len, reverse=True):
        text = _SOURCE.sub("", plain(html)[-2 * LEAST :])
        if len(text) >= LEAST and not _BROKEN_OFF.search(text[-200:]):
            return html
    return None


def as_document(entry: FeedEntry, html: str, feed: str, key: str, seen_at: datetime) -> Document:
    """Return the document that an entry is which holds its article.

    Args:
        entry: The announcement.
        html: What `full_text` says of it.
        feed: The feed's address.
        key: The entry's, see `newslake.transforms.feeds.entries.keys`.
        seen_at: When the feed was polled.
    """
    fields = {
        "title": entry.title,
        "html": html,
        "url": entry.link,
        "published_at": _written(entry.published_at, entry.published_at_naive),
        "updated_at": _written(entry.updated_at, naive=False),
        "authors": entry.authors,
        "keywords": entry.keywords,
        "language": entry.language,
        "image_url": entry.image_url,
    }
    said = {name: value for name, value in fields.items() if value}
    payload = json.dumps(said, ensure_ascii=False, sort_keys=True).encode(errors="replace")
    locator = entry_locator(entry.link, feed, key)
    return Document(
        document_id=document_id(locator, payload),
        locator=locator,
        payload=payload,
        media_type="application/json",
        source=publisher(feed) or feed,
        url=entry.link,
        charset="utf-8",
        seen_at=seen_at,
        feed=feed,
        entry_id=key,
    )


def _written(time: datetime | None, naive: bool) -> str | None:
    if time is None:
        return None
    return (time.replace(tzinfo=None) if naive else time).isoformat()
