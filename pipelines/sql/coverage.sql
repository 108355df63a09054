-- The view `coverage`. It has one row per feed that has announced entries. A latency is the number of seconds between
-- the first poll that returned an entry and the commit of the entry's text. `last_error` is the reason why the last poll
-- failed; it is NULL if this poll succeeded.
--
-- `newslake query` adds the columns `silent_since`, `missed` and `silent_intervals`, see docs/feeds.md. A function in
-- Python computes them, so other programs do not have these columns.

CREATE MACRO feed_coverage() AS TABLE
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
    times
FROM entries JOIN gaps USING (feed) LEFT JOIN polls USING (feed);

CREATE VIEW coverage AS SELECT * EXCLUDE (times) FROM feed_coverage();
