-- Which articles are in the lake?
SELECT
    coalesce(title, left(text, 60) || '…') AS article,
    source,
    section,
    language,
    word_count AS words
FROM articles
ORDER BY word_count DESC
LIMIT 10
