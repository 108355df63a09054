"""Who is who: the identifiers of documents, articles, texts, mentions and events.

All are 128 bits of BLAKE2b in hex: long enough that no two things of one lake share one, short
enough to keep by the million. Each kind is hashed under its own name, so that an id of one kind
is never equal to an id of another. Changing any of these functions renames what lakes hold.
"""

import re
import unicodedata
from collections.abc import Iterable
from datetime import date, datetime
from hashlib import blake2b

_SAME_PAGE = re.compile(r"^https?://(?:www\.)?|/$")


def _digest(kind: str, *parts: bytes) -> str:
    """Return 32 hex digits of `parts`; their lengths are hashed too, so that no two lists collide."""
    state = blake2b(digest_size=16, person=kind.encode())
    for part in parts:
        state.update(len(part).to_bytes(8, "big"))
        state.update(part)
    return state.hexdigest()


def payload_digest(payload: bytes) -> str:
    """Return the id of a document's bytes."""
    return _digest("payload", payload)


def document_id(locator: str, payload: bytes) -> str:
    """Return the id by which a document is accounted for: where it was and what it held."""
    return _digest("document", locator.encode(), payload_digest(payload).encode())


def announcement_id(feed: str, entry_id: str, version: str) -> str:
    """Return the id of an entry of a feed, in one of its versions."""
    return _digest("announcement", feed.encode(), entry_id.encode(), version.encode())


def entry_version(title: str | None, updated_at: datetime | None) -> str:
    """Return the id of what, if it changes, makes an entry worth another look.

    Its summary is no part of it: some hold the time of day, or a count of comments.
    """
    changed = updated_at.isoformat() if updated_at else ""
    return _digest("version", (title or "").encode(errors="replace"), changed.encode())


def article_id(canonical_url: str | None, payload: bytes) -> str:
    """Return the id of the article: of its URL, or of its raw bytes where it has none.

    It is one page with http and https, with www and without, with a slash at its end and without.
    Never of text that our code made: a better cleaner must not rename articles.
    """
    if canonical_url:
        return _digest("url", _SAME_PAGE.sub("", canonical_url).encode())
    return _digest("article", payload)


def text_hash(text: str) -> str:
    """Return the id of a cleaned text; white space, case and compatibility forms do not matter."""
    return _digest(
        "text", " ".join(unicodedata.normalize("NFKC", text).casefold().split()).encode()
    )


def mention_id(article_id: str, text_hash: str, start: int, end: int, type: str) -> str:
    """Return the id of a mention: an act of one type told in one stretch of one text."""
    return _digest("mention", f"{article_id} {text_hash} {start} {end} {type}".encode())


def event_key(
    type: str,
    day: date | None,
    actors: Iterable[str],
    recipients: Iterable[str],
    country: str | None,
) -> str | None:
    """Return the key that mentions of one happening share, whichever paper tells it.

    Args:
        type: The event's type.
        day: The day it happened.
        actors: Names, normalised; their order does not matter.
        recipients: Likewise.
        country: ISO 3166-1 alpha-3 code of the place.

    Returns:
        None unless the day and an actor or a recipient are known: too little to tell two apart.
    """
    actors, recipients = sorted(set(actors)), sorted(set(recipients))
    if day is None or not (actors or recipients):
        return None
    parts = (type, day.isoformat(), "|".join(actors), "|".join(recipients), country or "")
    return _digest("event", *(part.encode() for part in parts))
