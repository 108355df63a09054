"""Ten typical queries on a lake, for DuckDB and for polars."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import NamedTuple

import polars as pl
from polars import col

Frames = Mapping[str, pl.LazyFrame]
"""The tables by name."""

START, END = datetime(2026, 3, 11, tzinfo=UTC), datetime(2026, 3, 12, tzinfo=UTC)
_DAY = "published_at >= '2026-03-11' AND published_at < '2026-03-12'"
_OF_DAY = (col("published_at") >= START) & (col("published_at") < END)


class Query(NamedTuple):
    """A query for both engines."""

    sql: str
    """A template that may contain `{article_id}` and `{word}`."""
    frame: Callable[[Frames, str, str], pl.LazyFrame]
    """A function of the tables, an article_id and a word."""
    pruned: bool = False
    """True if an engine can skip most of the data in a good layout."""


QUERIES = {
    "articles by day and source": Query(
        "SELECT published_at::DATE AS day, source, count(*) AS n FROM articles GROUP BY ALL",
        lambda lake, *_: (
            lake["articles"].group_by(col("published_at").dt.date().alias("day"), "source").len()
        ),
    ),
    "one day": Query(
        f"SELECT title, url, word_count FROM articles WHERE {_DAY}",
        lambda lake, *_: lake["articles"].filter(_OF_DAY).select("title", "url", "word_count"),
        pruned=True,
    ),
    "one article by id": Query(
        "SELECT * FROM articles WHERE article_id = '{article_id}'",
        lambda lake, article_id, _: lake["articles"].filter(col("article_id") == article_id),
        pruned=True,
    ),
    "a word in one day's texts": Query(
        f"SELECT count(*) FROM articles WHERE {_DAY} AND text LIKE '%{{word}}%'",
        lambda lake, _, word: (
            lake["articles"]
            .filter(_OF_DAY, col("text").str.contains(word, literal=True))
            .select(pl.len())
        ),
        pruned=True,
    ),
    "a word in all texts": Query(
        "SELECT count(*) FROM articles WHERE text LIKE '%{word}%'",
        lambda lake, _, word: (
            lake["articles"].filter(col("text").str.contains(word, literal=True)).select(pl.len())
        ),
    ),
    "events between two countries": Query(
        "SELECT published_at, evidence FROM mentions WHERE type = 'ASSAULT' "
        "AND actors[1].country = 'RUS' AND recipients[1].country = 'UKR'",
        lambda lake, *_: (
            lake["mentions"]
            .filter(
                col("type") == "ASSAULT",
                col("actors").list.first().struct.field("country") == "RUS",
                col("recipients").list.first().struct.field("country") == "UKR",
            )
            .select("published_at", "evidence")
        ),
    ),
    "most copied stories": Query(
        "SELECT title, n FROM articles JOIN (SELECT duplicate_of AS article_id, count(*) AS n "
        "FROM duplicates GROUP BY ALL ORDER BY n DESC LIMIT 20) USING (article_id)",
        lambda lake, *_: (
            lake["duplicates"]
            .group_by(col("duplicate_of").alias("article_id"))
            .len()
            .top_k(20, by="len")
            .join(lake["articles"].select("article_id", "title"), on="article_id")
        ),
    ),
    "events with their articles": Query(
        "SELECT type, language, count(*) AS n FROM mentions JOIN articles USING (article_id) "
        "GROUP BY ALL",
        lambda lake, *_: (
            lake["mentions"]
            .select("article_id", "type")
            .join(lake["articles"].select("article_id", "language"), on="article_id")
            .group_by("type", "language")
            .len()
        ),
    ),
    "freshness": Query(
        "SELECT source, max(seen_at), avg(epoch(seen_at) - epoch(published_at)) FROM articles "
        "GROUP BY ALL",
        lambda lake, *_: (
            lake["articles"]
            .group_by("source")
            .agg(col("seen_at").max(), (col("seen_at") - col("published_at")).mean().alias("delay"))
        ),
    ),
    "languages": Query(
        "SELECT language, count(*), avg(word_count) FROM articles GROUP BY ALL",
        lambda lake, *_: (
            lake["articles"].group_by("language").agg(pl.len(), col("word_count").mean())
        ),
    ),
}


def named_tables(globs: Mapping[str, str]) -> Frames:
    """Return a lazy frame for each glob."""
    return {name: pl.scan_parquet(glob, hive_partitioning=False) for name, glob in globs.items()}
