"""Parse news sitemaps.

The format: developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap
"""

import io
from collections.abc import Iterator

from lxml import etree

from newslake.schemas.reasons import NotAFeed
from newslake.transforms.extract.fields.dates import precision_of, read_time
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import wellformed
from newslake.transforms.web.urls import web_address

_IMAGE = "{http://www.google.com/schemas/sitemap-image/"


def read_sitemap(text: str, address: str) -> Feed:
    """Parse a news sitemap. URLs that have neither a news title nor a date are skipped.

    Args:
        text: The XML from the root element on.
        address: The response's URL.

    Raises:
        TooDeep, TooLarge: The XML exceeds a limit of `newslake.transforms.feeds.parse.measure`.
        NotAFeed: The XML cannot be repaired, is a sitemap index, or contains no news.
    """
    xml, left_out, incomplete, faults = wellformed(text, {"url"}, MAX_ENTRIES)
    found = [_entry(url, address) for url in _urls(xml)]
    entries = [entry for entry in found if entry]
    without_news = len(found) - len(entries)
    if without_news and not entries:
        raise NotAFeed("a sitemap without news: use the URL of the site's news sitemap")
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


def _urls(xml: bytes) -> Iterator[dict[str, str]]:
    """Yield a dictionary per `url` element, from the local names of inner elements to their texts.

    Args:
        xml: Well-formed XML. libxml2 recovers from namespaces that are not valid URIs.

    Raises:
        NotAFeed: The XML is a sitemap index.
    """
    texts: dict[str, str] = {}
    for _, element in etree.iterparse(
        io.BytesIO(xml), recover=True, resolve_entities=False, no_network=True, huge_tree=False
    ):
        namespace, _, name = element.tag.rpartition("}")
        if name == "sitemapindex":
            raise NotAFeed("a sitemap index: use the URL of the news sitemap that it lists")
        if name == "url":
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
