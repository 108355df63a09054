"""The lake's tables as DuckDB views, as they are now or as they were at an entry of the log."""

import re
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

import duckdb

from newslake.pipelines.sql.coverage import add_coverage
from newslake.pipelines.sql.plover import EVENTS_PLOVER
from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import live_files

EVENTS = """
CREATE VIEW events AS
WITH told AS (
    SELECT
        mentions.*,
        coalesce(event_key, mention_id) AS event_id,
        articles.source,
        coalesce(mentions.published_at, articles.seen_at) AS appeared_at,
        list_sort(list_distinct([coalesce(one.name, one.text) FOR one IN actors])) AS who,
        list_sort(list_distinct([coalesce(one.name, one.text) FOR one IN recipients])) AS whom,
        coalesce(place.name, place.text) AS place_name
    FROM mentions JOIN articles USING (article_id)
),
claims AS (
    UNPIVOT (
        SELECT
            event_id,
            source,
            status,
            array_to_string(who, ', ') AS actors,
            array_to_string(whom, ', ') AS recipients,
            place_name AS place,
            CAST(event_date_start AS VARCHAR) AS date,
            killed_min || coalesce(' to ' || nullif(killed_max, killed_min), '')
                || if(killed_max IS NULL, ' or more', '') AS killed,
            injured_min || coalesce(' to ' || nullif(injured_max, injured_min), '')
                || if(injured_max IS NULL, ' or more', '') AS injured
        FROM told
    ) ON status, actors, recipients, place, date, killed, injured INTO NAME field VALUE said
),
sides AS (
    SELECT event_id, field, said AS value, list(DISTINCT source ORDER BY source) AS sources
    FROM claims WHERE said <> '' GROUP BY ALL
),
disputed AS (
    SELECT
        event_id,
        list({'field': field, 'value': value, 'sources': sources} ORDER BY field, value) AS sides
    FROM (FROM sides QUALIFY count(*) OVER (PARTITION BY event_id, field) > 1)
    GROUP BY event_id
)
SELECT
    event_id,
    any_value(type ORDER BY mention_id) AS type,
    any_value(quad ORDER BY mention_id) AS quad,
    count(*) AS mentions,
    count(DISTINCT article_id) AS articles,
    count(DISTINCT source) AS independent_sources,
    list(DISTINCT source ORDER BY source) AS sources,
    min(appeared_at) AS first_seen,
    max(appeared_at) AS last_seen,
    mode(status ORDER BY status) AS status,
    mode(who ORDER BY who) AS actors,
    mode(whom ORDER BY whom) AS recipients,
    min(event_date_start) AS event_date_start,
    max(event_date_end) AS event_date_end,
    mode(place_name ORDER BY place_name) AS place,
    min(killed_min) AS killed_min,
    if(bool_or(killed_min IS NOT NULL AND killed_max IS NULL), NULL, max(killed_max)) AS killed_max,
    min(injured_min) AS injured_min,
    if(bool_or(injured_min IS NOT NULL AND injured_max IS NULL), NULL, max(injured_max)) AS injured_max,
    coalesce(any_value(sides), []) AS disagreements,
    arg_max(evidence, confidence) AS best_evidence,
    max(confidence) AS confidence
FROM told LEFT JOIN disputed USING (event_id)
GROUP BY event_id
"""
"""One row a happening. Copies of a text have no mentions of their own, so that a source is one that
wrote; a publisher counts once. Consensus fields hold what most mentions say; in `disagreements` stands
each value that is not alone in its field, with its sources.
"""

MACROS = """
CREATE MACRO copies(article) AS TABLE
SELECT * FROM duplicates WHERE duplicate_of = article
ORDER BY coalesce(published_at, seen_at), document_id;

CREATE MACRO spread(article) AS TABLE
SELECT coalesce(published_at, seen_at) AS time, source, kind, similarity, agency, title, url
FROM (
    SELECT published_at, seen_at, source, 'article' AS kind, 1.0 AS similarity, NULL AS agency, title, url
    FROM articles WHERE article_id = article
    UNION ALL
    SELECT published_at, seen_at, source, kind, similarity, agency, title, url
    FROM duplicates WHERE duplicate_of = article
)
ORDER BY time, source;

CREATE MACRO top_stories(first, before) AS TABLE
WITH told AS (
    SELECT article_id, published_at, seen_at, source FROM articles
    UNION ALL
    SELECT duplicate_of, published_at, seen_at, source FROM duplicates
)
SELECT article_id, count(*) AS documents, count(DISTINCT told.source) AS sources,
    min(coalesce(told.published_at, told.seen_at)) AS first_at,
    max(coalesce(told.published_at, told.seen_at)) AS last_at,
    any_value(articles.title) AS title
FROM told JOIN articles USING (article_id)
WHERE coalesce(told.published_at, told.seen_at) >= first::TIMESTAMPTZ
    AND coalesce(told.published_at, told.seen_at) < before::TIMESTAMPTZ
GROUP BY article_id
ORDER BY sources DESC, documents DESC, first_at, article_id;
"""
"""`copies(article_id)`; `spread(article_id)`: who published it when; `top_stories(from, to)`: what most
papers had from a time on and before another one, such as '2026-03-01' and '2026-03-08'."""

TRIES = 8
"""So often is a question asked before a file that is gone is more than a compaction in between."""

FIRST_PAUSE = 0.1
"""Seconds before the second try; each further pause is twice as long."""

_GONE = ("No such file", "No files found")
_EXPLAIN = re.compile(r"\s*EXPLAIN\s+(ANALYZE\s+)?(\([^)]*\)\s*)?", re.IGNORECASE)
_ASKS = re.compile(
    r"(\s|\(|--[^\n]*\n|/\*.*?\*/)*(SELECT|FROM|PIVOT|WITH)\b", re.IGNORECASE | re.DOTALL
)
"""How a question begins: DuckDB makes two statements of a `PIVOT` that has to look for its columns."""

T = TypeVar("T")


def connect(lake: Path, as_of: int | None = None) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory with the tables of `lake`, views made of them, and macros.

    The views are `events`, `events_plover`, `outcomes` (what became of each announced entry) and
    `coverage` (how each feed does).

    The partition is a column of each view: `published_date` or `run_date`. Times are UTC.

    Args:
        lake: The lake's folder.
        as_of: Show the lake as it was after this entry of its log; None means now.

    Raises:
        LakeError: the lake was not kept as it was at `as_of`.
    """
    connection = (
        connect_tables(lake) if as_of is None else _connected(_files_at(LakeFolder(lake), as_of))
    )
    for statements in (EVENTS, EVENTS_PLOVER, MACROS):
        connection.execute(statements)
    add_coverage(connection)
    return connection


def connect_tables(lake: Path, tables: Iterable[str] = TABLES) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory with these tables of `lake`, without views and macros.

    It takes less than half of the time of `connect`.
    """
    root = layout.literal(lake.absolute())
    return _connected({name: [f"{root}/{name}/**/*.parquet"] for name in tables})


def _connected(files: dict[str, list[str]]) -> duckdb.DuckDBPyConnection:
    """Return a connection with the tables that lie in these files."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, paths in files.items():
        names = ", ".join("'" + path.replace("'", "''") + "'" for path in paths)
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet([{names}], hive_partitioning = true, "
            f"hive_types = {{'{TABLES[name].partition_key}': DATE}})"
        )
    return connection


def ask(
    lake: Path,
    question: Callable[[duckdb.DuckDBPyConnection], T],
    as_of: int | None,
    connected: duckdb.DuckDBPyConnection | None = None,
    tables: Sequence[str] = (),
) -> T:
    """Return the answer to `question`, asked again if a compaction took a file from under it.

    The question must come with its whole answer: what is read later may be gone. That a file of the
    user's own is not there is an answer too.

    Args:
        lake: The lake's folder.
        question: Takes a connection as `connect` makes it.
        as_of: See `connect`.
        connected: Such a connection, for who asks often: to make one takes a tenth of a second.
        tables: Those that the question is about, as they are now, if it needs no view: that is
            faster to connect to.

    Raises:
        duckdb.Error: the question is wrong, or a file is not readable.
        LakeError: see `connect`.
    """

    def connection() -> duckdb.DuckDBPyConnection:
        return connect_tables(lake, tables) if tables else connect(lake, as_of)

    for number in range(TRIES - 1):
        try:
            return question(connected or connection())
        except duckdb.IOException as error:
            if not _is_gone(lake, str(error)):
                raise
            connected = None
        time.sleep(FIRST_PAUSE * 2**number)
    return question(connection())


def _is_gone(lake: Path, message: str) -> bool:
    """Return True if DuckDB says that a file of the lake is not there."""
    root = lake.absolute()
    ours = any(f"{name}/" in message for name in (str(root), layout.literal(root)))
    return ours and any(words in message for words in _GONE)


def check_reads(sql: str) -> None:
    """Return if `sql` is one question, or asks how one would be answered.

    Raises:
        ValueError: it would write, or is none or several.
        duckdb.Error: it is no SQL.
    """
    # EXPLAIN ANALYZE carries out what it explains.
    statements = duckdb.extract_statements(_EXPLAIN.sub("", sql, count=1))
    if not (len(statements) == 1 and _only_reads(statements[0])):
        raise ValueError("a question is one SELECT; it cannot write")


def _only_reads(statement: duckdb.Statement) -> bool:
    if statement.type == duckdb.StatementType.MULTI:
        return bool(_ASKS.match(statement.query))
    return bool(statement.type == duckdb.StatementType.SELECT)


def _files_at(lake: LakeFolder, as_of: int) -> dict[str, list[str]]:
    """Return the paths of each table's files as they were at entry `as_of`."""
    entries = list(lake.log.entries())
    last = entries[-1].seq
    earliest = max((entry.seq for entry in entries if entry.swaps), default=0)
    if not earliest <= as_of <= last:
        raise LakeError(
            f"the lake can be read as of entries {earliest} to {last}, not {as_of}: what was there "
            "before the last compact, forget or reprocess is not kept"
        )
    files: dict[str, list[str]] = {name: [] for name in TABLES}
    for file in live_files(entries[: as_of + 1]).values():
        files[file.table].append(layout.literal(lake.storage.path(file.final).absolute()))
    return files
