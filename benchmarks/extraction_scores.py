"""How far a method's predictions agree with the labels: one function a field, one number or more.

A prediction is a mapping with `text`, `title`, `authors`, `published_at` (ISO 8601; without an
offset if the page gives none) and `language`; what was not found is None or empty.
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
"""Tokens of a shingle."""

# A token is a word; in scripts without spaces between words, a character.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_TOKEN = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def scores(pairs: Pairs) -> Scores:
    """Return every figure for which the pages have labels, by name."""
    found: Scores = {}
    for field, score in FIELDS.items():
        labelled = [pair for pair in pairs if field in pair[0].gold]
        if labelled:
            found |= {name: round(value, 4) for name, value in score(labelled).items()}
    return found


def _body(pairs: Pairs) -> Scores:
    """Precision, recall and F1 of shingles, means over pages; share of pages with equal tokens."""
    precisions, recalls, same = [], [], []
    for page, prediction in pairs:
        gold, text = page.gold["body"], prediction["text"] or ""
        expected, given = shingles(gold), shingles(text)
        common = (expected & given).total()
        if given:
            precisions.append(common / given.total())
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
    """Precision, recall, F1 and accuracy of segments that must and must not be in the text."""
    right = missed = wrong = absent = 0
    for page, prediction in pairs:
        text = " ".join((prediction["text"] or "").split())
        wanted, unwanted = page.gold["segments"]
        kept = [" ".join(one.split()) in text for one in wanted]
        leaked = [" ".join(one.split()) in text for one in unwanted]
        right, missed = right + sum(kept), missed + len(kept) - sum(kept)
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
        "title": mean(bare(page.gold["title"]) == bare(found["title"]) for page, found in pairs)
    }


def _authors(pairs: Pairs) -> Scores:
    """F1 of the sets of names, mean over pages."""
    figures = []
    for page, prediction in pairs:
        gold = {bare(name) for name in page.gold["authors"]}
        found = {bare(name) for name in prediction["authors"] or []}
        figures.append(2 * len(gold & found) / (len(gold) + len(found)))
    return {"authors_f1": mean(figures)}


def _date(pairs: Pairs) -> Scores:
    """Share of pages with the right day, and of those with a date."""
    right = [_same_day(page.gold["date"], found["published_at"]) for page, found in pairs]
    answered = [hit for hit, (_, found) in zip(right, pairs, strict=True) if found["published_at"]]
    return {"date": mean(right), "date_precision": mean(answered)}


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
"""Each labelled field's score."""


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the bag of runs of four tokens of `text`; a shorter text is one run.

    >>> sorted(shingles("Both sides met on Monday"))
    [('Both', 'sides', 'met', 'on'), ('sides', 'met', 'on', 'Monday')]
    """
    tokens = _TOKEN.findall(text)
    runs = (tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def bare(text: str | None) -> str:
    """Return the letters and digits of `text`, folded: what titles and names are compared by."""
    folded = unicodedata.normalize("NFKC", text or "").casefold()
    return "".join(character for character in folded if character.isalnum())


def mean(values: Iterable[float]) -> float:
    """Return the mean of `values`, 0 of none."""
    return fmean(listed) if (listed := list(values)) else 0.0


def _same_day(gold: str, found: str | None) -> bool:
    """Return whether both name one calendar day, in the gold's own offset or in UTC."""
    if not found:
        return False
    expected, given = datetime.fromisoformat(gold), datetime.fromisoformat(found)
    if expected.tzinfo is None or given.tzinfo is None:
        days = {expected.date()} | ({expected.astimezone(UTC).date()} if expected.tzinfo else set())
        return given.date() in days
    return any(
        given.astimezone(zone).date() == expected.astimezone(zone).date()
        for zone in (expected.tzinfo, UTC)
    )


def _f1(precision: float, recall: float) -> float:
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0
