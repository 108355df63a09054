"""Detect a feed's format from its content and parse it; the media type is ignored."""

import zlib
from collections.abc import Mapping

from newslake.schemas.reasons import Binary, NotAFeed, TooLarge
from newslake.transforms.feeds.parse.feed import MAX_BYTES, MAX_ENTRIES, Feed
from newslake.transforms.feeds.parse.json_feed import read_json
from newslake.transforms.feeds.parse.news_sitemap import read_index, read_sitemap
from newslake.transforms.feeds.parse.wellformed import root_name, without_prolog
from newslake.transforms.feeds.parse.xml_feed import read_xml
from newslake.transforms.web.charset import decode, stated_charset

_GZIP = b"\x1f\x8b"


def read_feed(
    payload: bytes, address: str, headers: Mapping[str, str], max_entries: int = MAX_ENTRIES
) -> Feed:
    """Parse RSS, Atom, RDF, CDF, JSON Feed, a news sitemap or a sitemap index.

    Time and memory are linear in the size of `payload`, even for hostile input.

    Args:
        payload: The response body. It may be a gzip file, as sitemaps often are.
        address: The URL after all redirects.
        headers: The response headers, with names in lower case.
        max_entries: Maximum number of entries that are read of a news sitemap.

    Raises:
        TooLarge: The feed exceeds `MAX_BYTES`, or a limit of
            `newslake.transforms.feeds.parse.measure`.
        Binary, Undecodable: The payload is not text.
        TooDeep: The elements are nested too deeply.
        NotAFeed: The payload is not a feed; the message describes the payload.
    """
    if payload.startswith(_GZIP):
        payload = _unpacked(payload)
    if len(payload) > MAX_BYTES:
        raise TooLarge(f"{len(payload) / 1e6:.1f} MB, the limit is {MAX_BYTES / 1e6:g} MB")
    text = decode(payload, stated_charset(f"Content-Type: {headers.get('content-type', '')}"))
    if text.lstrip().startswith(("{", "[")):
        return read_json(text, address)
    text = without_prolog(text)
    root = root_name(text)
    if root == "urlset":
        return read_sitemap(text, address, max_entries)
    if root == "sitemapindex":
        return read_index(text, address)
    if root in {"rss", "feed", "rdf", "channel"}:
        return read_xml(text, address, headers)
    raise NotAFeed(_description(root))


def _unpacked(payload: bytes) -> bytes:
    """Return the content of a gzip file, up to one byte more than `MAX_BYTES`."""
    try:
        return zlib.decompressobj(wbits=31).decompress(payload, MAX_BYTES + 1)
    except zlib.error as error:
        raise Binary("a damaged gzip file") from error


def _description(root: str) -> str:
    if root in {"html", "head", "body"}:
        return "a web page, not a feed: use `newslake feeds add` to find the feeds that it links to"
    return f"not a feed: the root element is <{root}>" if root else "not a feed: no XML or JSON"
