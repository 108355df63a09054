"""RSS, Atom, RDF and CDF, by feedparser."""

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from newslake.schemas.reasons import NotAFeed
from newslake.transforms.extract.fields.dates import read_time
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry, Hints
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import wellformed
from newslake.transforms.web.urls import web_address

_PERIODS = {
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(days=7),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ZONE = re.compile(r"(?:[A-Z]{1,5}|[+-]\d\d:?\d\d|1\d{9,12})\)?\s*$")
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")
"""Since 1970, or milliseconds: feedparser reads a year in them."""
PUBLISHED = ["published", "created"]
"""When an entry appeared, in feedparser's words; RSS and RDF have dc:date for it, its `updated`."""

_KINDS = {"rss090": "rdf", "rss10": "rdf"}


def read_xml(text: str, address: str, headers: Mapping[str, str]) -> Feed:
    """Return the feed that `text` is.

    The bodies stay as they are: feedparser's sanitizer and its rewriting of links in them cost
    three quarters of its time, and no body is shown as HTML.

    Args:
        text: From the first element on.
        address: Where it was fetched.
        headers: Of the response, names in lower case.

    Raises:
        TooDeep: too many elements within each other.
        NotAFeed: it cannot be mended, or is no feed.
    """
    xml, left_out, fault = wellformed(text, {"item", "entry"}, MAX_ENTRIES)
    parsed = _parsed(xml, headers.get("content-language", ""))
    if not parsed.version and not parsed.entries:
        raise NotAFeed("XML without a channel or an entry")
    site = web_address(parsed.feed.get("link"), base=address)
    is_atom = parsed.version.startswith("atom")
    base = address if is_atom else site or address
    language = parsed.feed.get("language")
    return Feed(
        kind=_KINDS.get(parsed.version) or parsed.version.rstrip("0123456789nu") or "rss",
        title=plain(parsed.feed.get("title")) or None,
        link=site,
        entries=[_entry(entry, base, language, is_atom) for entry in parsed.entries],
        left_out=left_out,
        hints=_hints(text, parsed.feed),
        faults=(f"not well-formed: {fault}",) if fault else (),
    )


def _parsed(xml: bytes, language: str) -> Any:
    """Return what feedparser makes of well-formed XML.

    Raises:
        NotAFeed: feedparser fails, as it does on tags that close what they did not open.
    """
    try:
        return feedparser.parse(
            io.BytesIO(xml),
            response_headers={
                "content-type": "application/xml; charset=utf-8",
                "content-language": language,
            },
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except (LookupError, ValueError, TypeError, AttributeError) as error:
        raise NotAFeed(f"XML on which feedparser fails: {error!r:.200}") from error


def _entry(said: Any, base: str, language: str | None, is_atom: bool) -> FeedEntry:
    published, instant = _dated(said, PUBLISHED if is_atom else [*PUBLISHED, "updated"])
    image = _image(said)
    return FeedEntry(
        guid=_id(said, base),
        link=_link(said, base),
        title=plain(said.get("title")) or None,
        published_at=instant,
        published_at_naive=bool(instant) and not _ZONE.search(published),
        updated_at=_dated(said, ["updated"])[1],
        authors=_authors(said),
        body=max((part.value for part in said.get("content", ())), key=len, default=None),
        summary=said.get("summary") or None,
        keywords=tuple(tag.term for tag in said.get("tags", ()) if tag.term),
        language=_language(said) or language,
        image_url=web_address(image, base=base) if image else None,
    )


def _link(said: Any, base: str) -> str | None:
    """Return where the story is: the publisher's own address before that of a counting service.

    An id that is said to be the link counts only if it is a whole address.
    """
    link = said.get("link")
    if link and link == said.get("id") and said.get("guidislink"):
        return web_address(link)
    alternates = [one.get("href") for one in said.get("links", ()) if one.rel == "alternate"]
    if link in alternates or not alternates:
        alternates.insert(0, link)
    for found in (said.get("feedburner_origlink"), *alternates):
        if found and (address := web_address(found.strip(), base=base)):
            return address
    return None


def _id(said: Any, base: str) -> str | None:
    """Return the entry's id; an absolute one even if the feed gives a path."""
    guid = said.get("id") or None
    return web_address(guid, base=base) if guid and guid.startswith("/") else guid


def _dated(said: Any, names: list[str]) -> tuple[str, datetime | None]:
    """Return the first of the named times that is there: as written, and in UTC."""
    for name in names:
        if written := dict.get(said, name):
            return written, _instant(written, dict.get(said, f"{name}_parsed"))
    return "", None


def _instant(written: str, parsed: Any) -> datetime | None:
    """Return feedparser's time, which it gives in UTC; what it cannot read, others may."""
    if _SECONDS.fullmatch(written):
        return datetime.fromtimestamp(int(written[:10]), UTC)
    if parsed is None:
        time = read_time(written)
        return time and time[0]
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _authors(said: Any) -> tuple[str, ...]:
    names = (plain(author.get("name")) for author in said.get("authors", ()))
    return tuple(dict.fromkeys(name for name in names if name))


def _language(said: Any) -> str | None:
    details = [said.get("title_detail"), *said.get("content", ()), said.get("summary_detail")]
    return next((part.language for part in details if part and part.get("language")), None)


def _image(said: Any) -> str | None:
    """Return the address of the entry's lead picture, as it stands there."""
    pictures = [one.get("url") for one in said.get("media_content", ()) if _is_picture(one)]
    pictures += [one.get("url") for one in said.get("media_thumbnail", ())]
    pictures += [one.get("href") for one in said.get("enclosures", ()) if _is_picture(one)]
    return next(filter(None, pictures), None)


def _is_picture(media: Any) -> bool:
    return media.get("medium") == "image" or media.get("type", "").startswith("image/")


def _hints(text: str, said: Any) -> Hints:
    periods = []
    if (ttl := said.get("ttl", "").strip()).isdecimal() and len(ttl) < 7:
        periods.append(timedelta(minutes=int(ttl)))
    if period := _PERIODS.get(said.get("sy_updateperiod", "").strip().lower()):
        periods.append(period / _frequency(said.get("sy_updatefrequency", "1")))
    hours = (int(hour) % 24 for hour in _skipped(text, "skipHours", r"<hour>\s*(\d\d?)\s*<"))
    days = (day.lower() for day in _skipped(text, "skipDays", r"<day>\s*(\w+)\s*<"))
    return Hints(
        interval=max(periods, default=None),
        skip_hours=frozenset(hours),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def _frequency(said: str) -> float:
    """Return how often in its period a feed is updated: 1 if it does not say so sensibly."""
    try:
        return min(max(float(said), 0.01), 60.0)
    except ValueError:
        return 1.0


def _skipped(text: str, element: str, pattern: str) -> list[str]:
    """Return what `element` lists: feedparser keeps only the last one of its children."""
    _, begin, rest = text.partition(f"<{element}>")
    return re.findall(pattern, rest.partition(f"</{element}>")[0]) if begin else []
