"""Parse JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not support."""

from collections.abc import Iterator
from typing import Any

from newslake.schemas.reasons import BadJson, NotAFeed
from newslake.transforms.extract.fields.dates import precision_of, read_time
from newslake.transforms.extract.text.item import parse_object
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.web.urls import web_address


def read_json(text: str, address: str) -> Feed:
    """Parse a JSON Feed. A value of a wrong type is ignored.

    Args:
        text: The decoded response body.
        address: The response's URL.

    Raises:
        NotAFeed: `text` is not a JSON Feed.
    """
    try:
        feed = parse_object(text)
    except BadJson as error:
        raise NotAFeed(f"invalid JSON: {error}") from None
    if "jsonfeed.org/version/" not in str(feed.get("version")):
        raise NotAFeed("JSON, but not a JSON Feed: `version` is not a jsonfeed.org URL")
    items = [item for item in _list(feed, "items") if isinstance(item, dict)]
    language, authors = _string(feed, "language"), tuple(_authors(feed))
    return Feed(
        kind="json",
        title=plain(_string(feed, "title")) or None,
        link=web_address(_string(feed, "home_page_url"), base=address),
        entries=[_entry(item, address, language, authors) for item in items[:MAX_ENTRIES]],
        left_out=max(len(items) - MAX_ENTRIES, 0),
    )


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
        image_url=web_address(image, base=base) if image else None,
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
