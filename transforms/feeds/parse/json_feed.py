"""Parse JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not support."""

import json
import re
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from newslake.schemas.reasons import BadJson, NotAFeed
from newslake.transforms.extract.fields.dates import precision_of, read_time
from newslake.transforms.extract.text.item import parse_object
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.web.urls import web_address

_MEMBER = re.compile(r'[\s,]*+"([^"\\]*+)"\s*+:\s*+')
_GAP = re.compile(r"[\s,]*+")
_ID = re.compile(r'"id"\s*+:')


def read_json(text: str, address: str) -> Feed:
    """Parse a JSON Feed. A value of a wrong type is ignored.

    If the feed is damaged or cut off, the items before the damage are read.

    Args:
        text: The decoded response body.
        address: The response's URL.

    Raises:
        NotAFeed: `text` is not a JSON Feed.
    """
    feed, incomplete, fault = _parsed(text)
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    language, authors = _string(feed, "language"), tuple(_authors(feed))
    return Feed(
        kind="json",
        title=plain(_string(feed, "title")) or None,
        link=web_address(_string(feed, "home_page_url"), base=address),
        entries=[_entry(item, address, language, authors) for item in items[:MAX_ENTRIES]],
        left_out=max(len(items) - MAX_ENTRIES, 0),
        incomplete=incomplete,
        faults=(fault,) if fault else (),
    )


def _parsed(text: str) -> tuple[dict[str, Any], int, str]:
    """Return the feed, the number of incomplete items, and a message about the damage.

    If there is damage, the feed has only what is before the damage.

    Raises:
        NotAFeed: See `read_json`.
    """
    incomplete, fault = 0, ""
    try:
        feed = parse_object(text)
    except BadJson as error:
        fault = f"invalid JSON: {error}"
        before, incomplete = _before_damage(text)
        try:
            feed = parse_object(before)
        except BadJson:
            raise NotAFeed(fault) from None
    is_feed = "jsonfeed.org/version/" in str(feed.get("version"))
    if not is_feed and not (fault and _may_be_feed(feed)):
        raise NotAFeed(fault or "JSON, but not a JSON Feed: `version` is not a jsonfeed.org URL")
    return feed, incomplete, fault


def _may_be_feed(feed: dict[str, Any]) -> bool:
    """Return whether the rest of a damaged feed may have stated the version: all items have an id."""
    items = _list(feed, "items")
    have_ids = all(isinstance(item, dict) and "id" in item for item in items)
    return bool(items) and have_ids and "version" not in feed


def _before_damage(text: str) -> tuple[str, int]:
    """Return the whole members and items of a damaged feed as JSON, and the number of other items."""
    parse = json.JSONDecoder(parse_int=str).raw_decode
    at = end = text.find("{") + 1
    close = "}"
    with suppress(ValueError, RecursionError):
        while member := _MEMBER.match(text, at):
            at = member.end()
            if member[1] == "items" and text.startswith("[", at):
                end, close = at + 1, "]}"
                while not text.startswith("]", at := _after_gap(text, end)):
                    _, end = parse(text, at)
                end, close = at + 1, "}"
            else:
                _, end = parse(text, at)
            at = end
    rest = text[at:]
    is_cut_in_item = close == "]}" and not rest.isspace() and rest != ""
    return text[:end] + close, max(len(_ID.findall(rest)), int(is_cut_in_item))


def _after_gap(text: str, at: int) -> int:
    """Return the offset after white space and commas."""
    found = _GAP.match(text, at)
    return found.end() if found else at


def _entry(
    item: dict[str, Any], base: str, language: str | None, authors: tuple[str, ...]
) -> FeedEntry:
    link = _string(item, "url") or _string(item, "external_url")
    image = _string(item, "image") or _string(item, "banner_image")
    published, offset = read_time(item.get("date_published")) or (None, 0)
    updated, _ = read_time(item.get("date_modified")) or (None, None)
    return FeedEntry(
        guid=_id(item),
        link=web_address(link, base=base) if link else web_address(_id(item)),
        title=plain(_string(item, "title")) or None,
        published_at=published,
        published_at_naive=offset is None,
        published_precision=precision_of(item["date_published"]) if published else None,
        updated_at=updated,
        authors=tuple(_authors(item)) or authors,
        body=_string(item, "content_html") or _string(item, "content_text"),
        summary=_string(item, "summary"),
        keywords=tuple(tag for tag in _list(item, "tags") if isinstance(tag, str)),
        language=_string(item, "language") or language,
        image_url=web_address(image, base=base),
    )


def _id(item: dict[str, Any]) -> str | None:
    """Return the item's id as a string; in JSON, the id may be a number."""
    value = item.get("id")
    return str(value) if isinstance(value, str | int | float) and str(value) else None


def _authors(feed_or_item: dict[str, Any]) -> Iterator[str]:
    """Yield the names in `authors` (version 1.1) and in `author` (version 1.0)."""
    for author in [*_list(feed_or_item, "authors"), feed_or_item.get("author")]:
        name = plain(_string(author, "name")) if isinstance(author, dict) else ""
        if name:
            yield name


def _string(record: dict[str, Any], name: str) -> str | None:
    value = record.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _list(record: dict[str, Any], name: str) -> list[Any]:
    value = record.get(name)
    return value if isinstance(value, list) else []
