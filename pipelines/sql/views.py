"""The lake's tables as DuckDB views, in their current state or as of a log entry."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb

from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.coverage import add_coverage
from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import live_files

MAX_TRIES = 8
"""Maximum number of attempts to run a query, if compactions delete files that the query reads."""

FIRST_PAUSE = 0.1
"""Seconds before the second try; the pause doubles with each further try."""

_MISSING = ("No such file", "No files found")
"""Parts of DuckDB's messages about a missing file."""
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)
_SELECT = re.compile(
    r"(\s|\(|--[^\n]*\n|/\*.*?\*/)*(SELECT|FROM|PIVOT|WITH)\b", re.IGNORECASE | re.DOTALL
)
"""The start of a query. DuckDB splits a `PIVOT` without column names into several statements."""

T = TypeVar("T")


def connect(lake: Path, as_of: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB connection with the tables of `lake`, further views, and macros.

    The further views are `events`, `events_plover`, `outcomes` (the state of each announced entry)
    and `coverage` (statistics per feed).

    Each table has its partition as a column: `published_date` or `run_date`. Times are UTC.

    Args:
        lake: The folder of the lake.
        as_of: Number of the log entry whose state is read; None means the current state.

    Raises:
        LakeError: the state at `as_of` is not available.
    """
    connection = (
        connect_tables(lake) if as_of is None else _connected(_files_at(LakeFolder(lake), as_of))
    )
    for name in ("events", "events_plover", "macros"):
        connection.execute(read_sql(name))
    add_coverage(connection)
    return connection


def connect_tables(lake: Path, tables: Iterable[str] = TABLES) -> duckdb.DuckDBPyConnection:
    """Return an in-memory DuckDB connection with `tables` of `lake`, without further views and macros.

    This takes less than half the time of `connect`.
    """
    root = layout.literal(lake.absolute())
    return _connected({name: [f"{root}/{name}/**/*.parquet"] for name in tables})


def _connected(files: dict[str, list[str]]) -> duckdb.DuckDBPyConnection:
    """Return a connection with the tables in `files`: by table name, the paths or globs of its files."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, paths in files.items():
        names = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{names}], hive_partitioning = true, "
            f"hive_types = {{'{TABLES[name].partition_key}': DATE}})"
        )
    return connection


def run_query(
    lake: Path,
    query: Callable[[duckdb.DuckDBPyConnection], T],
    as_of: int | None,
    connection: duckdb.DuckDBPyConnection | None = None,
    tables: Sequence[str] = (),
) -> T:
    """Return the result of `query`; run it again if a compaction deleted a file that `query` reads.

    `query` must fetch all rows before it returns, since a later fetch could miss a file. A missing file
    outside the lake is an error without a retry.

    Args:
        lake: The folder of the lake.
        query: A function that takes a connection, as `connect` returns it, and returns the result.
        as_of: See `connect`.
        connection: A connection that `connect` returned; reusing it saves 0.1 s per query.
        tables: The tables that `query` reads, if it needs no view or macro and `as_of` is None. The
            connection then opens faster.

    Raises:
        duckdb.Error: the query is invalid, or a file cannot be read.
        LakeError: see `connect`.
    """

    def new_connection() -> duckdb.DuckDBPyConnection:
        return connect_tables(lake, tables) if tables else connect(lake, as_of)

    for number in range(MAX_TRIES - 1):
        try:
            return query(connection or new_connection())
        except duckdb.IOException as error:
            if not _is_missing(lake, str(error)):
                raise
            connection = None
        time.sleep(FIRST_PAUSE * 2**number)
    return query(new_connection())


def _is_missing(lake: Path, message: str) -> bool:
    """Return True if `message` is DuckDB's error for a missing file of the lake."""
    root = lake.absolute()
    in_lake = any(f"{name}/" in message for name in (str(root), layout.literal(root)))
    return in_lake and any(words in message for words in _MISSING)


def check_read_only(sql: str) -> None:
    """Check that `sql` is one read-only SELECT, or an EXPLAIN of such a SELECT.

    Raises:
        ValueError: `sql` writes, or does not contain exactly one statement.
        duckdb.Error: `sql` is not valid SQL.
    """
    # EXPLAIN ANALYZE runs its statement.
    statements = duckdb.extract_statements(_EXPLAIN.sub("", sql, count=1))
    if not (len(statements) == 1 and _only_reads(statements[0])):
        raise ValueError("only one read-only SELECT is allowed")


def _only_reads(statement: duckdb.Statement) -> bool:
    if statement.type == duckdb.StatementType.MULTI:
        return bool(_SELECT.match(statement.query))
    return bool(statement.type == duckdb.StatementType.SELECT)


def _files_at(lake: LakeFolder, as_of: int) -> dict[str, list[str]]:
    """Return the paths of each table's files as of the log entry `as_of`.

    Raises:
        LakeError: the files of that state are not kept.
    """
    entries = list(lake.log.entries())
    last = entries[-1].seq
    earliest = max((entry.seq for entry in entries if entry.swaps), default=0)
    if not earliest <= as_of <= last:
        raise LakeError(
            f"the lake can be read as of entries {earliest} to {last}, not {as_of}: the state "
            "before the last compact, forget or reprocess is not kept"
        )
    files: dict[str, list[str]] = {name: [] for name in TABLES}
    for file in live_files(entries[: as_of + 1]).values():
        files[file.table].append(layout.literal(lake.storage.path(file.final).absolute()))
    return files
