"""Repairs the containers of a story: elements that hold the story although their names forbid it.

If the end tag of an element is missing, the element holds the rest of the page. Modules that skip
menus, asides, forms or links would then skip the story.
"""

from collections import Counter
from functools import lru_cache

from lxml.etree import Element, XPath
from lxml.html import HtmlElement
from trafilatura.settings import MANUALLY_CLEANED
from trafilatura.xpaths import OVERALL_DISCARD_XPATH

LONG = 80
"""Minimum length of a text node that counts as a part of a story, in characters."""

HALF = 0.5
"""An element with more than this share of the page's long texts holds the story."""

FIFTH = 0.2
"""Like `HALF`, for elements that normally hold a few words."""

MAX_LABEL = 600
"""Maximum length of the long texts of a link or label, in characters; longer ones lack an end tag."""

# Menus are lists, with hints for readers.
_LONG = XPath(
    f"descendant::text()[string-length() > {LONG}]"
    "[not(parent::script or parent::style or parent::noscript or parent::textarea or ancestor::li)]"
)
_NAMES = {*MANUALLY_CLEANED} - {"head", "dialog", "noscript", "iframe", "object", "svg"}
"""Elements that later steps remove together with their content."""

_LABELS = {"button", "fieldset", "figure", "label", "legend", "menu", "nav", "picture", "time"}
"""Elements of `_NAMES` that normally hold a few words."""

_ATTRIBUTES = ("class", "id", "role", "style", "aria-hidden", "hidden", "itemprop")


def release_story(tree: HtmlElement) -> None:
    """Make containers of the elements that hold more than half of the long texts of a page.

    Elements that later steps would remove by their name become `<div>`, or `<span>` if they are
    links. If later steps would remove an element by its class, it loses its attributes.
    """
    lengths: Counter[HtmlElement] = Counter()
    total = 0
    for text in _LONG(tree):
        total += (length := len(text.strip()))
        parent = text.getparent() if text.is_text else text.getparent().getparent()
        lengths[parent] += length
        for ancestor in parent.iterancestors():
            lengths[ancestor] += length
    for element, length in lengths.items():
        is_long = length > MAX_LABEL
        if element.tag == "a" and (is_long or element.find(".//a") is not None):
            element.tag = "span"
        elif element.tag in _LABELS and is_long and length > FIFTH * total:
            element.tag = "div"
        if length <= HALF * total:
            continue
        if element.tag in _NAMES:
            element.tag = "div"
        named = tuple((name, element.get(name)) for name in _ATTRIBUTES if name in element.attrib)
        if named and _is_discarded(str(element.tag), named):
            for name in _ATTRIBUTES:
                element.attrib.pop(name, None)


@lru_cache(maxsize=10_000)
def _is_discarded(tag: str, named: tuple[tuple[str, str], ...]) -> bool:
    """Return whether trafilatura discards an element with this tag and these attributes."""
    attributes = dict(named)
    if "comment" in attributes.get("class", "") + attributes.get("id", ""):
        return False
    page = Element("body")
    page.append(page.makeelement(tag, attributes))
    return any(found(page) for found in OVERALL_DISCARD_XPATH)
