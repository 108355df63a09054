"""Finds articles that a page has only as script data, which the browser would render.

Web frameworks embed their data in an otherwise empty page, each in its own format. In all of them,
the article is the longest string of HTML.
"""

import json
import re
from collections.abc import Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

SHORTEST = 500
"""Minimum length of an article's HTML, in characters."""

_SCRIPTS = XPath("//script[not(contains(@type, 'ld+json'))]/text()", smart_strings=False)
_STRING = re.compile(rf'"(?:[^"\\]|\\.){{{SHORTEST},}}+(?:"|\Z)', re.DOTALL)
"""A long string literal. An unterminated one matches too, since repeated searches for its end would
take minutes."""
_PARAGRAPH = re.compile(r"<p[ >]")


def article_in_data(tree: HtmlElement) -> str:
    """Return the HTML of the article in a page's scripts; empty if there is none."""
    return max(_strings(tree), key=len, default="")


def _strings(tree: HtmlElement) -> Iterator[str]:
    """Yield the long strings in the page's scripts that are HTML with paragraphs."""
    for script in _SCRIPTS(tree):
        for found in _STRING.finditer(script):
            try:
                value = json.loads(found[0], strict=False)
            except ValueError:
                continue
            if _PARAGRAPH.search(value):
                yield value
