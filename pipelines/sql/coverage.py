"""The columns about silence in the view `coverage`. A Python function computes these columns."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from newslake.pipelines.sql import read_sql
from newslake.transforms.feeds.schedule.outages import Silence, silence

_SILENT = """
SELECT feed, silent_since, missed, silent_intervals FROM coverage
WHERE silent_since IS NOT NULL ORDER BY silent_intervals DESC
"""


def add_silence(connection: duckdb.DuckDBPyConnection) -> None:
    """Add the columns about silence to the view `coverage` of `connection`."""
    connection.create_function(
        "feed_silence",
        _silence,
        ["TIMESTAMPTZ[]", "TIMESTAMPTZ"],
        "STRUCT(since TIMESTAMPTZ, missed DOUBLE, intervals DOUBLE)",
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.execute(read_sql("silence"))


def _silence(times: list[datetime], last_success_at: datetime | None) -> dict[str, Any] | None:
    found = silence(times, last_success_at) if last_success_at else None
    return asdict(found) if found else None


def silent_feeds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Silence]]:
    """Return the URLs of the silent feeds of the view `coverage`, the longest silence first."""
    rows = connection.execute(_SILENT).fetchall()
    return [(feed, Silence(*silent)) for feed, *silent in rows]
