"""Recognises pages that contain only the free preview of a paywalled article."""

import re

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.extract.html.json_ld import scripts
from newslake.transforms.text import count_words
from newslake.transforms.tsv import read_rows

MAX_OPEN = 300
"""Maximum length of a preview, in words; longer texts count as complete articles."""
MAX_WITH_PROMPTS = 2 * MAX_OPEN
"""Maximum length of a preview with all prompts to subscribe, in words."""
MAX_PROMPT = 40
"""Maximum length of a line that prompts the reader to subscribe, in words."""

_WORDS = ("isAccessibleForFree", "article:content_tier")
_NOT_FREE = re.compile(r'"isAccessibleForFree"\s*:\s*"?(?:false|0)\b', re.IGNORECASE)
_PAID = XPath(
    "boolean(descendant::*/@itemprop[.='isAccessibleForFree']/../@content[translate(., 'FALSE', 'false')='false']"
    " | descendant::meta[@property='article:content_tier'][@content='locked' or @content='metered'])"
)
# The text is lowered before the search, which is several times faster than re.IGNORECASE.
_PROMPT = re.compile(
    rf"\b(?:{'|'.join(prompt for _, prompt in read_rows(__package__, 'paywall.tsv'))})"
)


def says_paid(html: str, tree: HtmlElement) -> bool:
    """Return whether a page declares, by schema.org or Open Graph, that its article is not free."""
    if not any(word in html for word in _WORDS):  # a fast test, which few pages pass
        return False
    return any(map(_NOT_FREE.search, scripts(tree))) or bool(_PAID(tree))


def without_prompts(text: str) -> tuple[str, bool]:
    r"""Return `text` without prompts to subscribe, and whether `text` had such prompts.

    A text that is too long for a preview is returned unchanged.

    >>> without_prompts("Talks stalled.\nSubscribe to continue reading.")
    ('Talks stalled.', True)
    """
    if count_words(text) > MAX_WITH_PROMPTS:
        return text, False
    lines = text.split("\n")
    kept = [
        line for line in lines if count_words(line) > MAX_PROMPT or not _PROMPT.search(line.lower())
    ]
    return "\n".join(kept), len(kept) < len(lines)


def is_open_part(text: str, is_paid: bool, had_prompt: bool) -> bool:
    """Return whether `text` is only the free preview of a paid article."""
    return (is_paid or had_prompt) and count_words(text) <= MAX_OPEN
