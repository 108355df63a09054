-- Selects the pages to fetch next from the table `pending`, in the order of their turns.
--
-- Turns go round the sites, then round the feeds of a site. The newest page of a feed comes first. If some sites or
-- feeds get no turn because of a limit, the pages that have waited longest come first.
--
-- Parameters: $now, $excluded (canonical URLs to skip), $per_site and $total (maximum numbers of pages), $slow and $most
-- (origins, and the maximum number of pages of each). The function `site_of` returns the site of an origin.

WITH due AS MATERIALIZED (
    SELECT * FROM pending
    WHERE due_since <= $now AND canonical_url NOT IN (SELECT unnest($excluded::VARCHAR[]))
), sites AS MATERIALIZED (
    SELECT origin, site_of(origin) AS site FROM (SELECT DISTINCT origin FROM due)
), slow AS (
    SELECT unnest($slow::VARCHAR[]) AS origin, unnest($most::BIGINT[]) AS most
), in_feed AS (
    SELECT due.*, site, row_number() OVER (
        PARTITION BY site, feed ORDER BY due_since DESC, published_at DESC NULLS LAST, canonical_url
    ) AS feed_turn
    FROM due JOIN sites USING (origin)
    QUALIFY feed_turn <= $per_site
), in_origin AS (
    SELECT in_feed.*, row_number() OVER (PARTITION BY origin ORDER BY feed_turn, due_since, feed) AS origin_turn
    FROM in_feed LEFT JOIN slow USING (origin)
    QUALIFY origin_turn <= coalesce(most, $per_site)
), in_site AS (
    SELECT *, row_number() OVER (PARTITION BY site ORDER BY feed_turn, due_since, feed) AS site_turn
    FROM in_origin
)
SELECT url, canonical_url, feed, entry_id, published_at, published_precision, failures FROM in_site
WHERE site_turn <= $per_site
ORDER BY site_turn, due_since, canonical_url
LIMIT $total
