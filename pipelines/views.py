"""The lake's tables as DuckDB views, as they are now or as they were at an entry of the log."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import duckdb

from pipelines.coverage import COVERAGE, OUTCOMES
from schemas.tables import TABLES
from transforms.write import layout
from transforms.write.errors import LakeError
from transforms.write.lake import Lake
from transforms.write.log import live_files

EVENTS = """
CREATE VIEW events AS
SELECT
    coalesce(event_key, mention_id) AS event_id,
    any_value(type ORDER BY mention_id) AS type,
    any_value(quad ORDER BY mention_id) AS quad,
    count(*) AS mentions,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT articles.source) AS independent_sources,
    list(DISTINCT status ORDER BY status) AS statuses,
    min(event_date_start) AS event_date_start,
    max(event_date_end) AS event_date_end,
    min(mentions.published_at) AS first_published_at,
    max(mentions.published_at) AS last_published_at,
    arg_max(evidence, confidence) AS best_evidence
FROM mentions JOIN articles USING (article_id)
GROUP BY coalesce(event_key, mention_id)
"""
"""One row a happening; copies of a text have no mentions of their own, so they count once."""

TRIES = 8
"""So often is a question asked before a file that is gone is more than a compaction in between."""

FIRST_PAUSE = 0.1
"""Seconds before the second try; each further pause is twice as long."""

_GONE = ("No such file", "No files found")
_READING = {duckdb.StatementType.SELECT, duckdb.StatementType.EXPLAIN}

T = TypeVar("T")


def connect(lake: Path, as_of: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory with a view for each table of `lake`, and more.

    `events`, `outcomes` (what became of each announced entry) and `coverage` (how each feed does) are
    made of the tables. The partition is a column of each view: `published_date` or `run_date`. Times are UTC.

    Args:
        lake: The lake's folder.
        as_of: Show the lake as it was after this entry of its log; None means now.

    Raises:
        LakeError: the lake was not kept as it was at `as_of`.
    """
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    files = {name: [f"{layout.literal(lake.absolute())}/{name}/**/*.parquet"] for name in TABLES}
    if as_of is not None:
        files = _files_at(Lake(lake), as_of)
    for name, table in TABLES.items():
        names = ", ".join("'" + path.replace("'", "''") + "'" for path in files[name])
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{names}], "
            f"hive_partitioning = true, hive_types = {{'{table.partition_key}': DATE}})"
        )
    for view in (EVENTS, OUTCOMES, COVERAGE):
        connection.execute(view)
    return connection


def ask(lake: Path, question: Callable[[duckdb.DuckDBPyConnection], T], as_of: int | None) -> T:
    """Return the answer to `question`, asked again if a compaction took a file from under it.

    The question must come with its whole answer: what is read later may be gone.

    Raises:
        duckdb.Error: the question is wrong, or a file is not readable.
        LakeError: see `connect`.
    """
    for number in range(TRIES - 1):
        try:
            return question(connect(lake, as_of))
        except duckdb.IOException as error:
            if not any(words in str(error) for words in _GONE):
                raise
        time.sleep(FIRST_PAUSE * 2**number)
    return question(connect(lake, as_of))


def check_reads(sql: str) -> None:
    """Return if `sql` is one question.

    Raises:
        ValueError: it would write, or is none or several.
        duckdb.Error: it is no SQL.
    """
    statements = duckdb.extract_statements(sql)
    if len(statements) != 1 or statements[0].type not in _READING:
        raise ValueError("a question is one SELECT; it cannot write")


def _files_at(lake: Lake, as_of: int) -> dict[str, list[str]]:
    """Return the paths of each table's files as they were at entry `as_of`."""
    entries = list(lake.log.entries())
    last = entries[-1].seq
    earliest = max((entry.seq for entry in entries if entry.exchanges), default=0)
    if not earliest <= as_of <= last:
        raise LakeError(
            f"the lake can be read as of entries {earliest} to {last}, not {as_of}: what was there "
            "before the last compact or forget is not kept"
        )
    files: dict[str, list[str]] = {name: [] for name in TABLES}
    for file in live_files(entries[: as_of + 1]).values():
        files[file.table].append(layout.literal(lake.storage.path(file.final).absolute()))
    return files
