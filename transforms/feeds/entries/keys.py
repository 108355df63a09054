"""Which entry is which: keys by which an announcement is known again.

By the entry's guid; where a guid names two entries of one document, or there is none, by its link;
else by a hash of its words. A feed in which many guids are not unique is read by links for ever:
a feed that went back and forth would announce all its entries anew each time.
"""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.text import visible
from newslake.transforms.web.urls import canonical

MAX_AMBIGUOUS = 0.05
"""Share of entries with a guid that names another one too, from which guids are not believed."""

MAX_GUID = 500
"""A longer guid is no id but a text: it is hashed."""


class Keyed(NamedTuple):
    """An entry and the key by which its feed's next document is recognised to hold it."""

    key: str
    """`guid:…`, `link:…` or `hash:…`, without characters that no reader sees."""
    entry: FeedEntry


class Keys(NamedTuple):
    """All entries of a document, each once."""

    entries: list[Keyed]
    """In the feed's order; of entries with one key the first."""
    by_link: bool
    """True if the feed's guids are not to be believed, now and later."""


def keyed(entries: Iterable[FeedEntry], by_link: bool = False) -> Keys:
    """Return the entries with their keys.

    Args:
        entries: Of one document.
        by_link: What `Keys.by_link` said of an earlier document of the feed.
    """
    entries = list(entries)
    named = Counter(guid for guid, _ in {(_guid(entry), entry.link) for entry in entries} if guid)
    ambiguous = sum(named[_guid(entry) or ""] > 1 for entry in entries)
    by_link = by_link or ambiguous > MAX_AMBIGUOUS * len(entries)
    once: dict[str, FeedEntry] = {}
    for entry in entries:
        guid = _guid(entry)
        believed = guid if not by_link and named[guid or ""] == 1 else None
        once.setdefault(_key(entry, believed), entry)
    return Keys([Keyed(*pair) for pair in once.items()], by_link)


def _guid(entry: FeedEntry) -> str | None:
    """Return the entry's guid; without a fragment, if else it is the link.

    Some papers count the fragment up with each edit of the story.
    """
    guid = visible(entry.guid or "").strip()
    place, mark, _ = guid.partition("#")
    return place if mark and place == entry.link else guid or None


def _key(entry: FeedEntry, guid: str | None) -> str:
    if guid:
        return f"guid:{guid}" if len(guid) <= MAX_GUID else f"guid:{_hash(guid)}"
    if link := canonical(entry.link):
        return f"link:{link}"
    return f"hash:{_hash(entry.title or '', entry.body or entry.summary or '')}"


def _hash(*texts: str) -> str:
    return sha256("\0".join(texts).encode(errors="replace")).hexdigest()[:32]
