"""Convert the HTML fragments in feeds to plain text."""

import html
import re

from newslake.schemas.reasons import Reject
from newslake.transforms.text import one_line, visible

_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")
_REFERENCE = re.compile(r"&#?\w+;")
_INVISIBLE = ("script", "style", "template")
_BREAKS = ("br", "p", "div", "li", "h1", "h2", "h3", "h4", "tr", "td")


def plain(markup: str | None) -> str:
    """Return the visible text of `markup` on one line, without tags and scripts; resolve entities.

    Feeds escape HTML once, twice or not at all. Therefore tags that appear after unescaping are
    removed too. If the HTML exceeds a limit of the parser, only the tags are removed.

    >>> plain("<b>Truce</b> &amp; talks &lt;i&gt;today&lt;/i&gt;")
    'Truce & talks today'
    >>> plain("1 < 2")
    '1 < 2'
    """
    text = markup or ""
    for _ in range(2):
        if not (_TAG.search(text) or _REFERENCE.search(text)):
            break
        text = _visible_text(text) if _TAG.search(text) else html.unescape(text)
    return one_line(text)


def _visible_text(markup: str) -> str:
    # Most lists of feeds contain no HTML, and the HTML parser takes longer to load than to list feeds.
    from newslake.transforms.extract.html.limits import parsed_within

    try:
        root = parsed_within(f"<div>{markup}")
    except Reject:
        return _TAG.sub(" ", markup)
    for element in root.iter(*_INVISIBLE):
        element.text = None
    for element in root.iter(*_BREAKS):
        element.tail = f" {visible(element.tail or '')}"
    return "".join(root.itertext())
