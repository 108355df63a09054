"""The feeds of a web page, as it names them in its head."""

from lxml.html import HtmlElement
from trafilatura.feeds import FEED_TYPES

from newslake.schemas.reasons import NoText
from newslake.transforms.extract.html.limits import parsed_within
from newslake.transforms.web.urls import web_address

_COMMENTS = "comments"


def feeds_of_page(html: str, address: str) -> list[str]:
    """Return the addresses of the feeds that a page offers, in its order, those of comments last.

    trafilatura knows the media types. Its own search is not used: it rewrites the addresses, and
    drops what it does not like about them.

    Args:
        html: The page.
        address: Where it was fetched.

    Raises:
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: as of any page.
    """
    try:
        tree = parsed_within(html)
    except NoText:
        return []
    base = web_address(next(iter(tree.xpath("//base/@href")), ""), base=address) or address
    links = [link for link in tree.iter("link", "a") if _offers_feed(link)]
    found = [web_address(link.get("href", "").strip(), base=base) for link in links]
    once = dict.fromkeys(feed for feed in found if feed)
    return sorted(once, key=lambda feed: _COMMENTS in feed)


def _offers_feed(link: HtmlElement) -> bool:
    """Return whether a link leads to a feed: by its relation, and by its type."""
    relations = link.get("rel", "").lower().split()
    kind = link.get("type", "").partition(";")[0].strip().lower()
    return "feed" in relations or ("alternate" in relations and kind in FEED_TYPES)
