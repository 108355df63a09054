"""Meta tags: the metadata in the head of a page, by name, from all common vocabularies."""

import re
from collections import defaultdict

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.text import one_line
from newslake.transforms.tsv import read_rows

NAMES = {field: names.split() for field, names in read_rows(__package__, "meta_names.tsv")}
"""The names of the tags for each field, the preferred ones first."""

WITHIN_COMMENT = (
    "ancestor::*[not(self::html or self::body) and (contains(concat(' ', @class), ' comment')"
    " or starts-with(@id, 'comment') or contains(@itemtype, 'schema.org/Comment'))]"
)
"""XPath condition: the element is in a reader's comment."""

WITHIN_ANOTHERS = (
    f"({WITHIN_COMMENT} or ancestor::aside[not(.//h1)] and not(ancestor::*[@itemscope][1][.//h1]))"
)
"""XPath condition: the element describes something other than the article.

Such an element is in a comment or in an `<aside>` without the headline. If a microdata
item contains the headline, every element in that item describes the article."""

_DESCRIBES_ANOTHER = XPath(f"boolean({WITHIN_ANOTHERS})")

_TAG = re.compile(r"</?[a-z][^<>]*>", re.IGNORECASE)

Meta = dict[str, list[str]]


def meta_tags(tree: HtmlElement) -> Meta:
    """Return the contents of the page's meta tags by lower-case name; empty tags are skipped.

    The name is in `property`, `name` or `itemprop`; pages confuse these attributes. An element with
    `itemprop` is skipped if it is inside a reader's comment or an `<aside>`.
    """
    tags: Meta = defaultdict(list)
    for element in tree.iter("meta"):
        content = one_line(_TAG.sub(" ", element.get("content", "")))
        if element.get("itemprop") and _DESCRIBES_ANOTHER(element):
            continue
        for attribute in ("property", "name", "itemprop"):
            if content and (name := element.get(attribute)):
                tags[name.strip().lower()].append(content)
    return dict(tags)


def values(tags: Meta, field: str) -> list[str]:
    """Return the contents of the tags for a field of meta_names.tsv, the preferred ones first."""
    return [value for name in NAMES[field] for value in tags.get(name, [])]
