"""Coverage: what became of every address that a feed announced, and how each feed does."""

from dataclasses import dataclass
from datetime import datetime

import duckdb

from transforms.feeds.silence import Silence, silence

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
    SELECT f.canonical_url AS address, d.rank, d.state, d.detail, d.seen_at, NULL AS until
    FROM fetches f JOIN documents d USING (document_id)
    UNION ALL
    SELECT a.canonical_url, d.rank, d.state, d.detail, d.seen_at, NULL
    FROM announcements a JOIN documents d USING (url) WHERE a.content_source = 'entry'
    UNION ALL
    SELECT canonical_url, 5, 'waiting', arg_max(reason, started_at), NULL, max(wait_until)
    FROM fetches WHERE outcome = 'waiting' GROUP BY canonical_url
    UNION ALL
    SELECT canonical_url, 6, 'forgotten', NULL, NULL, NULL
    FROM fetches WHERE kind = 'page' AND outcome <> 'waiting'
), best AS (
    SELECT address, min(rank) AS rank, arg_min(state, rank) AS state,
        arg_min_null(detail, rank) AS detail, arg_min_null(until, rank) AS until,
        min(seen_at) AS had_at
    FROM ends GROUP BY address
)
SELECT
    a.feed,
    a.entry_id,
    arg_min(a.url, a.seen_at) AS url,
    min(a.seen_at) AS announced_at,
    any_value(CASE
        WHEN best.state IS NOT NULL THEN best.state
        WHEN a.content_source = 'none' THEN 'no_address'
        ELSE 'waiting'
    END) AS state,
    any_value(best.detail) AS detail,
    any_value(best.until) AS waits_until,
    any_value(best.had_at) AS had_at
FROM announcements a LEFT JOIN best ON best.address = a.canonical_url
GROUP BY a.feed, a.entry_id
"""
"""One row an entry of a feed, in exactly one state; `detail` is an article, or a reason."""

COVERAGE = """
CREATE VIEW coverage AS
WITH arrivals AS (
    SELECT feed, announced_at, announced_at - lag(announced_at) OVER (
        PARTITION BY feed ORDER BY announced_at
    ) AS gap
    FROM (SELECT DISTINCT feed, announced_at FROM outcomes)
), gaps AS (
    SELECT feed, median(gap) AS median_gap, max(gap) AS longest_gap FROM arrivals GROUP BY feed
)
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
    any_value(median_gap) AS median_gap,
    any_value(longest_gap) AS longest_gap,
    quantile_cont(epoch(had_at - announced_at), 0.5) FILTER (had_at >= announced_at) AS latency_p50,
    quantile_cont(epoch(had_at - announced_at), 0.95) FILTER (had_at >= announced_at) AS latency_p95
FROM outcomes JOIN gaps USING (feed)
GROUP BY feed
"""
"""One row a feed; latencies in seconds, from the poll that first saw an entry to its page."""

_ARRIVALS = """
SELECT feed, list_sort(list(DISTINCT announced_at)) FROM outcomes GROUP BY feed
"""


@dataclass(frozen=True)
class Quiet:
    """A feed that should have brought something."""

    feed: str
    """Its address."""
    silence: Silence
    """Since when, and how much is missing."""


def silent_feeds(
    connection: duckdb.DuckDBPyConnection, answered: dict[str, datetime]
) -> list[Quiet]:
    """Return the feeds that are silent, those that miss most first.

    Args:
        connection: With the view `outcomes`.
        answered: When each feed was last polled with success; feeds that are not in it are not judged.
    """
    quiet = []
    for feed, arrivals in connection.execute(_ARRIVALS).fetchall():
        if feed in answered and (found := silence(arrivals[1:], answered[feed])):
            quiet.append(Quiet(feed, found))
    return sorted(quiet, key=lambda one: one.silence.missed, reverse=True)
