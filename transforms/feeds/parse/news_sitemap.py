"""Sitemaps of news (developers.google.com/search/docs/crawling-indexing/sitemaps/news-sitemap)."""

import io
from collections.abc import Iterator

from lxml import etree

from newslake.schemas.reasons import NotAFeed
from newslake.transforms.extract.fields.dates import read_time
from newslake.transforms.feeds.parse.feed import MAX_ENTRIES, Feed, FeedEntry
from newslake.transforms.feeds.parse.plain_text import plain
from newslake.transforms.feeds.parse.wellformed import wellformed
from newslake.transforms.web.urls import web_address

_IMAGE = "{http://www.google.com/schemas/sitemap-image/"


def read_sitemap(text: str, address: str) -> Feed:
    """Return the entries of a sitemap that carries news; addresses without news are left out.

    Args:
        text: From the first element on.
        address: Where it was fetched.

    Raises:
        TooDeep: too many elements within each other.
        NotAFeed: it cannot be mended, is an index of sitemaps, or tells of no news.
    """
    xml, left_out, fault = wellformed(text, {"url"}, MAX_ENTRIES)
    entries, without_news = [], 0
    for url in _urls(xml):
        if entry := _entry(url, address):
            entries.append(entry)
        else:
            without_news += 1
    if without_news and not entries:
        raise NotAFeed("a sitemap without news")
    faults = [f"not well-formed: {fault}"] if fault else []
    if without_news:
        faults.append(f"{without_news} addresses without news")
    return Feed(
        kind="news_sitemap",
        title=None,
        link=None,
        entries=entries,
        left_out=left_out,
        faults=tuple(faults),
    )


def _urls(xml: bytes) -> Iterator[dict[str, str]]:
    """Yield the words in each `url` element by their elements' local names.

    The XML is well-formed; libxml2 recovers from namespaces that it does not take for addresses.

    Raises:
        NotAFeed: an index.
    """
    said: dict[str, str] = {}
    for _, element in etree.iterparse(
        io.BytesIO(xml), recover=True, resolve_entities=False, no_network=True, huge_tree=False
    ):
        namespace, _, name = element.tag.rpartition("}")
        if name == "sitemapindex":
            raise NotAFeed("an index of sitemaps; name the news sitemap that it lists")
        if name == "url":
            yield said
            said = {}
            element.clear()
        elif element.text and element.text.strip():
            prefix = "image_" if namespace.startswith(_IMAGE) else ""
            said.setdefault(prefix + name, element.text.strip())


def _entry(said: dict[str, str], base: str) -> FeedEntry | None:
    """Return the news of one address; None if it tells of none."""
    link = web_address(said.get("loc"), base=base)
    if link is None or not {"title", "publication_date"} & said.keys():
        return None
    published, offset = read_time(said.get("publication_date")) or (None, 0)
    updated, _ = read_time(said.get("lastmod")) or (None, None)
    keywords = (word.strip() for word in said.get("keywords", "").split(","))
    image = said.get("image_loc")
    return FeedEntry(
        guid=None,
        link=link,
        title=plain(said.get("title")) or None,
        published_at=published,
        published_at_naive=offset is None,
        updated_at=updated,
        keywords=tuple(word for word in keywords if word),
        language=said.get("language"),
        image_url=web_address(image, base=base) if image else None,
    )
