"""Chooses the articles and mentions whose texts are in a report: the newest of each day, source, type, and so on.

A row's score is its smallest rank among the rows with the same value. The rows with the smallest scores are
chosen. If there are no more rows than `size`, all are.
"""

from collections.abc import Mapping

import numpy as np

Columns = Mapping[str, np.ndarray]
_NEVER = np.iinfo(np.int64).max


def sampled_mentions(columns: Columns, size: int) -> np.ndarray:
    """Return the positions of the chosen mentions, in ascending order."""
    of_article = columns["mentionArticle"]
    day, source = columns["day"][of_article], columns["source"][of_article]
    event = columns["event"]
    scores = (
        _ranks(columns["type"], columns["status"]),
        _ranks(day),
        _ranks(source),
        _ranks(columns["type"], day) + 5,
        _ranks(columns["who"], columns["whom"]) + 5,
        _ranks(columns["place"]) + 5,
        np.where(event > 0, _ranks(event) + event // 50, _NEVER),
    )
    return _best(scores, size)


def sampled_articles(columns: Columns, edited: np.ndarray, size: int) -> np.ndarray:
    """Return the numbers of the chosen articles, in ascending order.

    `edited` are the numbers of edited articles, the one with the newest edit first.
    """
    copies = np.bincount(columns["copyArticle"], minlength=len(columns["day"]))
    copied = np.argsort(-copies, kind="stable")
    scores = (
        *(_ranks(columns[name]) for name in ("day", "source", "language", "dateSource", "agency")),
        _ranks(columns["day"], columns["source"]) + 3,
        _places(copied[: np.count_nonzero(copies)], len(copies)) // 50,
        _places(edited, len(copies)) // 50,
    )
    return _best(scores, size)


def _ranks(*keys: np.ndarray) -> np.ndarray:
    """Return the rank of each row among the rows with the same keys; the last of them has rank 1."""
    joined = np.zeros(len(keys[0]), np.int64)
    for key in keys:
        joined = joined * (int(key.max(initial=0)) + 1) + key
    order = np.argsort(joined, kind="stable")
    ends = np.flatnonzero(np.diff(joined[order], append=-1))
    sizes = np.diff(ends, prepend=-1)
    ranks = np.empty(len(joined), np.int64)
    ranks[order] = np.repeat(ends, sizes) - np.arange(len(joined)) + 1
    return ranks


def _places(rows: np.ndarray, size: int) -> np.ndarray:
    """Return the place of each of `size` rows in the list `rows`, from 1."""
    places = np.full(size, _NEVER)
    places[rows] = np.arange(1, len(rows) + 1)
    return places


def _best(scores: tuple[np.ndarray, ...], size: int) -> np.ndarray:
    score = np.minimum.reduce(scores)
    # Of rows with the same score, those are chosen that are far from each other.
    spread = np.arange(len(score), dtype=np.uint64) * np.uint64(2654435761) % np.uint64(2**32)
    return np.sort(np.lexsort((spread, score))[:size])
