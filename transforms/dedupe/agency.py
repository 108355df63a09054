"""Find the news agency that an article credits in its byline, dateline or last line.

`transforms/agencies.tsv` lists the agencies. Names elsewhere in the text are ignored, because a
story may quote an agency or report about it.
"""

import re
from functools import cache

from newslake.schemas.rows import Article
from newslake.transforms.agencies import agency_of, forms

_MAX_CREDIT_LENGTH = 120
"""Number of characters to search at the start of the first line and the end of the last line."""

_SEPARATOR = re.compile(r"\s*[/,|&+;()]\s*|\s+(?:-|–|—|and|und|et|y|e|with|mit)\s+")


def agency(article: Article) -> str | None:
    """Return the name of the first agency that `article` credits; None if it credits none."""
    lines = article.text.split("\n")
    found = [pattern.match(lines[0][:_MAX_CREDIT_LENGTH]) for pattern in _datelines()]
    found += [pattern.fullmatch(lines[-1][-_MAX_CREDIT_LENGTH:]) for pattern in _LAST_LINES]
    credits = [*article.authors, *(match["credit"] for match in found if match)]
    return next(filter(None, map(_first_agency, credits)), None)


def _first_agency(credit: str) -> str | None:
    """Return the first agency of a credit such as `dpa/AFP` or `Ann Lee, Associated Press`.

    >>> _first_agency("dpa/AFP"), _first_agency("Ann Lee, Associated Press"), _first_agency("Ann Lee")
    ('dpa', 'AP', None)
    """
    names = (agency_of(part) for part in _SEPARATOR.split(credit.strip()))
    return next(filter(None, names), None)


@cache
def _datelines() -> tuple[re.Pattern[str], ...]:
    """Return the dateline patterns; the last pattern requires a place in capital letters."""
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
