"""Limits of HTML: what parsers would lose without a word, or take minutes for, is refused before.

All HTML that may be hostile is parsed here: pages, and pieces that stand in data or in feeds.
"""

import re
from dataclasses import dataclass
from functools import cache

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.schemas.reasons import TooDeep, TooLarge, TooManyAttributes, TooManyTags
from newslake.transforms.extract.html.tags import has_more_attributes
from newslake.transforms.extract.html.tree import prepared, tree_of

PARSER_DEPTH = 256
"""libxml2 drops what lies deeper."""

_TAG = re.compile(rb"<[a-zA-Z]")


@dataclass(frozen=True)
class HtmlLimits:
    """How much HTML a page may hold."""

    max_html_mb: int = 5
    """Millions of bytes, in UTF-8."""
    max_depth: int = 250
    """Elements within each other; the parser reads no more than 255."""
    max_tags: int = 50_000
    """Tags that open an element."""
    max_attributes: int = 1_000
    """Attributes of a tag."""


DEFAULT = HtmlLimits()


def parsed_within(html: str, limits: HtmlLimits = DEFAULT) -> HtmlElement:
    """Return the root of a document, or of one made of a piece, with nothing lost.

    Args:
        html: Anything.
        limits: What it may hold.

    Raises:
        NoText: no HTML at all.
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: it holds more.
    """
    _check_size(len(html), limits)  # bytes are at least as many
    data = prepared(html)
    _check_size(len(data), limits)
    _check_data(data, limits)
    tree = tree_of(data)
    _check_tree(tree, limits)
    return tree


def _check_size(size: int, limits: HtmlLimits) -> None:
    """Return if so many bytes may be read.

    Raises:
        TooLarge: they may not.
    """
    if size > limits.max_html_mb * 1_000_000:
        raise TooLarge(f"{size / 1e6:.1f} MB of HTML, at most {limits.max_html_mb} wanted")


def _check_data(data: bytes, limits: HtmlLimits) -> None:
    """Return if `data` may be parsed.

    Raises:
        TooManyTags, TooManyAttributes: it holds too much for that.
    """
    # A look at every tag would cost far more than counting their first character.
    if data.count(b"<") > limits.max_tags and (tags := len(_TAG.findall(data))) > limits.max_tags:
        raise TooManyTags(f"{tags} tags, at most {limits.max_tags} wanted")
    if has_more_attributes(data, limits.max_attributes):
        raise TooManyAttributes(f"a tag with more than {limits.max_attributes} attributes")


def _check_tree(tree: HtmlElement, limits: HtmlLimits) -> None:
    """Return if the parser has seen the whole of the page.

    Raises:
        TooDeep: it may have dropped something.
    """
    most = min(limits.max_depth, PARSER_DEPTH - 1)
    if _deeper(most)(tree):
        raise TooDeep(f"elements more than {most} deep")


@cache
def _deeper(depth: int) -> XPath:
    return XPath(f"boolean({'/*' * (depth + 1)})")
