"""Finds articles whose text is only in the script data of a page.

Each web framework has its own format for data in an otherwise empty page. In all these formats, the
article is the longest string of HTML.
"""

import json
import re
from collections.abc import Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

SHORTEST = 500
"""Minimum length of an article's HTML, in characters."""

_SCRIPTS = XPath("//script[not(contains(@type, 'ld+json'))]/text()", smart_strings=False)
_STRING = re.compile(rf'"(?>[^"\\]|\\.){{{SHORTEST},}}+(?:"|\Z)', re.DOTALL)
"""A long string literal. A literal without an end also matches. Otherwise the regex would search
for the end again from each later quote, and this search would take minutes."""
_PARAGRAPH = re.compile(r"<p[ >]")


def article_in_data(tree: HtmlElement) -> str:
    """Return the HTML of the article in a page's scripts; empty if they contain no article."""
    return max(_strings(tree), key=len, default="")


def _strings(tree: HtmlElement) -> Iterator[str]:
    """Yield the long strings of HTML paragraphs that the page's scripts contain."""
    for script in _SCRIPTS(tree):
        for found in _STRING.finditer(script):
            try:
                value = json.loads(found[0], strict=False)
            except ValueError:
                continue
            if _PARAGRAPH.search(value):
                yield value
