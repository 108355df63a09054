-- `copies(article_id)`: the duplicates of an article.
-- `spread(article_id)`: an article and its duplicates, sorted by time.
-- `top_stories(from, to)`: the articles of a period, sorted by the number of sources that published the article or a copy.
-- The period includes `from` and excludes `to`, for example '2026-03-01' and '2026-03-08'.

CREATE MACRO copies(article) AS TABLE
SELECT * FROM duplicates WHERE duplicate_of = article
ORDER BY coalesce(published_at, seen_at), document_id;

CREATE MACRO spread(article) AS TABLE
SELECT coalesce(published_at, seen_at) AS time, source, kind, similarity, agency, title, url
FROM (
    SELECT published_at, seen_at, source, 'article' AS kind, 1.0 AS similarity, NULL AS agency, title, url
    FROM articles WHERE article_id = article
    UNION ALL
    SELECT published_at, seen_at, source, kind, similarity, agency, title, url
    FROM duplicates WHERE duplicate_of = article
)
ORDER BY time, source;

CREATE MACRO top_stories(first, before) AS TABLE
WITH period AS (
    SELECT CASE
        WHEN first::TIMESTAMPTZ <= before::TIMESTAMPTZ THEN first::TIMESTAMPTZ
        ELSE error('top_stories: ' || first || ' is after ' || before || '; put the earlier time first')
    END AS first_time
),
publications AS (
    SELECT article_id, published_at, seen_at, source FROM articles
    UNION ALL
    SELECT duplicate_of, published_at, seen_at, source FROM duplicates
)
SELECT article_id, count(*) AS documents, count(DISTINCT publications.source) AS sources,
    min(coalesce(publications.published_at, publications.seen_at)) AS first_at,
    max(coalesce(publications.published_at, publications.seen_at)) AS last_at,
    any_value(articles.title) AS title
FROM publications JOIN articles USING (article_id)
WHERE coalesce(publications.published_at, publications.seen_at) >= (SELECT first_time FROM period)
    AND coalesce(publications.published_at, publications.seen_at) < before::TIMESTAMPTZ
GROUP BY article_id
ORDER BY sources DESC, documents DESC, first_at, article_id;
