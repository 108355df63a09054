"""Selects the headline among a page's titles and removes the site's name from it.

A page has up to five titles: in its JSON-LD, in its meta tags (for social networks and for search
engines), in the heading above its text, and in the browser's tab. Publishers often edit only
some of these. If titles differ, the first title in the order JSON-LD, Open Graph is correct more
often than the winner of a vote among all titles (docs/extraction.md).
"""

import re
from collections.abc import Iterable, Sequence
from html import unescape

from newslake.transforms.text import folded

_SEPARATOR = re.compile(r"\s+[|–—·•*⋆~«‹›»>:/-]+\s+|\s*[|｜：ㅣ]\s*")
_DATE = re.compile(r"[\d./ -]+[|–—-]\s*")

MAX_CHARACTERS = 500
"""Maximum length of a title, in characters; longer titles are ignored."""

MIN_WORDS = 3
"""Minimum number of words of a title that may replace a longer title, of which it is a part."""

MAX_CUTS = 6
"""Maximum number of separators of a title at which it is cut."""

MIN_NAME = 4
"""Minimum length, in letters, of a site's name that is recognised inside a longer name."""


def headline(
    linked: str | None,
    named: Sequence[str],
    shown: Sequence[str],
    tab: str | None,
    sites: Iterable[str] = (),
) -> str | None:
    """Return the article's title; None if the page has no title.

    Args:
        linked: The headline in the page's JSON-LD.
        named: The titles in the page's meta tags, best first.
        shown: The texts of the page's `<h1>` elements.
        tab: The text of the page's `<title>` element.
        sites: Names of the site.
    """
    names = {name for site in sites if (name := folded(site))}
    places = _usable([linked, *named]), _usable(shown), _usable([tab])
    stated, shown, tabs = _without_names(places, names)
    known = {folded(title) for title in (*stated, *shown)}
    titles = [
        bare
        for title in (*stated, *_main(shown, [*stated, *tabs]), *tabs)
        if (bare := _without_site(title, known - {folded(title)}, names - known))
    ]
    if linked and named and len(titles) > 1:
        titles[:2] = _shorter_first(*titles[:2])
    if not linked:
        titles = _confirmed(titles[: len(stated)], shown) + titles
    return titles[0] if titles else None


def _usable(titles: Iterable[str | None]) -> list[str]:
    plain = (unescape(title or "") for title in titles)  # some pages escape titles twice
    return [one for one in plain if len(one) <= MAX_CHARACTERS and folded(one)]


def _without_names(places: Sequence[list[str]], names: set[str]) -> list[list[str]]:
    """Remove titles that are a site's name, unless all titles are."""
    others = [[title for title in titles if folded(title) not in names] for titles in places]
    return others if any(others) else list(places)


def _confirmed(titles: Sequence[str], shown: Sequence[str]) -> list[str]:
    """Return a list with the first of `titles` that a heading repeats, or an empty list."""
    headings = {folded(heading) for heading in shown}
    return [title for title in titles if folded(title) in headings][:1]


def _main(shown: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the first heading that shares over half of its words with another title.

    If there is no such heading, return the page's first heading.
    """
    known = [_words(other) for other in others]
    like = [one for one in shown if any(2 * len(_words(one) & k) > len(_words(one)) for k in known)]
    return (like or list(shown))[:1]


def _words(title: str) -> set[str]:
    return set(title.casefold().split())


def _shorter_first(linked: str, named: str) -> tuple[str, str]:
    """Return both titles; `named` is first if `linked` is `named` with words before or after."""
    one, other = folded(linked), folded(named)
    added = len(_words(named)) >= MIN_WORDS and (one.startswith(other) or one.endswith(other))
    return (named, linked) if added else (linked, named)


def _without_site(title: str, known: set[str], sites: set[str]) -> str:
    """Remove the site's name at the start or end of `title`, and what no other title repeats."""
    if part := _shown_part(title, known):
        return part
    cuts = _cuts(title)
    for begin, end in reversed(cuts):
        if _is_site(title[end:], sites):
            return _without_site(title[:begin], known, sites)
    if cuts and _is_site(title[: cuts[0][0]], sites, is_first=True):
        return title[cuts[0][1] :]
    return title


def _shown_part(title: str, known: set[str]) -> str:
    """Return the words of `title` that are also a title elsewhere on the page, or an empty string.

    The words stand before a separator or between two separators, or behind a date.
    """
    cuts = _cuts(title)
    for begin in (0, *(end for _, end in cuts)):
        for end in (*(start for start, _ in cuts), len(title)):
            is_last = begin and end == len(title)
            if is_last and not _DATE.fullmatch(title[:begin]):
                continue
            if 0 < end - begin < len(title) and folded(title[begin:end]) in known:
                return title[begin:end]
    return ""


def _cuts(title: str) -> list[tuple[int, int]]:
    return [(one.start(), one.end()) for one in _SEPARATOR.finditer(title)][:MAX_CUTS]


def _is_site(part: str, sites: set[str], *, is_first: bool = False) -> bool:
    """Return whether `part` is a site's name, a part of one, or contains one (`is_first`: at its start)."""
    name = folded(part)
    return name in sites or any(
        (len(name) >= MIN_NAME and name in site)
        or (len(site) >= MIN_NAME and (name.startswith(site) if is_first else site in name))
        for site in sites
    )
