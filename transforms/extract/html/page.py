"""Web pages: extracts text and metadata of HTML with trafilatura; the page is parsed once."""

import logging
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from importlib.metadata import version
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from newslake.transforms.extract.content import Content
from newslake.transforms.extract.fields.language import two_letters
from newslake.transforms.extract.html import meta
from newslake.transforms.extract.html.app_data import article_in_data
from newslake.transforms.extract.html.authors import authors
from newslake.transforms.extract.html.containers import release_story
from newslake.transforms.extract.html.headline import headline
from newslake.transforms.extract.html.json_ld import linked_article
from newslake.transforms.extract.html.limits import parsed_within
from newslake.transforms.extract.html.main_text import main_text
from newslake.transforms.extract.html.published import modified, published
from newslake.transforms.text import folded, one_line
from newslake.transforms.web.urls import is_home_page, publisher, web_address

RULES = "4"
"""Incremented when a change of our own rules changes the text or title of a document."""

# Comments and an XML declaration; possessive, so that a failed match does not backtrack.
_PROLOGUE = r"\s*+(?><!--(?>[^-]|-(?!->))*+-->\s*+|<\?xml[^>]*>\s*+)*+"

# The start of an HTML document or fragment, as browsers recognise it.
_HTML = re.compile(
    _PROLOGUE
    + r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|article|section|main|header|h[1-6]|table|"
    r"ul|ol|figure|blockquote|span|center|img)\b",
    re.IGNORECASE,
)
_KEYWORDS = re.compile(r"^[\w ]{0,30}\b(?:keywords|tags|topics|tokens)\s*:\s*", re.IGNORECASE)
_DOCUMENT = re.compile(_PROLOGUE + r"<(?:!doctype\s+html|html)\b", re.IGNORECASE)

for _library in ("trafilatura", "htmldate", "courlan"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)  # they log a useless line per page


def looks_like_html(text: str) -> bool:
    """Return whether `text` is HTML, by its content and not by its media type.

    >>> looks_like_html("<p>Truce</p>"), looks_like_html("a < b")
    (True, False)
    """
    return bool(_HTML.match(text))


def is_html_document(text: str) -> bool:
    """Return whether `text` is a complete HTML document, not a fragment."""
    return bool(_DOCUMENT.match(text))


def read_page(
    html: str,
    url: str | None = None,
    seen_at: datetime | None = None,
    inspect: Callable[[HtmlElement, meta.Meta], None] | None = None,
    parse: Callable[[str], HtmlElement] = parsed_within,
) -> Content:
    """Return the main text of a page, which may be empty, and its metadata.

    Each field has its own module: docs/extraction.md describes the methods and their accuracy.

    Args:
        html: A document or a fragment.
        url: The page's URL.
        seen_at: When the page was fetched. Later dates are ignored. It is never the article's date.
        inspect: Called with the parsed page and its meta tags before extraction. It rejects
            the page by raising an exception.
        parse: Parses a document or a fragment. It rejects the HTML by raising an exception.

    Raises:
        NoText: the text has no HTML.
    """
    tree = parse(html)
    release_story(tree)
    tags = meta.meta_tags(tree)
    if inspect:
        inspect(tree, tags)
    address = own_address(tree, url)
    sites = [*meta.values(tags, "site"), *_site_names(address or url)]
    named, (shown, tab) = meta.values(tags, "title"), _titles(tree)
    linked = linked_article(tree, address or url, [*named, *shown, *filter(None, [tab])])
    title = headline(linked.headline, named, shown, tab, sites)
    names = authors(tree, linked, tags, sites)
    dated = published(tree, linked, tags, address or url, seen_at, html)
    # Later headings `<h1>` may be subheadings or captions.
    titles = {folded(one) for one in (title, linked.headline, *named, *shown[:1]) if one}
    paragraphs = main_text(tree, titles, meta.values(tags, "summary"), linked.body)
    if not paragraphs and (linked.headline or "article" in meta.values(tags, "type")):
        hidden = article_in_data(parse(html))  # parsed again, since main_text removes the scripts
        paragraphs = main_text(parse(hidden), titles, []) if hidden else []
    return Content(
        text="\n".join(paragraphs),
        extractor="trafilatura",
        extractor_version=_version(),
        title=title,
        authors=names,
        url=address,
        published_at=dated.time if dated else None,
        published_offset=dated.offset if dated else None,
        published_precision=dated.precision if dated else None,
        date_source=dated.source if dated else "none",
        modified_at=modified(linked, tags),
        language=two_letters(tree.get("lang")),
        section=_first(linked.section, *meta.values(tags, "section")),
        keywords=_keywords(linked.keywords or meta.values(tags, "keywords")),
        image_url=_image([*meta.values(tags, "image"), linked.image], address or url),
    )


def own_address(tree: HtmlElement, url: str | None) -> str | None:
    """Return the URL that a page declares as its own: the canonical link or, without one, og:url.

    The URL of a home page is ignored, because some sites declare it by mistake on all pages. All
    their articles would then have the same URL.
    """
    links, properties = [], []
    for element in tree.iter("link", "meta"):
        if element.get("property") == "og:url":
            properties.append(element.get("content", ""))
        elif "canonical" in element.get("rel", "").lower().split():
            links.append(element.get("href", ""))
    for named in (*links, *properties):
        address = web_address(named.strip(), base=url)
        if address and not is_home_page(address):
            return address
    return None


def _titles(tree: HtmlElement) -> tuple[list[str], str | None]:
    """Return the texts of the `<h1>` elements and of the `<title>` element."""
    for heading in tree.iter("h1"):
        for end in heading.iter("br"):
            end.tail = f" {end.tail or ''}"
    headings = [one_line(heading.text_content()) for heading in tree.iter("h1")]
    tabs = [one_line(title.text_content()) for title in tree.iter("title")]
    return [heading for heading in headings if heading], next(filter(None, tabs), None)


def _site_names(url: str | None) -> list[str]:
    """Return the site's domain and the first label of this domain."""
    domain = publisher(url)
    return [domain, domain.partition(".")[0]] if domain else []


def _first(*found: str | None) -> str | None:
    return next(filter(None, found), None)


def _image(stated: Iterable[str | None], url: str | None) -> str | None:
    """Return the first URL in `stated` whose path is not that of the page or of a folder."""
    page = urlsplit(url or "")
    for address in filter(None, (web_address(one, base=url) for one in stated if one)):
        host, path = urlsplit(address)[1:3]
        is_page = host == page.netloc and path.rstrip("/") == page.path.rstrip("/")
        if path and not is_page and not path.endswith("/"):
            return address
    return None


def _keywords(stated: Iterable[str]) -> list[str]:
    """Return the keywords in `stated`, without duplicates and without a label before them."""
    listed = (part for value in stated for part in _KEYWORDS.sub("", value).split(","))
    return list(dict.fromkeys(filter(None, map(str.strip, listed))))


@cache
def _version() -> str:
    return f"{version('trafilatura')}+{RULES}"
