"""Articles that stand on a page only as data of its script, which is to show them: HTML in a string.

Frameworks send what they have fetched along with an empty page, each in a form of its own. Common
to them is that the article is the longest string of HTML among their data.
"""

import json
import re
from collections.abc import Iterator

from lxml.etree import XPath
from lxml.html import HtmlElement

SHORTEST = 500
"""Characters of an article in HTML, at least."""

_SCRIPTS = XPath("//script[not(contains(@type, 'ld+json'))]/text()", smart_strings=False)
_STRING = re.compile(rf'"(?:[^"\\]|\\.){{{SHORTEST},}}+(?:"|\Z)', re.DOTALL)
"""Or what begins like one and never ends: to look for its end again and again would take minutes."""
_PARAGRAPH = re.compile(r"<p[ >]")


def article_in_data(tree: HtmlElement) -> str:
    """Return the HTML of the article that a page's scripts hold, empty if they hold none."""
    return max(_strings(tree), key=len, default="")


def _strings(tree: HtmlElement) -> Iterator[str]:
    """Yield the long strings in the page's scripts that are HTML of paragraphs."""
    for script in _SCRIPTS(tree):
        for found in _STRING.finditer(script):
            try:
                value = json.loads(found[0], strict=False)
            except ValueError:
                continue
            if _PARAGRAPH.search(value):
                yield value
