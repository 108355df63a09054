"""Parse RSS, Atom, RDF and CDF with feedparser."""

import io
import re
from calendar import timegm
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import feedparser

from newslake.schemas.reasons import NotAFeed
from newslake.transforms.extract.fields.dates import precision_of, read_time
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry, Hints
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import wellformed
from newslake.transforms.web.urls import web_address

_PERIOD_DAYS = {"hourly": 1 / 24, "daily": 1, "weekly": 7, "monthly": 30, "yearly": 365}
_DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_ZONE = re.compile(r"(?:[A-Z]{1,5}|[+-]\d\d:?\d\d|1\d{9,12})\)?\s*$")
_SECONDS = re.compile(r"1\d{9}(?:\d{3})?")
"""A Unix timestamp in seconds or milliseconds; feedparser would read some digits as a year."""
_WITHOUT_DAY = re.compile(r"\d{4}(?:-\d\d)?")
PUBLISHED = ["published", "created"]
"""feedparser's keys for the publication time. In RSS and RDF, `updated` (dc:date) counts too."""

_KINDS = {"rss090": "rdf", "rss10": "rdf"}


def read_xml(text: str, address: str, headers: Mapping[str, str]) -> Feed:
    """Parse an XML feed.

    The HTML in entries is not changed: feedparser's sanitizer and its resolving of relative links
    are off: these steps take three quarters of the parsing time, and newslake displays no HTML.

    Args:
        text: The XML from the root element on.
        address: The response's URL.
        headers: The response headers, with names in lower case.

    Raises:
        TooDeep, TooLarge: The XML exceeds a limit of `newslake.transforms.feeds.parse.measure`.
        NotAFeed: The XML cannot be repaired, or is not a feed.
    """
    xml, left_out, incomplete, faults = wellformed(text, {"item", "entry"}, MAX_ENTRIES)
    parsed = _parsed(xml, headers.get("content-language", ""))
    if not parsed.version and not parsed.entries:
        raise NotAFeed("not a feed: XML without a channel or entries")
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
        incomplete=incomplete,
        hints=_hints(text, parsed.feed),
        faults=faults,
    )


def _parsed(xml: bytes, language: str) -> Any:
    """Return feedparser's result for well-formed XML.

    Raises:
        NotAFeed: feedparser fails, for example if an entry is inside an element of another entry.
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
        raise NotAFeed(f"feedparser cannot parse this XML: {error!r:.200}") from error


def _entry(parsed: Any, base: str, language: str | None, is_atom: bool) -> FeedEntry:
    written, published_at = _date(parsed, PUBLISHED if is_atom else [*PUBLISHED, "updated"])
    image = _image(parsed)
    return FeedEntry(
        guid=_id(parsed, base),
        link=_link(parsed, base),
        title=plain(parsed.get("title")) or None,
        published_at=published_at,
        published_at_naive=bool(published_at) and not _ZONE.search(written),
        published_precision=precision_of(written) if published_at else None,
        updated_at=_date(parsed, ["updated"])[1],
        authors=_authors(parsed),
        body=max((part.value for part in parsed.get("content", ())), key=len, default=None),
        summary=parsed.get("summary") or None,
        keywords=tuple(tag.term for tag in parsed.get("tags", ()) if tag.term),
        language=_language(parsed) or language,
        image_url=web_address(image, base=base),
    )


def _link(entry: Any, base: str) -> str | None:
    """Return the story's URL; the publisher's own URL takes precedence over FeedBurner's URL.

    A guid that is marked as a permalink is used only if it is an absolute URL.
    """
    link = entry.get("link")
    if link and link == entry.get("id") and entry.get("guidislink"):
        return web_address(link)
    alternates = [one.get("href") for one in entry.get("links", ()) if one.rel == "alternate"]
    if link in alternates or not alternates:
        alternates.insert(0, link)
    for candidate in (_text(entry, "feedburner_origlink"), *alternates):
        if candidate and (address := web_address(candidate.strip(), base=base)):
            return address
    return None


def _id(entry: Any, base: str) -> str | None:
    """Return the entry's id. If the id starts with `/`, return it as an absolute URL."""
    guid = entry.get("id") or None
    return web_address(guid, base=base) if guid and guid.startswith("/") else guid


def _date(entry: Any, names: list[str]) -> tuple[str, datetime | None]:
    """Return the first date of the entry that has one of `names`: its text and its UTC time."""
    for name in names:
        if written := dict.get(entry, name):
            return written, _utc(written, dict.get(entry, f"{name}_parsed"))
    return "", None


def _utc(written: str, parsed: Any) -> datetime | None:
    """Return a date in UTC; None for a year or a month, of which feedparser makes the first day.

    If feedparser could not parse the date, `read_time` parses it.
    """
    if _SECONDS.fullmatch(written):
        return datetime.fromtimestamp(int(written[:10]), UTC)
    if _WITHOUT_DAY.fullmatch(written.strip()):
        return None
    if parsed is None:
        time = read_time(written)
        return time and time[0]
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _authors(entry: Any) -> tuple[str, ...]:
    names = (plain(author.get("name")) for author in entry.get("authors", ()))
    return tuple(dict.fromkeys(name for name in names if name))


def _language(entry: Any) -> str | None:
    details = [entry.get("title_detail"), *entry.get("content", ()), entry.get("summary_detail")]
    return next((part.language for part in details if part and part.get("language")), None)


def _image(entry: Any) -> str | None:
    """Return the URL of the entry's main image, unchanged."""
    images = [one.get("url") for one in entry.get("media_content", ()) if _is_image(one)]
    images += [one.get("url") for one in entry.get("media_thumbnail", ())]
    images += [one.get("href") for one in entry.get("enclosures", ()) if _is_image(one)]
    return next(filter(None, images), None)


def _is_image(media: Any) -> bool:
    return media.get("medium") == "image" or media.get("type", "").startswith("image/")


def _hints(text: str, channel: Any) -> Hints:
    periods = []
    if (ttl := _text(channel, "ttl")).isdecimal() and len(ttl) < 7:
        periods.append(timedelta(minutes=int(ttl)))
    if period := _PERIOD_DAYS.get(_text(channel, "sy_updateperiod").lower()):
        frequency = _frequency(_text(channel, "sy_updatefrequency"))
        periods.append(timedelta(days=period) / frequency)
    hours = (int(hour) % 24 for hour in _skipped(text, "skipHours", r"<hour>\s*(\d\d?)\s*<"))
    days = (day.lower() for day in _skipped(text, "skipDays", r"<day>\s*(\w+)\s*<"))
    return Hints(
        interval=max(periods, default=None),
        skip_hours=frozenset(hours),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def _text(parsed: Any, name: str) -> str:
    """Return the text of an element; empty if feedparser returns its attributes instead."""
    value = parsed.get(name)
    return value.strip() if isinstance(value, str) else ""


def _frequency(value: str) -> float:
    """Return the number of updates per period, 0.01 to 60; 1 if `value` is not a number."""
    try:
        return min(max(float(value), 0.01), 60.0)
    except ValueError:
        return 1.0


def _skipped(text: str, element: str, pattern: str) -> list[str]:
    """Return the values listed in `element`; feedparser would keep only the last value."""
    _, begin, rest = text.partition(f"<{element}>")
    return re.findall(pattern, rest.partition(f"</{element}>")[0]) if begin else []
