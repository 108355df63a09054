"""The news agency that an article credits: in its byline, its dateline or its last line.

The agencies stand in `transforms/agencies.tsv`. They are sought in these three places only: a story
that speaks of an agency, or quotes one, is not the agency's.
"""

import re
from functools import cache

from newslake.schemas.rows import Article
from newslake.transforms.agencies import agency_called, forms

_LOOKED_AT = 120
"""Characters at the beginning of the first line, and at the end of the last one."""

_BETWEEN = re.compile(r"\s*[/,|&+;()]\s*|\s+(?:-|–|—|and|und|et|y|e|with|mit)\s+")


def agency(article: Article) -> str | None:
    """Return the name of the first agency that `article` credits, None if it credits none."""
    lines = article.text.split("\n")
    found = [pattern.match(lines[0][:_LOOKED_AT]) for pattern in _datelines()]
    found += [pattern.fullmatch(lines[-1][-_LOOKED_AT:]) for pattern in _LAST_LINES]
    credits = [*article.authors, *(match["credit"] for match in found if match)]
    return next(filter(None, map(_credited, credits)), None)


def _credited(credit: str) -> str | None:
    """Return the first agency of a credit such as `dpa/AFP` or `Ann Lee, Associated Press`.

    >>> _credited("dpa/AFP"), _credited("Ann Lee, Associated Press"), _credited("Ann Lee")
    ('dpa', 'AP', None)
    """
    names = (agency_called(part) for part in _BETWEEN.split(credit.strip()))
    return next(filter(None, names), None)


@cache
def _datelines() -> tuple[re.Pattern[str], ...]:
    """Return how a first line may begin; the last of them needs the place in capitals."""
    known = "|".join(sorted(map(re.escape, forms()), key=len, reverse=True))
    return (
        re.compile(r"[^()]{0,60}\((?P<credit>[^()]{2,40})\)\s*[-–—:.]"),  # BERLIN, May 3 (dpa) -
        re.compile(r"[^/]{0,60}/(?P<credit>[^/]{2,40})/\s*[-–—:.]"),  # MOSCOW, May 3. /TASS/.
        re.compile(
            rf"(?:[^\Wa-z]+[\s,./]+)*?(?P<credit>(?:{known})\b[/\w]*)\s*[—–]"
        ),  # PARIS AFP —
    )


_LAST_LINES = (
    re.compile(r".*\((?P<credit>[^()]{2,40})\)\W*"),  # … he said. (AFP)
    re.compile(
        r"\W*(?:(?:sources?|quellen?|fuentes?|agenc(?:y|ies)|with|from|mit)\b\W*){0,3}"
        r"(?P<credit>.{2,40}?)\W*",
        re.IGNORECASE,
    ),  # Source: AP
)
