"""The views `outcomes` (the state of each announced feed entry) and `coverage` (statistics per feed)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

import duckdb
from duckdb.func import FunctionNullHandling

from newslake.transforms.feeds.schedule.outages import Silence, silence

OUTCOMES = """
CREATE VIEW outcomes AS
WITH documents AS (
    SELECT document_id, url, 1 AS rank, 'stored' AS state, article_id AS detail, seen_at
    FROM articles
    UNION ALL
    SELECT document_id, url, 2, 'duplicate', duplicate_of, seen_at FROM duplicates
    UNION ALL
    SELECT document_id, NULL, 3, 'revision', article_id, seen_at FROM revisions
    UNION ALL
    SELECT document_id, locator, 4, 'rejected', reason, NULL FROM rejects
), ends AS (
    SELECT f.canonical_url AS address, d.rank, d.state, d.detail, d.seen_at, NULL AS until, f.run_id
    FROM fetches f JOIN documents d USING (document_id)
    UNION ALL
    SELECT a.canonical_url, d.rank, d.state, d.detail, d.seen_at, NULL, a.run_id
    FROM announcements a JOIN documents d USING (url) WHERE a.content_source = 'entry'
    UNION ALL
    SELECT canonical_url, 5, 'waiting', arg_max(reason, started_at), NULL, max(wait_until), NULL
    FROM fetches WHERE outcome = 'waiting' GROUP BY canonical_url
    UNION ALL
    SELECT canonical_url, 6, 'forgotten', NULL, NULL, NULL, NULL
    FROM fetches WHERE kind = 'page' AND outcome <> 'waiting'
), best AS (
    SELECT address, min(rank) AS rank, arg_min(state, rank) AS state,
        arg_min_null(detail, rank) AS detail, arg_min_null(until, rank) AS until,
        min(seen_at) AS fetched_at, arg_min(run_id, seen_at) AS run_id
    FROM ends GROUP BY address
), commits AS (
    SELECT run_id, unnest(committed_at) AS committed_at FROM runs
), dated AS (
    SELECT best.*, commits.committed_at
    FROM best ASOF LEFT JOIN commits
        ON best.run_id = commits.run_id AND best.fetched_at <= commits.committed_at
)
SELECT
    a.feed,
    a.entry_id,
    arg_min(a.url, a.seen_at) AS url,
    min(a.seen_at) AS announced_at,
    any_value(CASE
        WHEN dated.state IS NOT NULL THEN dated.state
        WHEN a.content_source = 'none' THEN 'no_address'
        ELSE 'waiting'
    END) AS state,
    any_value(dated.detail) AS detail,
    any_value(dated.until) AS retry_at,
    any_value(dated.fetched_at) AS fetched_at,
    any_value(dated.committed_at) AS committed_at
FROM announcements a LEFT JOIN dated ON dated.address = a.canonical_url
GROUP BY a.feed, a.entry_id
"""
"""One row per entry of a feed, with exactly one state; `detail` is an article_id or a reason.

`committed_at` is NULL until the row of `runs` is written: within an hour, or when the command ends.
"""

COVERAGE = """
CREATE VIEW coverage AS
WITH arrivals AS (
    SELECT feed, announced_at, announced_at - lag(announced_at) OVER (
        PARTITION BY feed ORDER BY announced_at
    ) AS gap
    FROM (SELECT DISTINCT feed, announced_at FROM outcomes)
), gaps AS (
    SELECT
        feed,
        median(gap) AS median_gap,
        max(gap) AS longest_gap,
        list(announced_at ORDER BY announced_at)[2:] AS times
    FROM arrivals GROUP BY feed
), polls AS (
    SELECT
        feed,
        count(*) AS polls,
        count(*) FILTER (outcome = 'failed') AS failed_polls,
        max(started_at) FILTER (outcome = 'answered') AS last_success_at,
        arg_max_null(reason, started_at) AS last_error
    FROM fetches WHERE kind = 'feed' GROUP BY feed
), quiet AS (
    SELECT feed, feed_silence(times, last_success_at) AS silence
    FROM gaps JOIN polls USING (feed) WHERE last_success_at IS NOT NULL
), entries AS (
    SELECT
        feed,
        count(*) AS entries,
        count(*) FILTER (state = 'stored') AS stored,
        count(*) FILTER (state = 'duplicate') AS duplicates,
        count(*) FILTER (state = 'revision') AS revisions,
        count(*) FILTER (state = 'rejected') AS rejected,
        count(*) FILTER (state = 'waiting') AS waiting,
        count(*) FILTER (state IN ('no_address', 'forgotten')) AS others,
        min(announced_at) AS first_at,
        max(announced_at) AS last_at,
        quantile_cont(epoch(committed_at - announced_at), 0.5)
            FILTER (committed_at >= announced_at) AS latency_p50,
        quantile_cont(epoch(committed_at - announced_at), 0.95)
            FILTER (committed_at >= announced_at) AS latency_p95
    FROM outcomes GROUP BY feed
)
SELECT
    entries.*,
    median_gap,
    longest_gap,
    coalesce(polls, 0) AS polls,
    coalesce(failed_polls, 0) AS failed_polls,
    last_success_at,
    last_error,
    silence.since AS silent_since,
    silence.missed AS missed,
    silence.intervals AS silent_intervals
FROM entries JOIN gaps USING (feed) LEFT JOIN polls USING (feed) LEFT JOIN quiet USING (feed)
"""
"""One row per feed with entries. Latencies are in seconds, from the first poll with an entry to the
commit of its text. `last_error` is the reason why the last poll failed, NULL if it succeeded.
`silent_since` is NULL unless the feed is silent, see docs/feeds.md.
"""

_SILENT = """
SELECT feed, silent_since, missed, silent_intervals FROM coverage
WHERE silent_since IS NOT NULL ORDER BY silent_intervals DESC
"""


def add_coverage(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the views `outcomes` and `coverage` in `connection`, which has the tables of the lake."""
    connection.create_function(
        "feed_silence",
        _silence,
        ["TIMESTAMPTZ[]", "TIMESTAMPTZ"],
        "STRUCT(since TIMESTAMPTZ, missed DOUBLE, intervals DOUBLE)",
        null_handling=FunctionNullHandling.SPECIAL,
    )
    connection.execute(OUTCOMES)
    connection.execute(COVERAGE)


def _silence(times: list[datetime], last_success_at: datetime) -> dict[str, Any] | None:
    found = silence(times, last_success_at)
    return asdict(found) if found else None


@dataclass(frozen=True)
class SilentFeed:
    """A feed without new entries for much longer than expected."""

    feed: str
    """The URL of the feed."""
    silence: Silence
    """Start of the silence, and the expected number of entries since then."""


def silent_feeds(connection: duckdb.DuckDBPyConnection) -> list[SilentFeed]:
    """Return the silent feeds of the view `coverage`, the longest silence first."""
    rows = connection.execute(_SILENT).fetchall()
    return [SilentFeed(feed, Silence(*silent)) for feed, *silent in rows]
