-- The view `coverage`. It has one row per feed that is or was followed, also if it has never answered. `state` and
-- `state_since` are as in the table `feeds`, which is written once an hour. `last_error` is the reason why the last poll
-- failed; it is NULL if this poll succeeded. `next_poll_at` is NULL for a paused or removed feed. `behind` is the number of seconds for which the first of the waiting
-- entries could have been fetched; 0 if no entry waits, or if all wait for a retry.
--
-- `latency_…` is the number of seconds between the first poll that returned an entry and the commit of the entry's text.
-- `publication_latency_…` is the number of seconds between the article's publication and this commit. It is computed from
-- the `dated` articles: their time of publication is not in doubt, has a time zone, and is more precise than a day.
--
-- `newslake query` adds the columns `silent_since`, `missed` and `silent_intervals`, see docs/feeds.md. It also reads the
-- present states of the feeds from `_feeds.sqlite`. Functions in Python do both, so other programs have neither.

-- `present` is a list of the present states of feeds.
CREATE MACRO feed_coverage(present) AS TABLE
WITH known AS MATERIALIZED (
    FROM outcomes
), arrivals AS (
    SELECT feed, announced_at, announced_at - lag(announced_at) OVER (
        PARTITION BY feed ORDER BY announced_at
    ) AS gap
    FROM (SELECT DISTINCT feed, announced_at FROM known)
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
        arg_max_null(reason, started_at) AS last_error,
        arg_max_null(wait_until, started_at) AS next_poll_at
    FROM fetches WHERE kind = 'feed' GROUP BY feed
), presents AS (
    SELECT unnest(present, recursive := true)
), stored AS (
    SELECT
        feed,
        arg_max(state, (since, run_id)) AS state,
        max(since) AS since,
        arg_max_null(reason, (since, run_id)) AS reason,
        max(last_success_at) AS last_success_at
    FROM feeds GROUP BY feed
), conditions AS (
    SELECT *, state <> 'new' AS is_polled FROM presents
    UNION ALL BY NAME
    SELECT * FROM stored ANTI JOIN presents USING (feed)
), names AS (
    SELECT feed FROM known
    UNION
    SELECT feed FROM polls
    UNION
    SELECT feed FROM conditions
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
    FROM known LEFT JOIN believed ON state = 'stored' AND detail = article_id
    GROUP BY feed
)
SELECT
    names.feed,
    coalesce(state, CASE WHEN last_error IS NULL THEN 'ok' ELSE 'failing' END) AS state,
    since AS state_since,
    coalesce(entries.entries, 0) AS entries,
    coalesce(stored, 0) AS stored,
    coalesce(duplicates, 0) AS duplicates,
    coalesce(revisions, 0) AS revisions,
    coalesce(rejected, 0) AS rejected,
    coalesce(waiting, 0) AS waiting,
    coalesce(behind, 0) AS behind,
    coalesce(others, 0) AS others,
    first_at,
    last_at,
    latency_p50,
    latency_p95,
    coalesce(dated, 0) AS dated,
    publication_latency_p50,
    publication_latency_p95,
    median_gap,
    longest_gap,
    coalesce(polls, 0) AS polls,
    coalesce(failed_polls, 0) AS failed_polls,
    greatest(polls.last_success_at, conditions.last_success_at) AS last_success_at,
    CASE WHEN is_polled OR polls.feed IS NULL THEN reason ELSE last_error END AS last_error,
    CASE
        WHEN state IN ('paused', 'removed') THEN NULL
        ELSE coalesce(conditions.next_poll_at, polls.next_poll_at)
    END AS next_poll_at,
    times
FROM names
LEFT JOIN entries USING (feed) LEFT JOIN gaps USING (feed) LEFT JOIN polls USING (feed)
LEFT JOIN conditions USING (feed);

CREATE VIEW coverage AS SELECT * EXCLUDE (times) FROM feed_coverage(
    []::STRUCT(
        feed VARCHAR, state VARCHAR, since TIMESTAMPTZ, reason VARCHAR, last_success_at TIMESTAMPTZ,
        next_poll_at TIMESTAMPTZ
    )[]
)
