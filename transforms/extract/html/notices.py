"""What pages say that are no articles, in their readers' languages: errors, consent walls, notices.

The words stand in `notices.tsv`.
"""

import re
from functools import cache
from pathlib import Path

from newslake.transforms.text import count_words

MAX_TITLE = 14
"""Words of an error's title, at most; stories about errors say more."""
MAX_NOTICE = 60
"""Words of a mere notice, at most."""
CONSENT_SHARE = 0.06
"""Share of a consent wall's words that speak of consent, at least."""
CONSENT_IDEAS = 4
"""Different ideas of consent in it, at least."""

_SEGMENTS = re.compile(r"\s+[|:·»«–—-]+\s+|:\s+|[.!]\s+")


def is_error(title: str) -> bool:
    """Tell whether `title` is that of an error page.

    >>> is_error("Page not found | Example Times"), is_error("Fire not found to be arson")
    (True, False)
    """
    title = title.casefold().strip()
    if count_words(title) > MAX_TITLE:
        return False
    parts = {part.strip() for part in _SEGMENTS.split(title)}
    return any(phrase in title for phrase in _phrases("title")) or not parts.isdisjoint(
        _phrases("segment")
    )


def is_notice(text: str) -> bool:
    """Tell whether `text` is a notice to a browser or to its user, and nothing else."""
    told = text.casefold()
    return count_words(text) <= MAX_NOTICE and any(one in told for one in _phrases("notice"))


def is_challenge(address: str) -> bool:
    """Tell whether a script or frame of this address tests if its reader is a robot.

    >>> is_challenge("/_Incapsula_Resource?SWJIYLWA=1"), is_challenge("/app.js")
    (True, False)
    """
    return any(one in address.casefold() for one in _phrases("challenge"))


def is_consent(text: str) -> bool:
    """Tell whether `text` is a demand for consent to cookies or tracking, and little else."""
    ideas = _phrases("consent")
    found = [ideas[word] for word in _consent_words().findall(text.casefold())]
    return len(set(found)) >= CONSENT_IDEAS and len(found) >= CONSENT_SHARE * count_words(text)


@cache
def _consent_words() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, _phrases('consent')))})")


@cache
def _phrases(kind: str) -> dict[str, str]:
    """Return the phrases of a kind, each with its language or idea."""
    table = Path(__file__).with_name("notices.tsv").read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in table if not line.startswith("#"))
    return {phrase.casefold(): about for of_kind, about, phrase in rows if of_kind == kind}
