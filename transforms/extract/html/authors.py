"""Authors of an article, from JSON-LD, meta tags and the byline on the page."""

import re
from collections.abc import Iterator
from itertools import chain, islice, pairwise

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.extract.fields.byline import is_by, is_full_name, names_in
from newslake.transforms.extract.html.json_ld import LinkedArticle
from newslake.transforms.extract.html.meta import NAMES, WITHIN_COMMENT, Meta
from newslake.transforms.text import folded, one_line

MAX_BYLINE = 120
"""Maximum length of a byline, in characters; longer texts are ignored."""

MAX_TEXTS = 20
"""Number of text nodes below the headline that may be a byline."""

_NAMED = "contains(concat(' ', normalize-space(), ' '), ' {} ')"
_CLASSES = ("byline", "author", "author-name", "article-author", "byline-name", "p-author", "fn")
_APART = (
    "not(ancestor::figure or ancestor::aside or ancestor::blockquote"
    " or ancestor::*[position() <= 2][contains(@class, 'caption')][not(ancestor::header)]"
    " or ancestor-or-self::*[position() <= 2][contains(@class, 'photo-credit')"
    " or contains(@class, 'image-credit') or contains(@class, 'photo_credit')]"
    f" or {WITHIN_COMMENT})"
)
# Paths that begin with attributes are several times faster: few elements have attributes. The
# short condition on classes comes first: normalize-space() for each class takes milliseconds.
_SHOWN = (
    XPath(f"//@itemprop[contains(., 'author')]/parent::*//@itemprop[.='name']/parent::*[{_APART}]"),
    XPath(f"//@itemprop[.='author']/parent::*[not(*[@itemprop])][{_APART}]"),
    XPath(f"//a[@rel='author' or @itemprop='author'][{_APART}]"),
    XPath(
        "//@class[contains(., 'byline') or contains(., 'author') or contains(., 'fn')]"
        f"[{' or '.join(map(_NAMED.format, _CLASSES))}]/parent::*[{_APART}]"
    ),
)
_IS_APART = XPath(f"boolean(self::*[{_APART}])")
_DESK = re.compile(
    r"admin(?:istrator)?|webmaster|editors?|staff|newsroom|(?:.+ )?(?:desk|staff|newsroom|editors|team)",
    re.IGNORECASE,
)
_LABEL = re.compile("author|byline", re.ASCII | re.IGNORECASE)
_BELOW = XPath(
    "(//h1)[1]/following::text()[normalize-space() and not(parent::script or parent::style)]",
    smart_strings=False,
)


def authors(tree: HtmlElement, linked: LinkedArticle, meta: Meta, sites: list[str]) -> list[str]:
    """Return the names of the article's authors (persons or desks), in the order of the byline.

    The site's own name counts as an author only in JSON-LD, and only if no other place has a name. A
    desk or an account, such as `admin`, counts only if no other place names a person.
    """
    site_names = {folded(site) for site in sites}
    stated = names_in(linked.authors)
    if not all(folded(name) in site_names or _DESK.fullmatch(name) for name in stated):
        return stated
    desks: list[str] = []
    for bylines in _bylines(tree, meta):
        named = [name for name in names_in(bylines) if folded(name) not in site_names]
        if all(map(_DESK.fullmatch, named)):
            desks = desks or named
        elif not stated or all(map(is_full_name, named)):
            return named
    likely = (names_in([text]) for text in chain(_labelled(tree), _below_headline(tree)))
    return next(
        (found for found in likely if found and all(map(is_full_name, found))), stated or desks
    )


def _bylines(tree: HtmlElement, meta: Meta) -> Iterator[list[str]]:
    yield from (meta[name] for name in NAMES["author"] if name in meta)
    yield from (_first_group(path(tree)) for path in _SHOWN)


def _first_group(elements: list[HtmlElement]) -> list[str]:
    """Return the texts of the first of `elements` and of its neighbours.

    Later elements may name authors of other articles.
    """
    above = list(islice(elements[0].iterancestors(), 2)) if elements else []
    group = [one for one in elements if above and above[-1] in one.iterancestors()]
    return [text for text in map(_words, group) if text]


def _labelled(tree: HtmlElement) -> Iterator[str]:
    """Yield the texts of the elements whose class contains `author` or `byline`."""
    for element in tree.iter("*"):
        if _LABEL.search(element.get("class", "")) and _IS_APART(element):
            yield _words(element)


def _below_headline(tree: HtmlElement) -> Iterator[str]:
    """Yield the lines below the headline that begin with a word such as `by`."""
    texts = [text.strip() for text in islice(_BELOW(tree), MAX_TEXTS)]
    for text, behind in pairwise([*texts, ""]):
        line = f"{text} {behind}" if is_by(text) else text
        if len(line) <= MAX_BYLINE and is_by(line.split(" ")[0]):
            yield one_line(line)


def _words(element: HtmlElement) -> str:
    """Return the text of an element with spaces between elements; empty if it is too long."""
    text = one_line(" ".join(element.itertext()))
    return text if len(text) <= MAX_BYLINE else ""
