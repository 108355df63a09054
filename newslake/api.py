"""The lake from Python.

import newslake

lake = newslake.Lake("lake")
lake.sql("SELECT source, count(*) AS n FROM articles GROUP BY source")
lake.articles(published=("2026-03-01", "2026-03-31"), language="en").to_pandas()
"""

from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from newslake.pipelines.sql.views import ask, check_reads, connect
from newslake.transforms.lake.lake import LakeFolder

__all__ = ["Lake", "connect"]

Day = date | str
"""A day in UTC, also as `YYYY-MM-DD`."""


class Lake:
    """A lake to read: the tables of `newslake query`, answers as Arrow tables.

    Args:
        path: The lake's folder.
        as_of: Read it as it was after this entry of its log; None means now.

    Raises:
        NotALake, UnknownFormat: there is no lake that this version knows.
    """

    def __init__(self, path: str | Path, as_of: int | None = None) -> None:
        self.path = Path(path)
        self.as_of = as_of
        LakeFolder(self.path).check()

    def sql(self, query: str, parameters: list[object] | None = None) -> pa.Table:
        """Return the answer to `query`, in which `?` stands for the next of `parameters`.

        A compaction that goes on meanwhile is not noticed.

        Raises:
            ValueError: the query would write.
            duckdb.Error: it is wrong.
            LakeError: the lake was not kept as it was at `as_of`.
        """
        check_reads(query)

        def question(connection: duckdb.DuckDBPyConnection) -> pa.Table:
            return connection.sql(query, params=parameters or []).to_arrow_table()

        return ask(self.path, question, self.as_of)

    def articles(
        self,
        published: Day | tuple[Day, Day] | None = None,
        language: str | None = None,
        source: str | None = None,
    ) -> pa.Table:
        """Return articles, by time of publication; those without a date last.

        Args:
            published: A day, or the first and the last of several; None means any, or no date.
            language: ISO 639-1 code.
            source: Registrable domain, or folder.

        Raises:
            ValueError: a day that is none.
            LakeError: the lake was not kept as it was at `as_of`.
        """
        first, last = published if isinstance(published, tuple) else (published, published)
        wanted: list[tuple[str, object]] = [
            ("published_date >= ?", _day(first)),
            ("published_date <= ?", _day(last)),
            ("language = ?", language),
            ("source = ?", source),
        ]
        conditions = [condition for condition, value in wanted if value is not None]
        where = f"WHERE {' AND '.join(conditions)}" if conditions else ""
        return self.sql(
            f"SELECT * FROM articles {where} ORDER BY published_at NULLS LAST, article_id",
            [value for _, value in wanted if value is not None],
        )


def _day(day: Day | None) -> date | None:
    return date.fromisoformat(day) if isinstance(day, str) else day
