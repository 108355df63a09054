"""Linked data: the article's metadata in the JSON-LD scripts of a page.

Types and properties are those of https://schema.org/Article. Publishers use any JSON type anywhere,
so each value is read by its actual type, not by the type in the specification.
"""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from lxml.etree import XPath
from lxml.html import HtmlElement

from newslake.transforms.extract.text.item import is_too_deep
from newslake.transforms.extract.text.plain import without_tags
from newslake.transforms.text import folded, one_line
from newslake.transforms.web.urls import canonical, web_address

_ARTICLE = ("Article", "Posting", "Report")
_WITHIN = ("@graph", "mainEntity", "mainEntityOfPage")
_NAME = re.compile(r"\w+")
_TEXTS = XPath("//body//text()[not(parent::script or parent::style)]", smart_strings=False)
_DECODER = json.JSONDecoder(strict=False)

Linked = dict[str, Any]

LIKE, LIKE_ELSEWHERE = 0.5, 0.8
"""Minimum share of words that a headline and a title of the page have in common: if the JSON-LD states
no URL, and if it states another URL than the page's."""

START = 60
"""Number of letters and digits at the start of an `articleBody` that the page must contain."""


@dataclass(frozen=True)
class LinkedArticle:
    """The JSON-LD properties of an article, unchanged; missing properties are empty."""

    headline: str | None = None
    """`headline`; if there is none, `name`."""
    authors: list[str] = field(default_factory=list)
    """Names in `author` or, if empty, in `creator`; one string may contain several names."""
    published: list[object] = field(default_factory=list)
    """`datePublished`, then `dateCreated`."""
    modified: list[object] = field(default_factory=list)
    """`dateModified`."""
    body: str = ""
    """`articleBody`."""
    section: str | None = None
    """`articleSection`."""
    keywords: list[str] = field(default_factory=list)
    """`keywords`, split."""
    image: str | None = None
    """URL of the first `image`."""


def scripts(tree: HtmlElement) -> list[str]:
    """Return the texts of a page's JSON-LD scripts."""
    linked = (script for script in tree.iter("script") if "ld+json" in script.get("type", ""))
    return [script.text for script in linked if script.text]


def linked_article(
    tree: HtmlElement, url: str | None = None, titles: Sequence[str] | None = None
) -> LinkedArticle:
    """Return the article in a page's JSON-LD; an empty one if the JSON-LD is of another page.

    If there are several articles, the article with the page's own URL is used. If none has this
    URL, the first article with a headline is used. Missing properties are taken from objects with
    the same headline. Missing dates are taken from `WebPage` objects.

    Args:
        tree: The page.
        url: The page's URL.
        titles: The titles of the page outside its JSON-LD; None to skip the check against the page.
    """
    objects = list(_objects(tree))
    if titles is not None and not is_confirmed(objects, tree, url, titles):
        return LinkedArticle()
    described = {str(one["@id"]): one for one in objects if "@id" in one and len(one) > 1}
    articles = [one for one in objects if _is_a(one, *_ARTICLE)]
    own = [one for one in articles if url and _address(one, url) == canonical(url)]
    with_headline = [one for one in articles if one.get("headline")]
    chosen = next(iter([*own, *with_headline, *articles]), {})
    headline = chosen.get("headline")
    same = [one for one in articles if one is not chosen and one.get("headline") == headline]
    pages = [one for one in objects if _is_a(one, "WebPage")] if len(articles) <= 1 else []

    def values(name: str, *others: Linked) -> list[Any]:
        found = (one.get(name) for one in (chosen, *same, *others))
        return [value for value in found if value not in (None, "", [], {})]

    headlines = (_line(value) for value in [*values("headline"), *values("name")])
    people = (list(_names(value, described)) for value in [*values("author"), *values("creator")])
    bodies = (value for value in values("articleBody") if isinstance(value, str))
    sections = (section for value in values("articleSection") for section in _listed(value))
    images = (_link(value, described) for value in values("image"))
    return LinkedArticle(
        headline=next(filter(None, headlines), None),
        authors=next(filter(None, people), []),
        published=[*values("datePublished", *pages), *values("dateCreated")],
        modified=values("dateModified", *pages),
        body=without_tags(unescape(next(bodies, ""))),
        section=next(sections, None),
        keywords=[word for value in values("keywords")[:1] for word in _words(value)],
        image=next(filter(None, images), None),
    )


def is_confirmed(
    objects: Sequence[Linked], tree: HtmlElement, url: str | None, titles: Sequence[str]
) -> bool:
    """Return whether the page confirms its JSON-LD: a headline or a text in it stands on the page.

    An object with the page's own URL is confirmed too, and an object without headline, text and URL.
    """
    articles = [one for one in objects if _is_a(one, *_ARTICLE)]
    shown = [set(_NAME.findall(title.casefold())) for title in titles]
    headlines = [
        line for one in articles if (line := _line(one.get("headline") or one.get("name")))
    ]
    bodies = [text for one in articles if isinstance(text := one.get("articleBody"), str)]
    addresses = {address for one in articles if (address := _address(one, url or ""))}
    if (url and canonical(url) in addresses) or not (headlines or bodies or addresses):
        return True
    least = LIKE_ELSEWHERE if url and addresses else LIKE
    if any(_likeness(line, words) >= least for line in headlines for words in shown):
        return True
    whole = folded(" ".join(_TEXTS(tree)))
    starts = (folded(without_tags(unescape(text[: 2 * START])))[:START] for text in bodies)
    stated = (*map(folded, headlines), *starts)
    return any(text and text in whole for text in stated)


def _likeness(headline: str, words: set[str]) -> float:
    """Return the share of common words in the shorter one of `headline` and `words`."""
    own = set(_NAME.findall(headline.casefold()))
    return len(own & words) / max(1, min(len(own), len(words)))


def _objects(tree: HtmlElement) -> Iterator[Linked]:
    """Yield the top-level objects of the page's scripts, in order.

    Objects in properties of other objects, such as linked articles, are skipped. Scripts that are
    invalid JSON or nested too deeply are skipped too.
    """
    for script in scripts(tree):
        try:
            value, _ = _DECODER.raw_decode(script.strip().removeprefix("//<![CDATA[").lstrip())
        except (ValueError, RecursionError):
            continue
        if not is_too_deep(value):
            yield from _top_level(value)


def _top_level(value: object) -> Iterator[Linked]:
    if isinstance(value, list):
        for item in value:
            yield from _top_level(item)
    elif isinstance(value, dict):
        yield value
        for name in _WITHIN:
            yield from _top_level(value.get(name))


def _is_a(one: Linked, *endings: str) -> bool:
    kinds = one.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and kind.endswith(endings) for kind in listed)


def _address(one: Linked, base: str) -> str | None:
    """Return the canonical URL of an object's page; None if the object states no URL."""
    for name in ("url", "mainEntityOfPage", "@id"):
        value = one.get(name)
        value = value.get("@id") if isinstance(value, dict) else value
        if isinstance(value, str) and "/" in value:
            return canonical(web_address(value, base))
    return None


def _names(value: object, described: dict[str, Linked], depth: int = 5) -> Iterator[str]:
    """Yield the names in an author value: a string, an object, a reference, or a list of these."""
    if isinstance(value, str) and (name := _line(value)):
        yield name
    elif isinstance(value, list) and depth:
        for item in value:
            yield from _names(item, described, depth - 1)
    elif isinstance(value, dict) and depth:
        whole = described.get(str(value.get("@id")), {}) | value
        parts = [whole.get(part) for part in ("givenName", "familyName")]
        named = whole.get("name") or " ".join(part for part in parts if isinstance(part, str))
        yield from _names(named, described, depth - 1)


def _link(value: object, described: dict[str, Linked]) -> str | None:
    """Return the first URL in an image value."""
    if isinstance(value, list):
        return next(filter(None, (_link(item, described) for item in value)), None)
    if isinstance(value, dict):
        whole = value | described.get(str(value.get("@id")), {})
        value = whole.get("url") or whole.get("contentUrl")
    return value if isinstance(value, str) else None


def _listed(value: object) -> Iterator[str]:
    """Yield `value` if it is a string, or its strings if it is a list."""
    yield from filter(None, map(_line, value if isinstance(value, list) else [value]))


def _words(value: object) -> Iterator[str]:
    """Yield the keywords in a comma-separated string, or in a list of strings or named objects."""
    if isinstance(value, str):
        yield from filter(None, map(_line, value.split(",")))
    elif isinstance(value, dict):
        yield from _words(value.get("name"))
    elif isinstance(value, list):
        yield from (word for item in value if not isinstance(item, list) for word in _words(item))


def _line(value: object) -> str | None:
    """Return a string as one line without markup; None if `value` is empty or not a string."""
    return (one_line(without_tags(unescape(value))) or None) if isinstance(value, str) else None
