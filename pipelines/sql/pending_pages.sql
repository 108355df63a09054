-- Creates the table `pending` of the pending pages. `due_since` is the time since which a page may be fetched.
--
-- If a feed revises an entry, the page of the entry is pending again. If another feed announces a fetched page, the
-- page is not pending again.

CREATE OR REPLACE TEMP TABLE pending AS
WITH settled AS (
    SELECT canonical_url, max(started_at) AS at FROM fetches
    WHERE kind = 'page' AND outcome <> 'waiting' GROUP BY canonical_url
), failed AS (
    SELECT canonical_url, count(*) AS times, max(wait_until) AS until
    FROM fetches LEFT JOIN settled USING (canonical_url)
    WHERE outcome = 'waiting' AND (settled.at IS NULL OR started_at > settled.at)
    GROUP BY canonical_url
), announced AS (
    -- The order of announcements by two times, each as one number: DuckDB compares it faster than a pair.
    SELECT
        *,
        epoch_us(seen_at)::HUGEINT * 18446744073709551616::HUGEINT + hash(announcement_id) AS number,
        epoch_us(published_at)::HUGEINT * 18446744073709551616::HUGEINT + hash(announcement_id) AS published_number
    FROM announcements
)
SELECT
    arg_min(a.url, a.number) AS url,
    a.canonical_url,
    arg_min(a.feed, a.number) AS feed,
    arg_min(a.entry_id, a.number) AS entry_id,
    min(a.published_at) AS published_at,
    arg_min_null(a.published_precision, a.published_number) AS published_precision,
    coalesce(any_value(failed.times), 0) AS failures,
    greatest(min(a.seen_at), any_value(failed.until)) AS due_since,
    regexp_extract(any_value(a.url), '^[^/]*//[^/?#]*') AS origin
FROM announced a
LEFT JOIN settled USING (canonical_url) LEFT JOIN failed USING (canonical_url)
WHERE a.content_source = 'page'
    AND (settled.at IS NULL OR (a.revised AND settled.at < a.seen_at))
GROUP BY a.canonical_url
