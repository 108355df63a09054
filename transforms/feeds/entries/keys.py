"""Keys that identify a feed's entries from one poll to the next.

The key is the entry's guid. If there is no guid, or if entries with different links share the guid,
the key is the entry's link. If there is no link either, the key is a hash of the text. If many
guids of a feed are not unique, newslake uses links as keys at this poll and at all later polls. A
change back to guids would make all entries of the feed new.
"""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from typing import NamedTuple

from newslake.transforms.feeds.parse.feed import FeedEntry
from newslake.transforms.text import visible
from newslake.transforms.web.urls import canonical

MAX_AMBIGUOUS = 0.05
"""Maximum share of entries whose guid is not unique. Above this share, no guids are used."""

MAX_GUID = 500
"""Maximum length of a guid in characters; a longer guid is hashed."""


class Keyed(NamedTuple):
    """An entry and its key."""

    key: str
    """`guid:…`, `link:…` or `hash:…`, without invisible characters."""
    entry: FeedEntry


class Keys(NamedTuple):
    """The unique entries of a feed."""

    entries: list[Keyed]
    """The first entry with each key, in the feed's order."""
    by_link: bool
    """True if the feed's guids must not be used as keys, now and at later polls."""


def keyed(entries: Iterable[FeedEntry], by_link: bool = False) -> Keys:
    """Return the entries of a response with their keys.

    `by_link` is `Keys.by_link` of the feed's last poll.
    """
    entries = list(entries)
    links = Counter(guid for guid, _ in {(_guid(entry), entry.link) for entry in entries} if guid)
    ambiguous = sum(links[_guid(entry) or ""] > 1 for entry in entries)
    by_link = by_link or ambiguous > MAX_AMBIGUOUS * len(entries)
    unique: dict[str, FeedEntry] = {}
    for entry in entries:
        guid = _guid(entry)
        unique_guid = guid if not by_link and links[guid or ""] == 1 else None
        unique.setdefault(_key(entry, unique_guid), entry)
    return Keys([Keyed(*pair) for pair in unique.items()], by_link)


def _guid(entry: FeedEntry) -> str | None:
    """Return the entry's guid. Remove its fragment if the part before the fragment is the link.

    Some publishers increase a number in the fragment with each edit of the story.
    """
    guid = visible(entry.guid or "").strip()
    before, mark, _ = guid.partition("#")
    return before if mark and before == entry.link else guid or None


def _key(entry: FeedEntry, guid: str | None) -> str:
    if guid:
        return f"guid:{guid}" if len(guid) <= MAX_GUID else f"guid:{_hash(guid)}"
    if link := canonical(entry.link):
        return f"link:{link}"
    return f"hash:{_hash(entry.title or '', entry.body or entry.summary or '')}"


def _hash(*texts: str) -> str:
    return sha256("\0".join(texts).encode(errors="replace")).hexdigest()[:32]
