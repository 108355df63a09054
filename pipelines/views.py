"""The lake's tables as DuckDB views."""

import re
from pathlib import Path

import duckdb

from schemas.tables import TABLES

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


def connect(lake: Path) -> duckdb.DuckDBPyConnection:
    """Return a DuckDB connection in memory with a view for each table of `lake`, and `events`.

    The partition is a column of each view: `published_date` or `run_date`. Times are UTC.
    """
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    for name, table in TABLES.items():
        glob = f"{_literal(lake)}/{name}/**/*.parquet".replace("'", "''")
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{glob}', hive_partitioning = true, "
            f"hive_types = {{'{table.partition_key}': DATE}})"
        )
    connection.execute(EVENTS)
    return connection


def _literal(path: Path) -> str:
    """Return `path` as a glob that means it and nothing else."""
    return re.sub(r"([*?\[])", r"[\1]", str(path.absolute()))
