"""The part of a lake's index that finds near copies: signatures and LSH buckets, by day.

If the last `KEPT_ENTRIES` log entries added no article within 30 days of a day, the index drops the
day's signatures. The day is then unindexed. When a run needs the day, the index reads the day's
signatures from the lake again.
"""

import sqlite3
from collections.abc import Iterable

from newslake.transforms.dedupe import near
from newslake.transforms.dedupe.near import SignedArticle
from newslake.transforms.dedupe.signature import buckets
from newslake.transforms.dedupe.times import from_micros, micros

KEPT_ENTRIES = 100
"""If this many log entries in a row add no article within 30 days of a day, the day is dropped."""


class NearIndex:
    """Signatures and LSH buckets of one lake's articles, in the database of `index.py`.

    The caller begins and ends transactions.
    """

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database

    # --- reading

    def bucket_articles(self, bucket: int, days: range, as_of: int) -> list[SignedArticle]:
        """Return the first articles of these days in an LSH bucket, in `bucket_order`."""
        rows = self._db.execute(
            "SELECT article_id, published_at, seen_at, site, signature "
            "FROM lsh_buckets JOIN signed USING (number) "
            "WHERE bucket = ? AND lsh_buckets.day BETWEEN ? AND ? AND seq <= ? "
            "ORDER BY lsh_buckets.day, number LIMIT ?",
            (bucket, days.start, days.stop - 1, as_of, near.MAX_IN_BUCKET),
        )
        return [
            SignedArticle(id.hex(), from_micros(published), from_micros(seen), site, signature)
            for id, published, seen, site, signature in rows
        ]

    def unindexed(self, days: Iterable[int]) -> set[int]:
        """Return the `days` whose signatures were dropped."""
        rows = self._db.execute("SELECT day FROM days WHERE reached IS NULL")
        return {day for (day,) in rows} & set(days)

    # --- writing

    def add(self, articles: Iterable[tuple[SignedArticle, int]], last: int) -> None:
        """Add new articles, each with the seq of its log entry; `last` is the last such seq."""
        articles = list(articles)
        days = {article.day for article, _ in articles}
        reached = {other for day in days for other in near.days_in_window(day)}
        self._db.executemany(
            "INSERT OR IGNORE INTO days VALUES (?, ?)", ((day, last) for day in days)
        )
        self._db.executemany(
            "UPDATE days SET reached = ? WHERE day = ? AND reached IS NOT NULL",
            ((last, day) for day in reached),
        )
        unindexed = self.unindexed(days)
        self._add_to_buckets(
            (article, seq) for article, seq in articles if article.day not in unindexed
        )

    def set_unindexed(self, days: Iterable[int]) -> None:
        """Mark days as unindexed: the lake has their articles, but the index has no signatures."""
        self._db.executemany("INSERT OR IGNORE INTO days VALUES (?, NULL)", ((d,) for d in days))

    def restore(
        self, days: Iterable[int], articles: Iterable[tuple[SignedArticle, int]], last: int
    ) -> None:
        """Add all articles of the unindexed `days` in the lake's state at log entry `last`."""
        self._add_to_buckets(articles)
        self._db.executemany(
            "UPDATE days SET reached = ? WHERE day = ?", ((last, day) for day in days)
        )

    def drop(self, last: int) -> None:
        """Drop days for which the last `KEPT_ENTRIES` entries added no article within 30 days."""
        rows = self._db.execute(
            "SELECT day FROM days WHERE reached < ? AND day != ?",
            (last - KEPT_ENTRIES, near.TIMELESS),
        )
        for (day,) in rows.fetchall():
            self._remove(self._db.execute("SELECT number FROM signed WHERE day = ?", (day,)))
            self._db.execute("UPDATE days SET reached = NULL WHERE day = ?", (day,))

    def forget(self, article_ids: Iterable[str]) -> None:
        """Delete these articles from the index."""
        for id in article_ids:
            number = near.number_of(id)
            self._remove(self._db.execute("SELECT number FROM signed WHERE number = ?", (number,)))

    def _add_to_buckets(self, articles: Iterable[tuple[SignedArticle, int]]) -> None:
        articles = list(articles)
        self._db.executemany(
            "INSERT OR IGNORE INTO signed VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    one.number,
                    bytes.fromhex(one.article_id),
                    one.day,
                    micros(one.published_at),
                    micros(one.seen_at),
                    one.site,
                    one.signature,
                    seq,
                )
                for one, seq in articles
            ),
        )
        rows = [
            (bucket, *one.bucket_order) for one, _ in articles for bucket in buckets(one.signature)
        ]
        # Inserting in primary-key order visits each database page once.
        self._db.executemany("INSERT OR IGNORE INTO lsh_buckets VALUES (?, ?, ?)", sorted(rows))

    def _remove(self, numbers: Iterable[tuple[int]]) -> None:
        for (number,) in list(numbers):
            day, signature = self._db.execute(
                "SELECT day, signature FROM signed WHERE number = ?", (number,)
            ).fetchone()
            self._db.executemany(
                "DELETE FROM lsh_buckets WHERE bucket = ? AND day = ? AND number = ?",
                ((bucket, day, number) for bucket in buckets(signature)),
            )
            self._db.execute("DELETE FROM signed WHERE number = ?", (number,))
