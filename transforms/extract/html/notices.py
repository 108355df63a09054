"""Recognises error pages, consent walls and notices by their words, in several languages.

The words are in `notices.tsv`.
"""

import re
from functools import cache

from newslake.transforms.text import count_words
from newslake.transforms.tsv import read_rows

MAX_TITLE = 14
"""Maximum length of an error page's title, in words; articles about errors have longer titles."""
MAX_NOTICE = 60
"""Maximum length of a notice, in words."""
CONSENT_SHARE = 0.06
"""Minimum share of words about consent in the text of a page that only asks for consent."""
CONSENT_IDEAS = 4
"""Minimum number of different topics of `notices.tsv` in the text of such a page."""

_SEGMENTS = re.compile(r"\s+[|:·»«–—-]+\s+|:\s+|[.!]\s+")


def is_error(title: str) -> bool:
    """Return whether `title` is the title of an error page.

    >>> is_error("Page not found | Example Times"), is_error("Fire not found to be arson")
    (True, False)
    """
    title = title.casefold().strip()
    if count_words(title) > MAX_TITLE:
        return False
    parts = {part.strip() for part in _SEGMENTS.split(title)}
    stated = any(phrase in title for phrase in _phrases("title"))
    return stated or not parts.isdisjoint(_phrases("segment"))


def is_notice(text: str) -> bool:
    """Return whether `text` is only a notice for the browser or its user."""
    lowered = text.casefold()
    return count_words(text) <= MAX_NOTICE and any(one in lowered for one in _phrases("notice"))


def is_challenge(address: str) -> bool:
    """Return whether the script or frame at `address` is a bot check.

    >>> is_challenge("/_Incapsula_Resource?SWJIYLWA=1"), is_challenge("/app.js")
    (True, False)
    """
    return any(one in address.casefold() for one in _phrases("challenge"))


def is_consent(text: str) -> bool:
    """Return whether `text` is mainly a request for consent to cookies or tracking."""
    ideas = _phrases("consent")
    found = [ideas[word] for word in _consent_words().findall(text.casefold())]
    return len(set(found)) >= CONSENT_IDEAS and len(found) >= CONSENT_SHARE * count_words(text)


@cache
def _consent_words() -> re.Pattern[str]:
    return re.compile(rf"\b({'|'.join(map(re.escape, _phrases('consent')))})")


@cache
def _phrases(kind: str) -> dict[str, str]:
    """Return the phrases of a kind, each with its language or, for `consent`, with its topic."""
    rows = read_rows(__package__, "notices.tsv")
    return {phrase.casefold(): about for of_kind, about, phrase in rows if of_kind == kind}
