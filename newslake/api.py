"""The Python API for reading a lake.

import newslake

lake = newslake.Lake("lake")
lake.sql("SELECT source, count(*) AS n FROM articles GROUP BY source")
lake.articles(published=("2026-03-01", "2026-03-31"), language="en").to_pandas()
"""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from newslake.pipelines.sql.views import (
    check_read_only,
    columns_of,
    of_days,
    run_query,
)
from newslake.pipelines.sql.views import connect as connect_unchecked
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["Lake", "connect"]

Day = date | str
"""A day in UTC, as a date or as `YYYY-MM-DD`."""


def connect(
    path: str | Path, as_of: int | None = None, min_confidence: float = SHOWN_CONFIDENCE
) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB connection with the tables, views and macros of a lake.

    Args:
        path: Path of the lake's folder.
        as_of: Number of a log entry; the lake is read as of this commit. None means the last commit.
        min_confidence: Mentions with a lower confidence are left out; 0 includes all.

    Raises:
        NotALake, UnknownFormat: `path` is not a lake that this version of newslake supports.
        LakeError: the files of the commit `as_of` no longer exist.
    """
    check_marker(Storage(path))
    return connect_unchecked(Path(path), as_of, min_confidence=min_confidence)


class Lake:
    """Reads a lake. It has the same tables as `newslake query`; results are Arrow tables.

    Args:
        path: Path of the lake's folder.
        as_of: Number of a log entry; the lake is read as of this commit. None means the last commit.
        min_confidence: Mentions with a lower confidence are left out; 0 includes all.

    Raises:
        NotALake, UnknownFormat: `path` is not a lake that this version of newslake supports.
    """

    def __init__(
        self,
        path: str | Path,
        as_of: int | None = None,
        min_confidence: float = SHOWN_CONFIDENCE,
    ) -> None:
        check_marker(Storage(path))
        self.path = Path(path)
        self.as_of = as_of
        self.min_confidence = min_confidence

    def sql(self, query: str, parameters: list[object] | None = None) -> "pa.Table":
        """Return the result of `query`, in which each `?` is replaced by one of `parameters`.

        A compaction during the query does not affect the result.

        Raises:
            ValueError: the query is not a read-only SELECT.
            duckdb.Error: DuckDB rejects the query.
            LakeError: the files of the commit `as_of` no longer exist.
        """

        def run(connection: duckdb.DuckDBPyConnection) -> "pa.Table":
            check_read_only(connection, query)
            return connection.sql(query, params=parameters or []).to_arrow_table()

        return run_query(self.path, run, self.as_of, sql=query, min_confidence=self.min_confidence)

    def articles(
        self,
        published: Day | tuple[Day, Day] | None = None,
        language: str | None = None,
        source: str | None = None,
    ) -> "pa.Table":
        """Return articles, sorted by time of publication; articles without a date come last.

        Args:
            published: A day, or the first and last day of a range; None means all articles, with
                or without a date.
            language: ISO 639-1 code; None means all.
            source: Registrable domain or name of the input folder; None means all.

        Raises:
            ValueError: a day is not a valid date, or the days are in the wrong order.
            LakeError: the files of the commit `as_of` no longer exist.
        """
        filters: list[tuple[str, list[object]]] = []
        if published is not None:
            days = published if isinstance(published, tuple) else (published, published)
            first, last = map(_day, days)
            if first > last:
                raise ValueError(f"{first} is after {last}; put the earlier day first")
            filters.append(of_days(self.path, "articles", first, last))
        if language is not None:
            filters.append(("language = ?", [language]))
        if source is not None:
            filters.append(("source = ?", [source]))
        where = " AND ".join(["true", *(condition for condition, _ in filters)])
        return self.sql(
            f"SELECT {columns_of('articles')} FROM articles WHERE {where} "
            "ORDER BY published_at NULLS LAST, article_id",
            [value for _, values in filters for value in values],
        )


def _day(day: Day) -> date:
    return date.fromisoformat(day) if isinstance(day, str) else day
