"""JSON Feed 1.0 and 1.1 (jsonfeed.org), which feedparser does not read."""

from collections.abc import Iterator
from typing import Any

from newslake.schemas.reasons import BadJson, NotAFeed
from newslake.transforms.extract.fields.dates import read_time
from newslake.transforms.extract.text.item import parse_object
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.web.urls import web_address


def read_json(text: str, address: str) -> Feed:
    """Return the feed that the JSON object `text` is; what has a wrong type counts as not said.

    Args:
        text: The decoded response.
        address: Where it was fetched.

    Raises:
        NotAFeed: no JSON Feed.
    """
    try:
        said = parse_object(text)
    except BadJson as error:
        raise NotAFeed(f"JSON that cannot be read: {error}") from None
    if "jsonfeed.org/version/" not in str(said.get("version")):
        raise NotAFeed("JSON that is no JSON Feed")
    items = [item for item in _list(said, "items") if isinstance(item, dict)]
    language, authors = _string(said, "language"), tuple(_authors(said))
    return Feed(
        kind="json",
        title=plain(_string(said, "title")) or None,
        link=web_address(_string(said, "home_page_url"), base=address),
        entries=[_entry(item, address, language, authors) for item in items[:MAX_ENTRIES]],
        left_out=max(len(items) - MAX_ENTRIES, 0),
    )


def _entry(
    said: dict[str, Any], base: str, language: str | None, authors: tuple[str, ...]
) -> FeedEntry:
    link = _string(said, "url") or _string(said, "external_url")
    image = _string(said, "image") or _string(said, "banner_image")
    published, offset = read_time(said.get("date_published")) or (None, 0)
    updated, _ = read_time(said.get("date_modified")) or (None, None)
    return FeedEntry(
        guid=_id(said),
        link=web_address(link, base=base) if link else web_address(_id(said)),
        title=plain(_string(said, "title")) or None,
        published_at=published,
        published_at_naive=offset is None,
        updated_at=updated,
        authors=tuple(_authors(said)) or authors,
        body=_string(said, "content_html") or _string(said, "content_text"),
        summary=_string(said, "summary"),
        keywords=tuple(tag for tag in _list(said, "tags") if isinstance(tag, str)),
        language=_string(said, "language") or language,
        image_url=web_address(image, base=base) if image else None,
    )


def _id(said: dict[str, Any]) -> str | None:
    """Return the item's id, which may be a number."""
    found = said.get("id")
    return str(found) if isinstance(found, str | int | float) and str(found) else None


def _authors(said: dict[str, Any]) -> Iterator[str]:
    """Yield the names in `authors` (1.1) and in `author` (1.0)."""
    for author in [*_list(said, "authors"), said.get("author")]:
        name = plain(_string(author, "name")) if isinstance(author, dict) else ""
        if name:
            yield name


def _string(said: dict[str, Any], name: str) -> str | None:
    value = said.get(name)
    return value if isinstance(value, str) and value.strip() else None


def _list(said: dict[str, Any], name: str) -> list[Any]:
    value = said.get(name)
    return value if isinstance(value, list) else []
