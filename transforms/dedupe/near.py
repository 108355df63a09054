"""Near copies: the definition, and the search by locality-sensitive hashing (LSH).

Two texts are near copies if their common shingles are at least three quarters of the shorter text's
shingles (containment) and a fifth of all shingles of both texts (Jaccard). So a shortened or
extended text is a near copy. A quotation or a part of a compilation is no near copy. Two reports
with one footer or from one template are no near copies: names and numbers change the shingles.

The search covers articles that appeared up to 30 days before or after a text. It compares the text
with the first 16 articles in each of the text's LSH buckets. Boilerplate can put more articles
into a bucket, but a real copy also shares other buckets.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from newslake.transforms.dedupe.signature import buckets, similarity
from newslake.transforms.dedupe.times import EPOCH, Order, order

MIN_CONTAINMENT = 0.75
"""Minimum share of the shorter text's shingles that the longer text also has."""

MIN_JACCARD = 0.2
"""Minimum share of common shingles among all distinct shingles of two texts."""

WINDOW = timedelta(days=30)
"""Maximum difference between the times of near copies."""

MAX_IN_BUCKET = 16
"""A text is compared with at most this number of articles of one LSH bucket."""

TIMELESS = -1_000_000
"""The day of articles without publication and fetch time. It is far from all real days."""


class SignedArticle(NamedTuple):
    """The fields of an article that near-copy search needs."""

    article_id: str
    published_at: datetime | None
    seen_at: datetime | None
    site: str | None
    """Registrable domain; None if the article has no URL."""
    signature: bytes

    @property
    def time(self) -> datetime | None:
        """Publication time; if it is unknown, fetch time; None if both are unknown."""
        return self.published_at or self.seen_at

    @property
    def day(self) -> int:
        """See `day_of`."""
        return day_of(self.published_at, self.seen_at)

    @property
    def number(self) -> int:
        """See `number_of`."""
        return number_of(self.article_id)

    @property
    def bucket_order(self) -> tuple[int, int]:
        """Sort key within an LSH bucket; independent of the order of insertion."""
        return self.day, self.number

    @property
    def order(self) -> Order:
        """Sort key among articles: the original is first."""
        return order(self.published_at, self.seen_at, self.article_id)


def day_of(published_at: datetime | None, seen_at: datetime | None) -> int:
    """Return the UTC day of an article, in days since 1970; `TIMELESS` if it has no time."""
    time = published_at or seen_at
    return (time - EPOCH).days if time else TIMELESS


def number_of(article_id: str) -> int:
    """Return the first 60 bits of an article's id as an integer."""
    return int(article_id[:15], 16)


class NearCopy(NamedTuple):
    """The article that a text is a near copy of."""

    article: SignedArticle
    similarity: float


BucketLookup = Callable[[int, range], list[SignedArticle]]
"""Takes a bucket and days; returns the first 16 articles of the days in it, in `bucket_order`."""


class Buckets:
    """The LSH buckets of a run's new articles, each with the first 16 articles of each day."""

    def __init__(self) -> None:
        self._by_bucket: dict[int, list[tuple[tuple[int, int], SignedArticle]]] = {}

    def add(self, article: SignedArticle) -> None:
        for bucket in buckets(article.signature):
            bucket_articles = self._by_bucket.setdefault(bucket, [])
            insort(bucket_articles, (article.bucket_order, article))
            first = bisect_left(bucket_articles, ((article.day, 0),))
            after = bisect_left(bucket_articles, ((article.day + 1, 0),))
            del bucket_articles[first + MAX_IN_BUCKET : after]

    def bucket_articles(self, bucket: int, days: range) -> list[SignedArticle]:
        """See `BucketLookup`."""
        articles = self._by_bucket.get(bucket, [])
        first = bisect_left(articles, ((days.start, 0),))
        after = bisect_left(articles, ((days.stop, 0),))
        return [article for _, article in articles[first : min(after, first + MAX_IN_BUCKET)]]


def days_in_window(day: int) -> range:
    """Return the days of all articles that can be near copies of a text of `day`."""
    reach = 0 if day == TIMELESS else WINDOW.days
    return range(day - reach, day + reach + 1)


def near_copy(text: SignedArticle, lsh_buckets: Sequence[BucketLookup]) -> NearCopy | None:
    """Return the earliest article that `text` is a near copy of; None if there is none.

    The results of all `lsh_buckets` are merged.
    """
    for article in sorted(_worth_comparing(text, lsh_buckets), key=lambda one: one.order):
        found = similarity(text.signature, article.signature)
        if found.containment >= MIN_CONTAINMENT and found.jaccard >= MIN_JACCARD:
            return NearCopy(article, found.jaccard)
    return None


def _worth_comparing(
    text: SignedArticle, lsh_buckets: Sequence[BucketLookup]
) -> Iterator[SignedArticle]:
    """Yield each article within the window that shares an LSH bucket with `text`, once."""
    days = days_in_window(text.day)
    seen_ids = set()
    for bucket in buckets(text.signature):
        found = [article for lookup in lsh_buckets for article in lookup(bucket, days)]
        for article in sorted(found, key=lambda one: one.bucket_order)[:MAX_IN_BUCKET]:
            if article.article_id not in seen_ids and _within(text.time, article.time):
                seen_ids.add(article.article_id)
                yield article


def _within(one: datetime | None, other: datetime | None) -> bool:
    """Return True if both times are unknown, or if they differ by at most `WINDOW`."""
    return one is other if one is None or other is None else abs(one - other) <= WINDOW
