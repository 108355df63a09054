"""Limits of HTML: rejects HTML that parsers would truncate silently or parse for minutes.

All untrusted HTML is parsed here: pages, and HTML fragments in JSON and in feeds.
"""

import re
from dataclasses import dataclass
from functools import cache

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.schemas.reasons import TooDeep, TooLarge, TooManyAttributes, TooManyTags
from newslake.transforms.extract.html.tags import has_more_attributes
from newslake.transforms.extract.html.tree import prepared, tree_of

MAX_HTML_MB = 10
"""Largest size that can be allowed, in MB (10^6 bytes); libxml2 drops text nodes of 10 MB or more."""

MAX_DEPTH = 255
"""Largest nesting depth that can be allowed; libxml2 drops deeper elements."""

_TAG = re.compile(rb"<[a-zA-Z]")


@dataclass(frozen=True)
class HtmlLimits:
    """Maximum size of the HTML of a page."""

    max_html_mb: int = 5
    """Size in UTF-8, in MB (10^6 bytes), at most `MAX_HTML_MB`."""
    max_depth: int = 250
    """Nesting depth of elements, at most `MAX_DEPTH`."""
    max_tags: int = 50_000
    """Number of start tags."""
    max_attributes: int = 1_000
    """Number of attributes in one tag."""

    def __post_init__(self) -> None:
        for name, largest in (("max_html_mb", MAX_HTML_MB), ("max_depth", MAX_DEPTH)):
            if (value := getattr(self, name)) > largest:
                raise ValueError(f"{name} is {value}, but the parser supports {largest}")


DEFAULT = HtmlLimits()


def parsed_within(html: str, limits: HtmlLimits = DEFAULT) -> HtmlElement:
    """Parse a document or a fragment completely and return the root of its tree.

    Args:
        html: Any text.
        limits: Maximum size of the HTML.

    Raises:
        NoText: the text has no HTML.
        TooLarge, TooDeep, TooManyTags, TooManyAttributes: the HTML exceeds a limit.
    """
    _check_size(len(html), limits)  # UTF-8 has at least one byte per character
    data = prepared(html)
    _check_size(len(data), limits)
    # Counting one character is much faster than matching tags.
    if data.count(b"<") > limits.max_tags and (tags := len(_TAG.findall(data))) > limits.max_tags:
        raise TooManyTags(f"{tags} tags, at most {limits.max_tags} allowed")
    if has_more_attributes(data, limits.max_attributes):
        raise TooManyAttributes(f"a tag with more than {limits.max_attributes} attributes")
    tree = tree_of(data)
    if _deeper(limits.max_depth)(tree):  # the parser may have dropped elements
        raise TooDeep(f"elements nested more than {limits.max_depth} deep")
    return tree


def _check_size(size: int, limits: HtmlLimits) -> None:
    """Raise `TooLarge` if HTML of `size` bytes is too large."""
    if size > limits.max_html_mb * 1_000_000:
        raise TooLarge(f"{size / 1e6:.1f} MB of HTML, at most {limits.max_html_mb} allowed")


@cache
def _deeper(depth: int) -> XPath:
    return XPath(f"boolean({'/*' * (depth + 1)})")
