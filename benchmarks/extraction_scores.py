"""Scores of a method's predictions against the labels: a function for each field.

A prediction is a mapping with `text`, `title`, `authors`, `published_at` (ISO 8601; without an
offset if the page has none) and `language`; a field that was not found is None or empty.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from statistics import fmean
from typing import Any

from extraction_sets import Page

Prediction = dict[str, Any]
Scores = dict[str, float]
Pairs = list[tuple[Page, Prediction]]

SHINGLE = 4
"""Tokens per shingle."""

# A token is a word, or a character in scripts without spaces between words.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def scores(pairs: Pairs) -> Scores:
    """Return all figures for which the pages have labels, by name."""
    found: Scores = {}
    for field, score in FIELDS.items():
        labelled = [pair for pair in pairs if field in pair[0].gold]
        if labelled:
            found |= {name: round(value, 4) for name, value in score(labelled).items()}
    return found


def _body(pairs: Pairs) -> Scores:
    """Return precision, recall and F1 of shingles, as means, and the share of exact texts."""
    precisions, recalls, same = [], [], []
    for page, prediction in pairs:
        gold, text = page.gold["body"], prediction["text"] or ""
        expected, predicted = shingles(gold), shingles(text)
        common = (expected & predicted).total()
        if predicted:
            precisions.append(common / predicted.total())
        if expected:
            recalls.append(common / expected.total())
        same.append(_TOKEN.findall(gold) == _TOKEN.findall(text))
    precision, recall = mean(precisions), mean(recalls)
    return {
        "body_f1": _f1(precision, recall),
        "body_precision": precision,
        "body_recall": recall,
        "body_exact": mean(same),
    }


def _segments(pairs: Pairs) -> Scores:
    """Return the scores of segments that must be, or must not be, in the text."""
    right = missed = wrong = absent = 0
    for page, prediction in pairs:
        text = " ".join((prediction["text"] or "").split())
        wanted, unwanted = page.gold["segments"]
        present = [" ".join(one.split()) in text for one in wanted]
        leaked = [" ".join(one.split()) in text for one in unwanted]
        right, missed = right + sum(present), missed + len(present) - sum(present)
        wrong, absent = wrong + sum(leaked), absent + len(leaked) - sum(leaked)
    precision = right / (right + wrong) if right else 0.0
    recall = right / (right + missed) if right else 0.0
    return {
        "segments_f1": _f1(precision, recall),
        "segments_precision": precision,
        "segments_recall": recall,
        "segments_accuracy": (right + absent) / (right + missed + wrong + absent),
    }


def _title(pairs: Pairs) -> Scores:
    return {
        "title": mean(
            normalized(page.gold["title"]) == normalized(found["title"]) for page, found in pairs
        )
    }


def _authors(pairs: Pairs) -> Scores:
    """Return F1 of the sets of names, as a mean over pages."""
    figures = []
    for page, prediction in pairs:
        gold = {normalized(name) for name in page.gold["authors"]}
        found = {normalized(name) for name in prediction["authors"] or []}
        figures.append(2 * len(gold & found) / (len(gold) + len(found)))
    return {"authors_f1": mean(figures)}


def _date(pairs: Pairs) -> Scores:
    """Return the share of right days over all pages, and over pages with a predicted date."""
    right = [_same_day(page.gold["date"], found["published_at"]) for page, found in pairs]
    dated = [hit for hit, (_, found) in zip(right, pairs, strict=True) if found["published_at"]]
    return {"date": mean(right), "date_precision": mean(dated)}


def _language(pairs: Pairs) -> Scores:
    return {"language": mean(page.gold["language"] == found["language"] for page, found in pairs)}


FIELDS: dict[str, Callable[[Pairs], Scores]] = {
    "body": _body,
    "segments": _segments,
    "title": _title,
    "authors": _authors,
    "date": _date,
    "language": _language,
}
"""The scoring function of each labelled field."""


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the counts of the four-token shingles of `text`; a shorter text is one shingle.

    >>> sorted(shingles("Both sides met on Monday"))
    [('Both', 'sides', 'met', 'on'), ('sides', 'met', 'on', 'Monday')]
    """
    tokens = _TOKEN.findall(text)
    runs = (tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def normalized(text: str | None) -> str:
    """Return the case-folded letters and digits of `text`, to compare titles and names."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(character for character in folded if character.isalnum())


def mean(values: Iterable[float]) -> float:
    """Return the mean of `values`; 0 if there are none."""
    return fmean(listed) if (listed := list(values)) else 0.0


def _same_day(gold: str, found: str | None) -> bool:
    """Return whether both times are on the same day, in the label's UTC offset or in UTC."""
    if not found:
        return False
    expected, actual = datetime.fromisoformat(gold), datetime.fromisoformat(found)
    if expected.tzinfo is None or actual.tzinfo is None:
        days = {expected.date()} | ({expected.astimezone(UTC).date()} if expected.tzinfo else set())
        return actual.date() in days
    return any(
        actual.astimezone(zone).date() == expected.astimezone(zone).date()
        for zone in (expected.tzinfo, UTC)
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
