"""What Python functions add to the view `coverage`: columns about silence, and present states."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from newslake.pipelines.sql import read_sql
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.feeds.schedule.outages import Silence, silence

_SILENT = """
SELECT feed, silent_since, missed, silent_intervals FROM coverage
WHERE silent_since IS NOT NULL ORDER BY silent_intervals DESC
"""


_PRESENT = (
    "STRUCT(feed VARCHAR, state VARCHAR, since TIMESTAMPTZ, reason VARCHAR, "
    "last_success_at TIMESTAMPTZ, next_poll_at TIMESTAMPTZ)[]"
)


def complete(connection: duckdb.DuckDBPyConnection, present: Mapping[str, FeedState]) -> None:
    """Add the columns about silence, and the states of feeds, to the view `coverage`.

    `present` are the present states by URL without secrets. Other feeds have their last states in the
    lake.
    """
    connection.create_function(
        "feed_silence",
        _silence,
        ["TIMESTAMPTZ[]", "TIMESTAMPTZ"],
        "STRUCT(since TIMESTAMPTZ, missed DOUBLE, intervals DOUBLE)",
        null_handling=FunctionNullHandling.SPECIAL,
    )
    rows = [_present(feed, state) for feed, state in present.items()]
    connection.create_function("present_feeds", lambda: rows, [], _PRESENT)
    connection.execute(read_sql("silence"))


def _present(feed: str, state: FeedState) -> dict[str, Any]:
    return {
        "feed": feed,
        "state": state.condition,
        "since": state.since,
        "reason": state.fault or None,
        "last_success_at": state.answered_at,
        "next_poll_at": state.next_at,
    }


def _silence(
    times: list[datetime] | None, last_success_at: datetime | None
) -> dict[str, Any] | None:
    found = silence(times, last_success_at) if times and last_success_at else None
    return asdict(found) if found else None


def silent_feeds(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, Silence]]:
    """Return the URLs of the silent feeds of the view `coverage`, the longest silence first."""
    rows = connection.execute(_SILENT).fetchall()
    return [(feed, Silence(*silent)) for feed, *silent in rows]
