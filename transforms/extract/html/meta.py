"""Meta tags: the metadata in the head of a page, by name, from all common vocabularies."""

from collections import defaultdict
from collections.abc import Sequence

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.text import one_line

KIND = ("og:type",)
ADDRESS = ("og:url",)
TITLE = ("og:title", "twitter:title", "parsely-title", "sailthru.title", "dc.title", "title")
SUMMARY = ("og:description", "description", "twitter:description")
SITE = ("og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site")
AUTHOR = (
    *("article:author", "author", "parsely-author", "sailthru.author", "byl", "authors"),
    *("citation_author", "dc.creator", "dcterms.creator", "og:article:author"),
    "cxenseparse:author",
)
PUBLISHED = (
    *("article:published_time", "article:published", "og:article:published_time", "datepublished"),
    *("parsely-pub-date", "cxenseparse:recs:publishtime", "sailthru.date", "publish_date"),
    *("publishdate", "publication_date", "pubdate", "published_time", "date_published"),
    *("og:published_time", "og:pubdate", "og:publish_date", "article_date_original"),
    *("dc.date.issued", "dcterms.issued", "dcterms.created", "dc.date", "dcterms.date"),
    *("citation_publication_date", "datecreated", "bt:pubdate"),
)
DATE = ("date",)
"""A date of publication or of the last change; the tag does not say which."""
MODIFIED = (
    *("article:modified_time", "article:modified", "og:article:modified_time", "datemodified"),
    *("og:updated_time", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod"),
)
SECTION = (
    *("article:section", "og:article:section", "section", "parsely-section"),
    "cxenseparse:recs:category",
)
KEYWORDS = ("news_keywords", "keywords", "parsely-tags", "article:tag")
IMAGE = ("og:image", "og:image:secure_url", "og:image:url", "twitter:image", "twitter:image:src")

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

Meta = dict[str, list[str]]


def meta_tags(tree: HtmlElement) -> Meta:
    """Return the contents of the page's meta tags by lower-case name; empty tags are skipped.

    The name is in `property`, `name` or `itemprop`; pages confuse these attributes. An element with
    `itemprop` is skipped if it is inside a reader's comment or an `<aside>`.
    """
    tags: Meta = defaultdict(list)
    for element in tree.iter("meta"):
        content = one_line(element.get("content", ""))
        if element.get("itemprop") and _DESCRIBES_ANOTHER(element):
            continue
        for attribute in ("property", "name", "itemprop"):
            if content and (name := element.get(attribute)):
                tags[name.strip().lower()].append(content)
    return dict(tags)


def values(tags: Meta, names: Sequence[str]) -> list[str]:
    """Return the contents of the tags called `names`, in the order of the names."""
    return [value for name in names for value in tags.get(name, [])]
