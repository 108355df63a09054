-- The view `open_rejects`: the last reject of each document that is neither stored nor forgotten.
--
-- `rejects` keeps every reject. A document has several rows there if it was tried again with other settings.

CREATE VIEW open_rejects AS
WITH stored AS (
    SELECT document_id, rejected_id FROM articles
    UNION ALL
    SELECT document_id, rejected_id FROM duplicates
    UNION ALL
    SELECT document_id, rejected_id FROM revisions
)
SELECT * FROM rejects
SEMI JOIN (SELECT document_id, max(run_id) AS run_id FROM rejects GROUP BY document_id)
    USING (document_id, run_id)
ANTI JOIN (
    SELECT document_id FROM stored
    UNION ALL
    SELECT rejected_id AS document_id FROM stored WHERE rejected_id IS NOT NULL
) USING (document_id)
WHERE detail <> 'forgotten'
