-- The rows that `newslake forget` deletes or clears, as one row of sorted lists.
--
-- Parameters: $urls, $sources, $documents, and $ids, which include the article ids of $urls.

WITH matched AS MATERIALIZED (
    SELECT article_id, text_hash, document_id, rejected_id, warc_file, canonical_url FROM articles
    WHERE article_id IN (SELECT unnest($ids::VARCHAR[]))
        OR document_id IN (SELECT unnest($documents::VARCHAR[]))
        OR rejected_id IN (SELECT unnest($documents::VARCHAR[]))
        OR url IN (SELECT unnest($urls::VARCHAR[]))
        OR canonical_url IN (SELECT unnest($urls::VARCHAR[]))
        OR source IN (SELECT unnest($sources::VARCHAR[]))
), copies AS MATERIALIZED (
    SELECT document_id, rejected_id FROM duplicates
    WHERE duplicate_of IN (SELECT article_id FROM matched)
        OR document_id IN (SELECT unnest($documents::VARCHAR[]))
        OR rejected_id IN (SELECT unnest($documents::VARCHAR[]))
        OR url IN (SELECT unnest($urls::VARCHAR[]))
        OR source IN (SELECT unnest($sources::VARCHAR[]))
), versions AS MATERIALIZED (
    SELECT document_id, rejected_id, text_hash FROM revisions
    WHERE article_id IN (SELECT article_id FROM matched)
        OR document_id IN (SELECT unnest($documents::VARCHAR[]))
        OR rejected_id IN (SELECT unnest($documents::VARCHAR[]))
        OR text_hash IN (SELECT text_hash FROM matched)
), documents AS MATERIALIZED (
    SELECT unnest([document_id, rejected_id]) AS document_id
    FROM (FROM matched UNION ALL BY NAME FROM copies UNION ALL BY NAME FROM versions)
), texts AS (
    -- Hashes of texts that must not be ingested again, except texts that remaining articles share.
    (SELECT text_hash FROM matched UNION SELECT text_hash FROM versions)
    EXCEPT (
        SELECT text_hash FROM articles WHERE article_id NOT IN (SELECT article_id FROM matched)
        UNION
        SELECT text_hash FROM revisions WHERE document_id NOT IN (SELECT document_id FROM versions)
    )
), addresses AS (
    -- The URLs of the deleted articles, and URLs that redirected to these articles.
    SELECT unnest($urls::VARCHAR[]) AS canonical_url UNION SELECT canonical_url FROM matched
    UNION SELECT canonical_url FROM fetches WHERE document_id IN (SELECT document_id FROM documents)
)
SELECT
    ARRAY(SELECT article_id FROM matched ORDER BY 1),
    ARRAY(SELECT DISTINCT document_id FROM documents WHERE document_id IS NOT NULL ORDER BY 1),
    ARRAY(SELECT text_hash FROM texts ORDER BY 1),
    ARRAY(SELECT canonical_url FROM addresses WHERE canonical_url IS NOT NULL ORDER BY 1),
    ARRAY(SELECT DISTINCT warc_file FROM matched WHERE warc_file IS NOT NULL ORDER BY 1)
