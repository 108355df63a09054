"""Computes the ids of documents, articles, texts, mentions and events.

Each id is a BLAKE2b hash of 128 bits, in hex. This length makes ids unique in a lake, and is short
enough to store millions. The kind of an id is part of the hash: ids of different kinds are never
equal. If one of these functions changes, new ids are incompatible with the ids in existing lakes.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import blake2b

_SAME_PAGE = re.compile(r"^https?://(?:www\.)?|/$")


def _digest(kind: str, *parts: bytes) -> str:
    """Return a hash of `parts` and of the length of each part, in 32 hex digits."""
    state = blake2b(digest_size=16, person=kind.encode())
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.hexdigest()


def payload_digest(payload: bytes) -> str:
    """Return the id of a document's bytes."""
    return _digest("payload", payload)


def document_id(locator: str, payload: bytes) -> str:
    """Return the id of a document: a hash of its locator and its bytes."""
    return _digest("document", locator.encode(), payload_digest(payload).encode())


def announcement_id(feed: str, entry_id: str, version: str) -> str:
    """Return the id of one version of a feed entry."""
    return _digest("announcement", feed.encode(), entry_id.encode(), version.encode())


def entry_version(title: str | None, updated_at: datetime | None) -> str:
    """Return the id of a version of a feed entry: a hash of the title and of the time of change.

    The summary is not hashed, because some summaries contain the current time or the number of comments.
    """
    changed = updated_at.isoformat() if updated_at else ""
    return _digest("version", (title or "").encode(errors="replace"), changed.encode())


def article_id(canonical_url: str | None, payload: bytes) -> str:
    """Return the id of an article: a hash of the URL or, without URL, of the document's bytes.

    The hash ignores the scheme (http or https), the prefix `www.` and a final slash of the URL. It
    does not depend on the extracted text, because a better extractor must not change the id.
    """
    if canonical_url:
        return _digest("url", _SAME_PAGE.sub("", canonical_url).encode())
    return _digest("article", payload)


def text_hash(text: str) -> str:
    """Return a cleaned text's id. White space, case and compatibility forms have no effect."""
    return _digest(
        "text", " ".join(unicodedata.normalize("NFKC", text).casefold().split()).encode()
    )


def mention_id(article_id: str, text_hash: str, start: int, end: int, type: str) -> str:
    """Return the id of a mention: a hash of article, text, offsets of the trigger, and type."""
    return _digest("mention", f"{article_id} {text_hash} {start} {end} {type}".encode())


def event_key(
    type: str,
    day: date | None,
    actors: Iterable[str],
    recipients: Iterable[str],
    country: str | None,
) -> str | None:
    """Return the key that all mentions of one event share, in all articles.

    If the day is unknown, or if there are no actors and no recipients, the key is None. Otherwise
    different events could share a key. `actors` and `recipients` are normalized names, in any
    order; `country` is the ISO 3166-1 alpha-3 code of the place.
    """
    actors, recipients = sorted(set(actors)), sorted(set(recipients))
    if day is None or not (actors or recipients):
        return None
    parts = (type, day.isoformat(), "|".join(actors), "|".join(recipients), country or "")
    return _digest("event", *(part.encode() for part in parts))
