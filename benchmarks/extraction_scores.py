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
_LAST_PART = re.compile(r"\s+[-–—|»:]\s+[^-–—|»:]*$")
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
        gold, text = composed(page.gold["body"]), composed(prediction["text"])
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
        present, leaked = _found_segments(page, prediction)
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


def _found_segments(page: Page, prediction: Prediction) -> tuple[list[bool], list[bool]]:
    """Return whether the text contains each wanted segment, and each unwanted segment."""
    text = " ".join(composed(prediction["text"]).split())
    wanted, unwanted = page.gold["segments"]
    return (
        [" ".join(composed(one).split()) in text for one in wanted],
        [" ".join(composed(one).split()) in text for one in unwanted],
    )


def _title(pairs: Pairs) -> Scores:
    return {"title": mean(_has_title(page, found) for page, found in pairs)}


def _has_title(page: Page, found: Prediction) -> bool:
    return normalized(page.gold["title"]) == normalized(found["title"])


def _loose_title(pairs: Pairs) -> Scores:
    return {"loose_title": mean(_has_loose_title(page, found) for page, found in pairs)}


def _has_loose_title(page: Page, found: Prediction) -> bool:
    """Return whether the titles agree; a last part such as ` - Site` of either is ignored."""
    gold, title = page.gold["loose_title"], found["title"] or ""
    return not _spellings(gold).isdisjoint(_spellings(title))


def _spellings(title: str) -> set[str]:
    return {normalized(title), normalized(_LAST_PART.sub("", title))} - {""}


def _authors(pairs: Pairs) -> Scores:
    """Return F1 of the sets of names, as a mean over pages."""
    return {"authors_f1": mean(_authors_f1(page, found) for page, found in pairs)}


def _authors_f1(page: Page, found: Prediction) -> float:
    gold = {normalized(name) for name in page.gold["authors"]}
    named = {normalized(name) for name in found["authors"] or []}
    return 2 * len(gold & named) / (len(gold) + len(named))


def _date(pairs: Pairs) -> Scores:
    """Return the share of right days over all pages, and over pages with a predicted date."""
    right = [_same_day(page.gold["date"], found["published_at"]) for page, found in pairs]
    dated = [hit for hit, (_, found) in zip(right, pairs, strict=True) if found["published_at"]]
    return {"date": mean(right), "date_precision": mean(dated)}


def _near_date(pairs: Pairs) -> Scores:
    """Like `_date`, but a date may be one day off."""
    near = [_is_near(page.gold["near_date"], found["published_at"]) for page, found in pairs]
    dated = [hit for hit, (_, found) in zip(near, pairs, strict=True) if found["published_at"]]
    return {"near_date": mean(near), "near_date_precision": mean(dated)}


def _is_near(gold: str, found: str | None) -> bool:
    if not found:
        return False
    days = datetime.fromisoformat(found).date() - datetime.fromisoformat(gold).date()
    return abs(days.days) <= 1


def _lead(pairs: Pairs) -> Scores:
    """Return the share of texts that contain the labelled first words."""
    return {"lead": mean(_has_lead(page, found) for page, found in pairs)}


def _has_lead(page: Page, found: Prediction) -> bool:
    return normalized(page.gold["lead"]) in normalized(found["text"])


def _language(pairs: Pairs) -> Scores:
    return {"language": mean(page.gold["language"] == found["language"] for page, found in pairs)}


FIELDS: dict[str, Callable[[Pairs], Scores]] = {
    "body": _body,
    "segments": _segments,
    "lead": _lead,
    "title": _title,
    "loose_title": _loose_title,
    "authors": _authors,
    "date": _date,
    "near_date": _near_date,
    "language": _language,
}
"""The scoring function of each labelled field."""

PER_PAGE: dict[str, tuple[str, Callable[[Page, Prediction], float]]] = {
    "body": ("text", lambda page, found: body_f1(page.gold["body"], found["text"])),
    "segments": ("text", lambda page, found: _segments_share(page, found)),
    "lead": ("text", _has_lead),
    "title": ("title", _has_title),
    "authors": ("authors", _authors_f1),
    "date": ("date", lambda page, found: _same_day(page.gold["date"], found["published_at"])),
    "near_date": ("date", lambda page, one: _is_near(page.gold["near_date"], one["published_at"])),
}
"""The field that a label describes, and the score of a single page from 0 to 1, by label."""


def page_scores(page: Page, prediction: Prediction) -> Scores:
    """Return the scores of a single page by field: text, title, authors, date.

    If a page has several labels of a field, the first label in `PER_PAGE` counts.
    """
    found: Scores = {}
    for label, (field, score) in PER_PAGE.items():
        if label in page.gold and field not in found:
            found[field] = float(score(page, prediction))
    return found


def body_f1(gold: str, text: str | None) -> float:
    """Return F1 of the shingles of one text."""
    expected, predicted = shingles(composed(gold)), shingles(composed(text))
    both = expected.total() + predicted.total()
    return 2 * (expected & predicted).total() / both if both else 1.0


def _segments_share(page: Page, prediction: Prediction) -> float:
    """Return the share of segments that are rightly present or rightly absent."""
    present, leaked = _found_segments(page, prediction)
    right = sum(present) + len(leaked) - sum(leaked)
    return right / (len(present) + len(leaked))


def shingles(text: str) -> Counter[tuple[str, ...]]:
    """Return the counts of the four-token shingles of `text`; a shorter text is one shingle.

    >>> sorted(shingles("Both sides met on Monday"))
    [('Both', 'sides', 'met', 'on'), ('sides', 'met', 'on', 'Monday')]
    """
    tokens = _TOKEN.findall(text)
    runs = (tuple(tokens[i : i + SHINGLE]) for i in range(max(1, len(tokens) - SHINGLE + 1)))
    return Counter(run for run in runs if run)


def composed(text: str | None) -> str:
    """Return `text` in Unicode form NFC: labels and pages use different forms."""
    return unicodedata.normalize("NFC", text or "")


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
