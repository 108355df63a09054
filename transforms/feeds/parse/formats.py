"""Bytes that a server sent as a feed, read as what they are, whatever it calls them."""

import re
from collections.abc import Mapping

from newslake.schemas.reasons import NotAFeed, TooLarge
from newslake.transforms.extract.text.charset import decode
from newslake.transforms.feeds.parse.feed import MAX_BYTES, Feed
from newslake.transforms.feeds.parse.json_feed import read_json
from newslake.transforms.feeds.parse.news_sitemap import read_sitemap
from newslake.transforms.feeds.parse.wellformed import root_name, without_prolog
from newslake.transforms.feeds.parse.xml_feed import read_xml

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]+)", re.IGNORECASE)


def read_feed(payload: bytes, address: str, headers: Mapping[str, str]) -> Feed:
    """Return the feed in `payload`: RSS, Atom, RDF, CDF, JSON Feed or a news sitemap.

    Time and memory grow with its size alone, whatever it holds.

    Args:
        payload: The body of the response, unpacked.
        address: Where it was fetched, after all redirects.
        headers: Of the response, names in lower case.

    Raises:
        TooLarge: over `MAX_BYTES`.
        Binary, Undecodable: no text.
        TooDeep: elements nested without end.
        NotAFeed: something else; the message says what.
    """
    if len(payload) > MAX_BYTES:
        raise TooLarge(f"{len(payload) / 1e6:.1f} MB, at most {MAX_BYTES / 1e6:g} wanted")
    hint = _CHARSET.search(headers.get("content-type", ""))
    text = decode(payload, hint[1] if hint else None)
    if text.lstrip().startswith(("{", "[")):
        return read_json(text, address)
    text = without_prolog(text)
    root = root_name(text)
    if root in {"urlset", "sitemapindex"}:
        return read_sitemap(text, address)
    if root in {"rss", "feed", "rdf", "channel"}:
        return read_xml(text, address, headers)
    raise NotAFeed(_instead(root))


def _instead(root: str) -> str:
    if root in {"html", "head", "body"}:
        return "a web page"
    return f"its first element is <{root}>" if root else "no XML and no JSON"
