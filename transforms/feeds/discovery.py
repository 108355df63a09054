"""Find the feeds that a web page links to."""

from lxml.html import HtmlElement
from trafilatura.feeds import FEED_TYPES

from newslake.schemas.reasons import NoText
from newslake.transforms.extract.html.limits import parsed_within
from newslake.transforms.web.urls import web_address


def feeds_of_page(html: str, address: str) -> list[str]:
    """Return the URLs of the feeds that a page links to, in page order; comment feeds come last.

    The list of media types comes from trafilatura. Its search for feeds is not used, because it
    rewrites some URLs and drops others.

    Args:
        html: The page.
        address: The page's URL.

    Raises:
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: The page exceeds a limit of the HTML
            parser.
    """
    try:
        tree = parsed_within(html)
    except NoText:
        return []
    base = web_address(next(iter(tree.xpath("//base/@href")), ""), base=address) or address
    links = [link for link in tree.iter("link", "a") if _offers_feed(link)]
    urls = [web_address(link.get("href", "").strip(), base=base) for link in links]
    unique = dict.fromkeys(url for url in urls if url)
    return sorted(unique, key=lambda url: "comments" in url)


def _offers_feed(link: HtmlElement) -> bool:
    """Return whether a link points to a feed, by its `rel` and `type` attributes."""
    relations = link.get("rel", "").lower().split()
    media_type = link.get("type", "").partition(";")[0].strip().lower()
    return "feed" in relations or ("alternate" in relations and media_type in FEED_TYPES)
