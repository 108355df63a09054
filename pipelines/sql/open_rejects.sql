-- The view `open_rejects`: the last reject of each document that is neither stored, forgotten nor replaced.
--
-- `rejects` keeps every reject. A document has several rows there if it was tried again with other settings. A document
-- is replaced if a later fetch of its page returned another document, or if `newslake replay` found another document in
-- its place.

CREATE VIEW open_rejects AS
WITH stored AS (
    SELECT document_id, rejected_id FROM articles
    UNION ALL
    SELECT document_id, rejected_id FROM duplicates
    UNION ALL
    SELECT document_id, rejected_id FROM revisions
), pages AS (
    SELECT canonical_url, arg_max(document_id, started_at) AS last_id FROM fetches
    WHERE kind = 'page' AND document_id IS NOT NULL GROUP BY canonical_url
), fetched AS (
    SELECT document_id FROM fetches JOIN pages USING (canonical_url)
    WHERE kind = 'page' AND document_id IS NOT NULL
    GROUP BY document_id HAVING bool_and(document_id <> last_id)
), last_rejects AS (
    SELECT * FROM rejects
    SEMI JOIN (SELECT document_id, max(run_id) AS run_id FROM rejects GROUP BY document_id)
        USING (document_id, run_id)
)
SELECT * FROM last_rejects
ANTI JOIN (
    SELECT document_id FROM stored
    UNION ALL
    SELECT rejected_id AS document_id FROM stored WHERE rejected_id IS NOT NULL
    UNION ALL
    SELECT document_id FROM fetched
    UNION ALL
    SELECT last_rejects.document_id FROM last_rejects JOIN replacements ON rejected_id = last_rejects.document_id
    WHERE replacements.run_id >= last_rejects.run_id
) USING (document_id)
WHERE detail <> 'forgotten'
