-- The texts in a report: those of the articles and mentions that are the newest of their day, source, type, and so on.
--
-- `score` is a row's smallest rank among the rows of one value. The rows with the smallest score are in the report. If
-- there are no more rows than `size`, all are.

CREATE TEMP TABLE sampled_mentions AS
WITH ranked AS (
    SELECT
        r.mention_id, r.n, least(
            row_number() OVER (PARTITION BY type, status ORDER BY r.n DESC, r.mention_id),
            row_number() OVER (PARTITION BY day ORDER BY r.n DESC, r.mention_id),
            row_number() OVER (PARTITION BY source ORDER BY r.n DESC, r.mention_id),
            row_number() OVER (PARTITION BY type, day ORDER BY r.n DESC, r.mention_id) + 5,
            row_number() OVER (PARTITION BY who, whom ORDER BY r.n DESC, r.mention_id) + 5,
            row_number() OVER (PARTITION BY place ORDER BY r.n DESC, r.mention_id) + 5,
            coalesce(row_number() OVER (PARTITION BY e.i ORDER BY r.n DESC, r.mention_id) + e.i // 50, 1000000)
        ) AS score
    FROM reported r LEFT JOIN shared_events e USING (event_key)
)
SELECT mention_id, n FROM ranked ORDER BY score, hash(mention_id) LIMIT getvariable('size');

CREATE TEMP TABLE sampled_articles AS
WITH copies AS (
    SELECT n, row_number() OVER (ORDER BY count(*) DESC, n) AS rank FROM copied GROUP BY n
), edits AS (
    SELECT n, row_number() OVER (ORDER BY max(seen_at) DESC NULLS LAST, n) AS rank FROM edited GROUP BY n
), ranked AS (
    SELECT
        c.n, least(
            row_number() OVER (PARTITION BY day ORDER BY c.n DESC),
            row_number() OVER (PARTITION BY source ORDER BY c.n DESC),
            row_number() OVER (PARTITION BY language ORDER BY c.n DESC),
            row_number() OVER (PARTITION BY date_source ORDER BY c.n DESC),
            row_number() OVER (PARTITION BY agency ORDER BY c.n DESC),
            row_number() OVER (PARTITION BY day, source ORDER BY c.n DESC) + 3,
            coalesce(copies.rank // 50, 1000000), coalesce(edits.rank // 50, 1000000)
        ) AS score
    FROM chosen c LEFT JOIN copies USING (n) LEFT JOIN edits USING (n)
)
SELECT n FROM (SELECT n FROM ranked ORDER BY score, hash(n) LIMIT getvariable('size'))
UNION SELECT n FROM sampled_mentions;
