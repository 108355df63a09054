-- The view `coverage`. It has one row per feed that has announced entries. `last_error` is the reason why the last poll
-- failed; it is NULL if this poll succeeded. `behind` is the number of seconds for which the first of the waiting
-- entries could have been fetched; 0 if no entry waits, or if all wait for a retry.
--
-- `latency_…` is the number of seconds between the first poll that returned an entry and the commit of the entry's text.
-- `publication_latency_…` is the number of seconds between the article's publication and this commit. It is computed from
-- the `dated` articles: their time of publication is not in doubt, has a time zone, and is more precise than a day.
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
), believed AS (
    SELECT article_id, published_at FROM articles
    WHERE date_confidence >= 0.9 AND NOT published_at_naive AND published_precision <> 'day'
        -- Many sites state midnight if they know only the day.
        AND epoch(published_at) % 86400 <> 0 AND (epoch(published_at) + 60 * published_offset) % 86400 <> 0
), entries AS (
    SELECT
        feed,
        count(*) AS entries,
        count(*) FILTER (state = 'stored') AS stored,
        count(*) FILTER (state = 'duplicate') AS duplicates,
        count(*) FILTER (state = 'revision') AS revisions,
        count(*) FILTER (state = 'rejected') AS rejected,
        count(*) FILTER (state = 'waiting') AS waiting,
        coalesce(max(epoch(now() - greatest(announced_at, retry_at))) FILTER (
            state = 'waiting' AND greatest(announced_at, retry_at) <= now()
        ), 0) AS behind,
        count(*) FILTER (state IN ('no_address', 'forgotten')) AS others,
        min(announced_at) AS first_at,
        max(announced_at) AS last_at,
        quantile_cont(epoch(committed_at - announced_at), 0.5)
            FILTER (committed_at >= announced_at) AS latency_p50,
        quantile_cont(epoch(committed_at - announced_at), 0.95)
            FILTER (committed_at >= announced_at) AS latency_p95,
        count(*) FILTER (committed_at >= published_at) AS dated,
        quantile_cont(epoch(committed_at - published_at), 0.5)
            FILTER (committed_at >= published_at) AS publication_latency_p50,
        quantile_cont(epoch(committed_at - published_at), 0.95)
            FILTER (committed_at >= published_at) AS publication_latency_p95
    FROM outcomes LEFT JOIN believed ON state = 'stored' AND detail = article_id
    GROUP BY feed
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
