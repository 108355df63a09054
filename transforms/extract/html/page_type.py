"""Page types: rejects error pages, consent walls, bot checks, home pages and lists of links.

A *sign* is a word or markup which shows that a page is not an article. A page without any sign
counts as an article. No rule is specific to a site.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.schemas.reasons import NotAnArticle
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.html import notices
from newslake.transforms.extract.html.json_ld import scripts
from newslake.transforms.extract.html.meta import Meta, values
from newslake.transforms.text import count_words
from newslake.transforms.web.urls import is_home_page, web_address

MAX_LINKED = 0.5
"""Maximum share of link text in the extracted text. Lists have over 0.5, articles less than 0.3."""
SHORT = 400
"""A page with this many words or more is not rejected because of its words or its `og:type`."""
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
_OTHER_OBJECT = re.compile(r"profile|product.*|video\..*|music\..*|blog|company|place")
_ANY_OBJECT = "website"
"""An `og:type` that many sites give to all pages; it only counts on pages with almost no text."""


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
    """True if the page's URL, or a URL that the page declares as its own, is a home page's URL."""
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
    signs = Signs(
        object=next(iter(values(meta, "type")), "").lower(),
        types={
            name
            for script in scripts(tree)
            for stated in _LD_TYPE.findall(script)
            for name in _NAME.findall(stated)
        },
        is_dated="article:published_time" in meta or _MARKED(tree),
        is_home=any(map(is_home_page, _addresses(tree, meta, url))),
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
    """Yield the reasons why the page is not an article, the clearest reason first."""
    # The number of words does not matter on a page that declares itself an article.
    words = 0 if signs.says_article else count_words(content.text)
    if words < SHORT and not signs.says_article:
        yield from (f"error page: {title!r}" for title in signs.titles if notices.is_error(title))
        if notices.is_consent(content.text):
            yield "consent wall: a short text about cookies, tracking and consent"
        if notices.is_notice(content.text):
            yield "notice only: a redirect, a domain for sale or a request to enable JavaScript"
        if words <= notices.MAX_NOTICE and any(map(notices.is_challenge, signs.sources)):
            yield "bot check: a script or frame that tests for robots, and almost no text"
    if (share := _linked(content.text, signs.linked)) > MAX_LINKED:
        yield f"list of links: {share:.0%} of the text"
    if signs.is_home and signs.object != "article" and not signs.is_dated:
        yield "home page: the URL is that of the site's home page"
    if signs.says_article and not signs.types & _LISTING:
        return
    if kinds := signs.types & _LISTING:
        if not any(_ARTICLE.fullmatch(name) for name in signs.types):
            yield f"declared type: {min(kinds)}"
    elif (_OTHER_OBJECT.fullmatch(signs.object) and words < SHORT) or (
        signs.object == _ANY_OBJECT and words <= notices.MAX_NOTICE
    ):
        yield f"declared type: {signs.object}"
    elif signs.links > MANY and signs.link_share > MAX_LEADING:
        yield f"list of links: {signs.link_share:.0%} of all text on the page"


def _addresses(tree: HtmlElement, meta: Meta, url: str | None) -> Iterator[str]:
    """Yield the page's URL and the URLs that it declares as its own."""
    for address in dict.fromkeys((url, *_OWN_ADDRESS(tree), *values(meta, "url"))):
        if absolute := web_address(address, base=url):
            yield absolute


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _solid(*texts: str) -> str:
    return "".join("".join(texts).split())


def _linked(text: str, linked: str) -> float:
    """Return the share of `text` in lines that occur in `linked`, link text without white space."""
    found = [_solid(line.lstrip("-• ")) for line in text.split("\n")]
    return sum(len(line) for line in found if line in linked) / max(1, sum(map(len, found)))
