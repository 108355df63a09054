"""Page types: rejects error pages, consent walls, bot checks, home pages and lists of links.

A *sign* is a word or markup which shows that a page is not an article. A page without any sign
counts as an article. No rule is specific to a site.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from urllib.parse import urlsplit

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.schemas.reasons import NotAnArticle
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.html import notices
from newslake.transforms.extract.html.json_ld import scripts
from newslake.transforms.extract.html.meta import WITHIN_COMMENT, Meta, values
from newslake.transforms.text import count_words
from newslake.transforms.web.urls import canonical, is_home_page, web_address

MAX_LINKED = 0.5
"""Maximum share of link text in the extracted text. Lists have over 0.5, articles less than 0.3."""
SHORT = 400
"""A page with this many words or more is not rejected because of its words or its JSON-LD."""
ENOUGH = 150
"""A page with this many words outside links is not a list of links or a page of a video."""
MAX_EDITION = 5
"""Maximum length of the path of a home page, such as `/de` or `/en-us`, in characters."""
MIN_POSTS = 6
"""Minimum number of posts with different times, each with a paragraph, of a live blog."""
MANY = 100
"""A page with more links than this may be a list of links."""
MAX_LEADING = 0.7
"""Maximum share of link text in all text of the page, including menus."""

_LD_TYPE = re.compile(r'"@type"\s*:\s*(\[[^\]]*\]|"[^"]*")')
_WRITTEN = XPath(
    "//body//text()[not(parent::script or parent::style or parent::noscript)]", smart_strings=False
)
_LINKED = XPath("//a//text()", smart_strings=False)
_LINKS = XPath("count(//a)")
_MARKED = XPath("boolean(descendant::*/@itemprop[.='articleBody'])")
_OWN_ADDRESS = XPath("descendant::link[@rel='canonical']/@href", smart_strings=False)
_SOURCES = XPath("//script/@src | //iframe/@src", smart_strings=False)
_NAME = re.compile(r"\w+")
_ARTICLE = re.compile(r".*(?:Article|Posting)|Report|Review|Recipe|Interview")
_LISTING = {
    *("CollectionPage", "SearchResultsPage", "ProfilePage", "ContactPage", "AboutPage"),
    *("CheckoutPage", "MediaGallery", "ImageGallery", "VideoGallery", "Blog"),
}
_LIST = "ItemList"
_LIVE = "LiveBlogPosting"
_POST_TIMES = XPath(
    "//time[@datetime][ancestor::*[self::article or self::section or self::li or self::div]"
    f"[position() <= 3][count(.//time) = 1]//p[string-length() > 80][not(ancestor::a)]]"
    f"[not({WITHIN_COMMENT} or ancestor::aside or ancestor::a)]/@datetime",
    smart_strings=False,
)
_OTHER_OBJECT = re.compile(r"profile|product.*|video\..*|music\..*|company|place")
_ANY_OBJECT = re.compile("website|blog")
"""Types that many sites give to all pages; they only count on pages with almost no text."""


@dataclass(frozen=True)
class Signs:
    """The indications of a page's type in its markup."""

    object: str
    """The page's `og:type`, in lower case; may be empty."""
    types: set[str]
    """The schema.org types in the page's JSON-LD."""
    is_dated: bool
    """True if the markup has a publication time or an article body."""
    is_home: bool
    """True if the page's URL, or the URLs that the page declares as its own, are a home page's."""
    is_live: bool
    """True if the page is a live blog: it declares itself one, or has several dated posts."""
    names_home: bool
    """True if the page declares a home page's URL as its own."""
    linked: str
    """The text of all links, without white space."""
    titles: list[str] = field(default_factory=list)
    """The texts of the `<title>` and `<h1>` elements. This field and the fields below are empty if
    the page declares itself an article."""
    links: int = 0
    """The number of links on the page."""
    sources: list[str] = field(default_factory=list)
    """The URLs of the page's scripts and frames."""
    written: int = 0
    """The number of characters on the page, including menus, without white space."""

    @property
    def link_share(self) -> float:
        """The share of link text in all text of the page."""
        return len(self.linked) / self.written if self.written else 0.0

    @property
    def says_article(self) -> bool:
        """True if the page declares itself an article, by its JSON-LD, `og:type` or markup."""
        named = any(_ARTICLE.fullmatch(name) for name in self.types)
        return named or self.object == "article" or self.is_dated


def signs_of(tree: HtmlElement, meta: Meta, url: str | None) -> Signs:
    """Return the signs of a parsed page, given its meta tags and its URL."""
    declared = _declared(tree, meta, url)
    types = {
        name
        for script in scripts(tree)
        for stated in _LD_TYPE.findall(script)
        for name in _NAME.findall(stated)
    }
    signs = Signs(
        object=next(iter(values(meta, "type")), "").lower(),
        types=types,
        is_dated="article:published_time" in meta or _MARKED(tree),
        is_home=_is_home(url, declared),
        is_live=_is_live(tree, types),
        names_home=any(declared),
        linked=_solid(*_LINKED(tree)),
    )
    if signs.says_article:
        return signs
    return replace(
        signs,
        titles=[_tidy(title.text_content()) for title in tree.iter("title", "h1")],
        links=int(_LINKS(tree)),
        sources=_SOURCES(tree),
        written=len(_solid(*_WRITTEN(tree))),
    )


def check_article(signs: Signs, content: Content) -> None:
    """Check that a page with these signs and this text can be an article.

    Raises:
        NotAnArticle: the page is not an article; the detail states the reason.
    """
    if sign := next(_found(signs, content), None):
        raise NotAnArticle(sign)


def _found(signs: Signs, content: Content) -> Iterator[str]:
    """Yield the reasons why the page is not an article, the clearest reason first.

    Each reason needs two signs that do not depend on each other: one of the words, addresses, links
    or types of the page, and a text that is short, or that consists of links.
    """
    share, prose = _linked(content.text, signs.linked)
    if not signs.says_article:
        yield from _notices(signs, content.text)
        if links := _linked_text(signs, share, prose):
            yield f"list of links: {links}"
    is_home = signs.is_home or (signs.names_home and prose < ENOUGH)
    if is_home and signs.object != "article" and not signs.is_dated:
        yield "home page: the URL is that of the site's home page"
    if (listing := _listing(signs.types)) and (prose < SHORT or share > MAX_LINKED):
        yield f"declared type: {listing}"
    limits = (_OTHER_OBJECT, SHORT), (_ANY_OBJECT, notices.MAX_NOTICE)
    if not signs.says_article and any(
        named.fullmatch(signs.object) and prose <= most for named, most in limits
    ):
        yield f"declared type: {signs.object}"


def _linked_text(signs: Signs, share: float, prose: int) -> str:
    """Return which text consists of links, and to which share; empty if the page is no list."""
    if share > MAX_LINKED and prose < ENOUGH:
        return f"{share:.0%} of the text"
    is_list = signs.links > MANY and signs.link_share > MAX_LEADING
    if is_list and (prose < notices.MAX_NOTICE or _LIST in signs.types):
        return f"{signs.link_share:.0%} of all text on the page"
    return ""


def _listing(types: set[str]) -> str:
    """Return the declared type of a list; empty if there is none, or if an article is declared."""
    if any(_ARTICLE.fullmatch(name) for name in types):
        return ""
    return min(types & _LISTING, default="")


def _notices(signs: Signs, text: str) -> Iterator[str]:
    """Yield the reasons why the page is a notice: an error, a consent wall, a bot check."""
    words = count_words(text)
    if words >= SHORT:
        return
    yield from (f"error page: {title!r}" for title in signs.titles if notices.is_error(title))
    if notices.is_consent(text):
        yield "consent wall: a short text about cookies, tracking and consent"
    if notices.is_notice(text):
        yield "notice only: a redirect, a domain for sale or a request to enable JavaScript"
    if words <= notices.MAX_NOTICE and any(map(notices.is_challenge, signs.sources)):
        yield "bot check: a script or frame that tests for robots, and almost no text"


def _is_live(tree: HtmlElement, types: set[str]) -> bool:
    return _LIVE in types or len(set(_POST_TIMES(tree))) >= MIN_POSTS


def _declared(tree: HtmlElement, meta: Meta, url: str | None) -> list[bool]:
    """Return, for each URL that the page declares as its own, whether it is that of a home page."""
    stated = (web_address(one, base=url) for one in (*_OWN_ADDRESS(tree), *values(meta, "url")))
    return [is_home_page(address) for address in stated if address]


def _is_home(url: str | None, declared: Sequence[bool]) -> bool:
    """Return whether a page is the site's home page.

    Some sites declare the home page by mistake on all pages, but in one place. One place is enough
    if the page's URL is unknown or has a short path, such as `/de`.

    Args:
        url: The page's URL.
        declared: For each URL that the page declares as its own, whether it is that of a home page.
    """
    address = canonical(url)
    path = urlsplit(address or "").path.strip("/")
    is_edition = "/" not in path and len(path) <= MAX_EDITION
    enough = 1 if address is None or is_edition else 2
    if address and is_home_page(address):
        return True
    return all(declared) and len(declared) >= enough


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _solid(*texts: str) -> str:
    return "".join("".join(texts).split())


def _linked(text: str, linked: str) -> tuple[float, int]:
    """Return the share of `text` in lines that are links, and the number of words of other lines.

    Args:
        text: The extracted text.
        linked: The text of all links, without white space.
    """
    lines = text.split("\n")
    solid = [_solid(line.lstrip("-• ")) for line in lines]
    are_links = [line in linked for line in solid]
    length = sum(len(line) for line, is_link in zip(solid, are_links, strict=True) if is_link)
    prose = sum(
        count_words(line) for line, is_link in zip(lines, are_links, strict=True) if not is_link
    )
    return length / max(1, sum(map(len, solid))), prose
