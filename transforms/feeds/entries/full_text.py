"""Detect feed entries that contain the whole article, and convert them to documents."""

import json
import re
from collections.abc import Iterable
from datetime import datetime

from newslake.schemas.records import Document
from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.read.warc.fields import entry_document

MIN_CHARS = 2_000
"""Minimum length of an article's text in characters; a shorter text is a teaser."""

_SOURCE = re.compile(r"\s*The post .{1,300} (?:first )?appeared (?:first )?on .{1,200}\.?$")
"""The line that WordPress appends to every text in a feed, whether full text or teaser."""

_TRUNCATED = re.compile(
    r"(?:…|\.{3}|\[…\]|\[\.{3}\]|(?:read|continue|see) (?:more|on|reading|the full (?:story|article)).{0,80})"
    r"[\s»›→>.]*$",
    re.IGNORECASE,
)
"""The end of a teaser: an ellipsis or a "read more" link."""


def full_text(entry: FeedEntry) -> str | None:
    """Return the article's HTML; None if the entry does not contain the whole article.

    A text that is too short or ends like a teaser does not count as an article.
    """
    for html in sorted(filter(None, (entry.body, entry.summary)), key=len, reverse=True):
        text = _SOURCE.sub("", plain(html)[-2 * MIN_CHARS :])
        if len(text) >= MIN_CHARS and not _TRUNCATED.search(text[-200:]):
            return html
    return None


def as_document(
    entry: FeedEntry,
    html: str,
    feed: str,
    key: str,
    seen_at: datetime,
    optouts: Iterable[str] = (),
) -> Document:
    """Return a document for an entry that contains the whole article. Its payload is a JSON object.

    Args:
        entry: The entry.
        html: The article, from `full_text`.
        feed: The feed's URL.
        key: The entry's key, see `newslake.transforms.feeds.entries.keys`.
        seen_at: Time of the poll.
        optouts: The publisher's opt-outs for the entry.
    """
    fields = {
        "title": entry.title,
        "html": html,
        "url": entry.link,
        "published_at": _isoformat(entry.published_at, entry.published_at_naive),
        "published_precision": entry.published_precision,
        "updated_at": _isoformat(entry.updated_at, naive=False),
        "authors": entry.authors,
        "keywords": entry.keywords,
        "language": entry.language,
        "image_url": entry.image_url,
    }
    present = {name: value for name, value in fields.items() if value}
    payload = json.dumps(present, ensure_ascii=False, sort_keys=True).encode(errors="replace")
    return entry_document(payload, entry.link, feed, key, seen_at, optouts)


def _isoformat(time: datetime | None, naive: bool) -> str | None:
    if time is None:
        return None
    return (time.replace(tzinfo=None) if naive else time).isoformat()
