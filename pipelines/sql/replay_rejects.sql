-- The open rejects that `newslake replay` tries again, without their bytes, in the order of their runs.
--
-- Parameters: $reason, $stage and $run; NULL means all. A page has the URL of its last request, by which the view
-- `outcomes` finds it.

WITH requests AS (
    SELECT document_id, arg_max(url, started_at) AS url, arg_max(canonical_url, started_at) AS canonical_url
    FROM fetches WHERE kind = 'page' AND document_id IS NOT NULL GROUP BY document_id
), attempts AS (
    SELECT document_id, list(DISTINCT run_id ORDER BY run_id) AS runs FROM rejects GROUP BY document_id
)
SELECT
    rejects.* EXCLUDE (run_date, run_id, payload), rejects.run_id, octet_length(payload) AS size,
    attempts.runs, requests.url AS requested_url, requests.canonical_url
FROM open_rejects AS rejects JOIN attempts USING (document_id) LEFT JOIN requests USING (document_id)
WHERE ($reason::VARCHAR IS NULL OR reason = $reason)
    AND ($stage::VARCHAR IS NULL OR stage = $stage)
    AND ($run::VARCHAR IS NULL OR list_contains(attempts.runs, $run))
ORDER BY rejects.run_id, document_id
