"""What a near copy is, and where to look for one.

A text is a near copy of another if the longer one has three quarters of the shorter one's wording,
and if both together share a fifth of theirs. So a shortened or extended text is a copy. A quotation
is none, nor are two reports that share a footer, a long compilation and one of its parts, or two
reports of one kind: between their names and numbers, few stretches of five words are left.

Copies are sought among the articles of 30 days before and after. Texts that may be alike stand on
the same shelf, one for each bucket of their signatures; of the articles of one shelf and those days
only the first 16 are looked at. Shelves that hold more hold boilerplate, and a copy shares others.
"""

from bisect import bisect_left, insort
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from newslake.transforms.dedupe.signature import buckets, likeness
from newslake.transforms.dedupe.times import EPOCH, Order, order

LEAST_CONTAINMENT = 0.75
LEAST_JACCARD = 0.2
WINDOW = timedelta(days=30)
MAX_IN_BUCKET = 16
TIMELESS = -1_000_000
"""The day of articles with neither a publisher's nor a fetch time: far from all others."""


class Signed(NamedTuple):
    """A text with what it takes to be found as an article that others are copies of."""

    article_id: str
    published_at: datetime | None
    seen_at: datetime | None
    site: str | None
    """Registrable domain; None for what has no URL."""
    signature: bytes

    @property
    def time(self) -> datetime | None:
        """When it appeared, as far as is known."""
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
    def place(self) -> tuple[int, int]:
        """Its place on a shelf, the same in whatever order they come."""
        return self.day, self.number

    @property
    def order(self) -> Order:
        """The key that sorts articles by who was first."""
        return order(self.published_at, self.seen_at, self.article_id)


def day_of(published_at: datetime | None, seen_at: datetime | None) -> int:
    """Return the UTC day of an article, in days since 1970; `TIMELESS` without a time."""
    time = published_at or seen_at
    return (time - EPOCH).days if time else TIMELESS


def number_of(article_id: str) -> int:
    """Return an article's id cut to 60 bits: short, and in no order that depends on its coming."""
    return int(article_id[:15], 16)


class NearCopy(NamedTuple):
    """The article that a text is a near copy of."""

    article: Signed
    similarity: float


Shelf = Callable[[int, range], list[Signed]]
"""Takes a bucket and days; returns the first 16 articles there, in order of their places."""


class Buckets:
    """The new articles of a run. Of one day, a shelf keeps no more than can ever be looked at."""

    def __init__(self) -> None:
        self._shelves: dict[int, list[tuple[tuple[int, int], Signed]]] = {}

    def add(self, article: Signed) -> None:
        for bucket in buckets(article.signature):
            bucket_articles = self._shelves.setdefault(bucket, [])
            insort(bucket_articles, (article.place, article))
            first = bisect_left(bucket_articles, ((article.day, 0),))
            after = bisect_left(bucket_articles, ((article.day + 1, 0),))
            del bucket_articles[first + MAX_IN_BUCKET : after]

    def bucket_articles(self, bucket: int, days: range) -> list[Signed]:
        """See `Shelf`."""
        bucket_articles = self._shelves.get(bucket, [])
        first = bisect_left(bucket_articles, ((days.start, 0),))
        after = bisect_left(bucket_articles, ((days.stop, 0),))
        return [
            article for _, article in bucket_articles[first : min(after, first + MAX_IN_BUCKET)]
        ]


def reach(day: int) -> range:
    """Return the days that hold all articles within the window of any text of `day`."""
    return (
        range(day, day + 1) if day == TIMELESS else range(day - WINDOW.days, day + WINDOW.days + 1)
    )


def near_copy(text: Signed, lsh_buckets: Sequence[Shelf]) -> NearCopy | None:
    """Return the earliest article that `text` is a near copy of; None if there is none.

    Args:
        text: What is looked at.
        lsh_buckets: Where articles stand; together they count as one.
    """
    for article in sorted(_worth_comparing(text, lsh_buckets), key=lambda one: one.order):
        like = likeness(text.signature, article.signature)
        if like.containment >= LEAST_CONTAINMENT and like.jaccard >= LEAST_JACCARD:
            return NearCopy(article, like.jaccard)
    return None


def _worth_comparing(text: Signed, lsh_buckets: Sequence[Shelf]) -> Iterator[Signed]:
    """Yield each article within the window that stands on one of the text's shelves, once."""
    days = reach(text.day)
    met = set()
    for bucket in buckets(text.signature):
        found = [
            article for bucket_articles in lsh_buckets for article in bucket_articles(bucket, days)
        ]
        for article in sorted(found, key=lambda one: one.place)[:MAX_IN_BUCKET]:
            if article.article_id not in met and _within(text.time, article.time):
                met.add(article.article_id)
                yield article


def _within(one: datetime | None, other: datetime | None) -> bool:
    """Return True if the times are within the window of each other, or both unknown."""
    return one is other if one is None or other is None else abs(one - other) <= WINDOW
