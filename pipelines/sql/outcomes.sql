-- The view `outcomes`. It has one row per feed entry, with one state. `detail` is an article_id or the code of a reason.
--
-- `committed_at` is NULL until the run's row in `runs` is written, which happens every hour and when the command ends.

CREATE VIEW outcomes AS
WITH found AS (
    SELECT document_id, url, 1 AS rank, 'stored' AS state, article_id AS detail, seen_at
    FROM articles
    UNION ALL
    SELECT document_id, url, 2, 'duplicate', duplicate_of, seen_at FROM duplicates
    UNION ALL
    SELECT document_id, NULL, 3, 'revision', article_id, seen_at FROM revisions
    UNION ALL
    SELECT document_id, locator, 4, 'rejected', reason, NULL FROM open_rejects
), documents AS (
    FROM found
    UNION ALL
    SELECT rejected_id, url, rank, state, detail, seen_at FROM found JOIN replacements USING (document_id)
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
        WHEN a.content_source = 'entry' THEN 'forgotten'
        ELSE 'waiting'
    END) AS state,
    any_value(dated.detail) AS detail,
    any_value(dated.until) AS retry_at,
    any_value(dated.fetched_at) AS fetched_at,
    any_value(dated.committed_at) AS committed_at
FROM announcements a LEFT JOIN dated ON dated.address = a.canonical_url
GROUP BY a.feed, a.entry_id
