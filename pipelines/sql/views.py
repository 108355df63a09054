"""The lake's tables as DuckDB views, in the current state or in the state at a log entry."""

import glob
import re
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TypeVar

import duckdb

from newslake.pipelines.sql.statements import needed, statements
from newslake.schemas.partitions import first_day, times_of
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.schedule.feed_state import FeedState, known_states
from newslake.transforms.lake.marker import Marker
from newslake.transforms.lake.storage import Storage

MAX_TRIES = 8
"""If compactions delete files that a query reads, this is the maximum number of attempts."""

FIRST_PAUSE = 0.1
"""Seconds before the second try; the pause doubles with each further try."""

_MISSING = ("No such file", "No files found")
"""Parts of DuckDB's messages about a missing file."""
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)
_SELECT = re.compile(
    r"(\s|\(|--[^\n]*\n|/\*.*?\*/)*(SELECT|FROM|PIVOT|WITH)\b", re.IGNORECASE | re.DOTALL
)
"""The start of a query. DuckDB splits a `PIVOT` without column names into several statements."""

_NODE = re.compile(r'"type":"(\w+_NODE)"')
_READING = {"SELECT_NODE", "SET_OPERATION_NODE", "CTE_NODE", "RECURSIVE_CTE_NODE"}
"""The kinds of queries that only read. A WITH clause may also have others, such as COPY_QUERY_NODE."""
_COPY = re.compile(r"\bcopy\b", re.IGNORECASE)

T = TypeVar("T")


def connect(
    lake: Path, as_of: int | None = None, sql: str | None = None, min_confidence: float = 0.0
) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB connection with the tables of `lake`, further views, and macros.

    The further views are `events`, `events_plover`, `open_rejects` (documents that are not stored),
    `outcomes` (the state of each announced entry) and `coverage` (statistics per feed).

    Each table has its partition as a column, `published_date` or `run_date`. The value is a day, or
    the first day of a month or year; 1900-01-01 if the day is unknown. Times are UTC.

    `as_of` is the log entry whose state is read; None means the current state. `sql` is the only
    query that will be run. With `sql`, the connection opens faster: it then has only the tables,
    views and macros that this query needs. Mentions, and the views over them, have only mentions
    whose confidence is at least `min_confidence`.

    Raises:
        LakeError: the state at `as_of` is not available.
    """
    names = needed(sql)
    connection = _connected(lake, names, as_of, min_confidence)
    if "coverage" in names:
        from newslake.pipelines.sql.coverage import complete  # makes DuckDB import numpy

        complete(connection, _present(lake) if as_of is None else {})
    return connection


def _present(lake: Path) -> dict[str, FeedState]:
    """Return the present states of the feeds; empty if they cannot be read: they are a cache."""
    with suppress(Failure):
        return known_states(lake)
    return {}


def connect_tables(lake: Path) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB connection with the tables of `lake`, without views and macros.

    This takes less than half the time of `connect`.
    """
    return _connected(lake, TABLES)


def _connected(
    lake: Path, names: Iterable[str], as_of: int | None = None, min_confidence: float = 0.0
) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for statement in statements(lake, names, as_of, min_confidence):
        connection.execute(statement)
    return connection


def of_days(lake: Path, table: str, first: date, last: date) -> tuple[str, list[object]]:
    """Return an SQL condition, with its parameters, for the rows of the days from `first` to `last`.

    Rows of tables that are partitioned by `run_date` have no day. For these tables, the condition
    selects whole partitions.
    """
    key, unit = TABLES[table].partition_key, Marker.read(Storage(lake)).unit
    partitions, dates = f"{key} BETWEEN ? AND ?", (first_day(first, unit), last)
    if key == "run_date":
        return partitions, [*dates]
    # The times imply the partitions, but DuckDB can skip files only by the partitions.
    return f"{partitions} AND published_at BETWEEN ? AND ?", [*dates, *times_of(first, last)]


def columns_of(table: str) -> str:
    """Return SQL for all columns of `table`, with the day of publication as `published_date`."""
    by_run = TABLES[table].partition_key == "run_date"
    return "*" if by_run else "* REPLACE (published_at::DATE AS published_date)"


def run_query(
    lake: Path,
    query: Callable[[duckdb.DuckDBPyConnection], T],
    as_of: int | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
    sql: str | None = None,
    min_confidence: float = 0.0,
) -> T:
    """Return the result of `query`. If a compaction deleted a file that it reads, run it again.

    `query` must fetch all rows before it returns: a later fetch could miss a file. If a file outside
    the lake is missing, there is no retry, but an error.

    `connection` is a result of `connect`; reusing it saves 0.1 s per query. `as_of`, `sql` (the
    SQL that `query` runs) and `min_confidence` have the same meaning as in `connect`.

    Raises:
        duckdb.Error: the query is invalid, or a file cannot be read.
        LakeError: see `connect`.
    """
    for number in range(MAX_TRIES - 1):
        try:
            return query(connection or connect(lake, as_of, sql, min_confidence))
        except duckdb.CatalogException:
            if sql is None:
                raise
            return run_query(
                lake, query, as_of, min_confidence=min_confidence
            )  # the error message then suggests similar names
        except duckdb.IOException as error:
            if not is_missing(lake, str(error)):
                raise
            connection = None
        time.sleep(FIRST_PAUSE * 2**number)
    return query(connect(lake, as_of, sql, min_confidence))


def is_missing(lake: Path, message: str) -> bool:
    """Return True if `message` is DuckDB's error for a missing file of the lake."""
    root = str(lake.absolute())
    in_lake = f"{root}/" in message or f"{glob.escape(root)}/" in message
    return in_lake and any(words in message for words in _MISSING)


def check_read_only(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Check that `sql` is one read-only SELECT, or an EXPLAIN of such a SELECT.

    `connection` only parses the SQL. Without it, DuckDB would open another database.

    Raises:
        ValueError: `sql` writes, or does not contain exactly one statement.
        duckdb.Error: `sql` is not valid SQL.
    """
    # EXPLAIN ANALYZE runs its statement.
    found = connection.extract_statements(_EXPLAIN.sub("", sql, count=1))
    if not (
        len(found) == 1
        and _only_reads(found[0])
        and not _has_writing_cte(connection, found[0].query)
    ):
        raise ValueError("only one read-only SELECT is allowed")


def _only_reads(statement: duckdb.Statement) -> bool:
    if statement.type == duckdb.StatementType.MULTI:
        return bool(_SELECT.match(statement.query))
    return bool(statement.type == duckdb.StatementType.SELECT)


def _has_writing_cte(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    """Return True if a WITH clause of `sql` writes, as in `WITH x AS (COPY … TO …) FROM x`.

    DuckDB does not return the parts of a `PIVOT` without column names. There, each word COPY counts.
    """
    [[tree]] = connection.execute("SELECT json_serialize_sql($1::VARCHAR)", [sql]).fetchall()
    if tree.startswith('{"error":true'):
        return bool(_COPY.search(sql))
    return not _READING.issuperset(_NODE.findall(tree))
