"""Finds the day from which the times in an article count, for example the day of `on Monday`."""

import re
from datetime import date, timedelta

from newslake.schemas.rows import Article
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.time_patterns import MONTH, YEAR

_LONGEST = timedelta(days=366)
"""If publication and last change are further apart, the text may be of either time."""

_SENTENCE_END = re.compile(r"(?<=[.!?])\s|\n")
_WORD = re.compile(r"[\w’'-]+")
_YEAR = re.compile(
    rf"\b(?:in|since|during|of|{MONTH}\.?|{MONTH}\.?\s\d{{1,2}}),?\s({YEAR})\b", re.IGNORECASE
)


def reference_day(article: Article) -> date | None:
    """Return the day of publication, or of the last change if the text was written then.

    Return None if the time of the text is uncertain. This is so in two cases. The text tells facts of
    years after publication, and the last change is not in these years. Or the text tells no such
    facts, and publication and last change are more than a year apart.
    """
    if article.published_at is None:
        return None
    published = article.published_at.date()
    modified = article.modified_at.date() if article.modified_at else None
    latest = max(_years_told(article.text), default=0)
    if latest > published.year:
        fits = modified is not None and modified.year - 1 <= latest <= modified.year
        return modified if fits else None
    return None if modified and abs(modified - published) > _LONGEST else published


def _years_told(text: str) -> set[int]:
    """Return the years in the sentences about the past: without words like `will`, `by`, `plan`."""
    found: set[int] = set()
    for sentence in _SENTENCE_END.split(text):
        if years := _YEAR.findall(sentence):
            plain = set(_WORD.findall(sentence.casefold()))
            past = plain & words("past") or any(word.endswith("ed") for word in plain)
            if past and not plain & words("ahead"):
                found.update(map(int, years))
    return found
