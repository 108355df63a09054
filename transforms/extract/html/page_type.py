"""Whether a page is an article: signs that it is an error, a wall, a front page or a list.

Each sign is of the page's own words or make-up; none knows a site. What has no sign is taken for an
article.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.schemas.reasons import NotAnArticle
from newslake.transforms.extract.content import Content
from newslake.transforms.extract.html.json_ld import scripts
from newslake.transforms.extract.html.meta import ADDRESS, KIND, Meta, values
from newslake.transforms.extract.html.notices import (
    MAX_NOTICE,
    is_challenge,
    is_consent,
    is_error,
    is_notice,
)
from newslake.transforms.text import count_words
from newslake.transforms.web.urls import is_home_page, web_address

MAX_LINKED = 0.5
"""Share of the text that may be the text of links: over 0.5 in lists, below 0.3 in articles."""
SHORT = 400
"""Words up to which a page is held to be what it says that it is, if it says nothing of an article."""
MANY = 100
"""Links of a page that leads elsewhere."""
MAX_LEADING = 0.7
"""Share of all that is written on a page that may be links, menus among it."""

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
"""What many sites say of all their pages: it tells something of those without text alone."""


@dataclass(frozen=True)
class Signs:
    """What a page's make-up says of its kind."""

    object: str
    """Its `og:type`, in lower case; empty for none."""
    types: set[str]
    """The types of schema.org in its JSON-LD."""
    is_dated: bool
    """True if it marks a time of publication or the body of an article."""
    is_home: bool
    """True if it stands at, or gives itself, the address of a whole site."""
    linked: str
    """All that is written in its links, without blanks."""
    titles: list[str] = field(default_factory=list)
    """Its title and its headings of the first level; not looked for, like all below, where the page says
    that it is an article."""
    links: int = 0
    """How many links it has."""
    sources: list[str] = field(default_factory=list)
    """The addresses of its scripts and frames."""
    written: int = 0
    """Characters on the page, menus among them and blanks not."""

    @property
    def link_share(self) -> float:
        """The links' share of all that is written."""
        return len(self.linked) / self.written if self.written else 0.0

    @property
    def says_article(self) -> bool:
        """True if it says that it is one, in whichever way."""
        named = any(_ARTICLE.fullmatch(name) for name in self.types)
        return named or self.object == "article" or self.is_dated


def signs_of(tree: HtmlElement, meta: Meta, url: str | None) -> Signs:
    """Return the signs of a parsed page that was found at `url`, of which `meta` are the meta tags."""
    signs = Signs(
        object=next(iter(values(meta, KIND)), "").lower(),
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
    """Return if a page of these signs and this text is an article, or may be one.

    Raises:
        NotAnArticle: it is none; the detail names the sign.
    """
    if sign := next(_found(signs, content), None):
        raise NotAnArticle(sign)


def _found(signs: Signs, content: Content) -> Iterator[str]:
    """Yield the signs that the page is no article, the plainest first."""
    # How many words there are does not matter on a page that says that it is an article.
    words = 0 if signs.says_article else count_words(content.text)
    if words < SHORT and not signs.says_article:
        yield from (f"error page: {title!r}" for title in signs.titles if is_error(title))
        if is_consent(content.text):
            yield "consent wall: a short text of cookies, tracking and agreement"
        if is_notice(content.text):
            yield "no text but a notice: a redirect, a domain for sale, a demand for JavaScript"
        if words <= MAX_NOTICE and any(map(is_challenge, signs.sources)):
            yield "wall: no text but a test whether its reader is a robot"
    if (share := _linked(content.text, signs.linked)) > MAX_LINKED:
        yield f"list of links: {share:.0%} of the text"
    if signs.is_home and signs.object != "article" and not signs.is_dated:
        yield "front page: its address is that of the site"
    if signs.says_article and not signs.types & _LISTING:
        return
    if kinds := signs.types & _LISTING:
        if not any(_ARTICLE.fullmatch(name) for name in signs.types):
            yield f"says that it is a {min(kinds)}"
    elif (_OTHER_OBJECT.fullmatch(signs.object) and words < SHORT) or (
        signs.object == _ANY_OBJECT and words <= MAX_NOTICE
    ):
        yield f"says that it is a {signs.object}"
    elif signs.links > MANY and signs.link_share > MAX_LEADING:
        yield f"list of links: {signs.link_share:.0%} of all that is on the page"


def _addresses(tree: HtmlElement, meta: Meta, url: str | None) -> Iterator[str]:
    """Yield the addresses of the web that a page has or gives itself."""
    for address in dict.fromkeys((url, *_OWN_ADDRESS(tree), *values(meta, ADDRESS))):
        if absolute := web_address(address, base=url):
            yield absolute


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _solid(*texts: str) -> str:
    return "".join("".join(texts).split())


def _linked(text: str, linked: str) -> float:
    """Return the share of `text` in lines all of which stands in links too; `linked` is without blanks."""
    found = [_solid(line.lstrip("-• ")) for line in text.split("\n")]
    return sum(len(line) for line in found if line in linked) / max(1, sum(map(len, found)))
