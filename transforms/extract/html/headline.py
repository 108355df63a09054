"""Headlines: which of the titles that a page gives itself is the article's, without the site's name.

A page has up to five: in its linked data, in its meta tags (for networks and for search engines),
over its text, and in the browser's tab. Publishers edit one and forget another. Where they differ,
linked data and then Open Graph are right more often than a vote of all (docs/extraction.md).
"""

import re
from collections.abc import Iterable, Sequence

from newslake.transforms.text import folded

_SEPARATOR = re.compile(r"\s+[|–—·•*⋆~«‹›»>:/-]+\s+|\s*[|｜：ㅣ]\s*")
_CUT_SHORT = re.compile(r"\s*(?:…|\.\.\.)$")

MAX_CHARACTERS = 500
"""A longer title is a text."""

MIN_WORDS = 3
"""A title of fewer words is not taken for the whole of a longer one."""

MIN_NAME = 4
"""A site's name must have as many letters to be found within a longer one."""


def headline(
    linked: str | None,
    named: Sequence[str],
    shown: Sequence[str],
    tab: str | None,
    sites: Iterable[str] = (),
) -> str | None:
    """Return the article's title, None if nothing names one.

    Args:
        linked: What its linked data call it.
        named: The titles of its meta tags, the best first.
        shown: The headings of the first order on the page.
        tab: The document's title, as browsers show it.
        sites: Names of the site.
    """
    stated, shown, tabs = _usable([linked, *named]), _usable(shown), _usable([tab])
    known = {folded(title) for title in (*stated, *shown)}
    site_names = {name for site in sites if (name := folded(site))} - known
    titles = [
        bare
        for title in (*stated, *_main(shown, [*stated, *tabs]), *tabs)
        if (bare := _without_site(title, known - {folded(title)}, site_names))
    ]
    if linked and named and len(titles) > 1:
        titles[:2] = _shorter_first(*titles[:2])
    return _whole(titles[0], titles[1:]) if titles else None


def _usable(titles: Iterable[str | None]) -> list[str]:
    return [one for one in titles if one and len(one) <= MAX_CHARACTERS and folded(one)]


def _main(shown: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the heading over the article: the first that shares most words with another title."""
    known = [_words(other) for other in others]
    like = [one for one in shown if any(2 * len(_words(one) & k) > len(_words(one)) for k in known)]
    return (like or list(shown))[:1]


def _words(title: str) -> set[str]:
    return set(title.casefold().split())


def _shorter_first(linked: str, named: str) -> tuple[str, str]:
    """Return both titles, the one first that the other has with a kicker before or a line behind it."""
    one, other = folded(linked), folded(named)
    added = len(_words(named)) >= MIN_WORDS and (one.startswith(other) or one.endswith(other))
    return (named, linked) if added else (linked, named)


def _whole(title: str, others: Sequence[str]) -> str:
    """Return `title`, or the one of `others` that goes on where it was cut short with dots."""
    if _CUT_SHORT.search(title):
        begin = folded(title)
        return next((other for other in others if folded(other).startswith(begin)), title)
    return title


def _without_site(title: str, known: set[str], sites: set[str]) -> str:
    """Return `title` without the site's name before it, and without its name and rubric behind it.

    What stands before a cut is the title where the page says just that elsewhere; else only a part
    that is the site's name is dropped.
    """
    cuts = [(one.start(), one.end()) for one in _SEPARATOR.finditer(title)]
    for begin, _ in cuts:
        if folded(title[:begin]) in known:
            return title[:begin]
    for begin, end in reversed(cuts):
        if _is_site(title[end:], sites):
            return _without_site(title[:begin], known, sites)
    if cuts and _is_site(title[: cuts[0][0]], sites):
        return title[cuts[0][1] :]
    return title


def _is_site(part: str, sites: set[str]) -> bool:
    name = folded(part)
    return name in sites or any(
        (len(name) >= MIN_NAME and name in site) or (len(site) >= MIN_NAME and site in name)
        for site in sites
    )
