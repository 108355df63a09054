"""Limits of HTML: what parsers would lose without a word, or take minutes for, is refused before."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lxml.etree import XPath
from lxml.html import HtmlElement

from schemas.reasons import TooDeep, TooLarge, TooManyAttributes, TooManyTags

PARSER_DEPTH = 256
"""libxml2 drops what lies deeper."""

_TAG = re.compile(r"<[a-zA-Z]")
_ATTRIBUTE = re.compile(r"""[\s/]*[^\s"'>/=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s>]*))?""")
_NAME = re.compile(r"[a-zA-Z][^\s>/]*")
_SHORTEST = len(" a")


@dataclass(frozen=True)
class Limits:
    """How much HTML a page may hold."""

    max_html_mb: int = 5
    """Millions of bytes."""
    max_depth: int = 250
    """Elements within each other; the parser reads no more than 255."""
    max_tags: int = 50_000
    """Tags that open an element."""
    max_attributes: int = 1_000
    """Attributes of a tag."""


DEFAULT = Limits()


def check_html(html: str, size: int, limits: Limits) -> None:
    """Return if `html` may be parsed.

    Args:
        html: A page.
        size: Its bytes, before they were decoded.
        limits: What it may hold.

    Raises:
        TooLarge, TooManyTags, TooManyAttributes: it holds more.
    """
    most = limits.max_html_mb * 1_000_000
    if size <= most < 3 * len(html):  # the parser reads UTF-8, which may be longer
        size = len(html.encode(errors="replace"))
    if size > most:
        raise TooLarge(f"{size / 1e6:.1f} MB of HTML, at most {limits.max_html_mb} wanted")
    # A look at every tag would cost far more than counting their first character.
    if html.count("<") > limits.max_tags and (tags := len(_TAG.findall(html))) > limits.max_tags:
        raise TooManyTags(f"{tags} tags, at most {limits.max_tags} wanted")
    for begin in _long_tags(html, limits.max_attributes * _SHORTEST):
        if (attributes := _attributes(html, begin)) > limits.max_attributes:
            raise TooManyAttributes(
                f"a tag with {attributes} attributes, at most {limits.max_attributes} wanted"
            )


def check_tree(tree: HtmlElement, limits: Limits) -> None:
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


def _long_tags(html: str, length: int) -> Iterator[int]:
    """Yield where something begins with `<` that goes on for `length` characters without another.

    Leaps as far as there is a `<` within that length, so that it looks at few of them.
    """
    begin = html.find("<")
    while 0 <= begin < len(html) - length:
        if (last := html.rfind("<", begin + 1, begin + 1 + length)) >= 0:
            begin = last
            continue
        yield begin
        begin = html.find("<", begin + 1 + length)


def _attributes(html: str, begin: int) -> int:
    """Return how many attributes the tag at `begin` has; 0 if none begins there."""
    name = _NAME.match(html, begin + 1)
    count, at = 0, name.end() if name else len(html)
    while found := _ATTRIBUTE.match(html, at):
        count, at = count + 1, found.end()
    return count
