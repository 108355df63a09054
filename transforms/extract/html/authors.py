"""Authors of an article, from JSON-LD, meta tags and the byline on the page."""

from collections.abc import Iterator
from itertools import islice

from lxml.html import HtmlElement

from newslake.transforms.extract.fields.byline import is_full_name, names_in
from newslake.transforms.extract.html.json_ld import LinkedArticle
from newslake.transforms.extract.html.meta import NAMES, Meta
from newslake.transforms.text import folded, one_line

MAX_BYLINE = 120
"""Maximum length of a byline, in characters; longer texts are ignored."""

_NAMED = "contains(concat(' ', normalize-space(@class), ' '), ' {} ')"
_CLASSES = ("byline", "author", "author-name", "article-author", "byline-name", "p-author", "fn")
_SHOWN = (
    "//*[contains(@itemprop, 'author')]//*[@itemprop='name']",
    "//*[@itemprop='author' and not(*[@itemprop])]",
    "//a[@rel='author' or @itemprop='author']",
    f"//*[{' or '.join(_NAMED.format(name) for name in _CLASSES)}]",
)
_LOWER_CLASS = "translate(@class, 'ABEHILNORTUY', 'abehilnortuy')"
_LABELLED = f"//*[contains({_LOWER_CLASS}, 'author') or contains({_LOWER_CLASS}, 'byline')]"


def authors(tree: HtmlElement, linked: LinkedArticle, meta: Meta, sites: list[str]) -> list[str]:
    """Return the names of the article's authors (persons or desks), in the order of the byline.

    The site's own name counts as an author only in JSON-LD.
    """
    if persons := names_in(linked.authors):
        return persons
    site_names = {folded(site) for site in sites}
    for bylines in _bylines(tree, meta):
        if persons := [name for name in names_in(bylines) if folded(name) not in site_names]:
            return persons
    labelled = (one_line(one.text_content()) for one in tree.xpath(_LABELLED))
    likely = (names_in([text]) for text in labelled if len(text) <= MAX_BYLINE)
    return next((found for found in likely if found and all(map(is_full_name, found))), [])


def _bylines(tree: HtmlElement, meta: Meta) -> Iterator[list[str]]:
    yield from (meta[name] for name in NAMES["author"] if name in meta)
    yield from (_first_group(tree.xpath(path)) for path in _SHOWN)


def _first_group(elements: list[HtmlElement]) -> list[str]:
    """Return the texts of the first of `elements` and of its neighbours.

    Later elements may name authors of other articles.
    """
    above = list(islice(elements[0].iterancestors(), 2)) if elements else []
    group = [one for one in elements if above and above[-1] in one.iterancestors()]
    texts = (one_line(one.text_content()) for one in group)
    return [text for text in texts if len(text) <= MAX_BYLINE]
