"""Parse news sitemaps and sitemap indexes.

The format: developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

import io
from collections.abc import Iterator

from lxml import etree

from newslake.schemas.reasons import WithoutNews
from newslake.transforms.extract.fields.dates import precision_of, read_time
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import wellformed
from newslake.transforms.web.urls import web_address

_IMAGE = "{http://www.google.com/schemas/sitemap-image/"


MAX_SITEMAPS = 50_000
"""Maximum number of sitemaps in an index, by the protocol of sitemaps."""

MAX_ELEMENTS = 1_000_000
"""Maximum number of elements. feedparser does not parse sitemaps, so the limit can be higher."""


def read_sitemap(text: str, address: str, max_entries: int = MAX_ENTRIES) -> Feed:
    """Parse a news sitemap. URLs that have neither a news title nor a date are skipped.

    Args:
        text: The XML from the root element on.
        address: The response's URL.
        max_entries: Maximum number of URLs that are read; the others are counted.

    Raises:
        TooDeep, TooLarge: The XML exceeds a limit of `newslake.transforms.feeds.parse.measure`.
        NotAFeed: The XML cannot be repaired.
        WithoutNews: The XML contains no news.
    """
    xml, left_out, incomplete, faults = wellformed(text, {"url"}, max_entries, MAX_ELEMENTS)
    found = [_entry(url, address) for url in _texts(xml, "url")]
    entries = [entry for entry in found if entry]
    without_news = len(found) - len(entries)
    if without_news and not entries:
        raise WithoutNews("a sitemap without news: use the URL of the site's news sitemap")
    if without_news:
        faults += (f"skipped {without_news} URLs that are not news",)
    return Feed(
        kind="news_sitemap",
        title=None,
        link=None,
        entries=entries,
        left_out=left_out,
        incomplete=incomplete,
        faults=faults,
    )


def read_index(text: str, address: str) -> Feed:
    """Parse a sitemap index. The arguments and errors are as in `read_sitemap`."""
    limit = MAX_SITEMAPS
    xml, left_out, incomplete, faults = wellformed(text, {"sitemap"}, limit, MAX_ELEMENTS)
    listed = [
        (web_address(texts.get("loc"), base=address), texts.get("lastmod", ""))
        for texts in _texts(xml, "sitemap")
    ]
    return Feed(
        kind="sitemap_index",
        title=None,
        link=None,
        entries=[],
        left_out=left_out,
        incomplete=incomplete,
        sitemaps=tuple((url, changed_at) for url, changed_at in listed if url),
        faults=faults,
    )


def _texts(xml: bytes, kind: str) -> Iterator[dict[str, str]]:
    """Yield a dictionary per element `kind`, from the local names of inner elements to their texts.

    Args:
        xml: Well-formed XML. libxml2 recovers from namespaces that are not valid URIs.
        kind: Local name of the elements.
    """
    texts: dict[str, str] = {}
    for _, element in etree.iterparse(
        io.BytesIO(xml), recover=True, resolve_entities=False, no_network=True, huge_tree=False
    ):
        namespace, _, name = element.tag.rpartition("}")
        if name == kind:
            yield texts
            texts = {}
            element.clear()
        elif element.text and element.text.strip():
            prefix = "image_" if namespace.startswith(_IMAGE) else ""
            texts.setdefault(prefix + name, element.text.strip())


def _entry(texts: dict[str, str], base: str) -> FeedEntry | None:
    """Return the entry of a `url` element; None if there is neither a news title nor a date."""
    if not {"title", "publication_date"} & texts.keys():
        return None
    published, offset = read_time(texts.get("publication_date")) or (None, 0)
    updated, _ = read_time(texts.get("lastmod")) or (None, None)
    keywords = (word.strip() for word in texts.get("keywords", "").split(","))
    return FeedEntry(
        guid=None,
        link=web_address(texts.get("loc"), base=base),
        title=plain(texts.get("title")) or None,
        published_at=published,
        published_at_naive=offset is None,
        published_precision=precision_of(texts["publication_date"]) if published else None,
        updated_at=updated,
        keywords=tuple(word for word in keywords if word),
        language=texts.get("language"),
        image_url=web_address(texts.get("image_loc"), base=base),
    )
