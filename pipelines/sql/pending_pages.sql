-- Query for pending pages.
--
-- If a feed revises an entry, the page of the entry is pending again. If another feed announces a fetched page, the
-- page is not pending again.

WITH settled AS (
    SELECT canonical_url, max(started_at) AS at FROM fetches
    WHERE kind = 'page' AND outcome <> 'waiting' GROUP BY canonical_url
), failed AS (
    SELECT canonical_url, count(*) AS times, max(wait_until) AS until
    FROM fetches LEFT JOIN settled USING (canonical_url)
    WHERE outcome = 'waiting' AND (settled.at IS NULL OR started_at > settled.at)
    GROUP BY canonical_url
)
SELECT
    arg_min(a.url, (a.seen_at, a.announcement_id)), a.canonical_url,
    arg_min(a.feed, (a.seen_at, a.announcement_id)),
    arg_min(a.entry_id, (a.seen_at, a.announcement_id)),
    min(a.published_at),
    arg_min_null(a.published_precision, (a.published_at, a.announcement_id)),
    coalesce(any_value(failed.times), 0), any_value(failed.until)
FROM announcements a
LEFT JOIN settled USING (canonical_url) LEFT JOIN failed USING (canonical_url)
WHERE a.content_source = 'page'
    AND (settled.at IS NULL OR (a.revised AND settled.at < a.seen_at))
GROUP BY a.canonical_url
ORDER BY min(a.seen_at), a.canonical_url
